package tap

import "wsline/internal/wire"

// runBytes are about as many bytes of messages as Messages takes at once: enough to be worth the
// call, and few enough to be in the processor's cache still when they are passed on.
const runBytes = 16 << 10

// Messages is the short lane: it takes the messages that stand complete at the front of the buffer,
// as long as each is one frame (text or binary, FIN, no reserved bit, masked as FromClient says),
// and appends them to run up to its capacity. Their payloads are unmasked, straight from the
// buffer and valid until the next read. All else stays for Read, which has it from the first byte
// of its frame. Messages never waits.
//
// It must not be called while a fragmented message is open, nor within a frame that Read has begun.
// What it takes is not told to the watcher.
func (c *Conn) Messages(run []wire.Message) []wire.Message {
	b := c.buf[c.r:c.w]
	at := 0
	for at < runBytes && len(run) < cap(run) && len(b)-at >= 2 && isWhole(b[at], b[at+1]^c.mask) {
		size, n := 2, int(b[at+1]&0x7f)
		if n > 125 || c.mask != 0 { // there is more of the header
			h, long, err := wire.ParseHeader(b[at:])
			if err != nil || long == 0 || long != h.Size() || h.Length > int64(len(b)) {
				break
			}
			size, n = long, int(h.Length)
		}
		from, end := at+size, at+size+n
		if len(b) < end {
			break
		}
		if c.mask != 0 {
			wire.Mask(b[from:end], [4]byte(b[from-4:from]), 0)
		}
		run = append(run, wire.Message{Opcode: wire.Opcode(b[at] & 0xf), Payload: b[from:end:end]})
		at = end
	}
	c.r += at
	return run
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
