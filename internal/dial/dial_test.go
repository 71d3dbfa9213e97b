package dial

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial/uri"
	"wsline/internal/wstest"
)

func TestDial(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept(wstest.Subprotocol("b"), wstest.Field("X-Served-By: me"), wstest.ByteByByte(),
			wstest.Glued(wstest.Frame(1, "hello")))
		p.Echo()
	})
	cfg := &Config{URL: mustURL(t, s.URL()), Subprotocols: []string{"a", "b"}}
	conn := mustDial(t, cfg)
	hs := conn.Handshake
	if hs.Status != 101 || hs.Subprotocol != "b" || hs.Extensions != "" || hs.Compressed ||
		hs.Header.Get("X-Served-By") != "me" || hs.Remote.String() != s.Addr() ||
		hs.Accept != acceptKey(hs.Key) || hs.TLS != nil || hs.Proxy != nil ||
		hs.URL.String() != s.URL() {
		t.Errorf("handshake %+v", hs)
	}
	want := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Protocol: b\r\nX-Served-By: me\r\n" +
		"Sec-WebSocket-Accept: " + hs.Accept + "\r\n\r\n"
	if string(hs.Response) != want {
		t.Errorf("response %q", hs.Response)
	}
	if tm := hs.Timings; tm.TCP <= 0 || tm.Upgrade <= 0 || tm.Total < tm.TCP+tm.Upgrade ||
		tm.DNS != 0 || tm.Proxy != 0 || tm.TLS != 0 {
		t.Errorf("timings %+v", tm)
	}
	wantMessage(t, conn, "hello")
	send(t, conn, "hi")
	wantMessage(t, conn, "hi")
}

// Nothing reads or answers what comes but who asks the tap.
func TestDialLeavesWhatComes(t *testing.T) {
	big := strings.Repeat("x", 100<<10)
	pong := make(chan bool, 1)
	cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
		p.Accept()
		p.Ping("are you there")
		p.Text(big)
		h, _, err := p.ReadFrame()
		pong <- err == nil && h.Opcode == 10
	})
	conn := mustDial(t, cfg)
	wantMessage(t, conn, big)
	send(t, conn, "")
	if <-pong {
		t.Error("the library answered the ping")
	}
}

func TestCompression(t *testing.T) {
	for _, answer := range []string{
		"permessage-deflate",
		`permessage-deflate; server_no_context_takeover; server_max_window_bits="15"`,
		"permessage-deflate; client_no_context_takeover",
	} {
		cfg := piped(t, "ws://example.com/", accept(wstest.Extensions(answer)))
		cfg.Compress = true
		if hs := mustDial(t, cfg).Handshake; !hs.Compressed || hs.Extensions != answer {
			t.Errorf("%s: agreed on %q, %v", answer, hs.Extensions, hs.Compressed)
		}
	}
	conn := mustDial(t, func() *Config {
		cfg := piped(t, "ws://example.com/", accept())
		cfg.Compress = true
		return cfg
	}())
	if conn.Handshake.Compressed {
		t.Error("compressed, though the server does not")
	}
}

func TestInterimResponses(t *testing.T) {
	cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
		p.Request()
		p.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n" +
			"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))
		p.Accept()
		p.Stall(nil)
	})
	if conn := mustDial(t, cfg); conn.Handshake.Status != 101 ||
		!bytes.HasPrefix(conn.Handshake.Response, []byte("HTTP/1.1 101 ")) {
		t.Errorf("response %q", conn.Handshake.Response)
	}
	cfg = piped(t, "ws://example.com/", func(p *wstest.Peer) {
		p.Request()
		for p.Write([]byte("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")) == nil {
		}
	})
	if e := dialError(t, t.Context(), cfg); e.Reason != ReasonHeadTooLong {
		t.Errorf("endless hints: %v, reason %d", e, e.Reason)
	}
}

// What is left for the next head may be less than the bytes by which HTTP is recognised.
func TestInterimResponsesUpToTheLimit(t *testing.T) {
	for left := range 12 {
		const begin, end = "HTTP/1.1 103 Early Hints\r\nX: ", "\r\n\r\n"
		pad := strings.Repeat("x", maxHead-left-len(begin)-len(end))
		cfg := piped(t, "ws://example.com/", respond(begin+pad+end+"HTTP/1.1 101 S\r\n\r\n"))
		if e := dialError(t, t.Context(), cfg); e.Reason != ReasonHeadTooLong {
			t.Errorf("%d bytes left: %v", left, e)
		}
	}
}

