package command

import (
	"context"
	"errors"
	"math"
	"strings"

	"wsline/internal/object"
	"wsline/internal/wire"
	"wsline/session"
)

// payload is what "text" or "base64" say; given is false for neither.
func payload(list []object.Member) (op wire.Opcode, p []byte, given bool, err error) {
	for _, v := range list {
		if v.Name != "text" && v.Name != "base64" {
			continue
		}
		if given {
			return 0, nil, false, errors.New(`"text" and "base64" do not go together`)
		}
		given = true
		if v.Name == "text" {
			var text string
			text, err = v.Text()
			op, p = wire.OpText, []byte(text)
		} else {
			p, err = v.Base64()
			op = wire.OpBinary
		}
		if err != nil {
			return 0, nil, false, err
		}
	}
	return op, p, given, nil
}

func orderFragment(m *object.Member) (Order, error) {
	list, err := m.Object("text", "base64", "size")
	if err != nil {
		return Order{}, err
	}
	op, p, given, err := payload(list)
	switch {
	case err != nil:
		return Order{}, m.Inside(err)
	case !given:
		return Order{}, m.Inside(errors.New(`it needs "text" or "base64"`))
	}
	size := int64(0)
	for _, v := range list {
		if v.Name != "size" {
			continue
		}
		if size, err = v.Integer(1, math.MaxInt64); err != nil {
			return Order{}, m.Inside(err)
		}
	}
	if size == 0 {
		return Order{}, m.Inside(errors.New(`it needs "size"`))
	}
	n := int(min(size, max(1, int64(len(p)))))
	return Order{Run: func(ctx context.Context, env *Env) error {
		return env.fragment(ctx, op, p, n)
	}}, nil
}

func orderFrame(m *object.Member) (Order, error) {
	list, err := m.Object("opcode", "fin", "rsv", "mask", "length", "text", "base64")
	if err != nil {
		return Order{}, err
	}
	f := &session.RawFrame{Fin: true, Masked: true, Length: -1}
	if _, f.Payload, _, err = payload(list); err != nil {
		return Order{}, m.Inside(err)
	}
	hasOpcode := false
	for _, v := range list {
		hasOpcode = hasOpcode || v.Name == "opcode"
		if err := setFrame(f, &v); err != nil {
			return Order{}, m.Inside(err)
		}
	}
	if !hasOpcode {
		return Order{}, m.Inside(errors.New(`it needs "opcode"`))
	}
	return Order{Run: func(_ context.Context, env *Env) error {
		if env.Frame == nil {
			return unfitHere("frame")
		}
		return env.Frame(f)
	}}, nil
}

// setFrame sets what a member says of a frame, but for its payload.
func setFrame(f *session.RawFrame, m *object.Member) (err error) {
	var n int64
	switch m.Name {
	case "opcode":
		f.Opcode, err = opcodeOf(m)
	case "fin":
		f.Fin, err = m.Bool()
	case "rsv":
		n, err = m.Integer(0, 7)
		f.RSV = byte(n)
	case "length":
		f.Length, err = m.Integer(0, math.MaxInt64)
	case "mask":
		if m.Value[0] != '"' {
			if f.Masked, err = m.Bool(); err != nil {
				return m.Wrong("true, false or a key of 8 hexadecimal digits")
			}
			return nil
		}
		var digits string
		if digits, err = m.Text(); err == nil {
			f.Key, err = parseKey(digits)
		}
	}
	return err
}

func opcodeOf(m *object.Member) (wire.Opcode, error) {
	if m.Value[0] == '"' {
		name, err := m.Text()
		if err != nil {
			return 0, err
		}
		if op, ok := frameType(name); ok {
			return op, nil
		}
	} else if n, err := m.Integer(0, 15); err == nil {
		return wire.Opcode(n), nil
	}
	return 0, m.Wrong("one of " + strings.Join(frameTypeNames(), ", ") + ", or an integer from 0 to 15")
}
