package dial

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"wsline/internal/dial/uri"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, _, err := uri.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// piped is a configuration whose every dial reaches handle over an in-memory connection.
func piped(t testing.TB, rawURL string, handle func(*wstest.Peer)) *Config {
	t.Helper()
	return &Config{
		URL: mustURL(t, rawURL),
		NetDial: func(context.Context, string, string) (net.Conn, error) {
			return wstest.Pipe(t, handle), nil
		},
	}
}

// mustDial dials, and closes the connection with the test.
func mustDial(t testing.TB, cfg *Config) *Conn {
	t.Helper()
	conn, err := Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Tap.Close() })
	return conn
}

// send sends a text message, as it is.
func send(t *testing.T, conn *Conn, text string) {
	t.Helper()
	h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true}
	if err := conn.Tap.WriteFrame(h, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// wantMessage reads a text message that is one frame, and passes over control frames.
func wantMessage(t *testing.T, conn *Conn, want string) {
	t.Helper()
	for {
		var head []byte
		var h wire.Header
		for size := 0; size == 0; {
			var b [1]byte
			if _, err := conn.Tap.Read(b[:]); err != nil {
				t.Fatal(err)
			}
			head = append(head, b[0])
			h, size, _ = wire.ParseHeader(head)
		}
		payload := make([]byte, h.Length)
		if _, err := io.ReadFull(conn.Tap, payload); err != nil {
			t.Fatal(err)
		}
		if h.Opcode.IsControl() {
			continue
		}
		if !h.Fin || h.Opcode != wire.OpText || string(payload) != want {
			t.Fatalf("read %v %q; want %q", h, payload, want)
		}
		return
	}
}

// dialError dials what must fail.
func dialError(t testing.TB, ctx context.Context, cfg *Config) *Error {
	t.Helper()
	conn, err := Dial(ctx, cfg)
	if err == nil {
		conn.Tap.Close()
		t.Fatal("connected")
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is not an *Error: %v", err, err)
	}
	if e.URL == nil || e.Text == "" {
		t.Errorf("the error has URL %v and text %q", e.URL, e.Text)
	}
	return e
}

// accept is a server that agrees and then waits for the end.
func accept(opts ...wstest.AcceptOption) func(*wstest.Peer) {
	return func(p *wstest.Peer) {
		p.Accept(opts...)
		p.Stall(nil)
	}
}

// respond is a server that reads a request, writes bytes, and closes.
func respond(answer string) func(*wstest.Peer) {
	return func(p *wstest.Peer) {
		p.Request()
		p.Write([]byte(answer))
	}
}
