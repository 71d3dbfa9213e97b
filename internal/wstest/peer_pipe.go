package wstest

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// newPipe returns the two ends of an in-memory connection that holds up to size bytes each way.
// It waits with sync.Cond only, so a synctest bubble sees a blocked Read or Write as idle.
func newPipe(size int) (net.Conn, net.Conn) {
	a, b := newStream(size), newStream(size)
	return &pipeConn{in: a, out: b}, &pipeConn{in: b, out: a}
}

type pipeConn struct{ in, out *stream }

func (c *pipeConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *pipeConn) Write(p []byte) (int, error) { return c.out.write(p) }
func (c *pipeConn) LocalAddr() net.Addr         { return pipeAddr{} }
func (c *pipeConn) RemoteAddr() net.Addr        { return pipeAddr{} }

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reading, t)
	return nil
}

func (c *pipeConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writing, t)
	return nil
}

func (c *pipeConn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// CloseWrite lets the other end read what was written, then io.EOF.
func (c *pipeConn) CloseWrite() error {
	c.out.endWriting(io.EOF, syscall.EPIPE)
	return nil
}

// CloseRead makes the other end's writes fail with EPIPE.
func (c *pipeConn) CloseRead() error {
	c.in.endReading(net.ErrClosed)
	return nil
}

// Close ends both directions; what was written can still be read at the other end.
func (c *pipeConn) Close() error {
	c.out.endWriting(io.EOF, net.ErrClosed)
	c.in.endReading(net.ErrClosed)
	return nil
}

// reset is Close, but the other end's reads fail at once with ECONNRESET.
func (c *pipeConn) reset() {
	c.out.discard()
	c.out.endWriting(syscall.ECONNRESET, net.ErrClosed)
	c.in.endReading(net.ErrClosed)
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

// stream is one direction of a pipe.
type stream struct {
	size    int
	changed *sync.Cond // its lock guards all below

	buf              []byte
	reading, writing deadline
	after            error // what the reader gets when buf is empty and no more will come
	writeErr         error // set once the writer's end, or the reader's, is closed
	readErr          error // set once the reader's end is closed
}

type deadline struct {
	timer  *time.Timer
	passed bool
}

func newStream(size int) *stream {
	return &stream{size: size, changed: sync.NewCond(new(sync.Mutex))}
}

func (s *stream) read(p []byte) (int, error) {
	s.changed.L.Lock()
	defer s.changed.L.Unlock()
	for {
		switch {
		case s.readErr != nil:
			return 0, s.readErr
		case s.reading.passed:
			return 0, os.ErrDeadlineExceeded
		case len(s.buf) > 0:
			n := copy(p, s.buf)
			s.buf = s.buf[n:]
			s.changed.Broadcast()
			return n, nil
		case s.after != nil:
			return 0, s.after
		case len(p) == 0:
			return 0, nil
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) (int, error) {
	s.changed.L.Lock()
	defer s.changed.L.Unlock()
	written := 0
	for {
		switch room := s.size - len(s.buf); {
		case s.writeErr != nil:
			return written, s.writeErr
		case s.writing.passed:
			return written, os.ErrDeadlineExceeded
		case room > 0:
			n := min(room, len(p)-written)
			s.buf = append(s.buf, p[written:written+n]...)
			written += n
			s.changed.Broadcast()
		}
		if written == len(p) {
			return written, nil
		}
		s.changed.Wait()
	}
}

func (s *stream) setDeadline(d *deadline, t time.Time) {
	s.changed.L.Lock()
	defer s.changed.L.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer, d.passed = nil, false
	s.changed.Broadcast()
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		d.passed = true
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		s.changed.L.Lock()
		defer s.changed.L.Unlock()
		if d.timer == timer {
			d.passed = true
			s.changed.Broadcast()
		}
	})
	d.timer = timer
}

// endWriting makes reads return after once the buffer is empty, and writes return err. The
// first call counts for the reader, the last for the writer.
func (s *stream) endWriting(after, err error) {
	s.changed.L.Lock()
	defer s.changed.L.Unlock()
	if s.after == nil {
		s.after = after
	}
	s.writeErr = err
	s.changed.Broadcast()
}

func (s *stream) endReading(err error) {
	s.changed.L.Lock()
	defer s.changed.L.Unlock()
	s.readErr = err
	s.buf = nil
	if s.writeErr == nil {
		s.writeErr = syscall.EPIPE
	}
	s.changed.Broadcast()
}

func (s *stream) discard() {
	s.changed.L.Lock()
	defer s.changed.L.Unlock()
	s.buf = nil
}
