package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

var (
	began = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	later = began.Add(1500*time.Millisecond + 7)
)

// readAll reads all records of a recording.
func readAll(t *testing.T, text []byte) []*Record {
	t.Helper()
	return allRecords(t, NewEventReader(bytes.NewReader(text)).Next)
}

// allRecords takes records until there are no more.
func allRecords(t *testing.T, next func() (*Record, error)) []*Record {
	t.Helper()
	var all []*Record
	for {
		record, err := next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, record)
	}
}

// printAgain prints what was read of a recording.
func printAgain(t *testing.T, text []byte) []byte {
	t.Helper()
	r := NewEventReader(bytes.NewReader(text))
	var j *JSON
	var dst []byte
	for {
		record, err := r.Next()
		if err == io.EOF {
			return dst
		}
		if err != nil {
			t.Fatal(err)
		}
		if j == nil {
			j = &JSON{Program: r.Program, Start: r.Start, Secrets: true}
		}
		j.Conn = record.Conn
		j.Now = func() time.Time { return record.Time }
		switch {
		case record.Event != nil:
			dst = j.Event(dst, record.Event)
		case record.Failure != nil:
			dst = j.Failure(dst, record.Failure)
		default:
			ev := &session.Event{Time: record.Time, Dir: record.Dir}
			dst = j.Result(dst, ev, record.Result)
		}
	}
}

func TestRecordingsPrintAgain(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for line := range bytes.Lines(text) {
			if !bytes.HasPrefix(line, []byte(`{"type":"comment"`)) {
				want = append(want, line...)
			}
		}
		if got := printAgain(t, text); !bytes.Equal(got, want) {
			t.Errorf("%s reads and prints as\n%s", file, got)
		}
	}
}

func TestJSONLines(t *testing.T) {
	broken := &wire.Error{Code: 1002, Section: "RFC 6455 §5.5", Text: "too long"}
	tests := []struct {
		ev   session.Event
		want string
	}{
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("<a & b>")},
			`"message",T,"dir":"in","opcode":"text","text":"<a & b>","length":7}`},
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Dir: session.Out,
			Payload: []byte("a\"\\\n\r\t\x00\x7f\u009b\u202e\U000e0041é😀")},
			`"message",T,"dir":"out","opcode":"text","text":"a\"\\\n\r\t\u0000\u007f` +
				`\u009b\u202e\udb40\udc41é😀","length":23}`},
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("\xc3"),
			More: true},
			`"message",T,"dir":"in","opcode":"text","base64":"ww==","length":1,"more":true}`},
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte("a")},
			`"message",T,"dir":"in","opcode":"binary","base64":"YQ==","length":1}`},
		{session.Event{Kind: session.KindPing}, `"ping",T,"dir":"in","text":"","length":0}`},
		{session.Event{Kind: session.KindPong, Payload: []byte("\xff"), RTT: 1234567},
			`"pong",T,"dir":"in","base64":"/w==","length":1,"rtt":0.001234567}`},
		{session.Event{Kind: session.KindClose, Dir: session.Out, Code: 4000, Reason: "bye"},
			`"close",T,"dir":"out","code":4000,"reason":"bye"}`},
		{session.Event{Kind: session.KindClose, Code: 1000, Reason: "\xff"},
			`"close",T,"dir":"in","code":1000,"reason_base64":"/w=="}`},
		{session.Event{Kind: session.KindNotice, Text: "well"}, `"notice",T,"text":"well"}`},
		{session.Event{Kind: session.KindOpen}, `"open",T}`},
		{session.Event{Kind: session.KindEnd}, `"end",T}`},
		{session.Event{Kind: session.KindEnd, End: &session.End{Cause: session.CauseProtocol,
			Sent: 1002, Code: 1006, Err: broken}},
			`"end",T,"cause":"protocol","by_us":false,"sent":1002,"received":false,"code":1006,` +
				`"reason":"","breaks":{"code":1002,"section":"RFC 6455 §5.5","text":"too long"}}`},
		{session.Event{Kind: session.KindFrame, Dir: session.Out, Frame: &session.Frame{
			Header: wire.Header{Fin: true, RSV1: true, RSV3: true, Opcode: 11, Masked: true,
				Key: [4]byte{1, 2, 3, 4}, Length: 9},
			Head: []byte{0xdb, 0x89, 1, 2, 3, 4}, Payload: []byte("x"), Have: 9, Number: 2,
			Packed: 9, Size: 30, Err: broken}},
			`"frame",T,"dir":"out","fin":true,"rsv":5,"opcode":11,"name":"reserved 0xb",` +
				`"masked":true,"key":"01020304","head":"db8901020304","length":9,"have":9,` +
				`"number":2,"packed":9,"size":30,"base64":"eA==",` +
				`"breaks":{"code":1002,"section":"RFC 6455 §5.5","text":"too long"}}`},
		{session.Event{Kind: session.KindFrame, Frame: &session.Frame{Err: broken,
			Header: wire.Header{Fin: true, Opcode: wire.OpBinary},
			Head:   []byte("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xfeabc")}},
			`"frame",T,"dir":"in","fin":true,"rsv":0,"opcode":2,"name":"binary","masked":false,` +
				`"head":"827ffffffffffffffffe","length":18446744073709551614,"have":0,"base64":"",` +
				`"breaks":{"code":1002,"section":"RFC 6455 §5.5","text":"too long"}}`},
		{session.Event{Kind: session.KindIdle}, ""},
	}
	for _, tt := range tests {
		tt.ev.Time = later
		j := JSON{Program: "wsline 1", Start: began}
		got := string(j.Event(nil, &tt.ev))
		want := ""
		if tt.want != "" {
			want = `{"type":"schema","time":"2026-01-02T15:04:05.000000000Z","at":0.000000,` +
				`"version":1,"program":"wsline 1"}` + "\n" + `{"type":` + strings.Replace(tt.want,
				"T,", `"time":"2026-01-02T15:04:06.500000007Z","at":1.500000,`, 1) + "\n"
			want = strings.Replace(want, ",T}",
				`,"time":"2026-01-02T15:04:06.500000007Z","at":1.500000}`, 1)
		}
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
		if again := printAgain(t, []byte(want)); want != "" && string(again) != want {
			t.Errorf("%sreads and prints as\n%s", want, again)
		}
	}
}

