package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/hide"
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
		"startedDateTime", "time", "request", "response", "cache", "timings", "_initiator",
		"_priority", "_resourceType", "_webSocketMessages",
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

// What is hidden has spaces, which end neither the target nor the version, and which no URL has.
func TestHARRequestWithSecrets(t *testing.T) {
	u, err := url.Parse("ws://h/?access_token=abc")
	if err != nil {
		t.Fatal(err)
	}
	h := &dial.Handshake{URL: u, Status: 101}
	h.Request = []byte("GET /?access_token=abc HTTP/1.1\r\nHost: h\r\n\r\n")
	har := archive(t, false, &session.Event{Kind: session.KindOpen, Handshake: h})
	want := `{"method":"GET","url":"ws://h/?access_token=%3C3%20bytes%20hidden%3E",` +
		`"httpVersion":"HTTP/1.1",`
	if !strings.Contains(string(har), want) {
		t.Errorf("%s\nlacks %s", har, want)
	}
	again := string(harRecords(t, har)[0].Event.Handshake.Request)
	line, _, _ := strings.Cut(again, "\r\n")
	if want := "GET /?access_token=<3 bytes hidden> HTTP/1.1"; line != want {
		t.Errorf("reads back as %q, want %q", line, want)
	}
	read := hide.URL(harRecords(t, har)[0].Event.Handshake.URL)
	if want := "ws://h/?access_token=<3 bytes hidden>"; read != want {
		t.Errorf("reads back as %q, want %q", read, want)
	}
}

// entryOf is the first entry of an archive.
func entryOf(t *testing.T, p []byte) map[string]any {
	t.Helper()
	var archive struct {
		Log struct{ Entries []map[string]any }
	}
	if err := json.Unmarshal(p, &archive); err != nil {
		t.Fatal(err)
	}
	return archive.Log.Entries[0]
}

// The server's address and port stand where they are its own: not behind a proxy, and not of a
// Unix socket.
func TestHARAddress(t *testing.T) {
	proxy := parseURL(t, "http://proxy:3128")
	tests := []struct {
		remote net.Addr
		proxy  *url.URL
		want   string
	}{
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}, nil, "192.0.2.1 80"},
		{&net.TCPAddr{IP: net.ParseIP("fe80::1"), Port: 80, Zone: "eth0"}, nil, "fe80::1 80"},
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 3128}, proxy, "<nil> <nil>"},
		{&net.UnixAddr{Name: "/run/x", Net: "unix"}, nil, "<nil> <nil>"},
		{nil, nil, "<nil> <nil>"},
	}
	for _, tt := range tests {
		h := &dial.Handshake{Status: 101, Remote: tt.remote, Proxy: tt.proxy}
		e := entryOf(t, archive(t, false, &session.Event{Kind: session.KindOpen, Handshake: h}))
		if got := fmt.Sprint(e["serverIPAddress"], " ", e["connection"]); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.remote, got, tt.want)
		}
	}
}

// A connection that could not be opened is an entry, with what there was of an answer.
func TestHARFailure(t *testing.T) {
	refused := &dial.Handshake{
		URL: parseURL(t, "ws://h/a?token=x"), Status: 403,
		Request:  []byte("GET /a?token=x HTTP/1.1\r\nHost: h\r\n\r\n"),
		Response: []byte("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nLocation: /?key=y\r\n\r\n"),
	}
	refused.Header = headerOf(refused.Response)
	tests := []struct {
		f          Failure
		want, text string
	}{
		{Failure{Code: 5, Handshake: refused, Body: []byte("no\n")},
			"403 Forbidden 3 text/plain no\n <nil> /?key=%3C1%20byte%20hidden%3E -1 <nil>",
			"ws://h/a?token=<1 byte hidden> answered 403 Forbidden: no"},
		{Failure{Code: 5, Handshake: refused, Body: []byte("\xff")},
			"403 Forbidden 1 text/plain /w== base64 /?key=%3C1%20byte%20hidden%3E -1 <nil>",
			"ws://h/a?token=<1 byte hidden> answered 403 Forbidden"},
		{Failure{Code: 3, Handshake: &dial.Handshake{URL: refused.URL}, Cause: "nobody is there"},
			"0  0 x-unknown <nil> <nil>  -1 nobody is there",
			"no connection to ws://h/a?token=<1 byte hidden>: nobody is there"},
	}
	for _, tt := range tests {
		var d disk
		w, err := NewHARWriter(&d, "wsline 1")
		if err == nil {
			err = w.Failure("a", began, &tt.f)
		}
		if err != nil {
			t.Fatal(err)
		}
		r := entryOf(t, d.p)["response"].(map[string]any)
		c := r["content"].(map[string]any)
		size := r["headersSize"]
		if tt.f.Handshake == refused {
			size = size.(float64) - float64(len(refused.Response)) - 1
		}
		got := fmt.Sprintln(r["status"], r["statusText"], c["size"], c["mimeType"], c["text"],
			c["encoding"], r["redirectURL"], size, r["_error"])
		if got != tt.want+"\n" {
			t.Errorf("got  %swant %s", got, tt.want)
		}
		read := harRecords(t, d.p)
		if f := read[0].Failure; len(read) != 1 || f == nil || f.Message != tt.text ||
			f.Code != tt.f.Code || f.Cause != tt.f.Cause || read[0].Conn != "a" {
			t.Errorf("reads back as %+v", f)
		}
	}
	var d disk
	w, err := NewHARWriter(&d, "wsline 1")
	if err == nil {
		err = w.Failure("", began, &Failure{Code: 8, Message: "closed"})
	}
	if err != nil || bytes.Contains(d.p, []byte("startedDateTime")) {
		t.Errorf("%s, %v", d.p, err)
	}
}

