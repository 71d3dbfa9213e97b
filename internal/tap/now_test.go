//go:build unix

package tap

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"wsline/internal/wire"
)

// sockets are a tap on a socket, and its peer.
func sockets(t *testing.T) (*Conn, net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	nc, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = peer.SetDeadline(time.Now().Add(10 * time.Second))
	c := New(nc)
	t.Cleanup(func() { c.Close() })
	c.Frames()
	return c, peer
}

// answering answers each message of a tap until it ends, and tells what ended it.
func answering(c *Conn) <-chan error {
	ended := make(chan error, 1)
	go func() {
		for {
			var m wire.Message
			err := c.Await()
			if err == nil {
				if run := c.Messages(make([]wire.Message, 0, 1)); len(run) == 1 {
					m = run[0]
				} else {
					m.Opcode, m.Payload, err = long(c)
				}
			}
			if err != nil {
				ended <- err
				return
			}
			_ = c.WriteAnswer(wire.Header{Fin: true, Opcode: m.Opcode}, m.Payload) // the end is read
		}
	}()
	return ended
}

// long reads a message that the lane leaves.
func long(c *Conn) (wire.Opcode, []byte, error) {
	var head [wire.MaxHeaderSize]byte
	n, err := c.Read(head[:])
	if err != nil {
		return 0, nil, err
	}
	h, _, err := wire.ParseHeader(head[:n])
	if err != nil {
		return 0, nil, err
	}
	payload := make([]byte, h.Length)
	_, err = io.ReadFull(c, payload)
	return h.Opcode, payload, err
}

// isRunning says whether there is a writing goroutine.
func isRunning(c *Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

func TestAnAnswerLeavesWithoutAGoroutine(t *testing.T) {
	c, peer := sockets(t)
	ended := answering(c)
	ask := frame(wire.Header{Fin: true, Opcode: wire.OpText}, "question")
	for range 3 {
		if _, err := peer.Write(ask); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(ask))
		if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, ask) {
			t.Fatalf("%q %v", got, err)
		}
	}
	if isRunning(c) {
		t.Error("a goroutine writes")
	}
	peer.Close()
	if err := <-ended; err != io.EOF {
		t.Error(err)
	}
	if c.buf != nil || c.out != nil {
		t.Errorf("it holds %d and %d bytes while nothing is under way", len(c.buf), cap(c.out))
	}
}

// The answers to what came at once, and to what the peer does not take, leave in order.
func TestAnswersThatThePeerDoesNotTake(t *testing.T) {
	c, peer := sockets(t)
	ended := answering(c)
	const size, n = 60 << 10, 300 // more than sockets and buffers hold
	sent := make(chan error, 1)
	go func() {
		for i := range n {
			_, err := peer.Write(frame(wire.Header{Fin: true, Opcode: wire.OpBinary},
				string(bytes.Repeat([]byte{byte(i)}, size))))
			if err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for held := int64(-1); ; { // until nothing goes on
		time.Sleep(50 * time.Millisecond)
		received, gone := c.Progress()
		if received+gone == held {
			break
		}
		held = received + gone
	}
	for i := range n {
		want := frame(wire.Header{Fin: true, Opcode: wire.OpBinary},
			string(bytes.Repeat([]byte{byte(i)}, size)))
		got := make([]byte, len(want))
		if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("answer %d: %v", i, err)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	peer.Close()
	if err := <-ended; err != io.EOF {
		t.Error(err)
	}
}

// A buffer that much came into is kept for a moment, and given back when nothing more comes.
func TestABufferIsGivenBack(t *testing.T) {
	c, peer := sockets(t)
	answering(c)
	ask := frame(wire.Header{Fin: true, Opcode: wire.OpText}, string(make([]byte, 2*smallBuffer)))
	if _, err := peer.Write(ask); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(peer, ask); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if !c.now.looking.Load() && c.now.kept.Load() == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("it is still kept")
		}
	}
}

// Close ends a read that waits without a buffer, and a write that waits for the peer.
func TestCloseEndsWhatWaits(t *testing.T) {
	c, _ := sockets(t)
	ended := answering(c)
	blocked := make(chan error, 1)
	go func() {
		for {
			err := c.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpBinary}, make([]byte, 64<<10))
			if err != nil {
				blocked <- err
				return
			}
		}
	}()
	for c.peer.blocked.Load() == 0 { // until it waits for room
		time.Sleep(time.Millisecond)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil || err == io.EOF {
		t.Error(err)
	}
	if err := <-blocked; err == nil {
		t.Error("what was written behind the end")
	}
	if isRunning(c) {
		t.Error("a goroutine writes")
	}
}

