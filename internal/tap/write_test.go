package tap

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
)

var (
	textHeader  = wire.Header{Fin: true, Opcode: wire.OpText, Masked: true}
	pingHeader  = wire.Header{Fin: true, Opcode: wire.OpPing, Masked: true}
	closeHeader = wire.Header{Fin: true, Opcode: wire.OpClose, Masked: true}
)

// sink is a connection that takes what is written, and blocks while it is held.
type sink struct {
	mu     sync.Mutex
	got    bytes.Buffer
	writes []int
	hold   chan struct{} // nil: not held
	closed chan struct{}
}

func newSink(held bool) *sink {
	s := &sink{closed: make(chan struct{})}
	if held {
		s.hold = make(chan struct{})
	}
	return s
}

func (s *sink) Write(p []byte) (int, error) {
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-s.closed:
			return 0, net.ErrClosed
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, len(p))
	return s.got.Write(p)
}

func (s *sink) Read(p []byte) (int, error)       { <-s.closed; return 0, io.EOF }
func (s *sink) Close() error                     { close(s.closed); return nil }
func (s *sink) LocalAddr() net.Addr              { return nil }
func (s *sink) RemoteAddr() net.Addr             { return nil }
func (s *sink) SetDeadline(time.Time) error      { return nil }
func (s *sink) SetReadDeadline(time.Time) error  { return nil }
func (s *sink) SetWriteDeadline(time.Time) error { return nil }

// frames reads back what the sink got, payloads unmasked.
func (s *sink) frames(t *testing.T) (list []string) {
	t.Helper()
	b := s.got.Bytes()
	for len(b) > 0 {
		h, n, err := wire.ParseHeader(b)
		if err != nil || n == 0 || int64(len(b)-n) < h.Length || !h.Masked {
			t.Fatalf("not whole masked frames: %v %d %v", h, n, err)
		}
		p := bytes.Clone(b[n : n+int(h.Length)])
		wire.Mask(p, h.Key, 0)
		if len(p) > 20 {
			p = append(p[:17], "..."...)
		}
		list = append(list, h.Opcode.String()+" "+string(p))
		b = b[n+int(h.Length):]
	}
	return list
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// masked is a whole frame.
func masked(op wire.Opcode, payload string) []byte {
	h := wire.Header{Fin: true, Opcode: op, Masked: true, Key: [4]byte{1, 2, 3, 4}, Length: int64(len(payload))}
	return wire.AppendMasked(h.Append(nil), []byte(payload), h.Key)
}

func TestALoneFrameLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(false)
		c := New(s)
		c.Frames()
		defer c.Close()
		if err := c.WriteFrame(textHeader, []byte("hi")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		check(t, s.frames(t), "text hi")
	})
}

func TestWritesGatherWhileOneIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		for range 1000 {
			if err := c.WriteFrame(textHeader, []byte("hi")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		close(s.hold)
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		if len(s.writes) != 2 || s.writes[0] != 8 || s.writes[1] != 999*8 {
			t.Errorf("writes of %v bytes", s.writes)
		}
	})
}

func TestTheBufferIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		payload := []byte(strings.Repeat("x", 5<<20))
		written := make(chan error, 1)
		go func() { written <- c.WriteFrame(textHeader, payload) }()
		synctest.Wait()
		select {
		case <-written:
			t.Fatal("5 MiB fit in the buffer")
		default:
		}
		c.mu.Lock()
		held := cap(c.out)
		c.mu.Unlock()
		if held > 2*writeBuffer {
			t.Errorf("the buffer holds %d bytes", held)
		}
		close(s.hold)
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		c.Flush()
		check(t, s.frames(t), "text xxxxxxxxxxxxxxxxx...")
	})
}

func TestControlFramesWaitForTheFramesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		written := make(chan error, 1)
		go func() { written <- c.WriteFrame(textHeader, make([]byte, 3<<20)) }()
		synctest.Wait()
		if err := c.WriteControl(pingHeader, []byte("p")); err != nil {
			t.Fatal(err)
		}
		if err := c.WriteControl(closeHeader, []byte{3, 232}); err != nil {
			t.Fatal(err)
		}
		if err := c.WriteControl(pingHeader, nil); err != ErrCloseSent {
			t.Errorf("a ping after Close: %v", err)
		}
		close(s.hold)
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		if err := c.WriteFrame(textHeader, []byte("late")); err != ErrCloseSent {
			t.Errorf("a message after Close: %v", err)
		}
		c.Flush()
		check(t, s.frames(t), "text "+strings.Repeat("\x00", 17)+"...", "ping p", "close \x03\xe8")
	})
}

func TestWaitingWritersEndWithClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		errs := make(chan error, 3)
		for range 3 {
			go func() { errs <- c.WriteFrame(textHeader, make([]byte, 3*writeBuffer)) }()
		}
		synctest.Wait()
		c.Close()
		for range 3 {
			if err := <-errs; !errors.Is(err, net.ErrClosed) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestControlFramesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		var err error
		n := 0
		for ; err == nil && n < 10_000; n++ {
			err = c.WriteControl(pingHeader, make([]byte, 125))
			synctest.Wait()
		}
		if err != ErrControlFull {
			t.Fatalf("after %d pings: %v", n, err)
		}
		if err := c.WriteControl(closeHeader, nil); err != nil {
			t.Errorf("Close always fits: %v", err)
		}
	})
}

