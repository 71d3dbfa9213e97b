package format

import (
	"bytes"

	"wsline/session"
)

// maxUnanswered is how many pings are remembered that have not been answered.
const maxUnanswered = 256

// Replies tells which of our control frames on one connection nobody typed: the pong for a ping that
// came, the Close frame for the peer's. It is to see all events of the connection, in their order.
type Replies struct {
	pings  [][]byte // that came and were not answered yet
	closed bool     // the peer's Close frame came
}

// Automatic reports whether ev is such a reply.
func (r *Replies) Automatic(ev *session.Event) bool {
	out := ev.Dir == session.Out
	switch ev.Kind {
	case session.KindOpen:
		*r = Replies{}
	case session.KindPing:
		if !out && len(r.pings) < maxUnanswered {
			r.pings = append(r.pings, bytes.Clone(ev.Payload))
		}
	case session.KindPong:
		return out && r.answers(ev.Payload)
	case session.KindClose:
		if !out {
			r.closed = true
		}
		return out && r.closed
	}
	return false
}

// answers reports whether a pong answers a ping, and forgets that one and those before it
// (RFC 6455 §5.5.3).
func (r *Replies) answers(payload []byte) bool {
	for i := len(r.pings) - 1; i >= 0; i-- {
		if bytes.Equal(r.pings[i], payload) {
			r.pings = r.pings[i+1:]
			return true
		}
	}
	return false
}
