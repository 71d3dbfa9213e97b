package listen

import (
	"wsline/internal/wire"
	"wsline/session"
)

// Echo opens a request and sends every message back, with its type. One of up to 64 KiB goes back
// whole, a longer one in fragments as it comes. Handle is told of everything, first; it may be nil.
func Echo(r *Request, cfg *session.Config, handle func(*session.Event)) (*session.Session, error) {
	streaming := *cfg
	streaming.Stream, streaming.Answer = true, new(echo).answer
	if handle == nil {
		handle = func(*session.Event) {}
	}
	return r.Open(&streaming, handle)
}

// echo is the state of one client, for its session's reader.
type echo struct {
	long *session.Writer // of the message that is coming in pieces, nil for none
}

func (e *echo) answer(s *session.Session, ev *session.Event) {
	_ = e.back(s, ev.Opcode, ev.Payload, ev.More) // ErrClosed: it ends
}

// back sends a message back, or a piece of one.
func (e *echo) back(s *session.Session, op wire.Opcode, payload []byte, more bool) error {
	if e.long == nil && !more {
		return s.Reply(op, payload)
	}
	if e.long == nil {
		e.long = s.NewWriter(op)
	}
	w := e.long
	if _, err := w.Write(payload); err != nil || more {
		return err
	}
	e.long = nil
	return w.Close()
}
