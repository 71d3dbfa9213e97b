// Package tap is a connection that watches what goes over it: it sits above the network, knows where each
// frame begins and ends, and is where the frames of all who send join into one stream.
//
// Reads never cross the end of a frame, so that the short lane can take over at any frame, and what is
// told of the frames is in wire order. Writes are gathered by load, not by a timer: while one write
// is under way the next gathers, so a lone message leaves at once and a flood leaves in large
// pieces. Nothing leaves after a Close frame (RFC 6455 §5.5.1).
//
// One goroutine reads, any may write. What leaves is written by a goroutine of the tap's own, which is
// there while there is something to write, and ends soon after; of a socket, who answers or sends many
// messages together first writes what it takes at once. Close waits for both. A connection on which
// nothing is under way holds no buffer. It knows nothing of URLs, TLS or messages.
package tap

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wsline/internal/wire"
)

const (
	directRead = 32 << 10 // bytes of a payload that are worth a read past the buffer

	lingerTime = time.Second           // the reader waits for what had been sent when a write failed
	writeTime  = 50 * time.Millisecond // for a write that is about to fail, at the end of what comes
)

// ErrHeadTooLong is a response head that is longer than ReadHead was told to accept.
var ErrHeadTooLong = errors.New("the response head is too long")

// Conn is one connection. The zero value is not usable: New makes one, and Close ends it.
type Conn struct {
	nc      net.Conn
	watcher Watcher
	framed  bool

	// Owned by the reader.
	buf  []byte // what was read from nc; buf[r:w] has not been handed on
	r, w int
	came int  // bytes that the last read brought
	owed bool // an answer gathered that writeNow is to write
	in   inFrame
	rerr error // ends all reading

	mask byte // the mask bit of the frames that Messages takes

	readAt time.Time // when nc was read last
	onWait func()
	onRead func()
	linger time.Duration // that the reader may still wait for nc, once a write has failed

	received atomic.Int64 // bytes read from nc
	sent     atomic.Int64 // bytes written to nc, once framed
	stalled  atomic.Bool  // the reader waits until it is not; changed is told
	failed   atomic.Bool  // a write to nc has failed; werr says how

	now  *now // nil for what cannot be asked, and before Frames
	peer clock
	writer

	closing sync.Once
	cerr    error
}

// New returns a tap on nc, which it owns from then on. Until Frames is called the bytes are HTTP: Read,
// Write and ReadHead work directly on nc, and no goroutine runs.
func New(nc net.Conn) *Conn {
	c := &Conn{nc: nc, linger: lingerTime}
	c.writer.init(c)
	return c
}

// Write writes straight to nc. It is for the HTTP part: no frame may have been written, or be about to be.
func (c *Conn) Write(p []byte) (int, error) { return c.nc.Write(p) }

// NetConn returns the connection below, for deadlines and addresses.
func (c *Conn) NetConn() net.Conn { return c.nc }

// ReadHead reads an HTTP response head up to and with the empty line that ends it, and takes not one
// byte more from the tap. Lines may end in LF alone (RFC 9112 §2.2). A head longer than max bytes
// is ErrHeadTooLong. When nc fails, what had come until then is returned with the error.
func (c *Conn) ReadHead(max int) ([]byte, error) {
	seen := 0
	for {
		have := c.buf[c.r:c.w]
		if end := headEnd(have, seen); end > 0 && end <= max {
			c.r += end
			return bytes.Clone(have[:end]), nil
		}
		if len(have) >= max {
			return bytes.Clone(have[:max]), ErrHeadTooLong
		}
		seen = len(have) - min(len(have), 2)
		if err := c.fill(); err != nil {
			return bytes.Clone(c.buf[c.r:c.w]), err
		}
	}
}