func TestHandshakeReasons(t *testing.T) {
	const ok = "HTTP/1.1 101 Switching Protocols\r\n"
	const status = "example.com answered 404 Not Found instead of an upgrade"
	wrong := "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	tests := []struct {
		name   string
		handle func(*wstest.Peer)
		want   Error
	}{
		{
			"status", respond("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nsorry..."),
			Error{Reason: ReasonStatus, Status: 404, Body: []byte("sorry"), Text: status},
		},
		{
			"status with an unusual name",
			respond("HTTP/1.1 599 \x1b]0;title\r\nContent-Length: 0\r\n\r\n"),
			Error{Reason: ReasonStatus, Status: 599,
				Text: `example.com answered 599 "\x1b]0;title" instead of an upgrade`},
		},
		{
			"status, chunked body", respond("HTTP/1.1 404 Not Found\r\n" +
				"Transfer-Encoding: chunked\r\n\r\n3\r\nsor\r\n2\r\nry\r\n0\r\n\r\n"),
			Error{Reason: ReasonStatus, Status: 404, Body: []byte("sorry"), Text: status},
		},
		{
			"status, long body",
			respond("HTTP/1.1 404 Not Found\r\n\r\n" + strings.Repeat("x", 9000)),
			Error{Reason: ReasonStatus, Status: 404, Text: status,
				Body: bytes.Repeat([]byte("x"), 4096), BodyCut: true},
		},
		{
			"status, body that breaks off",
			respond("HTTP/1.1 404 Not Found\r\nContent-Length: 500\r\n\r\nsorry"),
			Error{Reason: ReasonStatus, Status: 404, Body: []byte("sorry"), Text: status},
		},
		{
			"not an upgrade", respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
			Error{Reason: ReasonStatus, Status: 200, Body: []byte("hi"),
				Text: "example.com answered 200 OK instead of an upgrade"},
		},
		{
			"redirect", respond("HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n"),
			Error{Reason: ReasonRedirect, Status: 302, Location: "/login",
				Text: `example.com redirects to "/login"`},
		},
		{
			"redirect without a place", respond("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
			Error{Reason: ReasonStatus, Status: 302,
				Text: "example.com answered 302 Found instead of an upgrade"},
		},
		{
			"not HTTP", func(p *wstest.Peer) {
				p.Write([]byte("SSH-2.0-OpenSSH_9.6\r\n"))
				p.Stall(nil) // as such a server does: it waits for its own protocol
			},
			Error{Reason: ReasonNotHTTP, Got: "SSH-2",
				Text: `example.com does not speak HTTP: its answer begins "SSH-2"`},
		},
		{
			"malformed HTTP", respond("HTTP/1.1 abc\r\n\r\n"),
			Error{Reason: ReasonNotHTTP, Got: "HTTP/1.1 abc",
				Text: `example.com answered with a malformed HTTP response: ` +
					`"HTTP/1.1 abc" is no status line`},
		},
		{
			"no header field", respond("HTTP/1.1 101 X\r\nA: b\r\nno colon\r\n\r\n"),
			Error{Reason: ReasonMalformed, Got: "no colon",
				Text: `example.com answered with a malformed HTTP response: ` +
					`"no colon" is no header field`},
		},
		{
			"no name of a field", respond("HTTP/1.1 101 X\r\nA@b: c\r\n\r\n"),
			Error{Reason: ReasonMalformed, Got: "A@b: c",
				Text: `example.com answered with a malformed HTTP response: ` +
					`"A@b" is no name of a header field`},
		},
		{
			"control character", respond("HTTP/1.1 401 X\r\nSet-Cookie: s3cret\x1b[2J\r\n\r\n"),
			Error{Reason: ReasonMalformed, Got: "Set-Cookie: s3cret\x1b[2J",
				Text: `example.com answered with a malformed HTTP response: ` +
					`the header field Set-Cookie has a control character`},
		},
		{
			"control character in a folded line", respond("HTTP/1.1 401 X\r\nA: b\r\n \x07\r\n\r\n"),
			Error{Reason: ReasonMalformed, Got: " \x07",
				Text: `example.com answered with a malformed HTTP response: ` +
					`the header field has a control character`},
		},
		{
			"TLS", respond("\x15\x03\x01\x00\x02\x02\x46"),
			Error{Reason: ReasonTLSServer, Got: "\x15\x03\x01\x00\x02",
				Text: "example.com speaks TLS"},
		},
		{
			"closed", func(p *wstest.Peer) { p.Request() },
			Error{Reason: ReasonBroken, Text: "example.com closed the connection " +
				"without an answer to the upgrade request"},
		},
		{
			"reset", func(p *wstest.Peer) { p.Request(); p.Drop() },
			Error{Reason: ReasonBroken, Text: "example.com closed the connection " +
				"without an answer to the upgrade request"},
		},
		{
			"HTTP/2 settings", respond("\x00\x00\x12\x04\x00\x00\x00\x00\x00"),
			Error{Reason: ReasonHTTP2, Got: "\x00\x00\x12\x04\x00",
				Text: "example.com speaks HTTP/2 only: it answered with its frames"},
		},
		{
			"HTTP/2 goaway", respond("\x00\x00\x08\x07\x00\x00\x00\x00\x00"),
			Error{Reason: ReasonHTTP2, Got: "\x00\x00\x08\x07\x00",
				Text: "example.com speaks HTTP/2 only: it answered with its frames"},
		},
		{
			"almost HTTP/2", respond("\x00\x00\x11\x04\x00"),
			Error{Reason: ReasonNotHTTP, Got: "\x00\x00\x11\x04\x00",
				Text: `example.com does not speak HTTP: its answer begins "\x00\x00\x11\x04\x00"`},
		},
		{
			"breaks off in its answer", respond("HTTP/1.1 101 Switch"),
			Error{Reason: ReasonBroken, Got: "HTTP/1.1 101 Switch",
				Text: "example.com closed the connection in the middle of its answer"},
		},
		{
			"breaks off in its first word", respond("HT"),
			Error{Reason: ReasonBroken, Got: "HT",
				Text: "example.com closed the connection in the middle of its answer"},
		},
		{
			"head too long", respond(ok + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n"),
			Error{Reason: ReasonHeadTooLong, Got: "HTTP/1.1 101 Switching Protocols",
				Text: "the response head of example.com is longer than 64 KiB"},
		},
		{
			"no Upgrade", accept(wstest.NoUpgrade()),
			Error{Reason: ReasonNoUpgrade, Status: 101, Want: "websocket",
				Text: `example.com answered 101 without "Upgrade: websocket"`},
		},
		{
			"another Upgrade", accept(wstest.NoUpgrade(), wstest.Field("Upgrade: h2c")),
			Error{Reason: ReasonNoUpgrade, Status: 101, Got: "h2c", Want: "websocket",
				Text: `example.com answered 101 with "Upgrade: h2c" instead of "Upgrade: websocket"`},
		},
		{
			"Upgrade twice", accept(wstest.Field("Upgrade: websocket")),
			Error{Reason: ReasonNoUpgrade, Status: 101, Got: "websocket, websocket", Want: "websocket",
				Text: `example.com answered 101 with "Upgrade: websocket, websocket" ` +
					`instead of "Upgrade: websocket"`},
		},
		{
			"no Upgrade", accept(wstest.NoUpgrade()),
			Error{Reason: ReasonNoUpgrade, Status: 101, Want: "websocket",
				Text: `example.com answered 101 without "Upgrade: websocket"`},
		},
		{
			"no Connection",
			accept(wstest.Without("Connection"), wstest.Field("Connection: close")),
			Error{Reason: ReasonNoUpgrade, Status: 101, Got: "close", Want: "Upgrade",
				Text: `example.com answered 101 with "Connection: close" instead of "Connection: Upgrade"`},
		},
		{
			"HTTP/1.0", accept(wstest.StatusLine("HTTP/1.0 101 Switching Protocols")),
			Error{Reason: ReasonNoUpgrade, Status: 101, Got: "HTTP/1.0", Want: "HTTP/1.1",
				Text: `example.com answered 101 in "HTTP/1.0", which has no upgrade`},
		},
		{
			"wrong accept", accept(wstest.WrongAccept(wrong)),
			Error{Reason: ReasonAccept, Status: 101, Got: wrong, Want: "ACCEPT",
				Text: `example.com answered with a wrong Sec-WebSocket-Accept: "` + wrong +
					`" instead of "ACCEPT"`},
		},
		{
			"no accept", accept(wstest.Without("Sec-WebSocket-Accept")),
			Error{Reason: ReasonAccept, Status: 101, Want: "ACCEPT",
				Text: "example.com answered 101 without Sec-WebSocket-Accept"},
		},
		{
			"subprotocol", accept(wstest.Subprotocol("CHAT")),
			Error{Reason: ReasonSubprotocol, Status: 101, Got: "CHAT", Want: "chat",
				Text: `example.com chose the subprotocol "CHAT", which was not offered`},
		},
		{
			"two subprotocols", accept(wstest.Subprotocol("chat"), wstest.Subprotocol("chat")),
			Error{Reason: ReasonSubprotocol, Status: 101, Got: "chat, chat", Want: "chat",
				Text: `example.com chose the subprotocol "chat, chat", which was not offered`},
		},
		{
			"extension", accept(wstest.Extensions("permessage-deflate")),
			Error{Reason: ReasonExtension, Status: 101, Got: "permessage-deflate",
				Text: `example.com chose the extension "permessage-deflate", ` +
					"which was not offered"},
		},
		{
			"malformed extensions", accept(wstest.Extensions("permessage-deflate; =1")),
			Error{Reason: ReasonExtension, Status: 101, Got: "permessage-deflate; =1",
				Text: "example.com answered with a malformed Sec-WebSocket-Extensions: " +
					`"permessage-deflate; =1"`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var key string
			cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
				key = p.Request().Header.Get("Sec-WebSocket-Key")
				tt.handle(p)
			})
			cfg.Subprotocols = []string{"chat"}
			e := dialError(t, t.Context(), cfg)
			accept := acceptKey(key)
			tt.want.Kind = KindHandshake
			if tt.want.Reason == ReasonAccept {
				tt.want.Want = accept
				tt.want.Text = strings.Replace(tt.want.Text, "ACCEPT", accept, 1)
			}
			sameError(t, e, &tt.want)
			if (e.Status != 0) != (e.Header != nil) || (e.Status != 0) != (e.Proto != "") {
				t.Errorf("status %d with %q, %v", e.Status, e.Proto, e.Header)
			}
		})
	}
}

