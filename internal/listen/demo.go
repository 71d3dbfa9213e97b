package listen

import (
	"time"

	"wsline/internal/wire"
	"wsline/session"
)

// Demo opens a request as the endpoint demo: would. Handle is told of everything, first; it may be
// nil.
func Demo(r *Request, cfg *session.Config, handle func(*session.Event)) (*session.Session, error) {
	var s *session.Session
	ready := make(chan struct{}) // closed when s is known and has greeted
	s, err := r.Open(cfg, func(ev *session.Event) {
		if handle != nil {
			handle(ev)
		}
		if ev.Kind == session.KindMessage && ev.Dir == session.In {
			<-ready
			_ = s.Send(wire.OpText, demoAnswer(ev.Payload, time.Now()).encode()) // ErrClosed: it ends
		}
	})
	if err != nil {
		return nil, err
	}
	welcome := reply{Type: "welcome", Message: "Connected to the demo server"}
	_ = s.Send(wire.OpText, welcome.encode())
	close(ready)
	return s, nil
}