func TestJSONFailureAndResult(t *testing.T) {
	j := JSON{Program: "wsline 1", Start: began, Conn: "alice"}
	got := j.Failure(nil, &Failure{Code: 5, Message: "refused: 403"})
	got = j.Result(got, &session.Event{Time: later}, []byte(`{"a":1}`))
	got = j.Failure(got, &Failure{Code: 3, Message: "no", Hint: "yes"})
	j.Now = func() time.Time { return began.Add(time.Minute) }
	got = j.Failure(got, &Failure{Code: 2, Message: "line 3"})
	want := `{"type":"schema","time":"2026-01-02T15:04:05.000000000Z","at":0.000000,` +
		`"version":1,"program":"wsline 1"}
{"type":"error","time":"2026-01-02T15:04:05.000000000Z","at":0.000000,"conn":"alice",` +
		`"code":5,"message":"refused: 403"}
{"type":"result","time":"2026-01-02T15:04:06.500000007Z","at":1.500000,"conn":"alice",` +
		`"dir":"in","value":{"a":1}}
{"type":"error","time":"2026-01-02T15:04:06.500000007Z","at":1.500000,"conn":"alice",` +
		`"code":3,"message":"no","hint":"yes"}
{"type":"error","time":"2026-01-02T15:05:05.000000000Z","at":60.000000,"conn":"alice",` +
		`"code":2,"message":"line 3"}
`
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if again := printAgain(t, got); !bytes.Equal(again, got) {
		t.Errorf("reads and prints as\n%s", again)
	}
}

// What a filter makes of a message may hold anything that the message did.
func TestJSONResultIsSafe(t *testing.T) {
	var j JSON
	value := "{\"a\u202e\": \"\u009b2J\u007f\",\r\n\"b\":\"\\u001b\"}"
	got := string(j.Result(nil, &session.Event{Time: later}, []byte(value)))
	want := `"value":{"a\u202e":"\u009b2J\u007f","b":"\u001b"}}` + "\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want its end to be %q", got, want)
	}
}

// A token that was offered as a subprotocol, and chosen, is none of the long ones.
func TestAChosenTokenIsHidden(t *testing.T) {
	ev := &session.Event{Kind: session.KindOpen, Time: later, Handshake: secured(t)}
	var lines JSON
	for form, text := range map[string][]byte{
		"JSON": lines.Event(nil, ev), "HAR": archive(t, false, ev),
		"Talk": NewTalk(Style{}).Event(nil, ev),
	} {
		if bytes.Contains(text, []byte("hunter2")) {
			t.Errorf("%s: %s", form, text)
		}
	}
}