// sameError compares all but the URL, the fields of the response, and the cause.
func sameError(t *testing.T, got, want *Error) {
	t.Helper()
	if got.Kind != want.Kind || got.Reason != want.Reason || got.Status != want.Status {
		t.Errorf("kind %d, reason %d, status %d; want %d, %d, %d", got.Kind, got.Reason, got.Status,
			want.Kind, want.Reason, want.Status)
	}
	if got.Text != want.Text {
		t.Errorf("got  %s\nwant %s", got.Text, want.Text)
	}
	if string(got.Body) != string(want.Body) || got.BodyCut != want.BodyCut || got.Location != want.Location ||
		got.Got != want.Got || got.Want != want.Want {
		t.Errorf("body %q, location %q, got %q, want %q;\nwant %q, %q, %q, %q",
			got.Body, got.Location, got.Got, got.Want,
			want.Body, want.Location, want.Got, want.Want)
	}
}

// A refusal's body that never ends is waited for as long as a person would.
func TestBodyIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
			p.Request()
			p.Write([]byte("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 500\r\n\r\nwait"))
			p.Stall(nil)
		})
		start := time.Now()
		e := dialError(t, ctx, cfg)
		if e.Status != 503 || string(e.Body) != "wait" || time.Since(start) != 2*time.Second {
			t.Errorf("%v with %q after %v", e, e.Body, time.Since(start))
		}
	})
}

