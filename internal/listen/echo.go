package listen

import (
	"wsline/internal/wire"
	"wsline/session"
)

// Echo opens a request and sends every message back, with its type. One of up to 64 KiB goes back
// whole, a longer one in fragments as it comes. Handle is told of everything, first; it may be nil.
func Echo(r *Request, cfg *session.Config, handle func(*session.Event)) (*session.Session, error) {
	streaming := *cfg
	streaming.Stream = true
	e := &echo{handle: handle, ready: make(chan struct{})}
	var err error
	if e.s, err = r.Open(&streaming, e.event); err != nil {
		return nil, err
	}
	close(e.ready)
	return e.s, nil
}

// echo is the state of one client, its session's reader's but for s.
type echo struct {
	handle func(*session.Event)
	ready  chan struct{} // closed when s is known
	s      *session.Session
	long   *session.Writer // of the message that is coming in pieces, nil for none
}

func (e *echo) event(ev *session.Event) {
	if e.handle != nil {
		e.handle(ev)
	}
	if ev.Kind != session.KindMessage || ev.Dir == session.Out {
		return
	}
	<-e.ready
	_ = e.back(ev.Opcode, ev.Payload, ev.More) // ErrClosed: it ends
}

// back sends a message back, or a piece of one.
func (e *echo) back(op wire.Opcode, payload []byte, more bool) error {
	if e.long == nil && !more {
		return e.s.Send(op, payload)
	}
	if e.long == nil {
		e.long = e.s.NewWriter(op)
	}
	w := e.long
	if _, err := w.Write(payload); err != nil || more {
		return err
	}
	e.long = nil
	return w.Close()
}