// What broke stands among the messages too, where the developer tools look for it.
func TestHARError(t *testing.T) {
	end := &session.End{Cause: session.CauseBroken, Code: 1006, Err: session.ErrNoClose}
	p := archive(t, false, &session.Event{Kind: session.KindOpen, Time: began},
		&session.Event{Kind: session.KindEnd, Time: began, End: end})
	if want := `{"type":"error","time":1767366245.000000,"opcode":-1,` +
		`"data":"the connection ended without a Close frame"}`; !bytes.Contains(p, []byte(want)) {
		t.Errorf("%s\nlacks %s", p, want)
	}
	all := harRecords(t, p)
	if len(all) != 2 || all[1].Event.End.Err != session.ErrNoClose {
		t.Errorf("%d events", len(all))
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
* disconnected: Connection closed before receiving a handshake response (1006)
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
	const message = `{"type":"send","time":1,"opcode":1,"data":"x"}`
	const bad = `{"type":"send","time":1,"opcode":2,"data":"?"}`
	tests := []struct {
		in, want string
		messages int // that are read all the same
	}{
		{"", `not an HTTP Archive: there is no "log"`, 0},
		{`{"type":"schema"}`, `not an HTTP Archive: there is no "log"`, 0},
		{`{"log":{"entries":{}}}`, `not an HTTP Archive: "entries" is not an array`, 0},
		{before, "the archive is cut off", 0},
		{before + `]}}`, "there is no WebSocket connection in it", 0},
		{before + `{},[[]],17,{"request":1}]}}`, "there is no WebSocket connection in it", 0},
		{before + `{"_resourceType":"websocket"`, "entry 1: the archive is cut off", 0},
		{before + `{"_webSocketMessages":[` + message, "entry 1: the archive is cut off", 1},
		{before + `{"_webSocketMessages":[` + message + `]}`, "the archive is cut off", 1},
		{before + `{"_webSocketMessages":[` + message + `,}`,
			"entry 1: no JSON at byte 95: invalid character '}' looking for beginning of value", 1},
		{before + `{},{"request":1,"_webSocketMessages":[` + message + `]}]}}`,
			`entry 2: "request" is a number; all else is there`, 1},
		{before + `{"_webSocketMessages":[` + bad + `,` + message + `]}]}}`,
			"entry 1, message 1: the data of a binary message is not base64; all else is there", 1},
		{before + `{"_webSocketMessages":[` + bad + `,17,` + strings.Repeat(bad+",", 5) + message +
			`]}]}}`, `7 parts of it cannot be read; all else is there
entry 1, message 1: the data of a binary message is not base64
entry 1, message 2: a JSON number where an object is wanted
entry 1, message 3: the data of a binary message is not base64
entry 1, message 4: the data of a binary message is not base64
entry 1, message 5: the data of a binary message is not base64
and 2 more`, 1},
	}
	for _, tt := range tests {
		r := NewHARReader(strings.NewReader(tt.in))
		messages := 0
		record, err := r.Next()
		for ; err == nil; record, err = r.Next() {
			if record.Event != nil && record.Event.Kind == session.KindMessage {
				messages++
			}
		}
		if err.Error() != tt.want || messages != tt.messages {
			t.Errorf("%s: %d messages, %v, want %s", tt.in, messages, err, tt.want)
		}
	}
}

// What browsers, proxies and other programs write: testdata/har/devtools.har is of the developer
// tools' own code (chrome-devtools-frontend 1.0.1705227) and playwright.har of Playwright 1.65.1,
// both with Chromium 156 and "wsline listen"; the members of mitmproxy.har and firefox.har are
// those of mitmproxy's savehar.py and Firefox's har-builder.js; others.har has what others leave
// out.
func TestForeignHAR(t *testing.T) {
	files, err := filepath.Glob("testdata/har/*.har")
	if err != nil || len(files) < 5 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		p, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var talk, lines []byte
		j := JSON{Program: "wsline 1"}
		r := NewHARReader(bytes.NewReader(p))
		record, err := r.Next()
		for ; err == nil; record, err = r.Next() {
			j.Conn = record.Conn
			printed := NewTalk(Style{Name: record.Conn, Timestamps: true})
			if f := record.Failure; f != nil {
				j.Now = func() time.Time { return record.Time }
				lines = j.Failure(lines, f)
				talk = printed.Error(talk, f.Message, f.Hint)
				continue
			}
			lines, talk = j.Event(lines, record.Event), printed.Event(talk, record.Event)
		}
		if err != io.EOF {
			talk = fmt.Appendf(talk, "error: %v\n", err)
		}
		base := strings.TrimSuffix(file, ".har")
		golden(t, base+".talk.golden", talk)
		golden(t, base+".jsonl.golden", lines)
	}
}

