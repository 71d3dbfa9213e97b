package listen

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"wsline/internal/listen"
	"wsline/internal/wire"
	"wsline/session"
)

// TestClientThatReadsNothing: it does not keep the others waiting for ever.
func TestClientThatReadsNothing(t *testing.T) {
	c := &config{typed: &options{}, server: listen.Config{Addr: "127.0.0.1:0"}}
	h := newHall(c, nil)
	h.patience = time.Second // the other one has to keep up on a busy machine, too
	gone := make(chan string, 2)
	h.show = func(name string, ev *session.Event) {
		if ev.Kind == session.KindEnd {
			gone <- name
		}
	}
	if err := h.listen(func(string) {}); err != nil {
		t.Fatal(err)
	}
	defer h.close(context.Background())
	for i := range 2 {
		nc, err := net.Dial("tcp", h.server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		_, err = io.WriteString(nc, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"+
			"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		for len(h.present()) <= i {
			if err := h.anybody(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if i == 0 {
			go func() { _, _ = io.Copy(io.Discard, nc) }()
		}
	}
	message := make([]byte, 1<<20)
	for range 100 {
		if err := h.Send(wire.OpBinary, message); err != nil {
			t.Fatal(err)
		}
		if len(h.present()) == 1 {
			break
		}
	}
	if name := <-gone; name != "2" {
		t.Errorf("client %s is gone", name)
	}
}
