package tap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wsline/internal/wire"
)

// chopped is a connection whose peer sends the given bytes, n at a time, and then ends.
type chopped struct {
	net.Conn
	rest []byte
	n    int
}

func (c *chopped) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.n)], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *chopped) Write(p []byte) (int, error) { return len(p), nil }
func (c *chopped) Close() error                { return nil }

func frame(h wire.Header, payload string) []byte {
	h.Length = int64(len(payload))
	return append(h.Append(nil), payload...)
}

func text(s string) []byte { return frame(wire.Header{Fin: true, Opcode: wire.OpText}, s) }

// log is a watcher that writes down what it is told.
type log struct {
	lines []string
	fail  map[string]error
}

func (l *log) add(line string) error {
	l.lines = append(l.lines, line)
	return l.fail[line]
}

func (l *log) FrameHeader(h wire.Header, head, have []byte) error {
	if again, n, err := wire.ParseHeader(head); err != nil || n != len(head) || again != h {
		return fmt.Errorf("the header %v of the bytes %x", h, head)
	}
	if int64(len(have)) > h.Length {
		return fmt.Errorf("%d bytes of a payload of %d", len(have), h.Length)
	}
	return l.add(fmt.Sprintf("%v %d+%d", h.Opcode, len(head), h.Length))
}

func (l *log) BadHeader(h wire.Header, head []byte, err error) {
	l.add(fmt.Sprintf("bad %v %x %v", h.Opcode, head, err))
}

func (l *log) Control(h wire.Header, p []byte) error {
	return l.add(fmt.Sprintf("control %v %q", h.Opcode, p))
}

func (l *log) Data(h wire.Header, p []byte) error { return l.add(fmt.Sprintf("data %q", p)) }