// Who writes is one: the goroutine that wrote before, and waits, does not go on while another
// writes what it has gathered itself.
func TestOneWritesAtATime(t *testing.T) {
	c, peer := sockets(t)
	c.nc.(*net.TCPConn).SetWriteBuffer(64 << 10) // so that little is taken at once
	const batches, each, size = 300, 200, 500
	sent := make(chan error, 1)
	go func() {
		header := wire.Header{Fin: true, Opcode: wire.OpBinary}
		err := c.WriteFrame(header, []byte("for the goroutine"))
		header.Length = size
		for n := 0; n < batches && err == nil; n++ {
			var batch []byte
			for i := range each {
				batch = append(header.Append(batch), bytes.Repeat([]byte{byte(n + i)}, size)...)
			}
			err = c.WriteFrames(batch)
		}
		sent <- err
	}()
	br := bufio.NewReader(peer)
	read := func(n int) []byte {
		p := make([]byte, n)
		if _, err := io.ReadFull(br, p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	read(2 + len("for the goroutine"))
	for frame := range batches * each {
		h, _, _ := wire.ParseHeader(read(4))
		if h.Opcode != wire.OpBinary || h.Length != size {
			t.Fatalf("frame %d begins with %+v", frame, h)
		}
		if p, want := read(size), byte(frame/each+frame%each); p[0] != want || p[size-1] != want {
			t.Fatalf("frame %d holds %d to %d, not %d", frame, p[0], p[size-1], want)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// What a batch was written in part of, when the connection is closed, did not leave.
func TestTheRestOfABatchIsNotFlushed(t *testing.T) {
	message := append(wire.Header{Fin: true, Opcode: wire.OpBinary, Length: 16 << 20}.Append(nil),
		make([]byte, 16<<20)...) // more than sockets hold
	t.Run("before the goroutine takes it", func(t *testing.T) {
		c, _ := sockets(t)
		c.mu.Lock()
		c.out = append(c.out, message...)
		c.tryNow()
		if len(c.rest) == 0 || c.werr != nil {
			t.Fatalf("%d bytes are left, %v", len(c.rest), c.werr)
		}
		c.werr = net.ErrClosed // as stop does
		c.mu.Unlock()
		c.Close()
		if err := c.Flush(); err == nil {
			t.Error("it was told as handed to the network")
		}
	})
	t.Run("while it is written", func(t *testing.T) {
		c, _ := sockets(t)
		c.OnWrite(func([]byte, bool) { c.stop(net.ErrClosed) })
		if err := c.WriteFrames(message); err != nil {
			t.Fatal(err)
		}
		if err := c.FlushWithin(time.Minute); err == nil {
			t.Error("it was told as handed to the network")
		}
	})
}

// What was handed on is valid until the next read, also for OnWait's function: a buffer that has been given
// back is another connection's.
func TestWhatWasHandedOnStandsUntilTheRead(t *testing.T) {
	c, peer := sockets(t)
	var m wire.Message
	waits := 0
	c.OnWait(func() {
		if waits++; waits == 1 {
			return // nothing came yet
		}
		buf := c.buf[:cap(c.buf)]
		if len(buf) == 0 || &m.Payload[0] != &buf[4] {
			t.Error("the buffer of the last message is gone")
		}
	})
	payload := make([]byte, smallBuffer-4) // with its header as much as a small buffer holds
	h := wire.Header{Fin: true, Opcode: wire.OpBinary, Length: int64(len(payload))}
	if _, err := peer.Write(append(h.Append(nil), payload...)); err != nil {
		t.Fatal(err)
	}
	if err := c.Await(); err != nil {
		t.Fatal(err)
	}
	run := c.Messages(make([]wire.Message, 0, 1))
	if len(run) != 1 {
		t.Fatal("no message")
	}
	m = run[0]
	peer.Close()
	if err := c.Await(); err != io.EOF || waits != 2 {
		t.Errorf("%v after %d waits", err, waits)
	}
}
