package wst

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/wire"
	"wsline/session"
)

// sameEvent says whether a conversation that was read has the event that was written.
func sameEvent(a, b *session.Event) bool {
	return a.Kind == b.Kind && a.Dir == b.Dir && a.Opcode == b.Opcode && a.Code == b.Code &&
		a.Reason == b.Reason && bytes.Equal(a.Payload, b.Payload)
}

// checkSaved writes events as a conversation, reads it, and holds that they are the same.
func checkSaved(t *testing.T, name string, events []*session.Event) {
	t.Helper()
	var text []byte
	for _, ev := range events {
		text = AppendEvent(text, name, ev)
	}
	c, err := Parse("saved.wst", text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if got := c.Bytes(); !bytes.Equal(got, text) {
		t.Errorf("%q prints as %q", text, got)
	}
	checkMessages(t, c, name, events)
	var laid []*session.Event
	for _, ev := range events {
		laid = append(laid, laidOut(ev))
	}
	checkMessages(t, mustRead(t, c.Format()), name, laid)
}

// laidOut is an event after Format: what is expected and is JSON may have other white space.
func laidOut(ev *session.Event) *session.Event {
	other := *ev
	if ev.Kind == session.KindMessage && ev.Opcode == wire.OpText && ev.Dir == session.In &&
		!bytes.Contains(ev.Payload, []byte("${")) &&
		bytes.HasPrefix(AppendEvent(nil, "", ev), []byte("< ")) {
		other.Payload = []byte(formattedJSON(string(ev.Payload)))
	}
	return &other
}

func mustRead(t *testing.T, text []byte) *Conversation {
	t.Helper()
	c, err := Parse("laid-out.wst", text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return c
}

func checkMessages(t *testing.T, c *Conversation, name string, events []*session.Event) {
	t.Helper()
	got := Messages(c)
	if len(got) != len(events) {
		t.Fatalf("%q has %d events, want %d", c.Bytes(), len(got), len(events))
	}
	for i, m := range got {
		if !sameEvent(&m.Event, events[i]) || m.Line.Name != name {
			t.Errorf("%q of %q reads back as %+v, not %+v",
				m.Line.Source(), m.Line.Name, m.Event, *events[i])
		}
	}
}

// eventsOf are the events of all kinds and both directions that have p in them, as far as they may.
func eventsOf(p []byte, code uint16) []*session.Event {
	var list []*session.Event
	for _, dir := range []session.Direction{session.In, session.Out} {
		add := func(ev session.Event) {
			ev.Dir = dir
			list = append(list, &ev)
		}
		if utf8.Valid(p) {
			add(session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: p})
		}
		add(session.Event{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: p})
		add(session.Event{Kind: session.KindPing, Payload: p[:min(len(p), wire.MaxControlPayload)]})
		add(session.Event{Kind: session.KindPong, Payload: p[:min(len(p), wire.MaxControlPayload)]})
		if code == 0 || code == uint16(wire.StatusNoStatusRcvd) {
			add(session.Event{Kind: session.KindClose, Code: wire.StatusNoStatusRcvd})
			continue
		}
		reason := string(p[:min(len(p), wire.MaxControlPayload-2)])
		add(session.Event{Kind: session.KindClose, Code: wire.StatusCode(code), Reason: reason})
	}
	return list
}

func TestSavedReadsBack(t *testing.T) {
	odd := []string{
		"", " ", "hi", " hi", "hi ", "a\nb", "a\n\n\nb", "a\n", "\n", "a\r\nb", "a\tb", "\x00", "\x1b[31m",
		"/close", "//", "<", "# x", "* x", "> x", `"`, `"a"`, `a"b\`, `\`, "...", `\...`, `\\...`, `a....b`,
		"${x}", "$${x}", "$$${", "$", "${", "{\"a\": \"...\"}", `{"a":"\\...","b":"${c}"}`, "{\n\"a\":\n1}",
		"é", "👩‍👩‍👧", "\u200b", "\u202eabc", "\uFEFF", "\u2028", "15:04:05.000 x", "4 bytes", "base64:", "0x",
		"@file", "text", "1000", "1000 bye", "\xff\xfe", "a\xffb", "not connected> x", "bob> x", "\v", "\u0085",
	}
	for _, p := range odd {
		for _, code := range []uint16{0, 1, 999, 1000, 1005, 1006, 4999, 65535} {
			checkSaved(t, "", eventsOf([]byte(p), code))
			checkSaved(t, "bob-2", eventsOf([]byte(p), code))
		}
	}
}

// TestScreenReadsBack: what a talk shows is a script, with names and times, laid out JSON, hexdumps
// and status lines.
func TestScreenReadsBack(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 5e6, time.UTC)
	dump := make([]byte, 300)
	for i := range dump {
		dump[i] = byte(i)
	}
	events := append(eventsOf([]byte("a\nb"), 1000), eventsOf(dump, 4000)...)
	events = append(events, eventsOf([]byte(`{"a":[1,{"b":null}],"c":"\u202e"}`), 0)...)
	for _, style := range []format.Style{
		{}, {Name: "bob", Timestamps: true}, {Width: 40}, {Pretty: format.PrettyNever},
	} {
		talk := format.NewTalk(style)
		text := talk.Event(nil, &session.Event{Kind: session.KindOpen, Time: at})
		for _, ev := range events {
			timed := *ev
			timed.Time = at
			text = talk.Event(text, &timed)
		}
		text = talk.Event(text, &session.Event{Kind: session.KindEnd, Time: at})
		got := Messages(mustRead(t, text))
		if len(got) != len(events) {
			t.Fatalf("%s\nhas %d events, want %d", text, len(got), len(events))
		}
		for i, m := range got {
			m.Payload, events[i].Payload = compactedBytes(m.Payload), compactedBytes(events[i].Payload)
			if !sameEvent(&m.Event, events[i]) || m.Line.Name != style.Name {
				t.Errorf("%q reads back as %+v, not %+v", m.Line.Source(), m.Event, *events[i])
			}
		}
	}
}

// compactedBytes is JSON without white space, and other bytes as they are. The screen shows what is
// unsafe in JSON as \u escapes.
func compactedBytes(p []byte) []byte {
	var v any
	if json.Unmarshal(p, &v) != nil {
		return p
	}
	out, err := json.Marshal(v)
	if err != nil {
		return p
	}
	return out
}

func TestWhatIsNotSaved(t *testing.T) {
	for _, ev := range []*session.Event{
		{Kind: session.KindOpen}, {Kind: session.KindNotice, Text: "x"}, {Kind: session.KindIdle},
		{Kind: session.KindEnd, End: &session.End{Cause: session.CauseDropped}},
	} {
		if got := AppendEvent(nil, "bob", ev); len(got) > 0 {
			t.Errorf("%q", got)
		}
	}
}

func TestMessagesLeavesOut(t *testing.T) {
	c := mustParse(t, "> /connect echo:\n> ${x}\n< ${x}\n<~ x\n<? .x\n<refused 403\n<error x\n<close ...\n"+
		"<binary 00...\n> /binary @x\n> /frame text x\n> /wait 1s\n> /text \"${x}\"\n# x\n* x\n")
	if got := Messages(c); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

// FuzzSaved: what is saved of any conversation reads back to the same messages, byte for byte, also
// when it has been laid out.
func FuzzSaved(f *testing.F) {
	for _, p := range []string{"", "hi", "two\nlines", "\x1b[m", `\...`, "$${x}", "{\"a\":\n[1]}", "\xff", " x"} {
		f.Add([]byte(p), []byte("x\n"), uint16(1000), uint64(1))
	}
	f.Fuzz(func(t *testing.T, a, b []byte, code uint16, seed uint64) {
		events := append(eventsOf(a, code), eventsOf(b, code/2)...)
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(events), func(i, k int) { events[i], events[k] = events[k], events[i] })
		checkSaved(t, []string{"", "bob"}[seed%2], events)
	})
}