func TestEndOfWhoDoesNotPong(t *testing.T) {
	end := &session.End{Cause: session.CauseTimeout, Err: session.ErrPongTimeout}
	got := string(NewTalk(Style{}).Event(nil, &session.Event{Kind: session.KindEnd, End: end}))
	if got != "* gave up waiting: no pong came in answer to a ping\n" {
		t.Error(got)
	}
}

// The monotonic clock, which is not in the lines, does not decide what they say.
func TestJSONCountsByTheWallClock(t *testing.T) {
	j := JSON{Start: time.Now()}
	line := j.Event(nil, &session.Event{Kind: session.KindNotice, Time: time.Now()})
	if strings.Contains(j.Start.String(), "m=") {
		t.Error(j.Start)
	}
	if again := printAgain(t, line); !bytes.Equal(again, line) {
		t.Errorf("%s reads and prints as\n%s", line, again)
	}
}

// The secrets of a handshake are in no line unless they are asked for.
func TestJSONHidesSecrets(t *testing.T) {
	const secret = "s3cr3ts3cr3ts3cr3ts3cr3ts3cr3t"
	h := &dial.Handshake{
		URL:   parseURL(t, "wss://me:"+secret+"@example.com/?token="+secret),
		Proxy: parseURL(t, "http://me:"+secret+"@proxy:3128"),
		Request: []byte("GET /?token=" + secret + " HTTP/1.1\r\nHost: example.com\r\n" +
			"Authorization: Bearer " + secret + "\r\nCookie: a=" + secret + "\r\n" +
			"Sec-WebSocket-Protocol: bearer, " + secret + "\r\n\r\n"),
		Response:         []byte("HTTP/1.1 101 OK\r\nSet-Cookie: a=" + secret + "\r\n\r\n"),
		OfferedProtocols: []string{"bearer", secret}, Subprotocol: secret,
	}
	ev := &session.Event{Kind: session.KindOpen, Time: later, Handshake: h}
	hiding := JSON{}
	line := hiding.Event(nil, ev)
	shown := []byte("Bearer <30 bytes hidden>")
	if bytes.Contains(line, []byte(secret)) || !bytes.Contains(line, shown) {
		t.Errorf("%s", line)
	}
	if again := printAgain(t, line); !bytes.Equal(again, bytes.Replace(line, []byte("<hidden>@"),
		[]byte("hidden@"), -1)) {
		t.Errorf("reads and prints as\n%s", again)
	}
	showing := JSON{Secrets: true}
	if n := bytes.Count(showing.Event(nil, ev), []byte(secret)); n != 10 {
		t.Errorf("%d times", n)
	}
}

func TestEventReaderErrors(t *testing.T) {
	const schema = `{"type":"schema","version":1}` + "\n"
	tests := []struct{ in, want string }{
		{`{"type":"open"}`, `line 1: no schema, with which a recording begins: ` +
			`{"type":"schema","version":1}`},
		{`{"type":"schema","version":2}`,
			"line 1: a recording of version 2, and only 1 can be read"},
		{schema + "\n\n{", "line 4: no JSON at byte 1: unexpected end of JSON input"},
		{schema + "[]", "line 2: a JSON array where an object is wanted"},
		{schema + `{"type":1}`, `line 2: "type" is a number`},
		{schema + `{}`, `line 2: no member "type"`},
		{schema + `{"type":"close","code":65536}`, "line 2: 65536 is no close code"},
		{schema + `{"type":"frame","opcode":16}`, "line 2: 16 is no opcode of a frame"},
		{schema + `{"type":"frame","opcode":1,"masked":true,"key":"01"}`,
			`line 2: "key" is not 8 hexadecimal digits`},
		{schema + `{"type":"open","status":1,"url":":"}`, `line 2: : is not a URL`},
		{schema + `{"type":"pong","rtt":"x"}`, `line 2: "x" is no number of seconds`},
		{schema + `{"type":"notice","text":"` + strings.Repeat("x", 100) + `"}`,
			"line 2: longer than the limit of 80 bytes"},
	}
	for _, tt := range tests {
		r := NewEventReader(strings.NewReader(tt.in))
		r.MaxLine = 80
		if _, err := r.Next(); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.in, err, tt.want)
		}
	}
}

func TestEventReaderPassesOverWhatIsNew(t *testing.T) {
	in := `{"type":"schema","version":1,"new":{}}` + "\r\n" +
		`{"type":"new","time":"2026-01-02T15:04:05Z"}` + "\n" + `{"type":"notice","text":"x","new":[1]}`
	all := readAll(t, []byte(in))
	if len(all) != 1 || all[0].Event.Text != "x" {
		t.Errorf("%+v", all)
	}
}

