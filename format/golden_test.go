package format

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

var update = flag.Bool("update", false, "write the golden files anew")

// record is an event as the .jsonl files in testdata have it.
type record struct {
	Kind    string
	Out     bool
	Time    time.Time
	Text    string // payload of a text message, or the text of a notice
	Data    string // payload of a control frame
	Hex     string // any payload, in hexadecimal
	Repeat  int    // the payload so many times
	RTT     string
	Code    wire.StatusCode
	Reason  string
	URL     string
	Socket  string
	Proxy   string
	Proto   string // subprotocol
	Ext     string
	Deflate bool
	TLS     uint16
	Cause   session.Cause
	ByUs    bool
	Sent    wire.StatusCode
	Err     string
}

func (r *record) event(t *testing.T) *session.Event {
	ev := &session.Event{Time: r.Time, Code: r.Code, Reason: r.Reason, Text: r.Text}
	ev.Payload = []byte(r.Text + r.Data)
	if r.Hex != "" {
		p, err := hex.DecodeString(r.Hex)
		if err != nil {
			t.Fatal(err)
		}
		ev.Payload = p
	}
	if r.Repeat > 0 {
		ev.Payload = bytes.Repeat(ev.Payload, r.Repeat)
	}
	if r.Out {
		ev.Dir = session.Out
	}
	if r.RTT != "" {
		rtt, err := time.ParseDuration(r.RTT)
		if err != nil {
			t.Fatal(err)
		}
		ev.RTT = rtt
	}
	switch r.Kind {
	case "open":
		ev.Kind, ev.Handshake = session.KindOpen, r.handshake(t)
	case "text":
		ev.Kind, ev.Opcode = session.KindMessage, wire.OpText
	case "binary":
		ev.Kind, ev.Opcode = session.KindMessage, wire.OpBinary
	case "ping":
		ev.Kind = session.KindPing
	case "pong":
		ev.Kind = session.KindPong
	case "close":
		ev.Kind = session.KindClose
	case "notice":
		ev.Kind = session.KindNotice
	case "end":
		ev.Kind = session.KindEnd
		ev.End = r.end()
	default:
		t.Fatalf("kind %q", r.Kind)
	}
	return ev
}

func (r *record) end() *session.End {
	end := &session.End{Cause: r.Cause, ByUs: r.ByUs, Sent: r.Sent, Code: r.Code, Reason: r.Reason}
	if r.Err != "" {
		end.Err = errors.New(r.Err)
	}
	return end
}

func (r *record) handshake(t *testing.T) *dial.Handshake {
	h := &dial.Handshake{Subprotocol: r.Proto, Extensions: r.Ext, Compressed: r.Deflate}
	h.URL = parseURL(t, r.URL)
	if r.Proxy != "" {
		h.Proxy = parseURL(t, r.Proxy)
	}
	if r.Socket != "" {
		h.Remote = &net.UnixAddr{Name: r.Socket, Net: "unix"}
	}
	if r.TLS != 0 {
		h.TLS = &tls.ConnectionState{Version: r.TLS}
	}
	return h
}

func parseURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// recorded reads the events of a .jsonl file; lines that begin with # are comments.
func recorded(t *testing.T, file string) []*session.Event {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var events []*session.Event
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if len(lines.Bytes()) == 0 || lines.Bytes()[0] == '#' {
			continue
		}
		var r record
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		events = append(events, r.event(t))
	}
	return events
}

type printer func(dst []byte, ev *session.Event) []byte

// printers are the forms that each file of events is printed in.
func printers() map[string]printer {
	named := Style{Name: "alice", Timestamps: true, Pretty: PrettyNever, Width: 60}
	raw := &Pipe{End: "\n"}
	pretty := &Pipe{Binary: BinaryHex, End: "\n", Pretty: true}
	return map[string]printer{
		"plain":        NewTalk(Style{}).Event,
		"color":        NewTalk(Style{Color: true, Timestamps: true}).Event,
		"named":        NewTalk(named).Event,
		"conversation": Conversation,
		"pipe":         raw.Event,
		"pretty":       pretty.Event,
	}
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no events: %v", err)
	}
	for _, file := range files {
		events := recorded(t, file)
		base := strings.TrimSuffix(file, ".jsonl")
		for name, print := range printers() {
			t.Run(filepath.Base(base)+"/"+name, func(t *testing.T) {
				var got []byte
				for _, ev := range events {
					got = print(got, ev)
				}
				golden(t, base+"."+name+".golden", got)
			})
		}
	}
}

// golden compares got with a file, in which an escape character is written ␛ so that it can be
// read.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if strings.Contains(file, ".color.") {
		got = bytes.ReplaceAll(got, []byte("\x1b"), []byte("␛"))
	}
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what comes out now (-update writes it anew):\n%s", file, got)
	}
}
