//go:build !race

package listen

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"

	"wsline/session"
)

// Bytes that a connection may hold at most, its client's socket in this process included.
const (
	idleLimit  = 8 << 10
	smallLimit = 12 << 10
)

// held is what the process holds, in its heap and in stacks, and how many goroutines there are.
func held() (bytes int64, goroutines int) {
	runtime.GC()
	runtime.GC() // what a pool held is let go of by the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse), runtime.NumGoroutine()
}

// knock does the opening handshake, and no more.
func knock(t *testing.T, l *listening) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	if _, err := io.WriteString(nc, upgrade+"\r\n"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1024)
	n, err := nc.Read(b)
	if err != nil || !strings.HasPrefix(string(b[:n]), "HTTP/1.1 101 ") ||
		!strings.HasSuffix(string(b[:n]), "\r\n\r\n") {
		t.Fatalf("%q %v", b[:n], err)
	}
	return nc
}

func TestAConnectionIsSmall(t *testing.T) {
	const n = 500
	cfg := &session.Config{Echo: true}
	l := serve(t, Config{Handle: func(r *Request) {
		_, _ = r.Open(cfg, func(*session.Event) {})
	}})
	knock(t, l)
	before, goroutines := held()
	conns := make([]net.Conn, n)
	for i := range conns {
		conns[i] = knock(t, l)
	}
	each := func(when string, limit int64) {
		now, running := held()
		if size := (now - before) / n; size > limit {
			t.Errorf("%s: %d bytes a connection, at most %d were to be", when, size, limit)
		} else {
			t.Logf("%s: %d bytes a connection", when, size)
		}
		if running -= goroutines; running > n+n/10 {
			t.Errorf("%s: %d goroutines for %d connections", when, running, n)
		}
	}
	each("idle", idleLimit)
	message := strings.Repeat("x", 59)
	frame := append([]byte{0x81, 0x80 | 59, 0, 0, 0, 0}, message...)
	want, got := append([]byte{0x81, 59}, message...), make([]byte, 61)
	for range 5 {
		for _, nc := range conns {
			if _, err := nc.Write(frame); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(nc, got); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%q %v", got, err)
			}
		}
	}
	each("after small messages", smallLimit)
}
