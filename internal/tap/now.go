package tap

import (
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// now is a socket that can be asked for what can be done at once, so that who waits for it needs no
// buffer, and who has little to write no goroutine.
type now struct {
	c   *Conn
	raw syscall.RawConn

	tryRead func(fd uintptr) bool // owned by the reader, as the two that follow
	n       int
	err     error

	kept    atomic.Pointer[[readBuffer]byte] // the reader's last buffer, which it may want at once
	looking atomic.Bool                      // whether it is still wanted

	tryWrite func(fd uintptr) bool // owned by who writes, as the three that follow
	batch    []byte
	written  int
	werr     error
}

// newNow is nil for what is not such a socket.
func newNow(c *Conn) *now {
	var socket syscall.Conn
	switch nc := c.nc.(type) { // and nothing that has one of them in it, and a Read of its own
	case *net.TCPConn:
		socket = nc
	case *net.UnixConn:
		socket = nc
	}
	if socket == nil || !canTry {
		return nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil
	}
	s := &now{c: c, raw: raw}
	s.tryRead, s.tryWrite = s.readOnce, s.writeOnce
	return s
}

// read reads once into the connection's buffer, which it has only while there is something in it.
func (s *now) read() (int, error) {
	s.n, s.err = 0, nil
	if err := s.raw.Read(s.tryRead); err != nil {
		return 0, err
	}
	return s.n, s.err
}

// readOnce is false when nothing is there yet.
func (s *now) readOnce(fd uintptr) bool {
	if s.c.buf == nil {
		s.c.buf = s.buffer()
	}
	n, err := tryRead(fd, s.c.buf)
	if n == 0 {
		s.leave(s.c.buf)
		s.c.buf = nil
	}
	s.n, s.err = n, s.opError("read", err)
	return err != errNotNow
}

// buffer is a small one where little came last: many connections may be in the middle of that at
// once.
func (s *now) buffer() []byte {
	if b := s.kept.Swap(nil); b != nil {
		return b[:]
	}
	if s.c.came < smallBuffer {
		return takeSmall()
	}
	return takeRead()
}

// leave gives back a buffer that nothing came into, but keeps it for a while where much is coming:
// the next may be in another processor's cache.
func (s *now) leave(b []byte) {
	if s.c.came < smallBuffer || len(b) != readBuffer {
		give(b)
		return
	}
	s.kept.Store((*[readBuffer]byte)(b))
	if !s.looking.Swap(true) {
		s.look(-1)
	}
}

// look gives back what is kept when nothing more has come for a while.
func (s *now) look(seen int64) {
	time.AfterFunc(idleTime, func() {
		if received := s.c.received.Load(); received != seen {
			s.look(received)
			return
		}
		s.looking.Store(false) // before, so that what is kept now is looked after
		if b := s.kept.Swap(nil); b != nil {
			give(b[:])
		}
	})
}

// write writes what can be written at once.
func (s *now) write(batch []byte) (int, error) {
	s.batch, s.written, s.werr = batch, 0, nil
	err := s.raw.Write(s.tryWrite)
	s.batch = nil
	if err != nil {
		return 0, err
	}
	return s.written, s.werr
}

func (s *now) writeOnce(fd uintptr) bool {
	n, err := tryWrite(fd, s.batch)
	if err == errNotNow {
		n, err = 0, nil
	}
	s.written, s.werr = n, s.opError("write", err)
	return true
}

// opError is an error as net has it.
func (s *now) opError(op string, err error) error {
	if errno, ok := err.(syscall.Errno); ok && err != errNotNow {
		local, remote := s.c.nc.LocalAddr(), s.c.nc.RemoteAddr()
		err = &net.OpError{Op: op, Net: local.Network(), Source: local, Addr: remote,
			Err: os.NewSyscallError(op, errno)}
	}
	return err
}
