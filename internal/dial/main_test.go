package dial

import (
	"context"
	"errors"
	"net"
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"wsline/internal/wstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, _, err := ParseURL(s)
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
