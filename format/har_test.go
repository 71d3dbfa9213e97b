package format

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

func archive(t *testing.T, secrets bool, events ...*session.Event) []byte {
	t.Helper()
	var d disk
	w, err := NewHARWriter(&d, "wsline 1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	w.Secrets = secrets
	for _, ev := range events {
		if err := w.Event("", ev); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(d.p) {
			t.Fatalf("not whole: %s", d.p)
		}
	}
	return d.p
}

func TestHAR(t *testing.T) {
	golden(t, "testdata/archive.har", archive(t, false, conversationEvents(t)...))
	golden(t, "testdata/archive_secrets.har", archive(t, true, conversationEvents(t)...))
}

func TestHARReadsBack(t *testing.T) {
	events := conversationEvents(t)
	all := harRecords(t, archive(t, true, events...))
	var want []*session.Event
	for i, ev := range events {
		switch {
		case ev.Kind == session.KindIdle, ev.More:
			continue
		case i == 8: // the end of the message that began two before
			whole := *ev
			whole.Payload = []byte("\x0b\xad\xf0\x0d")
			ev = &whole
		}
		want = append(want, ev)
	}
	if len(all) != len(want) {
		t.Fatalf("%d events, want %d", len(all), len(want))
	}
	for i, r := range all {
		if !sameEvent(r.Event, want[i]) {
			t.Errorf("%+v\nwant %+v", plainEvent(r.Event), plainEvent(want[i]))
		}
	}
}

// The members that DevTools' importer wants, and those that HAR 1.2 does.
func TestHARMembers(t *testing.T) {
	var har struct {
		Log struct {
			Version string
			Creator map[string]string
			Pages   []any
			Entries []map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(archive(t, false, conversationEvents(t)...), &har); err != nil {
		t.Fatal(err)
	}
	log := har.Log
	if log.Version != "1.2" || log.Creator["name"] != "wsline" ||
		log.Creator["version"] != "1.2.3" || log.Pages == nil || len(log.Entries) != 1 {
		t.Fatalf("%+v", log)
	}
	for _, name := range []string{
		"startedDateTime", "time", "request", "response", "cache", "timings", "serverIPAddress",
		"connection", "_initiator", "_priority", "_resourceType", "_webSocketMessages",
	} {
		if log.Entries[0][name] == nil {
			t.Errorf("no %s", name)
		}
	}
	var timings map[string]float64
	var total float64
	for _, p := range []struct {
		name string
		v    any
	}{{"timings", &timings}, {"time", &total}} {
		if err := json.Unmarshal(log.Entries[0][p.name], p.v); err != nil {
			t.Fatal(err)
		}
	}
	sum := 0.0
	for name, ms := range timings {
		if name != "ssl" && ms > 0 {
			sum += ms
		}
	}
	if len(timings) != 7 || sum != total || total != 2.5 {
		t.Errorf("%v add up to %v, not %v", timings, sum, total)
	}
}

// What is hidden has spaces, which end neither the target nor the version.
func TestHARRequestWithSecrets(t *testing.T) {
	u, err := url.Parse("ws://h/?access_token=abc")
	if err != nil {
		t.Fatal(err)
	}
	h := &dial.Handshake{URL: u, Status: 101}
	h.Request = []byte("GET /?access_token=abc HTTP/1.1\r\nHost: h\r\n\r\n")
	har := archive(t, false, &session.Event{Kind: session.KindOpen, Handshake: h})
	want := `{"method":"GET","url":"ws://h/?access_token=<3 bytes hidden>","httpVersion":"HTTP/1.1",`
	if !strings.Contains(string(har), want) {
		t.Errorf("%s\nlacks %s", har, want)
	}
	again := string(harRecords(t, har)[0].Event.Handshake.Request)
	line, _, _ := strings.Cut(again, "\r\n")
	if want := "GET /?access_token=<3 bytes hidden> HTTP/1.1"; line != want {
		t.Errorf("reads back as %q, want %q", line, want)
	}
}

// TestHARConcurrent: two connections that speak in turn are two entries.
func TestHARConcurrent(t *testing.T) {
	var d disk
	w, err := NewHARWriter(&d, "wsline 1")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"alice", "bob", "carol"}
	for _, ev := range conversationEvents(t) {
		for _, name := range names {
			if err := w.Event(name, ev); err != nil {
				t.Fatal(err)
			}
			harRecords(t, d.p)
		}
	}
	var got []string
	count := 0
	for _, r := range harRecords(t, d.p) {
		if r.Event.Kind == session.KindOpen {
			got = append(got, r.Conn)
		}
		count++
	}
	if !slices.Equal(got, names) || count != 3*12 {
		t.Errorf("%v, %d events", got, count)
	}
}

// Control frames without a message between them are kept up to a limit, and counted beyond it.
func TestHARLeavesOutControlFrames(t *testing.T) {
	events := conversationEvents(t)[:1]
	ping := &session.Event{Kind: session.KindPing, Time: began}
	ping.Payload = bytes.Repeat([]byte("x"), 125)
	var d disk
	w, err := NewHARWriter(&d, "wsline 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range append(events, slices.Repeat([]*session.Event{ping}, 2000)...) {
		if err := w.Event("", ev); err != nil {
			t.Fatal(err)
		}
	}
	kept := len(harRecords(t, d.p)) - 1
	want := []byte(`"_controlFramesLeftOut":`)
	if len(d.p) > maxControls+2000 || kept < 1000 || !bytes.Contains(d.p, want) {
		t.Errorf("%d bytes, %d kept", len(d.p), kept)
	}
	said := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Time: began}
	for _, ev := range []*session.Event{said, ping} {
		if err := w.Event("", ev); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(harRecords(t, d.p)); n != kept+3 || bytes.Count(d.p, want) != 1 {
		t.Errorf("%d events", n)
	}
}

// TestDevToolsHAR reads an archive that has the members, and the order, of DevTools' own.
func TestDevToolsHAR(t *testing.T) {
	p, err := os.ReadFile("testdata/devtools.har")
	if err != nil {
		t.Fatal(err)
	}
	all := harRecords(t, p)
	var got []byte
	for _, r := range all {
		got = NewTalk(Style{}).Event(got, r.Event)
	}
	want := `* connected to wss://echo.example.com/chat?room=1 (subprotocol "chat", permessage-deflate)
> {"text":"hello"}
< {
    "text": "HELLO"
  }
> /binary 00ff10
<binary 3 bytes
  00000000  00 ff 10                                          |...|
* connected to wss://echo.example.com/second
< <welcome>
`
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	h := all[0].Event.Handshake
	if h.Status != 101 || h.Key != "dGhlIHNhbXBsZSBub25jZQ==" || h.Accept != h.AcceptGot ||
		!strings.HasPrefix(string(h.Request), "GET /chat?room=1 HTTP/1.1\r\nAccept-Encoding: ") {
		t.Errorf("%+v", h)
	}
	if at := all[1].Time; !at.Equal(time.Date(2026, 1, 2, 15, 4, 6, 123456000, time.UTC)) {
		t.Error(at)
	}
}

func TestHARReaderErrors(t *testing.T) {
	const before = `{"log":{"version":"1.2","entries":[`
	tests := []struct{ in, want string }{
		{"", `not an HTTP Archive: there is no "log"`},
		{`{"type":"schema"}`, `not an HTTP Archive: there is no "log"`},
		{`{"log":{"entries":{}}}`, `not an HTTP Archive: "entries" is not an array`},
		{before, "the archive is cut off"},
		{before + `{"_resourceType":"websocket"`, "entry 1: the archive is cut off"},
		{before + `{},{"request":1}]}}`, `entry 2: "request" is a number`},
		{before + `{"_webSocketMessages":[{"type":"send","time":1,"opcode":2,"data":"?"}]}]}}`,
			"entry 1: the data of a binary message is not base64"},
	}
	for _, tt := range tests {
		_, err := NewHARReader(strings.NewReader(tt.in)).Next()
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.in, err, tt.want)
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	mark := []byte("\xef\xbb\xbf")
	p := archive(t, false, conversationEvents(t)...)
	if n := len(harRecords(t, append(mark, p...))); n != 12 {
		t.Errorf("%d events", n)
	}
	line := `{"type":"schema","version":1}` + "\n" + `{"type":"notice","text":"x"}`
	if n := len(readAll(t, append(mark, line...))); n != 1 {
		t.Errorf("%d events", n)
	}
}

func FuzzHARReader(f *testing.F) {
	for _, name := range []string{"archive.har", "devtools.har"} {
		p, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p)
	}
	f.Add([]byte(`{"log":{"entries":[{"_webSocketMessages":[` +
		`{"type":"send","time":1.5,"opcode":1,"data":""}],"_controlFrames":[` +
		`{"type":"receive","time":2,"opcode":8,"code":1000}],` +
		`"_end":{"time":3,"cause":"closed"}}]}}`))
	f.Fuzz(func(t *testing.T, p []byte) {
		r := NewHARReader(bytes.NewReader(p))
		talk, lines := NewTalk(Style{}), JSON{}
		for range 1000 {
			record, err := r.Next()
			if err != nil {
				return
			}
			talk.Event(nil, record.Event)
			for line := range bytes.Lines(lines.Event(nil, record.Event)) {
				if !json.Valid(line) {
					t.Fatalf("not JSON: %q", line)
				}
			}
		}
	})
}

// BenchmarkHARWriter: an event costs its own bytes, however long the archive is.
func BenchmarkHARWriter(b *testing.B) {
	file, err := os.Create(b.TempDir() + "/a.har")
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w, err := NewHARWriter(file, "wsline 1")
	if err != nil {
		b.Fatal(err)
	}
	if err := w.Event("", &session.Event{Kind: session.KindOpen, Time: began}); err != nil {
		b.Fatal(err)
	}
	ev := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Time: later,
		Payload: []byte(`{"type":"trade","price":12345.67}`)}
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Event("", ev); err != nil {
			b.Fatal(err)
		}
	}
}
