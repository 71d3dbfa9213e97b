package tap

import "wsline/internal/wire"

// Message is the short lane: when the next frame is complete in the buffer and is a whole message (text
// or binary, FIN, no reserved bit, masked as FromClient says), Message takes it and returns its payload,
// unmasked, straight from the buffer and valid until the next read. Otherwise ok is false, and Read has
// the frame from its first byte. It waits only when nothing is in the buffer; its errors are those of Read.
//
// It must not be called while a fragmented message is open, nor within a frame that Read has begun. What
// it takes is not told to the watcher.
func (c *Conn) Message() (op wire.Opcode, payload []byte, ok bool, err error) {
	if err := c.Await(); err != nil {
		return 0, nil, false, err
	}
	b := c.buf[c.r:c.w]
	if len(b) < 2 || !isWhole(b[0], b[1]^c.mask) {
		return 0, nil, false, nil
	}
	size, n := 2, int(b[1]&0x7f)
	if n > 125 || c.mask != 0 { // there is more of the header
		h, long, err := wire.ParseHeader(b)
		if err != nil || long == 0 || long != h.Size() || h.Length > int64(len(b)) {
			return 0, nil, false, nil
		}
		size, n = long, int(h.Length)
	}
	end := size + n
	if len(b) < end {
		return 0, nil, false, nil
	}
	if c.mask != 0 {
		wire.Mask(b[size:end], [4]byte(b[size-4:size]), 0)
	}
	c.r += end
	return wire.Opcode(b[0] & 0xf), b[size:end:end], true, nil
}

// Await waits until something is in the buffer; its errors are those of Read. It must not be called within a
// frame that Read has begun.
func (c *Conn) Await() error {
	if c.r < c.w {
		return nil
	}
	return c.await()
}

// await is the part of Await that is not worth an inline copy.
func (c *Conn) await() error {
	if err := c.fill(); err != nil {
		return c.fail(err)
	}
	return nil
}

// Buffered is what has been read from the network and not been taken yet, valid until the next read.
func (c *Conn) Buffered() []byte { return c.buf[c.r:c.w] }

// isWhole says whether a header that begins with these bytes is that of a whole message: FIN and no
// reserved bit, text or binary, not masked.
func isWhole(b0, b1 byte) bool {
	return (b0 == 0x80|byte(wire.OpText) || b0 == 0x80|byte(wire.OpBinary)) && b1 < 0x80
}
