package format

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// disk is a file in memory that can be full.
type disk struct {
	p      []byte
	room   int // bytes that it can hold; 0: any number
	closed bool
}

var errFull = errors.New("no space left on device")

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	n := len(p)
	if d.room > 0 {
		n = max(0, min(n, d.room-int(at)))
	}
	if end := int(at) + n; end > len(d.p) {
		d.p = append(d.p, make([]byte, end-len(d.p))...)
	}
	copy(d.p[at:], p[:n])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(d.p).ReadAt(p, at)
}

func (d *disk) Truncate(size int64) error {
	d.p = d.p[:size]
	return nil
}

func (d *disk) Close() error {
	d.closed = true
	return nil
}

// conversationEvents are those of a short connection, both ways.
func conversationEvents(t *testing.T) []*session.Event {
	h := &dial.Handshake{
		URL: parseURL(t, "ws://me:secret@127.0.0.1:8080/chat?token=abc&n=1"),
		Request: []byte("GET /chat?token=abc&n=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" +
			"Cookie: a=b\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
			"Sec-WebSocket-Protocol: chat, superchat\r\n\r\n"),
		Response: []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
			"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
			"Sec-WebSocket-Protocol: chat\r\n\r\n"),
		Status: 101, Key: "dGhlIHNhbXBsZSBub25jZQ==", Accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
		AcceptGot: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", OfferedProtocols: []string{"chat", "superchat"},
		Subprotocol: "chat",
		Timings: dial.Timings{TCP: 300 * time.Microsecond, Upgrade: 2 * time.Millisecond,
			Total: 2500 * time.Microsecond},
	}
	h.Header = headerOf(h.Response)
	text, bin := wire.OpText, wire.OpBinary
	events := []*session.Event{
		{Kind: session.KindOpen, Handshake: h},
		{Kind: session.KindMessage, Opcode: text, Payload: []byte("welcome\n\"you\"")},
		{Kind: session.KindMessage, Dir: session.Out, Opcode: text, Payload: []byte("/hi")},
		{Kind: session.KindPing, Payload: []byte("a")},
		{Kind: session.KindIdle},
		{Kind: session.KindPong, Dir: session.Out, Payload: []byte("a")},
		{Kind: session.KindMessage, Opcode: bin, Payload: []byte("\x0b\xad\xf0"), More: true},
		{Kind: session.KindPing, Dir: session.Out, Payload: []byte("\xff")},
		{Kind: session.KindMessage, Opcode: bin, Payload: []byte("\x0d")},
		{Kind: session.KindPong, Payload: []byte("\xff"), RTT: 187 * time.Microsecond},
		{Kind: session.KindPong, Dir: session.Out, Payload: []byte("unasked")},
		{Kind: session.KindClose, Code: 4000, Reason: "bye"},
		{Kind: session.KindClose, Dir: session.Out, Code: 4000},
		{Kind: session.KindEnd, End: &session.End{Cause: session.CauseClosed, Sent: 4000,
			Received: true, Code: 4000, Reason: "bye"}},
	}
	for i, ev := range events {
		ev.Time = began.Add(time.Duration(i) * time.Millisecond)
	}
	return events
}

