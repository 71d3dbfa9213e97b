package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/session"
)

const (
	maxRaw   = 16 << 20       // bytes of a file that /raw sends: they are handed over at once
	maxStall = 24 * time.Hour // a stall of a time; one without is until /stall off
)

func runFrame(_ context.Context, env *Env, rest words.Text) error {
	f, err := env.parseFrame(rest)
	if err != nil {
		return err
	}
	if env.Frame == nil {
		return unfitHere("frame")
	}
	return env.Frame(f)
}

func runFragment(ctx context.Context, env *Env, rest words.Text) error {
	first, text := rest.TrimLeft().CutWord()
	size := first.String()
	if size == "" {
		return errors.New("/fragment needs a number of bytes and a message")
	}
	n, err := strconv.Atoi(size)
	if err != nil || n < 1 {
		return fmt.Errorf("the size %q of a fragment is not a number of bytes from 1", exit.Shorten(size))
	}
	op := wire.OpText
	var payload []byte
	if isEncoded(text) {
		op = wire.OpBinary
		payload, err = parseEncoded(text)
	} else {
		text, err = env.argument(text)
		payload = []byte(text.JSON())
	}
	if err != nil {
		return err
	}
	return env.fragment(ctx, op, payload, n)
}

// fragment sends a message in frames of n bytes of payload, cut anywhere (RFC 6455 §5.4). They are not
// compressed, so that n holds.
func (e *Env) fragment(ctx context.Context, op wire.Opcode, payload []byte, n int) error {
	switch {
	case e.Frame == nil:
		return unfitHere("fragment")
	case op == wire.OpText && !utf8.Valid(payload):
		return session.ErrNotUTF8
	}
	for first := true; first || len(payload) > 0; first = false {
		piece := payload[:min(n, len(payload))]
		payload = payload[len(piece):]
		f := &session.RawFrame{
			Fin: len(payload) == 0, Opcode: op, Masked: true, Length: -1, Payload: piece,
		}
		if err := errors.Join(ctx.Err(), e.Frame(f)); err != nil {
			return err
		}
		op = wire.OpContinuation
	}
	return nil
}

func runRaw(_ context.Context, env *Env, rest words.Text) error {
	rest = rest.TrimSpace()
	if isEmpty(rest) {
		return errors.New("/raw needs " + binaryForms)
	}
	var p []byte
	var err error
	if name, ok := rest.CutPrefix("@"); ok {
		p, err = readRaw(env, name)
	} else {
		p, err = parseBinary(rest, binaryForms)
	}
	if err != nil {
		return err
	}
	return env.raw(p)
}

func (e *Env) raw(p []byte) error {
	if e.Raw == nil {
		return unfitHere("raw")
	}
	return e.Raw(p)
}

// readRaw reads all of a file: what stands between two pieces of it would be in the way.
func readRaw(env *Env, file words.Text) (p []byte, err error) {
	name := file.String()
	err = withFile(env.path(file), name, func(f *os.File, _ int64) error {
		p, err = io.ReadAll(io.LimitReader(f, maxRaw+1))
		if err == nil && len(p) > maxRaw {
			return fmt.Errorf("%q is larger than the %d MiB that /raw sends", name, maxRaw>>20)
		}
		if err != nil {
			return FileError(name, err)
		}
		return nil
	})
	return p, err
}

func runDrop(_ context.Context, env *Env, rest words.Text) error {
	if err := noArgument("drop", rest); err != nil {
		return err
	}
	return env.drop()
}

func (e *Env) drop() error {
	if e.Drop == nil {
		return unfitHere("drop")
	}
	return e.Drop()
}

func runStall(_ context.Context, env *Env, rest words.Text) error {
	text := strings.TrimSpace(rest.String())
	d := time.Duration(-1)
	switch text {
	case "":
	case "off":
		d = 0
	default:
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			d, err = time.ParseDuration(text + "s") // a number is seconds
		}
		if err != nil || d <= 0 || d > maxStall {
			return fmt.Errorf("%q is not off, nor a time like 1.5s, of at most 24h", exit.Shorten(text))
		}
	}
	return env.stall(d)
}

func (e *Env) stall(d time.Duration) error {
	if e.Stall == nil {
		return unfitHere("stall")
	}
	return e.Stall(d)
}
