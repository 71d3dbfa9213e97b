package dial

import (
	"errors"
	"strings"
	"testing"

	"wsline/internal/exit"
	"wsline/internal/wstest"
)

// rawRequest dials with raw fields and returns the request and the handshake.
func rawRequest(t *testing.T, change func(*Config), opts ...wstest.AcceptOption) (string, Handshake) {
	t.Helper()
	raw := make(chan string, 1)
	cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
		p.Request()
		raw <- string(p.RawRequest)
		p.Accept(opts...)
		p.Stall(nil)
	})
	change(cfg)
	conn := mustDial(t, cfg)
	return <-raw, conn.Handshake
}

// What stands in the request already is replaced in its place, by all of the same name; the rest is
// last.
func TestRawHeader(t *testing.T) {
	got, hs := rawRequest(t, func(c *Config) {
		c.Header = []Field{{"Origin", "https://example.com"}, {"X-One", "a"}, {"x-one", "b"}}
		c.RawHeader = []Field{
			{"sec-websocket-version", "12"}, {"X-ONE", ""}, {"UPGRADE", "websocket"},
			{"Upgrade", "h2c"}, {"Sec-WebSocket-Key", " short "}, {"odd name", "x\xff\ty "},
		}
	})
	want := "GET / HTTP/1.1\r\nHost: example.com\r\nUPGRADE: websocket\r\nUpgrade: h2c\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Key:  short \r\nsec-websocket-version: 12\r\n" +
		"User-Agent: wsline\r\nOrigin: https://example.com\r\nX-ONE: \r\n" +
		"odd name: x\xff\ty \r\n\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if string(hs.Request) != got || hs.Key != "short" || hs.Accept != acceptKey("short") ||
		hs.AcceptGot != hs.Accept {
		t.Errorf("handshake %+v", hs)
	}
}

func TestRawOffers(t *testing.T) {
	_, hs := rawRequest(t, func(c *Config) {
		c.Subprotocols = []string{"a"}
		c.RawHeader = []Field{
			{"Sec-WebSocket-Protocol", "b,, c"}, {"sec-websocket-protocol", "d"},
			{"Sec-WebSocket-Extensions", "x-one, permessage-deflate; client_max_window_bits"},
		}
	}, wstest.Subprotocol("d"), wstest.Extensions("permessage-deflate"))
	if got := strings.Join(hs.OfferedProtocols, " "); got != "b c d" || hs.Subprotocol != "d" {
		t.Errorf("offered %q, chosen %q", got, hs.Subprotocol)
	}
	if hs.OfferedExtensions != "x-one, permessage-deflate; client_max_window_bits" || !hs.Compressed {
		t.Errorf("offered %q, compressed %v", hs.OfferedExtensions, hs.Compressed)
	}
}

// A raw offer replaces that of --compress, and what was offered by hand may be more than we can do.
func TestRawExtensions(t *testing.T) {
	for _, tt := range []struct{ offered, chosen, why string }{
		{"", "permessage-deflate", "which was not offered"},
		{"x-one", "permessage-deflate", "which was not offered"},
		{"x-one", "X-One; a=b", "which wsline cannot speak"},
		{"x-one", "x-one-more", "which was not offered"},
		{"permessage-deflate; x-y", "permessage-deflate; x-y", "which wsline cannot speak"},
		{"permessage-deflate; x-y", "permessage-deflate; client_max_window_bits=10",
			"which was not offered"},
	} {
		cfg := piped(t, "ws://example.com/", accept(wstest.Extensions(tt.chosen)))
		cfg.Compress = true
		cfg.RawHeader = []Field{{"Sec-WebSocket-Extensions", tt.offered}}
		sameError(t, dialError(t, t.Context(), cfg), &Error{
			Kind: KindHandshake, Reason: ReasonExtension, Status: 101, Got: tt.chosen,
			Text: "example.com chose the extension " + exit.Quote(tt.chosen) + ", " + tt.why,
		})
	}
}

// Compression follows a raw offer.
func TestRawCompression(t *testing.T) {
	const answer = "permessage-deflate; client_max_window_bits=10"
	cfg := piped(t, "ws://example.com/", accept(wstest.Extensions(answer)))
	cfg.RawHeader = []Field{{"Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=12"}}
	hs := mustDial(t, cfg).Handshake
	if got := hs.Deflate(); !hs.Compressed || got.ClientBits != 10 {
		t.Errorf("compressed: %v, %+v", hs.Compressed, got)
	}
}

func TestRawLineEnds(t *testing.T) {
	for _, f := range []Field{{"a\r\nb", "c"}, {"a", "b\n"}, {"a", "\x00"}} {
		cfg := &Config{URL: mustURL(t, "ws://example.com/"), RawHeader: []Field{f}}
		e := dialError(t, t.Context(), cfg)
		if want := "the raw header field " + exit.Quote(f.Name) + " holds a line end or a NUL"; e.Text != want {
			t.Errorf("%q: %s", f, e.Text)
		}
	}
}

func TestParseRawField(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Field
		err  string
	}{
		{"Upgrade: h2c", Field{"Upgrade", "h2c"}, ""},
		{"Upgrade:h2c ", Field{"Upgrade", "h2c "}, ""},
		{"a b:  c: d", Field{"a b", " c: d"}, ""},
		{":", Field{}, ""},
		{"Upgrade", Field{}, `the raw header field "Upgrade" has no colon`},
		{"a: b\r\nc: d", Field{}, `the raw header field "a" holds a line end or a NUL`},
	} {
		got, err := ParseRawField(tt.in)
		var usage *exit.UsageError
		if errors.As(err, &usage) != (tt.err != "") || err != nil && err.Error() != tt.err || got != tt.want {
			t.Errorf("%q: %q, %v", tt.in, got, err)
		}
	}
}

func TestPreview(t *testing.T) {
	real := make(chan string, 1)
	cfg := piped(t, "ws://user:pass@example.com/x?y", func(p *wstest.Peer) {
		p.Request()
		real <- string(p.RawRequest)
		p.Accept()
		p.Stall(nil)
	})
	cfg.Compress, cfg.Subprotocols = true, []string{"chat"}
	cfg.Header = []Field{{"Upgrade", "mine"}, {"X-One", "1"}}
	cfg.RawHeader = []Field{{"Connection", "keep-alive, Upgrade"}}
	conn := mustDial(t, cfg)
	preview, err := Preview(cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(preview), "Sec-WebSocket-Key: ")
	key, _, _ := strings.Cut(after, "\r\n")
	want := strings.Replace(<-real, conn.Handshake.Key, key, 1)
	if len(key) != 24 || key == conn.Handshake.Key || string(preview) != want {
		t.Errorf("got  %q\nwant %q", preview, want)
	}
	cfg.Header = []Field{{"a b", "c"}}
	if _, err := Preview(cfg); err == nil {
		t.Error("a bad field was not refused")
	}
}
