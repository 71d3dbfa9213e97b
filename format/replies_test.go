package format

import (
	"testing"

	"wsline/session"
)

func TestReplies(t *testing.T) {
	ping := func(dir session.Direction, data string) *session.Event {
		return &session.Event{Kind: session.KindPing, Dir: dir, Payload: []byte(data)}
	}
	pong := func(dir session.Direction, data string) *session.Event {
		return &session.Event{Kind: session.KindPong, Dir: dir, Payload: []byte(data)}
	}
	shut := func(dir session.Direction) *session.Event {
		return &session.Event{Kind: session.KindClose, Dir: dir, Code: 1000}
	}
	steps := []struct {
		name string
		ev   *session.Event
		want bool
	}{
		{"typed", pong(session.Out, "a"), false},
		{"came", ping(session.In, "a"), false},
		{"came too", ping(session.In, "b"), false},
		{"unasked", pong(session.In, "a"), false},
		{"ours", ping(session.Out, "c"), false},
		{"of another", pong(session.Out, "c"), false},
		{"the reply", pong(session.Out, "b"), true},
		{"of one before it", pong(session.Out, "a"), false},
		{"came again", ping(session.In, "a"), false},
		{"ours first", shut(session.Out), false},
		{"the peer's", shut(session.In), false},
		{"the reply", shut(session.Out), true},
		{"another connection", &session.Event{Kind: session.KindOpen}, false},
		{"forgotten", pong(session.Out, "a"), false},
		{"forgotten too", shut(session.Out), false},
	}
	var r Replies
	for i, s := range steps {
		if got := r.Automatic(s.ev); got != s.want {
			t.Errorf("%d, %s: %v", i, s.name, got)
		}
	}
	for range 10 * maxUnanswered {
		r.Automatic(ping(session.In, "x"))
	}
	if len(r.pings) > maxUnanswered {
		t.Errorf("%d pings are remembered", len(r.pings))
	}
}
