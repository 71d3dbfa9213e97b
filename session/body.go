package session

import (
	"io"

	"wsline/internal/wire"
)

// body is the payload of the messages that come, from the tap, which checks the frames and takes the
// control frames on the way.
type body struct {
	r    *reader
	left int64 // bytes of the current frame still to come

	masked bool // the current frame is, with key
	key    [4]byte
	pos    int // in the key

	head [wire.MaxHeaderSize]byte // of the next frame, as far as it has come
}

// next passes over control frames and stands at the payload of the next data frame.
func (b *body) next() (wire.Header, error) {
	for {
		h, err := b.header()
		if err != nil || !h.Opcode.IsControl() {
			b.left, b.masked, b.key, b.pos = h.Length, h.Masked, h.Key, 0
			return h, err
		}
		if _, err := io.CopyN(io.Discard, b.r.s.tap, h.Length); err != nil {
			return h, err
		}
	}
}

// header reads a header; the tap hands it on without any of the payload.
func (b *body) header() (h wire.Header, err error) {
	for n, size := 0, 0; size == 0; {
		k, err := b.r.s.tap.Read(b.head[n:])
		if err != nil {
			return h, err
		}
		n += k
		if h, size, err = wire.ParseHeader(b.head[:n]); err != nil {
			return h, err
		}
	}
	return h, nil
}

// Read is io.EOF at the end of the message, and io.ErrUnexpectedEOF when the connection ended before.
func (b *body) Read(p []byte) (int, error) {
	for b.left == 0 {
		if b.r.fin {
			return 0, io.EOF
		}
		if _, err := b.next(); err == io.EOF {
			return 0, io.ErrUnexpectedEOF
		} else if err != nil {
			return 0, err
		}
	}
	n, err := b.r.s.tap.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if b.masked {
		b.pos = wire.Mask(p[:n], b.key, b.pos)
	}
	return n, err
}
