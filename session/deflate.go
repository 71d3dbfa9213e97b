package session

import (
	"slices"
	"sync"

	"wsline/internal/deflate"
	"wsline/internal/dial"
	"wsline/internal/wire"
)

const (
	// minPacked is the size in bytes from which messages are compressed: every message but an empty one,
	// as browsers do. With the context kept from message to message even short ones shrink when they
	// resemble each other.
	minPacked  = 1
	keptPacked = 96 << 10 // a larger buffer is given back: that of a piece of 64 KiB is kept
)

// deflater compresses the messages that are sent, one at a time (RFC 7692 §7.2.1). Each frame of a message
// is what was sent in one piece.
type deflater struct {
	turn    chan struct{} // holds a value while a message is under way
	on      bool          // permessage-deflate is in use
	keep    bool          // a message may refer to what came before it
	bits    int           // of the window
	watched bool          // somebody calls next

	// Owned by who has the turn.
	w   *deflate.Writer // nil before the first message, and between those that are on their own
	buf []byte

	mu    sync.Mutex
	sizes []int64 // of those messages whose last frame has not left
}

func (d *deflater) init(hs *dial.Handshake, server bool) {
	agreed := hs.Deflate()
	d.turn, d.on = make(chan struct{}, 1), hs.Compressed
	d.keep, d.bits = !agreed.ClientForgets, agreed.ClientBits
	if server {
		d.keep, d.bits = !agreed.ServerForgets, agreed.ServerBits
	}
}

// writers are those that keep nothing, by the bits of their window.
var writers [deflate.MaxBits + 1]sync.Pool

// begin waits until no other message is under way; it is false when the connection is over.
func (d *deflater) begin(over <-chan struct{}) bool {
	select {
	case d.turn <- struct{}{}:
	case <-over:
		return false
	}
	if d.w == nil && !d.keep {
		d.w, _ = writers[d.bits].Get().(*deflate.Writer)
	}
	if d.w == nil {
		d.w = deflate.NewWriter(d.bits)
	}
	return true
}

func (d *deflater) end() {
	if !d.keep {
		d.w.Reset()
		writers[d.bits].Put(d.w)
		d.w = nil
	}
	<-d.turn
}

// piece compresses a piece of a message; fin says that it is the last, of a message of so many bytes. What
// it returns is valid until the next one.
func (d *deflater) piece(p []byte, fin bool, size int64) []byte {
	if cap(d.buf) > keptPacked {
		d.buf = nil
	}
	if len(p) > streamBuffer/2 { // what cannot be made smaller becomes larger by some bytes
		d.buf = slices.Grow(d.buf[:0], min(len(p), streamBuffer)+1<<10)
	}
	d.buf = d.w.Append(d.buf[:0], p)
	if fin {
		d.buf = d.w.Flush(d.buf)
		d.add(size)
	}
	return d.buf
}

// add is the size of the message under way, before its last frame leaves.
func (d *deflater) add(size int64) {
	if !d.watched {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sizes = append(d.sizes, size)
}

// next is the size of the next message whose last frame leaves, 0 when that was not one of ours.
func (d *deflater) next() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.sizes) == 0 {
		return 0
	}
	size := d.sizes[0]
	d.sizes = d.sizes[1:]
	return size
}

// sendPacked sends a compressed message.
func (s *Session) sendPacked(h wire.Header, payload []byte, mark byte) error {
	if !s.deflater.begin(s.over) {
		return ErrClosed
	}
	defer s.deflater.end()
	h.RSV1 = true
	packed := s.deflater.piece(payload, true, int64(len(payload)))
	return s.tap.WriteAside(h, packed, payload, mark)
}
