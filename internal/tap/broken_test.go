package tap

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
)

// onceReset is a socket that was reset and has told that to who wrote: then a read sees a plain end
// (Linux clears a socket's error when it is told).
type onceReset struct {
	net.Conn
	err     error
	writing chan struct{} // closed when Write has been called
	late    time.Duration // after which it fails
}

func (c *onceReset) Write([]byte) (int, error) {
	close(c.writing)
	time.Sleep(c.late)
	return 0, &net.OpError{Op: "write", Err: os.NewSyscallError("write", c.err)}
}

func (c *onceReset) Read([]byte) (int, error) {
	<-c.writing
	return 0, io.EOF
}

func (c *onceReset) SetReadDeadline(time.Time) error { return nil }
func (c *onceReset) Close() error                    { return nil }

func TestAResetThatAWriteWasToldOf(t *testing.T) {
	for _, tt := range []struct {
		err, want error
		late      time.Duration
	}{
		{syscall.ECONNRESET, syscall.ECONNRESET, 0},
		{syscall.ECONNRESET, syscall.ECONNRESET, 10 * time.Millisecond},
		{syscall.EPIPE, io.EOF, 0}, // the peer had closed, and did not reset
		{syscall.ECONNRESET, io.EOF, time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := New(&onceReset{err: tt.err, writing: make(chan struct{}), late: tt.late})
			c.Frames()
			c.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpText}, []byte("hi"))
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, tt.want) {
				t.Errorf("%v after %v: the reader got %v, want %v", tt.err, tt.late, err, tt.want)
			}
			c.Close()
		})
	}
}