func framed(t *testing.T, nc net.Conn, w Watcher) *Conn {
	t.Helper()
	c := New(nc)
	c.Frames()
	if w != nil {
		c.Watch(w)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestReadsEndAtFrames(t *testing.T) {
	frames := [][]byte{
		text("one"), text(""), frame(wire.Header{Fin: true, Opcode: wire.OpPing}, "p"),
		text(strings.Repeat("x", 70_000)), frame(wire.Header{Opcode: wire.OpBinary}, strings.Repeat("y", 300)),
		frame(wire.Header{Fin: true, Opcode: wire.OpContinuation}, strings.Repeat("z", 400_000)),
	}
	all := bytes.Join(frames, nil)
	ends := map[int]bool{}
	at := 0
	for _, f := range frames {
		at += len(f)
		ends[at] = true
	}
	for _, n := range []int{1, 2, 3, 7, 100, 4096, 1 << 20} {
		c := framed(t, &chopped{rest: all, n: n}, nil)
		var got []byte
		p := make([]byte, 1000)
		for {
			k, err := c.Read(p)
			for i := 1; i < k; i++ {
				if ends[len(got)+i] {
					t.Fatalf("chunks of %d: a read of %d bytes at %d crosses a frame's end", n, k, len(got))
				}
			}
			got = append(got, p[:k]...)
			if err != nil {
				if err != io.EOF {
					t.Fatalf("chunks of %d: %v", n, err)
				}
				break
			}
		}
		if !bytes.Equal(got, all) {
			t.Fatalf("chunks of %d: %d bytes came out of %d", n, len(got), len(all))
		}
	}
}

func TestWatcherIsToldFirst(t *testing.T) {
	stream := bytes.Join([][]byte{
		text("hi"), frame(wire.Header{Fin: true, Opcode: wire.OpPing}, "abc"), text("yo"),
	}, nil)
	for _, n := range []int{1, 2, 1000} {
		l := &log{}
		c := framed(t, &chopped{rest: stream, n: n}, l)
		if _, err := io.Copy(io.Discard, onlyReader{c}); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(l.lines, "; ")
		if n < len(stream) {
			got = strings.NewReplacer(`data "h"; data "i"`, `data "hi"`, `data "y"; data "o"`, `data "yo"`).Replace(got)
		}
		want := `text 2+2; data "hi"; ping 2+3; control ping "abc"; text 2+2; data "yo"`
		if got != want {
			t.Errorf("chunks of %d:\ngot  %s\nwant %s", n, got, want)
		}
	}
}

type onlyReader struct{ io.Reader }

func TestWatcherEndsReading(t *testing.T) {
	stop := errors.New("stop")
	for _, at := range []string{"text 2+2", `data "hi"`, `control ping "abc"`} {
		l := &log{fail: map[string]error{at: stop}}
		stream := append(text("hi"), frame(wire.Header{Fin: true, Opcode: wire.OpPing}, "abc")...)
		c := framed(t, &chopped{rest: stream, n: 1000}, l)
		_, err := io.Copy(io.Discard, onlyReader{c})
		if err != stop {
			t.Errorf("%s: %v", at, err)
		}
		if _, err := c.Read(make([]byte, 1)); err != stop || c.ReadErr() != stop {
			t.Errorf("%s, again: %v", at, err)
		}
		if l.lines[len(l.lines)-1] != at {
			t.Errorf("%s: told on: %q", at, l.lines)
		}
	}
}

func TestEndWithinAFrame(t *testing.T) {
	long := text(strings.Repeat("x", 200))
	ping := frame(wire.Header{Fin: true, Opcode: wire.OpPing}, "abc")
	tests := []struct {
		name   string
		stream []byte
		want   error
	}{
		{"nothing", nil, io.EOF},
		{"whole frame", long, io.EOF},
		{"header's first byte", long[:1], io.ErrUnexpectedEOF},
		{"within the length", long[:3], io.ErrUnexpectedEOF},
		{"within the payload", long[:20], io.ErrUnexpectedEOF},
		{"header only", long[:4], io.ErrUnexpectedEOF},
		{"within a ping", ping[:4], io.ErrUnexpectedEOF},
	}
	for _, tt := range tests {
		for _, n := range []int{1, 1000} {
			c := framed(t, &chopped{rest: tt.stream, n: n}, &log{})
			var err error
			for p := make([]byte, 10); err == nil; {
				_, err = c.Read(p)
			}
			if err != tt.want {
				t.Errorf("%s, chunks of %d: %v, want %v", tt.name, n, err, tt.want)
			}
		}
	}
}

func TestReadHead(t *testing.T) {
	crlf := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
	for _, head := range []string{crlf, strings.ReplaceAll(crlf, "\r", "")} {
		readHead(t, head)
	}
}

func readHead(t *testing.T, head string) {
	hi := string(text("hi"))
	for n := 1; n < len(head)+len(hi); n++ {
		c := New(&chopped{rest: []byte(head + hi), n: n})
		got, err := c.ReadHead(1 << 10)
		if err != nil || string(got) != head {
			t.Fatalf("chunks of %d: %q, %v", n, got, err)
		}
		c.Frames()
		rest, err := io.ReadAll(onlyReader{c})
		if err != nil || string(rest) != hi {
			t.Fatalf("chunks of %d: rest %q, %v", n, rest, err)
		}
		c.Close()
	}
}

func TestReadHeadTooLong(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 10_000) + "\r\n\r\n"
	for _, n := range []int{1, 100, 20_000} {
		c := New(&chopped{rest: []byte(head), n: n})
		got, err := c.ReadHead(8 << 10)
		if err != ErrHeadTooLong || len(got) != 8<<10 {
			t.Errorf("chunks of %d: %d bytes, %v", n, len(got), err)
		}
		c = New(&chopped{rest: []byte(head), n: n})
		if got, err := c.ReadHead(len(head)); err != nil || len(got) != len(head) {
			t.Errorf("chunks of %d, just fits: %d bytes, %v", n, len(got), err)
		}
	}
}

func TestReadHeadBroken(t *testing.T) {
	c := New(&chopped{rest: []byte("HTTP/1.1 101 Swi"), n: 5})
	got, err := c.ReadHead(1 << 10)
	if err != io.EOF || string(got) != "HTTP/1.1 101 Swi" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRawReadAfterHead(t *testing.T) {
	c := New(&chopped{rest: []byte("HTTP/1.1 403 Forbidden\r\n\r\nno entry"), n: 30})
	if _, err := c.ReadHead(1 << 10); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(onlyReader{c})
	if err != nil || string(body) != "no entry" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestCloseEndsRead(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := New(ours)
	c.Frames()
	got := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		got <- err
	}()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err == nil {
		t.Error("the read went on")
	}
	if err := c.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestProgress(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := New(ours)
	c.Frames()
	defer c.Close()
	go func() { theirs.Write(text("hello")) }()
	theirs.SetReadDeadline(time.Time{})
	if _, err := io.ReadFull(onlyReader{c}, make([]byte, 7)); err != nil {
		t.Fatal(err)
	}
	if in, _ := c.Progress(); in != 7 {
		t.Errorf("%d bytes in", in)
	}
}

// secure is a connection over another one, as a tls.Conn is, that says goodbye when it is closed.
type secure struct {
	net.Conn
	goodbye chan error
}

func (s secure) NetConn() net.Conn { return s.Conn }

func (s secure) Close() error {
	_, err := s.Conn.Write([]byte("bye")) // nobody reads
	s.goodbye <- err
	return s.Conn.Close()
}

func TestAbortDoesNotWaitForAGoodbye(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	s := secure{ours, make(chan error, 1)}
	c := New(s)
	c.Frames()
	c.Abort()
	if err := <-s.goodbye; err != io.ErrClosedPipe {
		t.Errorf("%v", err)
	}
}
