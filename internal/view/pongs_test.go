package view

import (
	"strings"
	"testing"
	"time"

	"wsline/format"
	"wsline/internal/env/envtest"
	"wsline/internal/wire"
	"wsline/session"
)

// A ping that keeps the connection alive is seen only when its pong is late or does not come.
func TestPongs(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	var frames Frames
	scene := Look{}.Scene(envtest.At(""), &frames, false, false)
	shown := func(ev session.Event) string {
		ev.Time, ev.Opcode = at, wire.OpPong
		return string(scene.Event(nil, &ev))
	}
	for _, step := range []struct {
		do   string // what leaves or comes
		want string
	}{
		{"> alive 1", ""}, {"< alive 1", ""},
		{"unasked", "<pong unasked\n"},
		{"> mine", ""}, {"> alive 2", ""},
		{"< mine", "<pong mine\n* round trip 1ms\n"}, {"< alive 2", ""},
		{"> alive 3", ""}, {"later", ""},
		{"> alive 4", "* a ping has had no pong for 20s\n"}, {"later", ""}, {"> alive 5", ""},
		{"< alive 4", "<pong alive 4\n* round trip 1ms\n"}, {"< alive 5", ""},
		{"frames", ""}, {"> alive 6", ""}, {"< alive 6", "<pong alive 6\n* round trip 1ms\n"},
		{"no frames", ""},
		{"> alive 7", ""}, {"open", ""}, {"later", ""}, {"> alive 8", ""}, {"< alive 8", ""},
	} {
		got := ""
		word, payload, _ := strings.Cut(step.do, " ")
		switch word {
		case ">":
			got = shown(session.Event{Kind: session.KindPing, Dir: session.Out,
				Payload: []byte(payload), Alive: strings.HasPrefix(payload, "alive")})
		case "<":
			got = shown(session.Event{Kind: session.KindPong, Payload: []byte(payload),
				RTT: time.Millisecond, Alive: strings.HasPrefix(payload, "alive")})
		case "unasked":
			got = shown(session.Event{Kind: session.KindPong, Payload: []byte(word)})
		case "later":
			at = at.Add(20 * time.Second)
		case "frames":
			frames.Store(int32(format.FramesLine))
		case "no":
			frames.Store(int32(format.FramesOff))
		case "open":
			scene.Pongs.Sift(&session.Event{Kind: session.KindOpen}, false)
		}
		if got != step.want {
			t.Errorf("%s: got %q, want %q", step.do, got, step.want)
		}
	}
}