// FuzzEventReader: whatever is read, is printed and read again to the same.
func FuzzEventReader(f *testing.F) {
	for _, name := range []string{"ends", "hostile", "talk"} {
		text, err := os.ReadFile("testdata/" + name + ".jsonl")
		if err != nil {
			f.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			f.Add(line)
		}
	}
	f.Add([]byte(`{"type":"frame","opcode":1,"rsv":7,"masked":true,"key":"00000000","head":"ff"}`))
	f.Add([]byte(`{"type":"open","status":1,"request":{"line":"a","fields":[["b","c"]]}}`))
	f.Add([]byte(`{"type":"pong","rtt":1e-3}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		text := append([]byte(`{"type":"schema","version":1}`+"\n"), line...)
		r := NewEventReader(bytes.NewReader(text))
		record, err := r.Next()
		if err != nil {
			return
		}
		if y := record.Time.Year(); y < 1 || y > 9998 {
			return
		}
		if bytes.Contains(line, []byte("hidden")) || record.Event == nil {
			return
		}
		checkEvent(t, record.Event)
	})
}

// FuzzJSONLine: what is printed of an event reads back as that event.
func FuzzJSONLine(f *testing.F) {
	for _, s := range hostile {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, ev := range events(p) {
			ev.Time = later
			if ev.Kind == session.KindMessage && ev.Opcode == wire.OpText {
				ev.More = len(p)%2 == 0
			}
			checkEvent(t, ev)
		}
		frame := &session.Frame{Head: p, Payload: p, Have: int64(len(p)), Number: len(p)}
		frame.Header, _, _ = wire.ParseHeader(p)
		checkEvent(t, &session.Event{Kind: session.KindFrame, Time: later, Frame: frame})
		h := &dial.Handshake{Request: p, Response: p, Status: len(p)}
		h.Header = headerOf(p)
		checkEvent(t, &session.Event{Kind: session.KindOpen, Time: later, Handshake: h})
	})
}

// checkEvent: an event is one safe line of JSON, and reads back.
func checkEvent(t *testing.T, ev *session.Event) {
	t.Helper()
	j := JSON{Start: began, Secrets: true}
	text := j.Event(nil, ev)
	for line := range bytes.Lines(text) {
		if !json.Valid(line) {
			t.Fatalf("not JSON: %q", line)
		}
		if _, bad := unsafeIn(strings.TrimSuffix(string(line), "\n")); bad {
			t.Fatalf("not safe: %q", line)
		}
	}
	all := readAll(t, text)
	if len(all) != 1 {
		t.Fatalf("%q is %d records", text, len(all))
	}
	if got := all[0].Event; !sameEvent(got, ev) {
		t.Errorf("%q reads back as\n%+v\nnot\n%+v", text, got, ev)
	}
}

// sameEvent compares all that docs/events.md specifies.
func sameEvent(a, b *session.Event) bool {
	return reflect.DeepEqual(plainEvent(a), plainEvent(b))
}

// plainEvent is an event in which an empty slice is a nil one, and an error is its text.
func plainEvent(ev *session.Event) any {
	plain := *ev
	plain.Time = ev.Time.UTC()
	plain.Payload = append([]byte(nil), ev.Payload...)
	plain.Handshake, plain.End, plain.Frame = nil, nil, nil
	parts := []any{plain}
	if f := ev.Frame; f != nil {
		frame := *f
		frame.Head = append([]byte(nil), headOf(f)...)
		frame.Payload = append([]byte(nil), f.Payload...)
		parts = append(parts, frame)
	}
	if e := ev.End; e != nil {
		end := *e
		var broken *wire.Error
		if end.Err = nil; errors.As(e.Err, &broken) {
			parts = append(parts, *broken)
		} else if e.Err != nil {
			parts = append(parts, e.Err.Error())
		}
		parts = append(parts, end)
	}
	if h := ev.Handshake; h != nil {
		shake := *h
		shake.Request = append([]byte(nil), h.Request...)
		shake.Response = append([]byte(nil), h.Response...)
		shake.OfferedProtocols = append([]string(nil), h.OfferedProtocols...)
		if len(h.Header) == 0 {
			shake.Header = http.Header{}
		}
		parts = append(parts, shake)
	}
	return parts
}

func BenchmarkJSON(b *testing.B) {
	payload := []byte(`{"type":"trade","price":12345.67,"size":0.5,"symbol":"BTC"}`)
	ev := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Time: later,
		Payload: payload}
	j := JSON{Start: began}
	var dst []byte
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		dst = j.Event(dst[:0], ev)
	}
}