// again writes what was read of an archive to another one.
func again(t *testing.T, all []*Record) []byte {
	t.Helper()
	var d disk
	w, err := NewHARWriter(&d, "wsline 1")
	if err != nil {
		t.Fatal(err)
	}
	w.Secrets = true
	for _, r := range all {
		w.Connect = r.Connect
		if r.Event != nil {
			err = w.Event(r.Conn, r.Event)
		} else {
			err = w.Failure(r.Conn, r.Time, r.Failure)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return d.p
}

// HAR, events, HAR: nothing is lost, and the second time nothing changes, whoever wrote the first.
func TestHARRoundTrip(t *testing.T) {
	files, err := filepath.Glob("testdata/har/*.har")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "testdata/archive_secrets.har", "testdata/devtools.har") {
		p, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var first []*Record
		r := NewHARReader(bytes.NewReader(p))
		for record, err := r.Next(); err == nil; record, err = r.Next() {
			first = append(first, record)
		}
		p1 := again(t, first)
		second := harRecords(t, p1)
		if p2 := again(t, second); !bytes.Equal(p1, p2) {
			t.Errorf("%s: once\n%s\ntwice\n%s", file, p1, p2)
		}
		p = bytes.Replace(p, []byte(`"version":"1.2.3"`), []byte(`"version":"1"`), 1)
		if file == "testdata/archive_secrets.har" && !bytes.Equal(p, p1) {
			t.Errorf("%s: ours became\n%s", file, p1)
		}
		if len(first) != len(second) {
			t.Fatalf("%s: %d records, then %d", file, len(first), len(second))
		}
		for i, want := range first {
			got := second[i]
			if got.Conn != want.Conn || got.Time.Sub(want.Time).Abs() > time.Microsecond {
				t.Errorf("%s: %+v\nwant %+v", file, got, want)
			}
			if f := want.Failure; f != nil {
				g := got.Failure
				if g == nil || g.Message != f.Message || g.Foreign != f.Foreign ||
					!bytes.Equal(g.Body, f.Body) ||
					!bytes.Equal(g.Handshake.Request, f.Handshake.Request) {
					t.Errorf("%s: %+v\nwant %+v", file, g, f)
				}
				continue
			}
			want.Event.Time = got.Event.Time
			if !sameEvent(got.Event, want.Event) {
				t.Errorf("%s: %+v\nwant %+v", file, plainEvent(got.Event), plainEvent(want.Event))
			}
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
	archives, err := filepath.Glob("testdata/har/*.har")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(archives, "testdata/archive.har", "testdata/devtools.har") {
		p, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p)
	}
	f.Add([]byte(`{"log":{"entries":[{"_webSocketMessages":[` +
		`{"type":"send","time":1.5,"opcode":1,"data":""}],"_controlFrames":[` +
		`{"type":"receive","time":2,"opcode":8,"code":1000}],` +
		`"_end":{"time":3,"cause":"closed"}}]}}`))
	f.Add([]byte(`{"log":{"creator":{"name":"Playwright"},"entries":[{"startedDateTime":1,` +
		`"response":{"status":-1,"_failureText":"code: 403"},"request":{"url":"http://h"}},` +
		`{"_webSocketMessages":[{"type":"error","data":"x"},{"type":"send","opcode":"ping"}]}]}}`))
	f.Fuzz(func(t *testing.T, p []byte) {
		r := NewHARReader(bytes.NewReader(p))
		talk, lines := NewTalk(Style{}), JSON{}
		var all []*Record
		for len(all) < 1000 {
			record, err := r.Next()
			if err != nil {
				break
			}
			all = append(all, record)
			if record.Event == nil {
				continue
			}
			talk.Event(nil, record.Event)
			for line := range bytes.Lines(lines.Event(nil, record.Event)) {
				if !json.Valid(line) {
					t.Fatalf("not JSON: %q", line)
				}
			}
		}
		if p = again(t, all); !json.Valid(p) {
			t.Fatalf("not JSON: %q", p)
		}
		harRecords(t, p)
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