func TestFramesNeverMix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		big, ours := make(chan error, 1), make(chan error, 1)
		go func() { big <- c.WriteFrame(textHeader, bytes.Repeat([]byte("L"), 3*writeBuffer)) }()
		synctest.Wait()
		go func() { ours <- c.WriteFrame(textHeader, []byte("ours")) }()
		synctest.Wait()
		if err := c.WriteControl(pingHeader, []byte("p")); err != nil {
			t.Fatal(err)
		}
		close(s.hold)
		if err := errors.Join(<-big, <-ours); err != nil {
			t.Fatal(err)
		}
		c.Flush()
		check(t, s.frames(t), "text LLLLLLLLLLLLLLLLL...", "ping p", "text ours")
	})
}

// Of a compressed message what it was before is told, when it has its place.
func TestPackedFramesAreToldPlain(t *testing.T) {
	s := newSink(false)
	c := New(s)
	var told []string
	c.OnBegin(func(h wire.Header, payload []byte, _ byte) {
		told = append(told, h.Opcode.String()+" "+string(payload))
	})
	c.Frames()
	defer c.Close()
	first := wire.Header{Opcode: wire.OpText, Masked: true, RSV1: true}
	last := wire.Header{Opcode: wire.OpContinuation, Masked: true, Fin: true}
	if err := c.WritePacked(first, []byte("pk1"), []byte("plain one")); err != nil {
		t.Fatal(err)
	}
	if err := c.WritePacked(last, []byte("pk2"), []byte("plain two")); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteControl(closeHeader, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.WritePacked(textHeader, []byte("pk3"), []byte("late")); err != ErrCloseSent {
		t.Errorf("after a Close frame: %v", err)
	}
	c.Flush()
	check(t, s.frames(t), "text pk1", "continuation pk2", "close ")
	check(t, told, "text plain one", "continuation plain two", "close ")
}

func TestFlushWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(true)
		c := New(s)
		c.Frames()
		defer c.Close()
		c.WriteFrame(textHeader, []byte("hi"))
		start := time.Now()
		if err := c.FlushWithin(time.Second); err != ErrFlushTimeout || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		close(s.hold)
		if err := c.FlushWithin(time.Second); err != nil {
			t.Error(err)
		}
	})
}

// broken is a sink that takes nothing any more.
type broken struct{ *sink }

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

// What has left has left, whatever ends the writing later; a Close frame is nothing that is sent.
func TestFlushBehindTheEnd(t *testing.T) {
	for _, tt := range []struct {
		name  string
		to    net.Conn
		write func(c *Conn)
		lost  bool
	}{
		{"all has left", newSink(false), func(c *Conn) {
			c.WriteFrame(textHeader, []byte("hi"))
			c.Flush()
			c.Abort()
		}, false},
		{"a message is lost", broken{newSink(false)}, func(c *Conn) {
			c.WriteFrame(textHeader, []byte("hi"))
		}, true},
		{"a Close frame is lost", broken{newSink(false)}, func(c *Conn) {
			c.WriteControl(closeHeader, wire.AppendClose(nil, 1000, ""))
		}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := New(tt.to)
			c.Frames()
			defer c.Close()
			tt.write(c)
			synctest.Wait()
			if err := c.Flush(); (err != nil) != tt.lost {
				t.Errorf("%s: %v", tt.name, err)
			}
		})
	}
}

func TestEveryFrameHasAKeyOfItsOwn(t *testing.T) {
	s := newSink(false)
	c := New(s)
	c.Frames()
	defer c.Close()
	for range 100 {
		c.WriteFrame(textHeader, nil)
	}
	c.Flush()
	keys := map[string]bool{}
	for b := s.got.Bytes(); len(b) > 0; b = b[6:] {
		keys[string(b[2:6])] = true
	}
	if len(keys) != 100 {
		t.Errorf("%d keys for 100 frames", len(keys))
	}
}

func BenchmarkWriteFrame(b *testing.B) {
	c := New(newSink(false))
	c.Frames()
	defer c.Close()
	payload := []byte(strings.Repeat("x", 59))
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if err := c.WriteFrame(textHeader, payload); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	one := text(strings.Repeat("x", 59))
	nc := &chopped{n: 1 << 20}
	c := New(nc)
	c.Frames()
	defer c.Close()
	p := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if len(nc.rest) == 0 {
			nc.rest = bytes.Repeat(one, 1000)
		}
		for n := 0; n < len(one); {
			k, err := c.Read(p)
			if err != nil {
				b.Fatal(err)
			}
			n += k
		}
	}
}

// Where the last message begins is not changed by one that is sent aside, whose bytes count.
func TestBegunPassesOverAsides(t *testing.T) {
	c := New(newSink(false))
	var marks []byte
	c.OnBegin(func(_ wire.Header, _ []byte, mark byte) { marks = append(marks, mark) })
	c.Frames()
	defer c.Close()
	aside := func() {
		if err := c.WriteAside(textHeader, []byte("aside"), []byte("aside"), 7); err != nil {
			t.Fatal(err)
		}
	}
	begun := func(want int64) {
		t.Helper()
		if got := c.Begun(); got != want {
			t.Errorf("begun at %d, want %d", got, want)
		}
	}
	aside()
	begun(-1)
	c.WriteFrame(textHeader, []byte("hi"))
	begun(11)
	aside()
	begun(11)
	c.WriteFrames(append(masked(wire.OpText, "a"), masked(wire.OpText, "b")...))
	begun(11 + 8 + 11)
	aside()
	begun(11 + 8 + 11)
	c.Flush()
	if string(marks) != "\x07\x00\x07\x07" {
		t.Errorf("marks %v", marks)
	}
}
