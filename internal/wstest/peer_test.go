package wstest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"wsline/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The request of RFC 6455 §1.3, whose accept value is known.
const request = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" +
	"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Case: a\r\n\r\n"

const accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

const rightAccept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

// talk sends bytes to the handler and returns all that it wrote.
func talk(t *testing.T, send string, handle func(p *Peer)) string {
	t.Helper()
	nc := Pipe(t, handle)
	io.WriteString(nc, send)
	nc.(*pipeConn).CloseWrite()
	got, err := io.ReadAll(nc)
	if err != nil {
		t.Fatalf("after %q: %v", got, err)
	}
	return string(got)
}

func masked(op wire.Opcode, payload string) string {
	h := wire.Header{Fin: true, Opcode: op, Masked: true, Key: [4]byte{1, 2, 3, 4}}
	return string(FrameBytes(h, []byte(payload)))
}

func TestAccept(t *testing.T) {
	tests := []struct {
		name string
		opts []AcceptOption
		want string
	}{
		{"proper", nil, accepted + rightAccept + "\r\n"},
		{"fields", []AcceptOption{Subprotocol("chat"), Extensions("x"), Field("A: b")},
			accepted + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x\r\nA: b\r\n" +
				rightAccept + "\r\n"},
		{"wrong accept", []AcceptOption{WrongAccept("no")},
			accepted + "Sec-WebSocket-Accept: no\r\n\r\n"},
		{"no upgrade", []AcceptOption{NoUpgrade()},
			"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + rightAccept + "\r\n"},
		{"no accept", []AcceptOption{Without("sec-websocket-accept")}, accepted + "\r\n"},
		{"status", []AcceptOption{StatusLine("HTTP/1.0 101 Fine"), Without("Connection")},
			"HTTP/1.0 101 Fine\r\nUpgrade: websocket\r\n" + rightAccept + "\r\n"},
		{"glued", []AcceptOption{Glued(Frame(wire.OpText, "hi"), Frame(wire.OpPing, ""))},
			accepted + rightAccept + "\r\n\x81\x02hi\x89\x00"},
		{"byte by byte", []AcceptOption{ByteByByte(), Glued([]byte("\x81\x00"))},
			accepted + rightAccept + "\r\n\x81\x00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := talk(t, request, func(p *Peer) {
				p.Accept(tt.opts...)
				if string(p.RawRequest) != request {
					t.Errorf("raw request %q", p.RawRequest)
				}
				if r := p.Request(); r.URL.Path != "/chat" || r.Header.Get("X-Case") != "a" {
					t.Errorf("request %v", r)
				}
			})
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestAcceptEndsHandlerOfAClientThatLeft(t *testing.T) {
	got := talk(t, request[:20], func(p *Peer) {
		p.Accept()
		t.Error("Accept returned")
	})
	if got != "" {
		t.Errorf("got %q", got)
	}
}

func TestRefuse(t *testing.T) {
	header := http.Header{"Www-Authenticate": {"Basic", "Bearer"}, "A": {"1"}}
	got := talk(t, request, func(p *Peer) { p.Refuse(401, header, "who are you?\n") })
	want := "HTTP/1.1 401 Unauthorized\r\nA: 1\r\nWww-Authenticate: Basic\r\n" +
		"Www-Authenticate: Bearer\r\nContent-Length: 13\r\n\r\nwho are you?\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	chunked := http.Header{"Transfer-Encoding": {"chunked"}}
	got = talk(t, request, func(p *Peer) { p.Refuse(503, chunked, "0\r\n\r\n") })
	want = "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestFramesWritten(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	tests := []struct {
		name  string
		write func(p *Peer) error
		want  string
	}{
		{"text", func(p *Peer) error { return p.Text("Hello") }, "\x81\x05Hello"},
		{"binary", func(p *Peer) error { return p.Binary([]byte{0, 255}) }, "\x82\x02\x00\xff"},
		{"ping", func(p *Peer) error { return p.Ping("Hello") }, "\x89\x05Hello"},
		{"pong", func(p *Peer) error { return p.Pong("") }, "\x8a\x00"},
		{"close", func(p *Peer) error { return p.Close(1000, "bye") }, "\x88\x05\x03\xe8bye"},
		{"close without a code", func(p *Peer) error { return p.Close(0, "") }, "\x88\x00"},
		{"close with a wrong code", func(p *Peer) error { return p.Close(1006, "") },
			"\x88\x02\x03\xee"},
		{"fragments", func(p *Peer) error { return p.Fragments(wire.OpText, "Hel", "", "lo") },
			"\x01\x03Hel\x00\x00\x80\x02lo"},
		{"chopped", func(p *Peer) error { return p.Chop([]byte("\x81\x05Hello"), 3) },
			"\x81\x05Hello"},
		{"masked", func(p *Peer) error {
			h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Key: key}
			return p.WriteFrame(h, []byte("Hello"))
		}, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"reserved bits and opcode", func(p *Peer) error {
			return p.WriteFrame(wire.Header{RSV1: true, RSV3: true, Opcode: 3}, nil)
		}, "\x53\x00"},
		{"a length that lies", func(p *Peer) error {
			return p.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpText, Length: 70000}, nil)
		}, "\x81\x7f\x00\x00\x00\x00\x00\x01\x11\x70"},
		{"flood", func(p *Peer) error { return p.Flood(3, "ab") },
			"\x81\x02ab\x81\x02ab\x81\x02ab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := talk(t, "", func(p *Peer) {
				if err := tt.write(p); err != nil {
					t.Error(err)
				}
			})
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestFloodInSeveralWrites(t *testing.T) {
	got := talk(t, "", func(p *Peer) { p.Flood(30001, "12345678") })
	if want := strings.Repeat("\x81\x0812345678", 30001); got != want {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
}

func TestReadFrame(t *testing.T) {
	long := strings.Repeat("x", 200)
	frames := masked(wire.OpText, long) + "\x89\x01p" + "\x81\x05He"
	talk(t, frames, func(p *Peer) {
		h, payload, err := p.ReadFrame()
		if !h.Masked || h.Length != 200 || string(payload) != long || err != nil {
			t.Errorf("first: %+v %q %v", h, payload, err)
		}
		h, payload, err = p.ReadFrame()
		if h.Masked || h.Opcode != wire.OpPing || string(payload) != "p" || err != nil {
			t.Errorf("second: %+v %q %v", h, payload, err)
		}
		if _, _, err = p.ReadFrame(); err != io.ErrUnexpectedEOF {
			t.Errorf("cut off: %v", err)
		}
		if _, _, err = p.ReadFrame(); err != io.EOF {
			t.Errorf("end: %v", err)
		}
	})
	talk(t, "\x82\x7f\x10\x00\x00\x00\x00\x00\x00\x00", func(p *Peer) {
		if _, _, err := p.ReadFrame(); err == nil {
			t.Error("a frame of 2^60 bytes was taken")
		}
	})
}

func TestReadMessage(t *testing.T) {
	frames := "\x02\x02ab" + masked(wire.OpPing, "?") + masked(wire.OpPong, "") + "\x80\x01c" +
		masked(wire.OpClose, "\x03\xe8bye")
	got := talk(t, frames, func(p *Peer) {
		op, message, err := p.ReadMessage()
		if op != wire.OpBinary || string(message) != "abc" || err != nil {
			t.Errorf("message %v %q %v", op, message, err)
		}
		op, message, err = p.ReadMessage()
		if op != wire.OpClose || string(message) != "\x03\xe8bye" || err != nil {
			t.Errorf("close %v %q %v", op, message, err)
		}
		if _, _, err = p.ReadMessage(); err != io.EOF {
			t.Errorf("end %v", err)
		}
	})
	if got != "\x8a\x01?" {
		t.Errorf("answered %q", got)
	}
}

func TestEcho(t *testing.T) {
	compressed := wire.Header{RSV1: true, Opcode: wire.OpText, Masked: true}
	frames := masked(wire.OpText, "hi") + string(FrameBytes(compressed, []byte("\xf2\x48"))) +
		masked(wire.OpPing, "p") + masked(wire.OpPong, "") + masked(wire.OpContinuation, "\x00") +
		masked(wire.OpClose, "\x0f\xa0") + "not read"
	got := talk(t, frames, func(p *Peer) {
		if err := p.Echo(); err != nil {
			t.Error(err)
		}
	})
	want := "\x81\x02hi\x41\x02\xf2\x48\x8a\x01p\x80\x01\x00\x88\x02\x0f\xa0"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// dial connects to s and sends a first byte, so that the handler is running.
func dial(t *testing.T, s *Server) net.Conn {
	t.Helper()
	network := "tcp"
	if strings.HasPrefix(s.URL(), "ws+unix:") {
		network = "unix"
	}
	nc, err := net.Dial(network, s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	io.WriteString(nc, request)
	return nc
}

func TestServe(t *testing.T) {
	for name, serve := range map[string]func(testing.TB, func(*Peer)) *Server{
		"ws://127.0.0.1:": Serve, "ws+unix:/": ServeUnix,
	} {
		s := serve(t, func(p *Peer) {
			p.Accept()
			p.Text("hi")
		})
		if !strings.HasPrefix(s.URL(), name) {
			t.Errorf("URL %q, want %q…", s.URL(), name)
		}
		nc := dial(t, s)
		// Unread by the handler: it must not cost the client what was written before.
		io.WriteString(nc, strings.Repeat("x", 1000))
		got, err := io.ReadAll(nc)
		if want := accepted + rightAccept + "\r\n\x81\x02hi"; string(got) != want || err != nil {
			t.Errorf("%s got %q, %v", name, got, err)
		}
	}
}

func TestServeTLSFailedHandshakeEndsHandler(t *testing.T) {
	ended := make(chan struct{})
	s := ServeTLS(t, &tls.Config{}, func(p *Peer) {
		defer close(ended)
		p.Accept()
		t.Error("Accept returned")
	})
	if !strings.HasPrefix(s.URL(), "wss://127.0.0.1:") {
		t.Errorf("URL %q", s.URL())
	}
	dial(t, s)
	<-ended
}

func TestDropIsAReset(t *testing.T) {
	s := Serve(t, func(p *Peer) {
		p.Request()
		p.Drop()
	})
	if _, err := io.ReadAll(dial(t, s)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("TCP: %v", err)
	}
	nc := Pipe(t, func(p *Peer) {
		p.Text("lost")
		p.Drop()
	})
	if _, err := io.ReadAll(nc); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("pipe: %v", err)
	}
	if _, err := nc.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("pipe, write: %v", err)
	}
}

func TestHalfCloseStillReads(t *testing.T) {
	heard := make(chan string, 1)
	s := Serve(t, func(p *Peer) {
		p.Request()
		p.HalfClose()
		b, _ := io.ReadAll(p.in)
		heard <- string(b)
	})
	nc := dial(t, s)
	if b, err := io.ReadAll(nc); len(b) > 0 || err != nil {
		t.Errorf("read %q, %v", b, err)
	}
	io.WriteString(nc, "still here")
	nc.Close()
	if got := <-heard; got != "still here" {
		t.Errorf("heard %q", got)
	}
}

func TestShutClosesThePort(t *testing.T) {
	s := Serve(t, func(p *Peer) { p.Stall(nil) })
	dial(t, s)
	s.Shut()
	if nc, err := net.Dial("tcp", s.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial %v, %v", nc, err)
	}
}

func TestStalledPipeBlocksTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 1000
		nc := PipeSize(t, size, func(p *Peer) {
			p.in.ReadByte()
			p.Stall(nil)
		})
		nc.SetWriteDeadline(time.Now().Add(time.Hour))
		n, err := nc.Write(make([]byte, 20000))
		if !errors.Is(err, os.ErrDeadlineExceeded) || n >= 20000 || n < size {
			t.Errorf("wrote %d, %v", n, err)
		}
	})
}

func TestPipeDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nc := Pipe(t, func(p *Peer) {
			<-time.After(time.Minute)
			p.Text("late")
			p.Stall(nil)
		})
		start := time.Now()
		nc.SetDeadline(start.Add(time.Second))
		buf := make([]byte, 100)
		if _, err := nc.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("before: %v", err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("waited %v", waited)
		}
		nc.SetDeadline(time.Time{})
		if n, err := nc.Read(buf); string(buf[:n]) != "\x81\x04late" || err != nil {
			t.Errorf("after: %q, %v", buf[:n], err)
		}
		nc.SetReadDeadline(time.Now().Add(-1))
		if _, err := nc.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("past: %v", err)
		}
		nc.Close()
		if _, err := nc.Read(buf); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	})
}

func TestUnbufferedPipe(t *testing.T) {
	nc := PipeSize(t, 0, func(p *Peer) { p.Echo() })
	go io.WriteString(nc, masked(wire.OpText, "hi"))
	b := make([]byte, 4)
	if _, err := io.ReadFull(bufio.NewReader(nc), b); string(b) != "\x81\x02hi" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}
