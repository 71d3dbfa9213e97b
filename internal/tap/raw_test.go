package tap

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
)

func TestRawBytesWaitForTheFramesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		written := make(chan error, 2)
		go func() {
			h := wire.Header{Opcode: wire.OpBinary, Masked: true}
			written <- c.WriteFrame(h, make([]byte, 3<<20))
		}()
		synctest.Wait()
		go func() { written <- c.WriteRaw(masked(wire.OpText, "raw")) }()
		synctest.Wait()
		close(s.hold)
		if err := errors.Join(<-written, <-written); err != nil {
			t.Fatal(err)
		}
		// The fragmented message is still open.
		if err := c.WriteFrame(wire.Header{Fin: true, Masked: true}, []byte("rest")); err != nil {
			t.Fatal(err)
		}
		c.Flush()
		check(t, s.frames(t), "binary "+strings.Repeat("\x00", 17)+"...", "text raw", "continuation rest")
	})
}

func TestRawBytesAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(false)
		c := New(s)
		c.Frames()
		err := c.WriteRawClose(masked(wire.OpClose, "\x03\xe8"), []byte("\x03\xe8"))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			c.WriteRawClose(masked(wire.OpClose, ""), nil), c.WriteFrame(textHeader, nil),
			c.WriteControl(pingHeader, nil),
		} {
			if err != ErrCloseSent {
				t.Errorf("after the Close frame: %v", err)
			}
		}
		if err := c.WriteRaw(masked(wire.OpText, "still")); err != nil {
			t.Error(err)
		}
		c.Flush()
		check(t, s.frames(t), "close \x03\xe8", "text still")
		c.Close()
		if err := c.WriteRaw(nil); err != net.ErrClosed {
			t.Errorf("after the end: %v", err)
		}
		if err := c.WriteControl(pingHeader, nil); err != net.ErrClosed {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestARawCloseWaitsForTheFramesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		written := make(chan error, 1)
		go func() { written <- c.WriteFrame(textHeader, make([]byte, 3<<20)) }()
		synctest.Wait()
		if err := c.WriteRawClose(masked(wire.OpClose, ""), nil); err != nil {
			t.Fatal(err)
		}
		close(s.hold)
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		c.Flush()
		check(t, s.frames(t), "text "+strings.Repeat("\x00", 17)+"...", "close ")
	})
}

// What is told to leave is what leaves, and whether it ends with a frame.
func TestOnWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		var told []byte
		var more []bool
		c.OnWrite(func(batch []byte, m bool) {
			told = append(told, batch...)
			more = append(more, m)
		})
		c.WriteFrame(textHeader, []byte("hi"))
		synctest.Wait()
		go c.WriteFrame(textHeader, make([]byte, writeBuffer+1000))
		synctest.Wait()
		close(s.hold)
		c.Flush()
		if len(more) != 3 || more[0] || !more[1] || more[2] {
			t.Errorf("more: %v", more)
		}
		if string(told) != s.got.String() {
			t.Errorf("told %d bytes, %d left", len(told), s.got.Len())
		}
	})
}

// piped is the reader's end of a pipe that a test writes to.
type piped struct {
	*sink
	r *io.PipeReader
}

func (p piped) Read(b []byte) (int, error) { return p.r.Read(b) }
func (p piped) Close() error               { p.r.Close(); return p.sink.Close() }

func TestAStalledReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		c := New(piped{newSink(false), r})
		c.Frames()
		came := make(chan string, 10)
		ended := make(chan error, 1)
		go func() {
			for {
				if err := c.Await(); err != nil {
					ended <- err
					return
				}
				for _, m := range c.Messages(make([]wire.Message, 0, 10)) {
					came <- string(m.Payload)
				}
			}
		}()
		synctest.Wait()
		c.Stall(true)
		w.Write(text("one")) // to the read that is under way
		synctest.Wait()
		time.Sleep(time.Hour)
		if waited, _, _ := c.Waited(); len(came) != 0 || waited != 0 {
			t.Errorf("handed on %d, waited %v for the peer", len(came), waited)
		}
		c.Stall(false)
		w.Write(text("two"))
		synctest.Wait()
		if len(came) != 2 {
			t.Errorf("%d came", len(came))
		}
		c.Stall(true)
		go w.Write(text("three"))
		synctest.Wait()
		c.Abort()
		if err := <-ended; err != io.ErrClosedPipe && err != nil {
			t.Errorf("ended with %v", err)
		}
		c.Close()
		if in, _ := c.Progress(); in != 5+5+7 { // the last by the read that was under way
			t.Errorf("%d bytes came", in)
		}
	})
}

func TestTheWatcherSeesWhatCannotBeParsed(t *testing.T) {
	for _, n := range []int{1, 1000} {
		l := &log{}
		c := framed(t, &chopped{rest: []byte("\x82\x7f\x80\x00\x00"), n: n}, l)
		_, err := io.Copy(io.Discard, onlyReader{c})
		var broken *wire.Error
		if !errors.As(err, &broken) || len(l.lines) != 1 ||
			!strings.HasPrefix(l.lines[0], "bad binary 827f80") {
			t.Errorf("%v, told %q", err, l.lines)
		}
	}
}

func TestTheWatcherSeesWhatWasCutOff(t *testing.T) {
	ping := frame(wire.Header{Fin: true, Opcode: wire.OpPing}, "abcdef")
	l := &log{}
	c := framed(t, &chopped{rest: ping[:5], n: 2}, l)
	if _, err := io.Copy(io.Discard, onlyReader{c}); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	check(t, l.lines, "ping 2+6", `data "abc"`)
}
