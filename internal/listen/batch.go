package listen

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"time"
)

const bufferSize = 64 << 10

// hijacker puts a batchConn under the library, which would write each message by a system call
// of its own.
type hijacker struct {
	http.ResponseWriter
	hijacked net.Conn
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.hijacked = nc
	early, _ := rw.Reader.Peek(rw.Reader.Buffered())
	c := &batchConn{Conn: nc, early: early, out: make([]byte, 0, bufferSize)}
	return c, bufio.NewReadWriter(bufio.NewReaderSize(c, bufferSize), bufio.NewWriter(c)), nil
}

// batchConn holds what is written until the next read has to wait for the peer: the answers to
// all messages that came together leave together, and the answer to a lone one at once. It is
// for one goroutine that reads and writes by turns; Close may be called from any.
type batchConn struct {
	net.Conn
	early []byte // came with the request

	mu  sync.Mutex // guards out
	out []byte
}

func (c *batchConn) Read(p []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	c.mu.Lock()
	err := c.flush()
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *batchConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.out)+len(p) > cap(c.out) {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	if len(p) > cap(c.out) {
		return c.Conn.Write(p)
	}
	c.out = append(c.out, p...)
	return len(p), nil
}

func (c *batchConn) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.out)
	c.out = c.out[:0]
	return err
}

// Close writes what is left. The library closes from another goroutine when a write takes too
// long; then that write has the lock, and there is nothing to wait for.
func (c *batchConn) Close() error {
	if c.mu.TryLock() {
		c.Conn.SetWriteDeadline(time.Now().Add(time.Second))
		c.flush()
		c.mu.Unlock()
	}
	return c.Conn.Close()
}
