package listen

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// listening is a server under test and what it logged.
type listening struct {
	*Server
	mu  sync.Mutex
	log []string
}

func serve(t *testing.T, cfg Config) *listening {
	t.Helper()
	l := &listening{}
	cfg.Addr = "127.0.0.1:0"
	cfg.Log = func(text string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.log = append(l.log, text)
	}
	var err error
	if l.Server, err = Listen(&cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		l.Close(ctx)
	})
	return l
}

// echoes opens every request and sends back what comes.
func echoes(r *Request) {
	if s, err := r.Open(&session.Config{Echo: true}, func(*session.Event) {}); err == nil {
		s.Wait()
	}
}

func (l *listening) url() *url.URL {
	return &url.URL{Scheme: l.Scheme(), Host: l.Addr().String(), Path: "/chat", RawQuery: "a=b"}
}

// peer is a client and the messages that came to it.
type peer struct {
	*session.Session
	t    *testing.T
	came chan string
}

func (l *listening) dial(t *testing.T, cfg session.Config) (*peer, error) {
	t.Helper()
	p := &peer{t: t, came: make(chan string, 100)}
	if cfg.Dial.URL == nil {
		cfg.Dial.URL = l.url()
	}
	var err error
	p.Session, err = session.Open(t.Context(), &cfg, func(ev *session.Event) {
		switch ev.Kind {
		case session.KindMessage:
			p.came <- string(ev.Payload)
		case session.KindPong:
			p.came <- "pong " + string(ev.Payload)
		}
	})
	if err == nil {
		t.Cleanup(func() {
			p.Drop()
			p.Wait()
		})
	}
	return p, err
}

