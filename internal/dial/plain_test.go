package dial

import (
	"strings"
	"testing"

	"wsline/internal/wstest"
)

// A request without an upgrade goes the way of one with it, and whatever is answered is told as a
// refusal is.
func TestPlain(t *testing.T) {
	for _, tt := range []struct {
		answer string
		status int
		body   string
	}{
		{"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 9\r\n\r\nIt works!", 200, "It works!"},
		{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, ""},
		{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Accept: Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=\r\n\r\n", 101, ""},
	} {
		sent := make(chan string, 1)
		cfg := piped(t, "ws://user:pass@example.com/chat?x=1", func(p *wstest.Peer) {
			p.Request()
			sent <- string(p.RawRequest)
			p.Write([]byte(tt.answer))
		})
		cfg.Plain, cfg.Header = true, []Field{{"Origin", "http://a.example"}}
		e := dialError(t, t.Context(), cfg)
		if e.Reason != ReasonStatus || e.Status != tt.status || string(e.Body) != tt.body {
			t.Errorf("%q: reason %d, status %d, body %q", tt.answer, e.Reason, e.Status, e.Body)
		}
		want := "GET /chat?x=1 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n" +
			"Authorization: Basic dXNlcjpwYXNz\r\nUser-Agent: wsline\r\nOrigin: http://a.example\r\n\r\n"
		if got := <-sent; got != want {
			t.Errorf("sent\n%swant\n%s", strings.ReplaceAll(got, "\r", ""), want)
		}
	}
}
