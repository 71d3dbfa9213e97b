package listen

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// knock opens a connection and says something on it.
func (l *listening) knock(t *testing.T, text string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	if _, err := io.WriteString(nc, text); err != nil {
		t.Fatal(err)
	}
	return nc
}

// status is the answer's, 0 for none.
func status(nc net.Conn) int {
	resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		return 0
	}
	return resp.StatusCode
}

// Of a client that was refused nothing is kept, whichever way it came.
func TestNothingIsKeptOfTheRefused(t *testing.T) {
	cert, err := SelfSigned([]string{"localhost"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	secure := &tls.Config{Certificates: []tls.Certificate{cert}}
	for name, cfg := range map[string]*tls.Config{"plain": nil, "TLS": secure} {
		t.Run(name, func(t *testing.T) {
			l := serve(t, Config{Handle: echoes, TLS: cfg})
			for range 3 {
				nc := l.knock(t, "")
				if cfg != nil {
					nc = tls.Client(nc, &tls.Config{InsecureSkipVerify: true})
				}
				io.WriteString(nc, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
				if got := status(nc); got != http.StatusUpgradeRequired {
					t.Errorf("status %d", got)
				}
				nc.Close()
			}
			l.Close(t.Context()) // waits for all that it has begun
			if kept := len(l.requests) + len(l.door); kept > 0 {
				t.Errorf("%d are kept", kept)
			}
		})
	}
}

// Connections that say nothing do not keep a client waiting that has a request: when there are too many,
// those that have been silent for longest have to go.
func TestSilentClients(t *testing.T) {
	l := serve(t, Config{Handle: echoes})
	var silent []net.Conn
	for range maxGreeting + 10 {
		silent = append(silent, l.knock(t, ""))
	}
	if got := status(l.knock(t, upgrade+"\r\n")); got != http.StatusSwitchingProtocols {
		t.Fatalf("status %d", got)
	}
	for _, nc := range silent[:10] {
		if n, err := nc.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Error("one of the first is still there")
		}
	}
	last := silent[len(silent)-1]
	if io.WriteString(last, upgrade+"\r\n"); status(last) != http.StatusSwitchingProtocols {
		t.Error("the last has gone")
	}
	nearly := silent[20] // and would have gone when its time was over
	if io.WriteString(nearly, upgrade+"\r\n"); status(nearly) != http.StatusSwitchingProtocols {
		t.Error("one that had room has gone")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.Close(ctx)
	for _, text := range l.log {
		if !strings.HasSuffix(text, ": "+errCrowded.Error()) {
			t.Errorf("log %q", text)
		}
	}
	if len(l.log) < 10 {
		t.Errorf("%d lines in the log", len(l.log))
	}
}

// A GET asks for a path, or for a whole URL, whose host is then the one that was meant (RFC 9112
// §3.2).
func TestRequestTarget(t *testing.T) {
	var asked atomic.Value // before its refusal is sent
	l := serve(t, Config{Handle: func(r *Request) {
		asked.Store(r.URL.String())
		_ = r.Refuse(http.StatusTeapot, "")
	}})
	for target, want := range map[string]string{
		"/chat?a=b": "ws://a/chat?a=b", "//x/y": "ws://a//x/y",
		"http://other.example:80/chat?a=b": "ws://other.example:80/chat?a=b",
		"ws://other.example":               "ws://other.example", "HTTPS://b/": "ws://b/",
		"*": "", "a:80": "", "127.0.0.1:80": "", "chat": "", "http:///chat": "", "http:chat": "",
		"mailto:chat": "", "ftp://a/chat": "", "/chat#top": "",
	} {
		got := status(l.knock(t, strings.Replace(upgrade, "/chat", target, 1)+"\r\n"))
		switch {
		case want == "" && got != http.StatusBadRequest, want != "" && got != http.StatusTeapot:
			t.Errorf("%s: status %d", target, got)
		case want != "" && asked.Load() != want:
			t.Errorf("%s: %s, want %s", target, asked.Load(), want)
		}
	}
}
