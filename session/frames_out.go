package session

import (
	"math"
	"time"
	"unicode/utf8"

	"wsline/internal/wire"
)

// framesOut reads the frames back from the bytes that are about to leave, right or wrong, as a peer
// would. It is for the goroutine that writes; its state stays in step also while nothing is told.
type framesOut struct {
	tell    func(*Frame)
	on      func() bool  // whether frames are told
	size    func() int64 // of the next compressed message, before it was compressed
	checker wire.Checker

	head   [wire.MaxHeaderSize]byte // of the header that is not whole yet
	n      int
	left   int64 // bytes of the payload still to leave
	number int   // of the message's last frame, as in Frame

	compressed bool // the message is
	packed     int64

	due     bool // the frame at hand is to be told, when enough of its payload has left
	frame   Frame
	payload []byte
}

// write takes the next bytes, which may be cut anywhere.
func (f *framesOut) write(b []byte) {
	for len(b) > 0 {
		if f.left > 0 {
			b = f.body(b)
		} else {
			b = f.header(b)
		}
	}
}

// flush tells of a frame whose rest is not about to leave: its header promised more than there was.
func (f *framesOut) flush() {
	if f.due {
		f.frame.Have = f.frame.Header.Length - f.left
		f.end()
	}
}

func (f *framesOut) header(b []byte) []byte {
	had := f.n
	f.n += copy(f.head[f.n:], b)
	h, size, err := wire.ParseHeader(f.head[:f.n])
	if err != nil {
		size = 3 // the byte that is wrong is the third
	}
	if size == 0 {
		return nil
	}
	f.n = 0
	f.begin(h, f.head[:size], err)
	return b[size-had:]
}

func (f *framesOut) begin(h wire.Header, head []byte, err error) {
	f.left = h.Length
	if err != nil {
		f.left = math.MaxInt64 // no peer finds another frame behind this one
	} else {
		err = f.checker.Header(h, len(head))
	}
	number, packed, size := f.follow(&h)
	if f.due = f.on(); !f.due {
		return
	}
	f.frame = Frame{Header: h, Head: head, Have: h.Length, Number: number, Packed: packed, Size: size}
	f.frame.Err, _ = err.(*wire.Error)
	f.payload = f.payload[:0]
	if f.left == 0 || f.left == math.MaxInt64 {
		f.end()
	}
}

// follow keeps count of the frames and the sizes of messages, and says those of this frame.
func (f *framesOut) follow(h *wire.Header) (number int, packed, size int64) {
	if h.Opcode.IsControl() {
		return 0, 0, 0
	}
	f.number = numberOf(h, f.number)
	if h.Opcode != wire.OpContinuation {
		f.compressed, f.packed = h.RSV1 && f.checker.Deflate, 0
	}
	f.packed += min(h.Length, math.MaxInt64-f.packed)
	if h.Fin && f.compressed {
		f.compressed = false
		return f.number, f.packed, f.size()
	}
	return f.number, 0, 0
}

func (f *framesOut) body(b []byte) []byte {
	n := int(min(int64(len(b)), f.left))
	f.left -= int64(n)
	if f.due {
		had := len(f.payload)
		f.payload = append(f.payload, b[:min(n, FramePayload-had)]...)
		if f.frame.Header.Masked {
			wire.Mask(f.payload[had:], f.frame.Header.Key, had)
		}
		if f.left == 0 || len(f.payload) == FramePayload {
			f.end()
		}
	}
	return b[n:]
}

// end tells of the frame at hand.
func (f *framesOut) end() {
	f.due = false
	f.frame.Payload = f.payload
	if f.frame.Err == nil && int64(len(f.payload)) == f.frame.Header.Length {
		f.frame.Err = f.checkPayload()
	}
	f.tell(&f.frame)
}

// checkPayload checks a payload that is there whole.
func (f *framesOut) checkPayload() *wire.Error {
	h := &f.frame.Header
	if h.Opcode.IsControl() {
		err, _ := f.checker.Control(*h, f.payload).(*wire.Error)
		return err
	}
	if h.Opcode == wire.OpText && h.Fin && !h.RSV1 && !utf8.Valid(f.payload) {
		err, _ := errNotUTF8().(*wire.Error)
		return err
	}
	return nil
}

// watchOut tells of the frames that leave, from now on.
func (s *Session) watchOut() {
	s.deflater.watched = true
	f := &framesOut{on: s.framesOn.Load, size: s.deflater.next}
	f.checker = wire.Checker{FromClient: !s.server, Deflate: s.conn.Handshake.Compressed}
	t, ev := s.teller, Event{Kind: KindFrame, Dir: Out}
	f.tell = func(frame *Frame) {
		ev.Opcode, ev.Frame = frame.Header.Opcode, frame
		t.add(&ev)
	}
	s.tap.OnWrite(func(batch []byte, more bool) {
		ev.Time = time.Now()
		t.mu.Lock()
		defer t.mu.Unlock()
		f.write(batch)
		if !more {
			f.flush()
		}
		t.wake()
	})
}
