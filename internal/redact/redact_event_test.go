package redact_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/redact"
	"wsline/internal/wire"
	"wsline/session"
)

// TestEventWithoutValues: whatever is made of an event, by whichever printer, has nothing of a
// value.
func TestEventWithoutValues(t *testing.T) {
	const value = "line-1/abcdef\nline-2+\"uvwxyz\""
	r := (*redact.Redactor)(nil).With("k", value).With("t", "s3cr3t-token")
	u, _ := url.Parse("ws://s3cr3t-token:x@h/s3cr3t-token?q=s3cr3t-token" +
		"&p=line-1%2fabcdef%0aline-2%2B%22uvwxyz%22")
	frame := func(h wire.Header, payload string) *session.Event {
		h.Length = int64(len(payload))
		return &session.Event{Kind: session.KindFrame, Frame: &session.Frame{
			Header: h, Payload: []byte(payload), Have: h.Length, Number: 1,
		}}
	}
	cut := frame(wire.Header{Fin: true, Opcode: wire.OpText}, "x line-1/abcdef\nlin")
	cut.Frame.Header.Length += 100
	key := [4]byte{1, 2, 3, 4}
	events := []*session.Event{
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(`{"a":"` + value + `"}`)},
		{Kind: session.KindMessage, Opcode: wire.OpText, More: true,
			Payload: []byte("x line-1/abcd")},
		{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte("\x00\x01" + value)},
		{Kind: session.KindPing, Payload: []byte("s3cr3t-token")},
		{Kind: session.KindPong, Payload: []byte(strings.Repeat("x", 115) + "s3cr3t-tok")},
		{Kind: session.KindClose, Code: 4000, Reason: "no s3cr3t-token"},
		{Kind: session.KindClose, Code: 4000, Reason: strings.Repeat("x", 113) + "s3cr3t-tok"},
		{Kind: session.KindNotice, Text: "to ws://h/?x=s3cr3t-token"},
		frame(wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Key: key}, "a "+value),
		frame(wire.Header{Fin: true, Opcode: wire.OpBinary}, "a "+value),
		frame(wire.Header{Fin: true, Opcode: wire.OpClose}, "\x03\xe8s3cr3t-token"),
		frame(wire.Header{Opcode: wire.OpText}, "x line-1/abcdef\nline-2+"),
		frame(wire.Header{Fin: true, Opcode: wire.OpContinuation}, "uvwxyz\""),
		frame(wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText}, "s3cr3t-token"),
		cut,
		{Kind: session.KindEnd, End: &session.End{
			Cause: session.CauseBroken, Reason: "s3cr3t-token", Err: errors.New("no s3cr3t-token"),
			Before: session.Before{Last: "a s3cr3t-token", Handshake: &dial.Handshake{URL: u}},
		}},
		{Kind: session.KindEnd, End: &session.End{
			Cause: session.CauseBroken, Err: &session.HTTPError{Status: "400", Body: "no s3cr3t-token"},
		}},
		{Kind: session.KindOpen, Handshake: &dial.Handshake{
			URL: u, Proxy: u,
			Request:  []byte("GET /?x=s3cr3t-token HTTP/1.1\r\nA: s3cr3t-token\r\n\r\n"),
			Response: []byte("HTTP/1.1 101 s3cr3t-token\r\nA: s3cr3t-token\r\n\r\n"), Status: 101,
			Header:           http.Header{"A": {"s3cr3t-token"}, "S3cr3t-token": {"x"}},
			OfferedProtocols: []string{"s3cr3t-token"}, Subprotocol: "s3cr3t-token",
			OfferedExtensions: "s3cr3t-token", Extensions: "s3cr3t-token",
		}},
	}
	for _, ev := range events {
		shown := r.Event(ev)
		j := &format.JSON{Secrets: true}
		text := string(j.Event(nil, shown))
		style := format.Style{Frames: format.FramesHex, Secrets: true}
		text += string(format.NewTalk(style).Event(nil, shown))
		if shown.Handshake != nil {
			text += string(format.Handshake(nil, shown.Handshake, format.HandshakeStyle{Secrets: true}))
		}
		if e := shown.End; e != nil {
			text += fmt.Sprintf("%q %+v %+v", e.Last, e.Before.Handshake, e.Err)
			if body := (*session.HTTPError)(nil); errors.As(e.Err, &body) {
				text += body.Body
			}
		}
		for _, part := range []string{"s3cr3t", "line-", "abcdef", "uvwxyz", "733363", "6c696e65"} {
			plain := strings.ReplaceAll(text, " ", "")
			if i := strings.Index(plain, part); i >= 0 {
				t.Errorf("%v: %s", ev.Kind, plain[max(0, i-60):i+len(part)])
			}
		}
	}
	plain := &session.Event{Kind: session.KindPing, Payload: []byte("x")}
	if got := (*redact.Redactor)(nil).Event(plain); got != plain {
		t.Error("without values an event has become another")
	}
}

func TestHideLine(t *testing.T) {
	r := (*redact.Redactor)(nil).With("key", "-----BEGIN-----\r\nline-1\n}\nline-2").With("t", "s3cret")
	for text, want := range map[string]string{
		"> line-1":                  "> <secret key>",
		"  line-2 and s3cret":       "  <secret key> and <secret t>",
		"}":                         "}",
		"BEGIN":                     "BEGIN",
		`"-----BEGIN-----\r\nlin…"`: `"<secret key>…"`,
	} {
		if got := r.HideLine(text); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}
