package repl

import (
	"time"

	"wsline/session"
)

// pongs tells those that a person wants to see from those of the keepalive that come in time. A
// pong is late when another of its pings has left before it came. The zero value is ready; it
// belongs to the handler of events.
type pongs struct {
	since   time.Time // when the oldest unanswered ping of the keepalive left; zero for none
	missing bool      // it has been told that its pong is late
}

// sent notes a ping that leaves, and returns for how long an earlier one of the keepalive has had
// no pong, when that is to be told.
func (p *pongs) sent(ev *session.Event) (missing time.Duration) {
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
func (p *pongs) came(ev *session.Event) bool {
	if ev.RTT == 0 {
		return true
	}
	late := p.missing
	*p = pongs{} // those before it are answered too (RFC 6455 §5.5.3)
	return !ev.Alive || late
}
