package listen

import (
	"time"

	"wsline/internal/wire"
	"wsline/session"
)

// Demo opens a request as the endpoint demo: would. Handle is told of everything, first; it may be
// nil.
func Demo(r *Request, cfg *session.Config, handle func(*session.Event)) (*session.Session, error) {
	demo := *cfg
	ready := make(chan struct{}) // closed when the client has been greeted
	demo.Answer = func(s *session.Session, ev *session.Event) {
		<-ready
		_ = s.Send(wire.OpText, demoAnswer(ev.Payload, time.Now()).encode()) // ErrClosed: it ends
	}
	if handle == nil {
		handle = func(*session.Event) {}
	}
	s, err := r.Open(&demo, handle)
	if err != nil {
		return nil, err
	}
	welcome := reply{Type: "welcome", Message: "Connected to the demo server"}
	_ = s.Send(wire.OpText, welcome.encode())
	close(ready)
	return s, nil
}
