package view

import (
	"bytes"
	"sync"
	"time"

	"wsline/session"
)

// maxTypedPings is how many pings are remembered that were typed and have not been answered.
const maxTypedPings = 256

// Pongs tell those that a person wants to see from those that answer a ping which nobody typed, and
// in time. A pong is late when another such ping has left before it came. The zero value is ready,
// for one connection after the other.
type Pongs struct {
	mu    sync.Mutex
	typed [][]byte // pings that have not been answered

	// Owned by the handler of events.
	since   time.Time // when the oldest unanswered ping left that nobody typed; zero for none
	missing bool      // it has been told that its pong is late
}

// Typed notes a ping that is about to be sent. It may be called concurrently with all else.
func (p *Pongs) Typed(payload []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.typed) == maxTypedPings {
		p.typed = p.typed[1:]
	}
	p.typed = append(p.typed, bytes.Clone(payload))
}

// find is which of the typed pings has that payload, -1 for none.
func (p *Pongs) find(payload []byte) int {
	for i, typed := range p.typed {
		if bytes.Equal(typed, payload) {
			return i
		}
	}
	return -1
}

// isTyped says whether a ping was typed.
func (p *Pongs) isTyped(payload []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.find(payload) >= 0
}

// answers says whether a pong answers a ping that was typed, and forgets that and those before it
// (RFC 6455 §5.5.3).
func (p *Pongs) answers(payload []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(payload)
	p.typed = p.typed[i+1:]
	return i >= 0
}

// Sift returns what is to be shown of an event: the event itself, a notice that a pong is missing,
// or nil for nothing. With all every pong is shown. A ping that leaves must have been told of for a
// pong to be late.
func (p *Pongs) Sift(ev *session.Event, all bool) *session.Event {
	switch {
	case ev.Kind == session.KindOpen:
		p.opened()
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
	}
	return ev
}

// sent notes a ping that leaves, and returns for how long an earlier one that nobody typed has had
// no pong, when that is to be told.
func (p *Pongs) sent(ev *session.Event) (missing time.Duration) {
	switch {
	case p.isTyped(ev.Payload):
	case p.since.IsZero():
		p.since = ev.Time
	case !p.missing:
		p.missing = true
		return ev.Time.Sub(p.since)
	}
	return 0
}

// came says whether a pong is worth showing: one that nobody asked for, the answer to a ping that
// was typed, a late one.
func (p *Pongs) came(ev *session.Event) bool {
	if ev.RTT == 0 {
		return true
	}
	late := p.missing
	p.since, p.missing = time.Time{}, false
	return p.answers(ev.Payload) || late
}

// opened forgets what was sent on another connection.
func (p *Pongs) opened() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.typed, p.since, p.missing = nil, time.Time{}, false
}