func record(t *testing.T, file RecordFile, form Form, opts RecordOptions) *Recorder {
	t.Helper()
	r, err := NewRecorder(file, form, opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecordedConversation(t *testing.T) {
	var d disk
	r := record(t, &d, FormConversation, RecordOptions{})
	for _, ev := range conversationEvents(t) {
		if err := r.Event(ev); err != nil {
			t.Fatal(err)
		}
	}
	want := `> /connect ws://<hidden>@127.0.0.1:8080/chat?token=<3 bytes hidden>&n=1
< welcome
  "you"
> //hi
<ping a
> /ping "\xff"
<binary 0badf00d
<pong "\xff"
> /pong unasked
<close 4000 bye
`
	if string(d.p) != want {
		t.Errorf("got\n%swant\n%s", d.p, want)
	}
}

func TestRecordedConversationsWithNames(t *testing.T) {
	var d disk
	r := record(t, &d, FormConversation, RecordOptions{Connect: "-k wss://example.com"})
	events := conversationEvents(t)
	for _, ev := range events[:2] {
		for _, name := range []string{"alice", "bob"} {
			if err := r.EventOf(name, ev); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := `alice> /connect --as alice -k wss://example.com
bob> /connect --as bob -k wss://example.com
alice< welcome
  "you"
bob< welcome
  "you"
`
	if string(d.p) != want {
		t.Errorf("got\n%swant\n%s", d.p, want)
	}
}

// The name that a hostile recording gives a connection begins no line of its own.
func TestRecordedConversationWithAHostileName(t *testing.T) {
	var d disk
	r := record(t, &d, FormConversation, RecordOptions{})
	message := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("hi")}
	if err := r.EventOf("a\x1b[2J\n> /raw 00\u009b", message); err != nil {
		t.Fatal(err)
	}
	if want := "a__2J____raw_00_< hi\n"; string(d.p) != want {
		t.Errorf("got %q, want %q", d.p, want)
	}
}

func TestRecordedEvents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	r := record(t, file, FormJSON, RecordOptions{Program: "wsline 1", Start: began, Secrets: true})
	events := conversationEvents(t)
	for _, ev := range events {
		if err := r.Event(ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Failure("", later, &Failure{Code: 8, Message: "closed"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := readAll(t, text)
	i := 0
	for _, ev := range events {
		if ev.Kind == session.KindIdle {
			continue
		}
		if !sameEvent(all[i].Event, ev) {
			t.Errorf("%+v, want %+v", all[i].Event, ev)
		}
		i++
	}
	if f := all[i].Failure; f == nil || f.Code != 8 || !all[i].Time.Equal(later) {
		t.Errorf("%+v", all[i])
	}
}

// A long message is written as it grows, and taken back when that is too much for the disk.
func TestRecordingOfALongMessage(t *testing.T) {
	long := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: longTexts()[3]}
	short := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("hi")}
	lines := &JSON{}
	want := lines.Event(nil, short)
	first := len(want)
	want = lines.Event(lines.Event(want, long), short)
	for _, room := range []int{len(want), first + 4*passed, first + passed/2} {
		d := disk{room: room}
		r := record(t, &d, FormJSON, RecordOptions{})
		failed := 0
		for _, ev := range []*session.Event{short, long, short} {
			if r.Event(ev) != nil {
				failed++
			}
		}
		ok := failed == 0 && bytes.Equal(d.p, want)
		if room < len(want) {
			ok = failed == 1 && bytes.Equal(d.p, want[:first])
		}
		if !ok {
			t.Errorf("room for %d: %d errors, %d bytes", room, failed, len(d.p))
		}
		if cap(r.buf) > 10*passed {
			t.Errorf("%d bytes were held", cap(r.buf))
		}
	}
}

// sizesOf is a recording of the events, and how long it is behind each of them.
func sizesOf(t *testing.T, events []*session.Event, form Form) (whole disk, sizes map[int]bool) {
	t.Helper()
	r := record(t, &whole, form, RecordOptions{})
	sizes = map[int]bool{0: true, len(whole.p): true}
	for _, ev := range events {
		if err := r.Event(ev); err != nil {
			t.Fatal(err)
		}
		sizes[len(whole.p)] = true
	}
	return whole, sizes
}

// Whatever the room on a disk, a recording ends with a whole event, the error is told once, and
// nothing is written after it.
func TestRecordingOnFullDisk(t *testing.T) {
	events := conversationEvents(t)
	for _, form := range []Form{FormJSON, FormHAR, FormConversation} {
		whole, sizes := sizesOf(t, events, form)
		for room := 1; room < len(whole.p); room++ {
			d := disk{room: room}
			r, err := NewRecorder(&d, form, RecordOptions{})
			if err != nil {
				continue // not even an archive without entries
			}
			failed := 0
			for _, ev := range events {
				if err := r.Event(ev); err != nil {
					failed++
				}
			}
			if failed != 1 || !sizes[len(d.p)] {
				t.Fatalf("form %d, room for %d: %d errors, and %d bytes are left", form, room,
					failed, len(d.p))
			}
			if form == FormHAR {
				harRecords(t, d.p)
			}
		}
	}
}

func TestRecorderClose(t *testing.T) {
	var d disk
	r := record(t, &d, FormJSON, RecordOptions{})
	if err := r.Close(); err != nil || !d.closed {
		t.Fatal(err)
	}
	if err := r.Event(&session.Event{Kind: session.KindNotice}); err != nil || len(d.p) > 0 {
		t.Errorf("%v, %q", err, d.p)
	}
}

func TestFormOf(t *testing.T) {
	for path, want := range map[string]Form{
		"a.jsonl": FormJSON, "x/b.HAR": FormHAR, "c.d.wst": FormConversation,
	} {
		if got, err := FormOf(path); err != nil || got != want {
			t.Errorf("%s: %d, %v", path, got, err)
		}
	}
	_, err := FormOf("a.txt")
	if fmt.Sprint(err) != `"a.txt" does not end with .jsonl, .har or .wst` {
		t.Error(err)
	}
}

// A message that is too long to be kept whole is cut at a character, and the recording says so.
func TestRecordedMessageIsCut(t *testing.T) {
	var conversation, archive disk
	wst := record(t, &conversation, FormConversation, RecordOptions{})
	har := record(t, &archive, FormHAR, RecordOptions{})
	open := &session.Event{Kind: session.KindOpen, Time: began}
	for _, r := range []*Recorder{wst, har} {
		if err := r.Event(open); err != nil {
			t.Fatal(err)
		}
	}
	wst.conversation("").joiner.limit = 10
	har.har.entries[0].joiner.limit = 10
	for _, r := range []*Recorder{wst, har} {
		for i := range 4 {
			ev := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, More: i < 3,
				Payload: []byte("aéé"), Time: began}
			if err := r.Event(ev); err != nil {
				t.Fatal(err)
			}
		}
		whole := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Time: began,
			Payload: []byte("longer than ten bytes, and whole")}
		if err := r.Event(whole); err != nil {
			t.Fatal(err)
		}
	}
	want := "> /connect\n# of the next message only the first 10 bytes are kept, of 20\n" +
		"< aééaéé\n< longer than ten bytes, and whole\n"
	if string(conversation.p) != want {
		t.Errorf("%q", conversation.p)
	}
	if !bytes.Contains(archive.p, []byte(`"data":"aééaéé","_length":20}`)) {
		t.Errorf("%q", archive.p[len(archive.p)-300:])
	}
	harRecords(t, archive.p)
}

func TestCutAtCharacter(t *testing.T) {
	for in, want := range map[string]string{
		"aé": "aé", "aé\xc3": "aé", "a\xf0\x9f\x98": "a", "\xc3": "", "": "", "a\xff": "a\xff",
	} {
		if got := string(withoutPartial([]byte(in))); got != want {
			t.Errorf("%q is cut to %q, want %q", in, got, want)
		}
	}
}

// harRecords reads an archive, which must be whole.
func harRecords(t *testing.T, p []byte) []*Record {
	t.Helper()
	r := NewHARReader(bytes.NewReader(p))
	return allRecords(t, func() (*Record, error) {
		record, err := r.Next()
		if err == ErrNoWebSocket {
			err = io.EOF
		}
		if err != nil && err != io.EOF {
			err = fmt.Errorf("%w in %q", err, p[:min(len(p), 2000)])
		}
		return record, err
	})
}

// What gathers is written when it is due: the file is then what it would be without, whole.
func TestRecordingThatGathers(t *testing.T) {
	events := conversationEvents(t)
	long := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: longTexts()[3]}
	events = slices.Insert(events, 2, long)
	idle := &session.Event{Kind: session.KindIdle}
	due := map[string]func(r *Recorder) error{
		"Flush": (*Recorder).Flush,
		"Close": (*Recorder).Close,
		"idle":  func(r *Recorder) error { return r.Event(idle) },
	}
	for _, form := range []Form{FormJSON, FormHAR, FormConversation} {
		for name, due := range due {
			for _, gather := range []int{1, 500, 2000, 64 << 10, 1 << 20} {
				var want, got disk
				direct := record(t, &want, form, RecordOptions{})
				r := record(t, &got, form, RecordOptions{Gather: gather})
				for i, ev := range events {
					for _, conn := range []string{"a", "b"} {
						err := direct.EventOf(conn, ev)
						if err = cmp.Or(err, r.EventOf(conn, ev)); err != nil {
							t.Fatal(err)
						}
					}
					if form == FormHAR {
						harRecords(t, got.p)
					}
					if last := i == len(events)-1; last || name != "Close" && i%5 == 4 {
						if err := due(r); err != nil {
							t.Fatal(err)
						}
						if !bytes.Equal(got.p, want.p) {
							t.Fatalf("%s, form %d, %d bytes, event %d: got\n%s\nwant\n%s", name,
								form, gather, i, got.p, want.p)
						}
					}
				}
			}
		}
	}
}

// A full disk takes what gathered or leaves what there was, and the error is told once.
func TestGatheredOnFullDisk(t *testing.T) {
	events := conversationEvents(t)
	for _, form := range []Form{FormJSON, FormHAR, FormConversation} {
		whole, sizes := sizesOf(t, events, form)
		for room := 1; room < len(whole.p); room += 3 {
			d := disk{room: room}
			r, err := NewRecorder(&d, form, RecordOptions{Gather: 600})
			if err != nil {
				continue
			}
			failed := 0
			for _, do := range append(eventsTo(r, events), r.Flush, r.Close) {
				if do() != nil {
					failed++
				}
			}
			if failed != 1 || !sizes[len(d.p)] {
				t.Fatalf("form %d, room for %d: %d errors, and %d bytes are left", form, room,
					failed, len(d.p))
			}
		}
	}
}

func eventsTo(r *Recorder, events []*session.Event) (list []func() error) {
	for _, ev := range events {
		list = append(list, func() error { return r.Event(ev) })
	}
	return list
}