// A context that ends while the body comes does not hide the status.
func TestStatusOutlivesTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
			p.Refuse(503, http.Header{"Content-Length": {"500"}}, "wait")
			p.Stall(nil)
		})
		e := dialError(t, ctx, cfg)
		if e.Kind != KindHandshake || e.Status != 503 || string(e.Body) != "wait" {
			t.Errorf("%v with %q", e, e.Body)
		}
	})
}

// A server may refuse without having read the request, and close.
func TestAnswerBeforeTheRequestIsRead(t *testing.T) {
	cfg := &Config{URL: mustURL(t, "ws://example.com/")}
	cfg.NetDial = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			io.ReadFull(theirs, make([]byte, 10))
			theirs.SetReadDeadline(time.Now())
			io.WriteString(theirs, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
			theirs.Close()
		}()
		return halfDeaf{ours}, nil
	}
	if e := dialError(t, t.Context(), cfg); e.Status != 400 {
		t.Errorf("%v", e)
	}
}

// halfDeaf takes ten bytes and then says that nobody reads.
type halfDeaf struct{ net.Conn }

func (c halfDeaf) Write(p []byte) (int, error) {
	n, _ := c.Conn.Write(p[:10])
	return n, io.ErrClosedPipe
}

func TestConnectReasons(t *testing.T) {
	closed := wstest.Serve(t, func(*wstest.Peer) {})
	closed.Shut()
	_, port, _ := net.SplitHostPort(closed.Addr())
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(dir, "stale")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	ln.Close()
	missing := filepath.Join(dir, "missing")
	tests := []struct {
		name   string
		change func(*Config)
		reason Reason
		addr   string
		text   string
	}{
		{"port closed", func(c *Config) { c.URL = mustURL(t, closed.URL()) },
			ReasonPortClosed, closed.Addr(), "connection refused by " + closed.Addr()},
		{"no IPv6 address", func(c *Config) {
			c.URL, c.Network = mustURL(t, "ws://127.0.0.1:9/"), "tcp6"
		}, ReasonNoRoute, "127.0.0.1:9", "127.0.0.1 has no IPv6 address"},
		{"port closed at an address", func(c *Config) {
			c.URL = mustURL(t, "ws://example.com:"+port)
			c.Resolve = []Resolve{{"example.com", port, "127.0.0.1"}}
		}, ReasonPortClosed, "example.com:" + port,
			"connection refused by example.com:" + port + " (127.0.0.1)"},
		{"port closed at a name", func(c *Config) {
			c.URL, c.Resolver = mustURL(t, "ws://example.com:"+port), dns(t, false)
		}, ReasonPortClosed, "example.com:" + port,
			"connection refused by example.com:" + port + " (127.0.0.1)"},
		{"socket missing", func(c *Config) { c.Socket = missing },
			ReasonNoSocket, missing, `there is no socket "` + missing + `"`},
		{"not a socket", func(c *Config) { c.Socket = file },
			ReasonNoSocket, file, `"` + file + `" is not a socket`},
		{"nobody at the socket", func(c *Config) { c.Socket = stale },
			ReasonPortClosed, stale, `nobody listens on the socket "` + stale + `"`},
		{"network unreachable", func(c *Config) { c.NetDial = failing(errnoNetUnreachable) },
			ReasonNoRoute, "example.com:80", "no route to example.com:80"},
		{"host unreachable", func(c *Config) { c.NetDial = failing(errnoHostUnreachable) },
			ReasonNoRoute, "example.com:80", "no route to example.com:80"},
		{"system's time limit", func(c *Config) { c.NetDial = failing(errnoTimedOut) },
			ReasonNoRoute, "example.com:80", "no answer to the TCP connect from example.com:80"},
		{"other", func(c *Config) { c.NetDial = failing(os.ErrProcessDone) },
			ReasonOther, "example.com:80",
			"cannot connect to example.com:80: os: process already finished"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := &Config{URL: mustURL(t, "ws://example.com/")}
			tt.change(cfg)
			e := dialError(t, t.Context(), cfg)
			sameError(t, e, &Error{Kind: KindConnect, Reason: tt.reason, Text: tt.text})
			if e.Addr != tt.addr && cfg.Socket == "" {
				t.Errorf("address %q, want %q", e.Addr, tt.addr)
			}
		})
	}
}

func failing(err error) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
}

func TestUnixSocket(t *testing.T) {
	host := make(chan string, 1)
	s := wstest.ServeUnix(t, func(p *wstest.Peer) {
		host <- p.Request().Host
		p.Accept()
		p.Stall(nil)
	})
	u, socket, err := uri.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn := mustDial(t, &Config{URL: u, Socket: socket})
	if got := <-host; got != "localhost" || conn.Handshake.Remote.Network() != "unix" {
		t.Errorf("host %q, remote %v", got, conn.Handshake.Remote)
	}
}
