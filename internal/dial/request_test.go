package dial

import (
	"errors"
	"strings"
	"testing"

	"wsline/internal/exit"
	"wsline/internal/wstest"
)

func TestRequestBytes(t *testing.T) {
	const middle = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: KEY\r\n" +
		"Sec-WebSocket-Version: 13\r\n"
	tests := []struct {
		name, url string
		change    func(*Config)
		want      string
	}{
		{
			"plain", "ws://example.com", nil,
			"GET / HTTP/1.1\r\nHost: example.com\r\n" + middle + "User-Agent: wsline\r\n\r\n",
		},
		{
			"order and case", "ws://example.com:8080/a/%7Cb?q=x y|z", func(c *Config) {
				c.Header = []Field{
					{"x-Zebra", "1"}, {"Origin", "https://example.com"}, {"X-ant", ""},
					{"user-AGENT", "me/1"}, {"x-Zebra", "2"}, {"Cookie", "a=b; c=d"},
				}
			},
			"GET /a/%7Cb?q=x%20y%7Cz HTTP/1.1\r\nHost: example.com:8080\r\n" + middle +
				"x-Zebra: 1\r\nOrigin: https://example.com\r\nX-ant: \r\n" +
				"user-AGENT: me/1\r\nx-Zebra: 2\r\nCookie: a=b; c=d\r\n\r\n",
		},
		{
			"offers", "ws://example.com/", func(c *Config) {
				c.Compress = true
				c.Subprotocols = []string{"chat.v2", "chat.v1", "chat.v2", "mine"}
				c.Header = []Field{{"sec-websocket-protocol", "mine, other"}}
			},
			"GET / HTTP/1.1\r\nHost: example.com\r\n" + middle +
				"Sec-WebSocket-Extensions: permessage-deflate\r\n" +
				"Sec-WebSocket-Protocol: chat.v2, chat.v1\r\nUser-Agent: wsline\r\n" +
				"sec-websocket-protocol: mine, other\r\n\r\n",
		},
		{
			"basic auth of the URL", "ws://us%3Aer:p%40ss@example.com/", nil,
			"GET / HTTP/1.1\r\nHost: example.com\r\n" + middle +
				"Authorization: Basic dXM6ZXI6cEBzcw==\r\nUser-Agent: wsline\r\n\r\n",
		},
		{
			"the user's own Authorization", "ws://user:pass@example.com/", func(c *Config) {
				c.Header = []Field{{"authorization", "Bearer x"}}
			},
			"GET / HTTP/1.1\r\nHost: example.com\r\n" + middle +
				"User-Agent: wsline\r\nauthorization: Bearer x\r\n\r\n",
		},
		{
			"Host by configuration", "ws://example.com/", func(c *Config) { c.Host = "other:1" },
			"GET / HTTP/1.1\r\nHost: other:1\r\n" + middle + "User-Agent: wsline\r\n\r\n",
		},
		{
			"Host by field", "ws://example.com/", func(c *Config) {
				c.Host = "other"
				c.Header = []Field{{"A", "b"}, {"hOst", "third"}}
			},
			"GET / HTTP/1.1\r\nhOst: third\r\n" + middle +
				"User-Agent: wsline\r\nA: b\r\n\r\n",
		},
		{
			"default port and zone", "ws://[fe80::1%25eth0]:80/", nil,
			"GET / HTTP/1.1\r\nHost: [fe80::1]\r\n" + middle + "User-Agent: wsline\r\n\r\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := make(chan string, 1)
			cfg := piped(t, tt.url, func(p *wstest.Peer) {
				p.Request()
				raw <- string(p.RawRequest)
				p.Accept()
				p.Stall(nil)
			})
			if tt.change != nil {
				tt.change(cfg)
			}
			conn := mustDial(t, cfg)
			key := conn.Handshake.Key
			got := <-raw
			if got != string(conn.Handshake.Request) {
				t.Errorf("Handshake.Request is %q", conn.Handshake.Request)
			}
			if len(key) != 24 || strings.Count(got, key) != 1 {
				t.Errorf("key %q in %q", key, got)
			}
			if got = strings.Replace(got, key, "KEY", 1); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestOwnFieldsAreLeftOut(t *testing.T) {
	var notices []string
	raw := make(chan string, 1)
	cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
		p.Request()
		raw <- string(p.RawRequest)
		p.Accept()
		p.Stall(nil)
	})
	cfg.Notice = func(s string) { notices = append(notices, s) }
	for _, name := range []string{
		"Upgrade", "connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
		"sec-websocket-extensions", "X-Kept",
	} {
		cfg.Header = append(cfg.Header, Field{name, "mine"})
	}
	mustDial(t, cfg)
	got := <-raw
	if strings.Count(got, "mine") != 1 || !strings.Contains(got, "\r\nX-Kept: mine\r\n") {
		t.Errorf("request %q", got)
	}
	want := []string{
		`left out the field "Upgrade": the handshake sets its own`,
		`left out the field "connection": the handshake sets its own`,
		`left out the field "Sec-WebSocket-Key": the handshake sets its own`,
		`left out the field "Sec-WebSocket-Version": the handshake sets its own`,
		`left out the field "sec-websocket-extensions": the handshake sets its own`,
	}
	if strings.Join(notices, "\n") != strings.Join(want, "\n") {
		t.Errorf("notices %q", notices)
	}
	if len(cfg.Header) != 6 {
		t.Errorf("the configuration was changed: %v", cfg.Header)
	}
}

// What could end a line of the request is refused before anything is dialled.
func TestUnsafeConfigIsRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"value with CRLF", func(c *Config) { c.Header = []Field{{"A", "b\r\nC: d"}} },
			`the value of the header field "A" holds a line end or a NUL`},
		{"value with NUL", func(c *Config) { c.Header = []Field{{"A", "b\x00"}} },
			`the value of the header field "A" holds a line end or a NUL`},
		{"name", func(c *Config) { c.Header = []Field{{"A b", "c"}} },
			`"A b" is not a name for a header field`},
		{"no name", func(c *Config) { c.Header = []Field{{"", "c"}} },
			`"" is not a name for a header field`},
		{"host", func(c *Config) { c.Host = "a\r\nB: c" },
			`a space or control character in the host or the path of "ws://example.com/"`},
		{"query", func(c *Config) { c.URL.RawQuery = "a b" },
			`a space or control character in the host or the path of "ws://example.com/?a b"`},
		{"query with a line end", func(c *Config) { c.URL.RawQuery = "a\r\nB: c" },
			`the URL "ws://example.com/?a\r\nB: c" holds a control character`},
		{"subprotocol", func(c *Config) { c.Subprotocols = []string{"a", "b c"} },
			`"b c" is not a name for a subprotocol`},
		{"scheme", func(c *Config) { c.URL.Scheme = "ftp" }, `unknown scheme "ftp"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) { t.Error("dialled") })
			tt.change(cfg)
			e := dialError(t, t.Context(), cfg)
			var usage *exit.UsageError
			if !errors.As(e, &usage) || e.Error() != tt.want {
				t.Errorf("got %q, want %q", e.Error(), tt.want)
			}
		})
	}
	if _, err := Dial(t.Context(), new(Config)); err == nil || err.Error() != "there is no URL" {
		t.Errorf("without a URL: %v", err)
	}
}

func TestParseField(t *testing.T) {
	tests := []struct {
		in, name, value, err string
	}{
		{in: "Name: value", name: "Name", value: "value"},
		{in: "x-a:b:c", name: "x-a", value: "b:c"},
		{in: "X-Empty:", name: "X-Empty"},
		{in: "X:\t  padded \t", name: "X", value: "padded"},
		{in: "X: café", name: "X", value: "café"},
		{in: "no colon", err: `the header field "no colon" has no colon`},
		{in: ": value", err: `"" is not a name for a header field`},
		{in: ":authority: x", err: `"" is not a name for a header field`},
		{in: "Na me: x", err: `"Na me" is not a name for a header field`},
		{in: "Name : x", err: `"Name " is not a name for a header field`},
		{in: "A: b\r\nC: d", err: `the value of the header field "A" holds a line end or a NUL`},
		{in: "A: b\x00", err: `the value of the header field "A" holds a line end or a NUL`},
	}
	for _, tt := range tests {
		f, err := ParseField(tt.in)
		if tt.err != "" {
			var usage *exit.UsageError
			if !errors.As(err, &usage) || err.Error() != tt.err {
				t.Errorf("%q: error %v, want %q", tt.in, err, tt.err)
			}
			continue
		}
		if err != nil || f != (Field{tt.name, tt.value}) {
			t.Errorf("%q: %q, %v", tt.in, f, err)
		}
	}
}

func FuzzParseField(f *testing.F) {
	for _, s := range []string{
		"Name: value", "a:", "no colon", "A: b\r\nC: d", "\xff: \xff", "A\x00: b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		field, err := ParseField(s)
		if err != nil {
			return
		}
		line := field.Name + ": " + field.Value
		if strings.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("%q became the line %q", s, line)
		}
		if again, err := ParseField(line); err != nil || again != field {
			t.Fatalf("%q, then %q, %v", field, again, err)
		}
	})
}