// headEnd is where the first empty line ends that does not end before from, 0 while there is none.
func headEnd(b []byte, from int) int {
	for {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return 0
		}
		from += i + 1
		switch rest := b[from:]; {
		case bytes.HasPrefix(rest, []byte("\n")):
			return from + 1
		case bytes.HasPrefix(rest, []byte("\r\n")):
			return from + 2
		}
	}
}

// Frames ends the HTTP part: from now on the bytes both ways are WebSocket frames. It must be called
// once, before the first frame is read or written.
func (c *Conn) Frames() {
	c.received.Store(int64(c.w - c.r)) // the head does not count
	c.framed = true
	c.now = newNow(c)
	have := c.buf[c.r:c.w]
	if len(have) == 0 {
		give(c.buf)
		c.buf, c.r, c.w = nil, 0, 0
	} else if len(c.buf) < readBuffer {
		buf := takeRead()
		c.r, c.w = 0, copy(buf, have)
		give(c.buf)
		c.buf = buf
	}
}

// Watch makes w see the frames that come. It must be called before the first of them is read.
func (c *Conn) Watch(w Watcher) { c.watcher = w }

// FromClient makes Messages take masked frames, and no others. It must be called before the first
// frame is read.
func (c *Conn) FromClient() { c.mask = 0x80 }

// OnWait makes the reader call f each time before it waits for nc. It must be called before the first
// frame is read.
func (c *Conn) OnWait(f func()) { c.onWait = f }

// OnRead makes the reader call f each time when something came from nc. It must be called before the first
// frame is read.
func (c *Conn) OnRead(f func()) { c.onRead = f }

// OnWrite makes who writes to nc call f with what it is about to write to nc, valid only during the
// call. The bytes end with a frame unless more says that the rest of one follows. It must be called
// before the first frame is written.
func (c *Conn) OnWrite(f func(batch []byte, more bool)) {
	c.mu.Lock()
	c.onWrite = f
	c.mu.Unlock()
}

// OnBegin makes those who send a message, a piece of one, a ping, a pong or a Close frame call f
// when nothing can keep it from its place among what leaves any more, in that order, with its
// header, its payload before it was masked, or compressed, and the mark of WriteAside, 0 without. The
// payload is valid only during the call, which must not wait. It must be called before the first
// frame is written.
func (c *Conn) OnBegin(f func(h wire.Header, payload []byte, mark byte)) {
	c.mu.Lock()
	c.onBegin = f
	c.mu.Unlock()
}

// Stall makes the reader wait before it reads from nc, and before it hands on what a read that is under
// way brings, until it is called with false or the writing has ended.
func (c *Conn) Stall(on bool) {
	c.mu.Lock()
	c.stalled.Store(on)
	c.mu.Unlock()
	c.changed.Broadcast()
}

func (c *Conn) waitForStall() {
	if !c.stalled.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.stalled.Load() && c.werr == nil {
		c.changed.Wait()
	}
}

// ReadAt is when the last bytes came, for the reader only.
func (c *Conn) ReadAt() time.Time { return c.readAt }

// Progress returns how many bytes of frames have come and how many have gone.
func (c *Conn) Progress() (received, sent int64) { return c.received.Load(), c.sent.Load() }

// Answering says that the reader begins, or ceases, to send answers to what came. What it waits for
// meanwhile is the peer, which must take them. It is for the reader only.
func (c *Conn) Answering(on bool) { c.peer.answer(on) }

// Waited is how long the peer has been waited for, and what of that has passed since it last sent or took
// something, and since it last took something. It is waited for by the reader, for more to come or
// to take its answers. All else that is waited for, such as a slow handler, does not count.
func (c *Conn) Waited() (total, silent, untaken time.Duration) { return c.peer.waited() }

// Quiet is how long nothing had gone either way when the bytes came that were read last, or the end, for
// the reader only.
func (c *Conn) Quiet() time.Duration { return c.peer.quietBefore() }

