package transcript

import (
	"testing"
	"time"
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/script/wst"
	"wsline/session"
)

// FuzzTranscript: whatever was said, the script of it is one, sends the same again, and what came
// is what it expects.
func FuzzTranscript(f *testing.F) {
	for _, s := range []string{
		"hi", "", " ", "/quit", "//x", "${a}", "$${a}", "$$${", "${", "...", `\...`, `\\...`, "a\nb", "a\n\nb",
		"a\n", "\n", "a\r\nb", "\x1b[31m", "\u202e", "\"a\"", "<ping", "> x", "# c", "* s",
		`{"a":"...","id":12345678,"b":{"...":"..."}}`, `{"a":"\\...","${x}":[1,"...",{"ts":1769860800000}]}`,
		`{"token":"eyJhbGciOi.eyJzdWIiOiIx.c2ln"}`, "at 2026-01-31T12:00:10Z and ... 2026-01-31T12:00:10Z...",
		"…", "\tx", "x\t", "[1, 2.50,\t3]", "\"...\"", "null", "\ufeffa", "\u2028", "\x00", "hex:00", "~ a", "? .a",
	} {
		f.Add(s, "data", uint16(1000))
	}
	f.Fuzz(func(t *testing.T, payload, data string, code uint16) {
		if !utf8.ValidString(payload) || !utf8.ValidString(data) || len(data) > 120 {
			return
		}
		if code == 0 || code == 1005 { // those of a Close frame without one
			code, data = 1005, ""
		}
		for _, exact := range []bool{false, true} {
			checkTranscript(t, exact, payload, data, wire.StatusCode(code))
		}
	})
}

func checkTranscript(t *testing.T, exact bool, payload, data string, code wire.StatusCode) {
	t.Helper()
	events := []session.Event{
		{Kind: session.KindOpen},
		text(session.In, payload), text(session.Out, payload),
		{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte(payload)},
		{Kind: session.KindMessage, Dir: session.Out, Opcode: wire.OpBinary, Payload: []byte(payload)},
		control(session.KindPing, session.Out, data), control(session.KindPong, session.In, data),
		{Kind: session.KindClose, Code: code, Reason: data},
	}
	l := &Log{}
	for i, ev := range events {
		ev.Time = time.Unix(int64(i), 0)
		l.Event(&ev)
	}
	script, err := l.Bytes(exact)
	if err != nil {
		t.Fatal(err)
	}
	c, err := wst.Parse("talk.wst", script)
	if err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	var sent []session.Event
	for _, m := range wst.Messages(c) {
		if m.Dir == session.Out {
			sent = append(sent, m.Event)
		}
	}
	next := 1
	for _, l := range c.Lines {
		if l.Kind != wst.LineExpect {
			continue
		}
		for events[next].Dir == session.Out {
			next++
		}
		ev := events[next]
		next++
		p, err := l.Pattern(&wst.Vars{})
		if err != nil {
			t.Fatalf("%v\n%s", err, script)
		}
		if _, diff := p.Match(t.Context(), &ev); !p.Wants(ev.Kind) || diff != nil {
			t.Fatalf("%q does not match %+v: %v\n%s", l.Source(), ev, diff, script)
		}
	}
	if next != len(events) {
		t.Fatalf("%d of %d events have lines\n%s", next, len(events), script)
	}
	for i, at := range []int{2, 4, 5} {
		if i >= len(sent) || string(sent[i].Payload) != string(events[at].Payload) {
			t.Fatalf("%+v is not sent\n%s", events[at], script)
		}
	}
}