func (l *listening) connect(t *testing.T, cfg session.Config) *peer {
	t.Helper()
	p, err := l.dial(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *peer) roundTrip(text string) {
	p.t.Helper()
	if err := p.Send(wire.OpText, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
	if got := <-p.came; got != text {
		p.t.Errorf("got %d bytes, want %d", len(got), len(text))
	}
}

func TestServerEcho(t *testing.T) {
	for _, compress := range []bool{false, true} {
		t.Run(fmt.Sprint("compress ", compress), func(t *testing.T) {
			l := serve(t, Config{Handle: echoes, Compress: compress})
			p := l.connect(t, session.Config{Dial: dial.Config{Compress: true}})
			if p.Handshake().Compressed != compress {
				t.Errorf("compressed: %t", p.Handshake().Compressed)
			}
			for _, size := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20, 7} {
				p.roundTrip(strings.Repeat("0123456789abcdef", size/16+1)[:size])
			}
			if err := p.Ping([]byte("p")); err != nil {
				t.Fatal(err)
			}
			if got := <-p.came; got != "pong p" {
				t.Errorf("got %q", got)
			}
			p.Close(4000, "bye")
			if end := p.Wait(); end.Cause != session.CauseClosed || end.Code != 4000 {
				t.Errorf("end %+v", end)
			}
		})
	}
}

// The server's side knows the handshake as the client's does.
func TestServerHandshake(t *testing.T) {
	opened := make(chan *session.Session, 1)
	l := serve(t, Config{Subprotocols: []string{"b", "a"}, Handle: func(r *Request) {
		if s, err := r.Open(&session.Config{}, func(*session.Event) {}); err == nil {
			opened <- s
			s.Wait()
		}
	}})
	p := l.connect(t, session.Config{Dial: dial.Config{Subprotocols: []string{"x", "a", "b"}}})
	theirs, ours := (<-opened).Handshake(), p.Handshake()
	if string(ours.Request) != string(theirs.Request) ||
		string(ours.Response) != string(theirs.Response) {
		t.Errorf("request %q\n%q\nresponse %q\n%q", ours.Request, theirs.Request, ours.Response,
			theirs.Response)
	}
	if ours.URL.String() != theirs.URL.String() || theirs.Subprotocol != "a" ||
		ours.Subprotocol != "a" || theirs.Accept != ours.Accept || theirs.Status != 101 {
		t.Errorf("%v %v %q", ours.URL, theirs.URL, theirs.Subprotocol)
	}
}

func TestServerDemo(t *testing.T) {
	l := serve(t, Config{Handle: func(r *Request) {
		if s, err := Demo(r, &session.Config{}, nil); err == nil {
			s.Wait()
		}
	}})
	p := l.connect(t, session.Config{})
	p.Send(wire.OpText, []byte("nope"))
	for _, want := range []string{`{"type":"welcome","message":"Connected to the demo server"}`,
		`{"type":"error","message":"Invalid JSON format"}`} {
		if got := <-p.came; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A client that sends and takes nothing is what the limits of time are for, whoever answers it.
func TestAClientThatTakesNothing(t *testing.T) {
	for name, open := range map[string]func(*Request, *session.Config, func(*session.Event)) (
		*session.Session, error){"demo": Demo, "echo": Echo, "Echo": (*Request).Open} {
		for _, want := range []error{session.ErrPongTimeout, session.ErrCloseTimeout} {
			ended := make(chan error, 1)
			cfg := session.Config{Echo: name == "Echo", CloseTimeout: time.Hour}
			if want == session.ErrPongTimeout {
				cfg.PingInterval, cfg.PingTimeout = 10*time.Millisecond, 50*time.Millisecond
			} else {
				cfg.CloseTimeout = 50 * time.Millisecond
			}
			full := make(chan struct{}) // the client can send no more
			l := serve(t, Config{Handle: func(r *Request) {
				s, err := open(r, &cfg, func(*session.Event) {})
				if err != nil {
					ended <- err
					return
				}
				if <-full; want == session.ErrCloseTimeout {
					s.Close(1001, "")
				}
				ended <- s.Wait().Err
			}})
			nc, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(nc, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
			message := []byte("\x81\xfe\x03\xe8\x00\x00\x00\x00" + strings.Repeat("x", 1000))
			messages := bytes.Repeat(message, 1000)
			for err == nil {
				nc.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
				_, err = nc.Write(messages)
			}
			close(full)
			if got := <-ended; got != want {
				t.Errorf("%s: ended with %v, want %v", name, got, want)
			}
			nc.Close()
		}
	}
}

// Accept hands requests out one after the other, to be let in or refused.
func TestServerAccept(t *testing.T) {
	l := serve(t, Config{})
	errs := make(chan error, 1)
	go func() {
		_, err := l.dial(t, session.Config{})
		errs <- err
	}()
	r, err := l.Accept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != 1 || r.URL.Path != "/chat" || r.Header.Get("Sec-WebSocket-Version") != "13" {
		t.Errorf("request %+v", r)
	}
	if err := r.Refuse(418, "a teapot"); err != nil {
		t.Error(err)
	}
	var refused *dial.Error
	if err := <-errs; !errors.As(err, &refused) || refused.Status != 418 ||
		string(refused.Body) != "a teapot\n" {
		t.Errorf("error %v", err)
	}
	if _, err := r.Open(&session.Config{}, nil); err != ErrAnswered {
		t.Errorf("opened after a refusal: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Accept(ctx); err != context.Canceled {
		t.Errorf("accept: %v", err)
	}
	l.Close(t.Context())
	if _, err := l.Accept(t.Context()); err != net.ErrClosed {
		t.Errorf("accept: %v", err)
	}
}

func TestServerClose(t *testing.T) {
	l := serve(t, Config{Handle: echoes})
	p := l.connect(t, session.Config{})
	idle, err := net.Dial("tcp", l.Addr().String()) // sends no request
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	stuck := l.connect(t, session.Config{})
	stuck.Stall(true)
	p.roundTrip("a")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	l.Close(ctx)
	if end := p.Wait(); end.Code != 1001 || end.Cause != session.CauseClosed || end.ByUs {
		t.Errorf("end %+v", end)
	}
	if _, err := l.dial(t, session.Config{}); err == nil {
		t.Error("it listens after it was closed")
	}
}

func TestServerMaxClients(t *testing.T) {
	l := serve(t, Config{Handle: echoes, MaxClients: 1})
	p := l.connect(t, session.Config{})
	_, err := l.dial(t, session.Config{})
	var refused *dial.Error
	if !errors.As(err, &refused) || refused.Status != 503 || refused.Header.Get("Retry-After") == "" {
		t.Fatalf("the second: %v", err)
	}
	p.Close(1000, "")
	p.Wait()
	for { // the server notices a little later
		next, err := l.dial(t, session.Config{})
		if err == nil {
			next.roundTrip("hi")
			return
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

func TestServerTLS(t *testing.T) {
	cert, err := SelfSigned([]string{"localhost", "127.0.0.1"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	l := serve(t, Config{Handle: echoes, TLS: &tls.Config{Certificates: []tls.Certificate{cert}}})
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	p := l.connect(t, session.Config{Dial: dial.Config{TLS: dial.TLS{CA: ca}}})
	p.roundTrip("secret")
	if p.Handshake().TLS == nil {
		t.Error("no TLS")
	}
	var refused *dial.Error
	if _, err := l.dial(t, session.Config{}); !errors.As(err, &refused) || refused.Kind != dial.KindTLS {
		t.Errorf("not trusted: %v", err)
	}
	plain := l.url()
	plain.Scheme = "ws"
	_, err = l.dial(t, session.Config{Dial: dial.Config{URL: plain}})
	if !errors.As(err, &refused) || string(refused.Body) != "this port speaks TLS: use wss://\n" {
		t.Errorf("plain: %v %s", err, refused.Body)
	}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		leaf, _ := x509.ParseCertificate(cert.Certificate[0])
		if err := leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
}

// Who speaks TLS to a plain port is told so at once: the connection ends.
func TestServerNotTLS(t *testing.T) {
	l := serve(t, Config{Handle: echoes})
	u := l.url()
	u.Scheme = "wss"
	var refused *dial.Error
	_, err := l.dial(t, session.Config{Dial: dial.Config{URL: u}})
	if !errors.As(err, &refused) || refused.Kind != dial.KindTLS {
		t.Errorf("error %v", err)
	}
	l.Close(t.Context())
	if len(l.log) != 1 || !strings.HasSuffix(l.log[0], ": "+errTLS.Error()) {
		t.Errorf("log %q", l.log)
	}
}

const upgrade = "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

func TestServerRefuses(t *testing.T) {
	origins := Config{Origins: []string{"https://*.example", "localhost:*"}}
	login := Config{User: "me", Password: "secret"}
	chat := Config{Subprotocols: []string{"chat", "v2"}, RequireSubprotocol: true}
	long := "X: " + strings.Repeat("a", maxHead) + "\r\n"
	tests := []struct {
		name          string
		cfg           Config
		request, want string // what the answer begins with
		also          string // a field that it must have
	}{
		{"all is well", Config{}, upgrade, "HTTP/1.1 101 ", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
		{"LF alone", Config{}, strings.ReplaceAll(upgrade, "\r", ""), "HTTP/1.1 101 ", ""},
		{"not HTTP", Config{}, "hello\r\n", "HTTP/1.1 400 ", ""},
		{"a page", Config{}, "GET / HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 426 ", "Upgrade: websocket"},
		{"POST", Config{}, strings.Replace(upgrade, "GET", "POST", 1), "HTTP/1.1 405 ", "Allow: GET"},
		{"HTTP/1.0", Config{}, strings.Replace(upgrade, "/1.1", "/1.0", 1), "HTTP/1.1 505 ", ""},
		{"HTTP/2", Config{}, "PRI * HTTP/2.0\r\n", "HTTP/1.1 505 ", ""},
		{"no Host", Config{}, strings.Replace(upgrade, "Host: a\r\n", "", 1), "HTTP/1.1 400 ", ""},
		{"Host: a b", Config{}, strings.Replace(upgrade, "Host: a", "Host: a b", 1), "HTTP/1.1 400 ", ""},
		{"Host: a/b", Config{}, strings.Replace(upgrade, "Host: a", "Host: a/b", 1), "HTTP/1.1 400 ", ""},
		{"Host: a@b", Config{}, strings.Replace(upgrade, "Host: a", "Host: a@b", 1), "HTTP/1.1 400 ", ""},
		{"Host: a\tb", Config{}, strings.Replace(upgrade, "Host: a", "Host: a\tb", 1), "HTTP/1.1 400 ", ""},
		{"Host: a:b", Config{}, strings.Replace(upgrade, "Host: a", "Host: a:b", 1), "HTTP/1.1 400 ", ""},
		{"Host: [::1", Config{}, strings.Replace(upgrade, "Host: a", "Host: [::1", 1), "HTTP/1.1 400 ", ""},
		{"Host: a\\b", Config{}, strings.Replace(upgrade, "Host: a", "Host: a\\b", 1), "HTTP/1.1 400 ", ""},
		{"Host: ä", Config{}, strings.Replace(upgrade, "Host: a", "Host: ä", 1), "HTTP/1.1 400 ", ""},
		{"Host: <a>", Config{}, strings.Replace(upgrade, "Host: a", "Host: <a>", 1), "HTTP/1.1 400 ", ""},
		{"Host: a\"b", Config{}, strings.Replace(upgrade, "Host: a", "Host: a\"b", 1), "HTTP/1.1 400 ", ""},
		{"Host: :80", Config{}, strings.Replace(upgrade, "Host: a", "Host: :80", 1), "HTTP/1.1 400 ", ""},
		{"Host:  [::1]:80 ", Config{}, strings.Replace(upgrade, "Host: a", "Host:  [::1]:80 ", 1), "HTTP/1.1 101 ", ""},
		{"Host: a_b.example:8080", Config{},
			strings.Replace(upgrade, "Host: a", "Host: a_b.example:8080", 1), "HTTP/1.1 101 ", ""},
		{"Host: a:", Config{}, strings.Replace(upgrade, "Host: a", "Host: a:", 1), "HTTP/1.1 101 ", ""},
		{"Host: a%C3%A4", Config{}, strings.Replace(upgrade, "Host: a", "Host: a%C3%A4", 1), "HTTP/1.1 101 ", ""},
		{"a Host is looked at in any case", Config{}, "GET http://b/ HTTP/1.1\r\nHost: a b\r\n",
			"HTTP/1.1 400 ", ""},
		{"an empty line before it", Config{}, "\r\n" + upgrade, "HTTP/1.1 101 ", ""},
		{"two empty lines before it", Config{}, "\n\r\n" + upgrade, "HTTP/1.1 101 ", ""},
		{"nothing but empty lines", Config{}, strings.Repeat("\r\n", 9), "HTTP/1.1 400 ", ""},
		{"two Hosts", Config{}, upgrade + "Host: b\r\n", "HTTP/1.1 400 ", ""},
		{"a body", Config{}, upgrade + "Content-Length: 2\r\n", "HTTP/1.1 400 ", ""},
		{"no Upgrade", Config{}, strings.Replace(upgrade, "Upgrade: websocket", "X: y", 1), "HTTP/1.1 426 ", ""},
		{"no Connection", Config{}, strings.Replace(upgrade, "Connection: keep-alive, Upgrade", "X: y", 1),
			"HTTP/1.1 426 ", "Connection: Upgrade"},
		{"version 8", Config{}, strings.Replace(upgrade, "13", "8", 1), "HTTP/1.1 426 ",
			"Sec-WebSocket-Version: 13"},
		{"two versions", Config{}, upgrade + "Sec-WebSocket-Version: 8\r\n", "HTTP/1.1 426 ", ""},
		{"no key", Config{}, strings.Replace(upgrade, "-Key", "-Kex", 1), "HTTP/1.1 400 ", ""},
		{"a short key", Config{}, strings.Replace(upgrade, "dGhl", "", 1), "HTTP/1.1 400 ", ""},
		{"two keys", Config{}, upgrade + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "HTTP/1.1 400 ", ""},
		{"a head that is long", Config{}, upgrade + long, "HTTP/1.1 431 ", ""},
		{"an Origin", origins, upgrade + "Origin: https://a.example\r\n", "HTTP/1.1 101 ", ""},
		{"an Origin in capitals", origins, upgrade + "Origin: HTTPS://A.Example\r\n", "HTTP/1.1 101 ", ""},
		{"an Origin by its host", origins, upgrade + "Origin: http://localhost:3000\r\n", "HTTP/1.1 101 ", ""},
		{"another Origin", origins, upgrade + "Origin: https://a.example.net\r\n", "HTTP/1.1 403 ", ""},
		{"another scheme", origins, upgrade + "Origin: http://a.example\r\n", "HTTP/1.1 403 ", ""},
		{"no Origin", origins, upgrade, "HTTP/1.1 403 ", ""},
		{"a null Origin", origins, upgrade + "Origin: null\r\n", "HTTP/1.1 403 ", ""},
		{"a query in an Origin", origins, upgrade + "Origin: https://b.net?.example\r\n",
			"HTTP/1.1 403 ", ""},
		{"a fragment in an Origin", origins, upgrade + "Origin: https://b.net#.example\r\n",
			"HTTP/1.1 403 ", ""},
		{"an Origin that is no URL", origins, upgrade + "Origin: https://[.example\r\n",
			"HTTP/1.1 403 ", ""},
		{"an Origin without a scheme", origins, upgrade + "Origin: //localhost:3000\r\n",
			"HTTP/1.1 403 ", ""},
		{"an address with brackets", Config{Origins: []string{"http://[::1]:3000"}},
			upgrade + "Origin: http://[::1]:3000\r\n", "HTTP/1.1 101 ", ""},
		{"null is let in where it is named", Config{Origins: []string{"null"}},
			upgrade + "Origin: null\r\n", "HTTP/1.1 101 ", ""},
		{"any Origin", Config{Origins: []string{"*"}}, upgrade, "HTTP/1.1 101 ", ""},
		{"no login", login, upgrade, "HTTP/1.1 401 ", `WWW-Authenticate: Basic realm="wsline", charset="UTF-8"`},
		{"a wrong login", login, upgrade + "Authorization: Basic bWU6d3Jvbmc=\r\n", "HTTP/1.1 401 ", ""},
		{"a login", login, upgrade + "Authorization: Basic bWU6c2VjcmV0\r\n", "HTTP/1.1 101 ", ""},
		{"no subprotocol", chat, upgrade, "HTTP/1.1 400 ", ""},
		{"another subprotocol", chat, upgrade + "Sec-WebSocket-Protocol: Chat\r\n", "HTTP/1.1 400 ", ""},
		{"subprotocols", chat, upgrade + "Sec-WebSocket-Protocol: x, v2\r\nSec-WebSocket-Protocol: chat\r\n",
			"HTTP/1.1 101 ", "Sec-WebSocket-Protocol: v2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.cfg.Handle = echoes
			l := serve(t, tt.cfg)
			nc, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			io.WriteString(nc, tt.request+"\r\n\x88\x80\x00\x00\x00\x00") // and a Close frame
			b, err := io.ReadAll(nc)
			got := string(b)
			if !strings.HasPrefix(got, tt.want) || !strings.Contains(got, tt.also+"\r\n") || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
			if strings.Contains(tt.want, "101") != (len(l.log) == 0) {
				t.Errorf("log %q", l.log)
			}
		})
	}
}

func TestDeflate(t *testing.T) {
	tests := []struct{ offered, want string }{
		{"", ""},
		{"permessage-deflate", "permessage-deflate"},
		{"permessage-deflate; client_max_window_bits", "permessage-deflate"},
		{"x-y, permessage-deflate;client_max_window_bits=10",
			"permessage-deflate; client_max_window_bits=10"},
		{"permessage-deflate; server_max_window_bits=10, permessage-deflate",
			"permessage-deflate; server_max_window_bits=10"},
		{"permessage-deflate; server_max_window_bits, permessage-deflate", "permessage-deflate"},
		{"permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=8"},
		{"permessage-deflate; server_max_window_bits=7", ""},
		{`permessage-deflate; server_max_window_bits="15"`,
			"permessage-deflate; server_max_window_bits=15"},
		{"permessage-deflate; server_max_window_bits=9; client_max_window_bits",
			"permessage-deflate; server_max_window_bits=9"},
		{"permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
			"permessage-deflate; server_max_window_bits=15; client_max_window_bits=15"},
		{"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
			"permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
		{"permessage-deflate; client_max_window_bits=16", ""},
		{"permessage-deflate; server_no_context_takeover=1", ""},
		{"permessage-deflate; server_no_context_takeover; server_no_context_takeover", ""},
		{"permessage-deflate; what", ""},
	}
	for _, tt := range tests {
		if got := deflate(tt.offered); got != tt.want {
			t.Errorf("deflate(%q) = %q, want %q", tt.offered, got, tt.want)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(upgrade + "\r\n"))
	f.Add([]byte(upgrade + "Origin: null\r\nAuthorization: Basic bWU6c2VjcmV0\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=\"9\", x;y\r\n" +
		"Sec-WebSocket-Protocol: a, b,, c\r\n\r\n"))
	f.Add([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	cfg := &Config{Origins: []string{"*.a:1?"}, User: "me", Subprotocols: []string{"b"}, Compress: true}
	f.Fuzz(func(t *testing.T, head []byte) {
		req, refused := parseRequest(head)
		if (req == nil) == (refused == nil) {
			t.Fatal("neither a request nor a refusal")
		}
		if req == nil {
			return
		}
		cfg.admit(req)
		r := &Request{server: &Server{cfg: cfg}}
		if refused := r.agree(req); refused != nil {
			t.Fatal(refused)
		}
		if response := string(r.response()); strings.Count(response, "\r\n") > 7 ||
			!strings.HasSuffix(response, "\r\n\r\n") {
			t.Errorf("response %q", response)
		}
	})
}

// A client that sends and never reads is held back, and does not keep the server from closing.
func TestServerFlood(t *testing.T) {
	l := serve(t, Config{Handle: echoes})
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	io.WriteString(nc, upgrade+"\r\n")
	h := wire.Header{Fin: true, Opcode: wire.OpBinary, Masked: true, Length: 64 << 10}
	frame := wire.AppendMasked(h.Append(nil), make([]byte, h.Length), h.Key)
	const most = 256 << 20
	sent := 0
	for sent < most {
		nc.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		n, err := nc.Write(frame)
		if sent += n; err != nil {
			break
		}
	}
	if sent >= most {
		t.Errorf("it took %d bytes", sent)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	l.Close(ctx)
}

// Requests that nobody takes are refused when the server closes, and so are those in the middle.
func TestServerCloseWaiting(t *testing.T) {
	l := serve(t, Config{})
	waiting, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer waiting.Close()
	io.WriteString(waiting, upgrade+"\r\n")
	half, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	io.WriteString(half, upgrade)
	l.Close(t.Context())
	if b, _ := io.ReadAll(half); len(b) > 0 {
		t.Errorf("half a request was answered: %q", b)
	}
}
