package view

import (
	"time"

	"wsline/session"
)

// Pongs tell those that a person wants to see from those of the keepalive that come in time, and
// leave out heartbeats and what answers them. A pong is late when another of its pings has left before
// it came. The zero value is ready, for one connection after the other; it belongs to the handler of
// events.
type Pongs struct {
	since   time.Time // when the oldest unanswered ping of the keepalive left; zero for none
	missing bool      // it has been told that its pong is late
}

// Sift returns what is to be shown of an event: the event itself, a notice that a pong is missing,
// or nil for nothing. With all every pong is shown. A ping that leaves must have been told of for a
// pong to be late.
func (p *Pongs) Sift(ev *session.Event, all bool) *session.Event {
	switch {
	case ev.Kind == session.KindOpen:
		*p = Pongs{}
	case ev.Kind == session.KindPing && ev.Dir == session.Out:
		missing := p.sent(ev)
		if missing == 0 || all {
			return nil
		}
		text := "a ping has had no pong for " + missing.Round(time.Millisecond).String()
		return &session.Event{Kind: session.KindNotice, Time: ev.Time, Text: text}
	case ev.Kind == session.KindPong && ev.Dir == session.In:
		if !p.came(ev) && !all {
			return nil
		}
	case ev.Kind == session.KindMessage && ev.Alive && !all:
		return nil
	}
	return ev
}

// sent notes a ping that leaves, and returns for how long an earlier one of the keepalive has had no
// pong, when that is to be told.
func (p *Pongs) sent(ev *session.Event) (missing time.Duration) {
	switch {
	case !ev.Alive:
	case p.since.IsZero():
		p.since = ev.Time
	case !p.missing:
		p.missing = true
		return ev.Time.Sub(p.since)
	}
	return 0
}

// came says whether a pong is worth showing: one that nobody asked for, the answer to a ping that was
// typed, a late one.
func (p *Pongs) came(ev *session.Event) bool {
	if ev.RTT == 0 && !ev.Alive {
		return true
	}
	late := p.missing
	*p = Pongs{} // those before it are answered too (RFC 6455 §5.5.3)
	return !ev.Alive || late
}