// fill reads once from nc behind what is buffered, and makes room for it first.
func (c *Conn) fill() error {
	if err := c.beforeRead(); err != nil {
		return err
	}
	switch {
	case c.r == c.w:
		c.settle()
	case c.w == len(c.buf) && c.r > 0:
		c.w = copy(c.buf, c.buf[c.r:c.w])
		c.r = 0
	case c.w == len(c.buf):
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	var p []byte
	if c.now == nil || c.w > 0 {
		p = c.buf[c.w:]
	}
	n, err := c.readConn(p)
	c.w += n
	return err
}

// beforeRead is what comes before nc is read, while what was handed on still stands in the buffer: once
// that has been given back, it may be another connection's.
func (c *Conn) beforeRead() error {
	if c.rerr != nil {
		return c.rerr
	}
	if c.owed {
		c.writeNow()
	}
	if c.onWait != nil {
		c.onWait()
	}
	return nil
}

// readConn reads once from nc, behind beforeRead and without a p into the empty buffer; an error comes
// without bytes.
func (c *Conn) readConn(p []byte) (int, error) {
	c.waitForStall()
	c.peer.read(true, 0)
	n, err := c.readNet(p)
	c.readAt = c.peer.read(false, n)
	if c.came = n; n > 0 && c.onRead != nil {
		c.onRead()
	}
	c.waitForStall()
	c.received.Add(int64(n))
	if n > 0 {
		return n, nil // an error that came with bytes comes again without any
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	c.rerr = err
	return 0, err
}

// readNet reads once from nc. A write that failed fails the connection (RFC 6455 §7.1.7), but what had come
// until then is read, as it may hold the Close frame that says why. Each read counts for a millisecond at
// least, so that a peer that goes on for ever comes to its end too.
func (c *Conn) readNet(p []byte) (n int, err error) {
	switch {
	case c.failed.Load():
		n, err = c.readFailed(p)
	case p == nil:
		n, err = c.now.read()
	default:
		n, err = c.nc.Read(p)
	}
	if n == 0 && err != nil {
		err = c.whyEnded(err)
	}
	return n, err
}

func (c *Conn) readFailed(p []byte) (n int, err error) {
	begun := time.Now()
	_ = c.nc.SetReadDeadline(begun.Add(c.linger)) // an error is Read's as well
	if p == nil {
		n, err = c.now.read()
	} else {
		n, err = c.nc.Read(p)
	}
	c.linger -= max(time.Since(begun), time.Millisecond)
	return n, err
}

// whyEnded is the error that ended the reading when err is only what it looked like: a socket tells of a
// reset once, and when that was to who wrote, the reader sees a plain end.
func (c *Conn) whyEnded(err error) error {
	ended := errors.Is(err, io.EOF)
	if !ended && !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ended {
		c.wait(writeTime, func() bool { return !c.writing })
	}
	// EPIPE is not a reset: the peer had closed before, as the reader sees.
	if !c.failed.Load() || ended && errors.Is(c.werr, syscall.EPIPE) {
		return err
	}
	return c.werr
}

// Close closes the connection at once, ends every read and write, and waits for the writing goroutine.
// It is safe to call more than once and from any goroutine.
func (c *Conn) Close() error {
	c.shut()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.running || c.writing {
		c.changed.Wait()
	}
	return c.cerr
}

// Abort closes the connection without a word, and waits for nothing: no TLS close_notify is sent, for
// which a peer that does not read would make Close wait. Close must still be called, to wait for the writing
// goroutine, on which Abort may be called.
func (c *Conn) Abort() {
	if secure, ok := c.nc.(interface{ NetConn() net.Conn }); ok {
		_ = secure.NetConn().Close()
	}
	c.shut()
}

func (c *Conn) shut() {
	c.closing.Do(func() {
		c.cerr = c.nc.Close()
		c.stop(net.ErrClosed)
	})
}

// SetReadDeadline bounds the reads from nc that wait.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.nc.SetReadDeadline(t) }
