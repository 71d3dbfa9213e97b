package command

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"wsline/internal/wire"
	"wsline/internal/words"
)

func orderText(m *member) (Order, error) {
	text, err := m.string()
	return Order{Op: wire.OpText, Payload: []byte(text)}, err
}

func orderBinary(m *member) (Order, error) {
	p, err := m.base64()
	return Order{Op: wire.OpBinary, Payload: p}, err
}

func orderJSON(m *member) (Order, error) { return Order{Op: wire.OpText, Payload: m.value}, nil }

func orderPing(m *member) (Order, error) {
	p, err := m.control()
	return Order{Run: func(_ context.Context, env *Env) error { return env.Ping(p) }}, err
}

func orderPong(m *member) (Order, error) {
	p, err := m.control()
	return Order{Run: func(_ context.Context, env *Env) error { return env.Pong(p) }}, err
}

// control is the payload of a ping or a pong: a string, or {"base64": …}.
func (m *member) control() ([]byte, error) {
	var p []byte
	switch m.value[0] {
	case '"':
		text, err := m.string()
		if err != nil {
			return nil, err
		}
		p = []byte(text)
	case '{':
		list, err := members(m.value, "base64")
		if err != nil {
			return nil, m.inside(err)
		}
		if len(list) == 0 {
			return nil, m.inside(errors.New(`it needs "base64"`))
		}
		if p, err = list[0].base64(); err != nil {
			return nil, m.inside(err)
		}
	default:
		return nil, m.wrong(`a string or {"base64": …}`)
	}
	if n := len(p); n > wire.MaxControlPayload {
		return nil, fmt.Errorf("%q has %d bytes, at most %d fit", m.name, n, wire.MaxControlPayload)
	}
	return p, nil
}

// object are the members of one that stands in m.
func (m *member) object(names ...string) ([]member, error) {
	if m.value[0] != '{' {
		return nil, m.wrong("an object")
	}
	list, err := members(m.value, names...)
	if err != nil {
		return nil, m.inside(err)
	}
	return list, nil
}

// inside says in which member of the line something is wrong.
func (m *member) inside(err error) error { return fmt.Errorf("in %q: %w", m.name, err) }

func orderClose(m *member) (Order, error) {
	list, err := m.object("code", "reason")
	if err != nil {
		return Order{}, err
	}
	code, reason := int64(wire.StatusNormalClosure), ""
	for _, v := range list {
		if v.name == "code" {
			code, err = v.integer(0, math.MaxUint16)
		} else {
			reason, err = v.string()
		}
		if err != nil {
			return Order{}, m.inside(err)
		}
	}
	if err := checkClose(int(code), reason); err != nil {
		return Order{}, err
	}
	return Order{Run: func(_ context.Context, env *Env) error {
		return env.Close(wire.StatusCode(code), reason)
	}}, nil
}

func orderRaw(m *member) (Order, error) {
	text, err := m.string()
	if err != nil {
		return Order{}, err
	}
	p, err := hex.DecodeString(text)
	if err != nil {
		return Order{}, fmt.Errorf("%q is not hexadecimal: %q", m.name, shorten(text))
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.raw(p) }}, nil
}

func orderDrop(m *member) (Order, error) {
	if string(m.value) != "true" {
		return Order{}, m.wrong("true")
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.drop() }}, nil
}

func orderStall(m *member) (Order, error) {
	d, err := m.stall()
	return Order{Run: func(_ context.Context, env *Env) error { return env.stall(d) }}, err
}

func (m *member) stall() (time.Duration, error) {
	switch string(m.value) {
	case "true":
		return -1, nil
	case "false":
		return 0, nil
	}
	seconds, err := m.number()
	if err != nil || seconds <= 0 || seconds > maxStall.Seconds() {
		return 0, m.wrong(fmt.Sprintf("true, false or a number of seconds up to %v", maxStall.Seconds()))
	}
	return max(time.Duration(seconds*float64(time.Second)), 1), nil
}

func orderFrames(m *member) (Order, error) {
	on, err := m.bool()
	mode := FramesOff
	if on {
		mode = FramesOn
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.showFrames(mode) }}, err
}

func orderFilter(m *member) (Order, error) {
	if string(m.value) == "null" {
		return Order{Run: func(_ context.Context, env *Env) error { return env.filter("") }}, nil
	}
	expr, err := m.string()
	if err == nil && strings.TrimSpace(expr) == "" {
		err = fmt.Errorf("%q is empty: null shows all messages again", m.name)
	}
	return Order{Run: func(_ context.Context, env *Env) error { return env.filter(expr) }}, err
}

func orderCommand(m *member) (Order, error) {
	line, err := m.string()
	name, rest := words.Plain(strings.TrimPrefix(line, "/")).CutWord()
	return Order{Run: func(ctx context.Context, env *Env) error {
		return env.command(ctx, name.String(), rest)
	}}, err
}
