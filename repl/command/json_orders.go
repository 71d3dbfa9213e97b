package command

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"wsline/internal/exit"
	"wsline/internal/object"
	"wsline/internal/wire"
	"wsline/internal/words"
)

func orderText(m *object.Member) (Order, error) {
	text, err := m.Text()
	return Order{Op: wire.OpText, Payload: []byte(text)}, err
}

func orderBinary(m *object.Member) (Order, error) {
	p, err := m.Base64()
	return Order{Op: wire.OpBinary, Payload: p}, err
}

func orderJSON(m *object.Member) (Order, error) { return Order{Op: wire.OpText, Payload: m.Value}, nil }

func orderPing(m *object.Member) (Order, error) {
	p, err := control(m)
	return Order{Run: func(_ context.Context, env *Env) error { return env.Ping(p) }}, err
}

func orderPong(m *object.Member) (Order, error) {
	p, err := control(m)
	return Order{Run: func(_ context.Context, env *Env) error { return env.Pong(p) }}, err
}

// control is the payload of a ping or a pong: a string, or {"base64": …}.
func control(m *object.Member) ([]byte, error) {
	var p []byte
	switch m.Value[0] {
	case '"':
		text, err := m.Text()
		if err != nil {
			return nil, err
		}
		p = []byte(text)
	case '{':
		list, err := object.Members(m.Value, "base64")
		if err != nil {
			return nil, m.Inside(err)
		}
		if len(list) == 0 {
			return nil, m.Inside(errors.New(`it needs "base64"`))
		}
		if p, err = list[0].Base64(); err != nil {
			return nil, m.Inside(err)
		}
	default:
		return nil, m.Wrong(`a string or {"base64": …}`)
	}
	if n := len(p); n > wire.MaxControlPayload {
		return nil, fmt.Errorf("%q has %d bytes, at most %d fit", m.Name, n, wire.MaxControlPayload)
	}
	return p, nil
}

func orderClose(m *object.Member) (Order, error) {
	list, err := m.Object("code", "reason")
	if err != nil {
		return Order{}, err
	}
	code, reason := int64(wire.StatusNormalClosure), ""
	for _, v := range list {
		if v.Name == "code" {
			code, err = v.Integer(0, math.MaxUint16)
		} else {
			reason, err = v.Text()
		}
		if err != nil {
			return Order{}, m.Inside(err)
		}
	}
	if err := checkClose(int(code), reason); err != nil {
		return Order{}, err
	}
	return Order{Run: func(_ context.Context, env *Env) error {
		return env.Close(wire.StatusCode(code), reason)
	}}, nil
}

func orderRaw(m *object.Member) (Order, error) {
	text, err := m.Text()
	if err != nil {
		return Order{}, err
	}
	p, err := hex.DecodeString(text)
	if err != nil {
		return Order{}, fmt.Errorf("%q is not hexadecimal: %q", m.Name, exit.Shorten(text))
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.raw(p) }}, nil
}

func orderDrop(m *object.Member) (Order, error) {
	if string(m.Value) != "true" {
		return Order{}, m.Wrong("true")
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.drop() }}, nil
}

func orderStall(m *object.Member) (Order, error) {
	d, err := stall(m)
	return Order{Run: func(_ context.Context, env *Env) error { return env.stall(d) }}, err
}

func stall(m *object.Member) (time.Duration, error) {
	switch string(m.Value) {
	case "true":
		return -1, nil
	case "false":
		return 0, nil
	}
	seconds, err := m.Number()
	if err != nil || seconds <= 0 || seconds > maxStall.Seconds() {
		return 0, m.Wrong(fmt.Sprintf("true, false or a number of seconds up to %v", maxStall.Seconds()))
	}
	return max(time.Duration(seconds*float64(time.Second)), 1), nil
}

func orderFrames(m *object.Member) (Order, error) {
	on, err := m.Bool()
	mode := FramesOff
	if on {
		mode = FramesOn
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.showFrames(mode) }}, err
}

func orderFilter(m *object.Member) (Order, error) {
	if string(m.Value) == "null" {
		return Order{Run: func(_ context.Context, env *Env) error { return env.filter("") }}, nil
	}
	expr, err := m.Text()
	if err == nil && strings.TrimSpace(expr) == "" {
		err = fmt.Errorf("%q is empty: null shows all messages again", m.Name)
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.filter(expr) }}, err
}

func orderCommand(m *object.Member) (Order, error) {
	line, err := m.Text()
	name, rest := words.Plain(strings.TrimPrefix(line, "/")).CutWord()
	return Order{Run: func(ctx context.Context, env *Env) error {
		return env.command(ctx, name.String(), rest)
	}}, err
}
