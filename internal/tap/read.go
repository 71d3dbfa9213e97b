package tap

import (
	"errors"
	"io"

	"wsline/internal/wire"
)

// A Watcher is told of the frames that come, by the reader, before any byte of what it is told is handed
// on. An error of its own ends the reading: Read returns it, then and ever after.
type Watcher interface {
	// FrameHeader is told of each frame when its header has come: head is the header's bytes, and have
	// what has come of the payload too, as it stands on the wire. Both are valid only during the call.
	FrameHeader(h wire.Header, head, have []byte) error
	// BadHeader is told of a header that cannot be parsed, of which head has come, before the reading
	// ends with err.
	BadHeader(h wire.Header, head []byte, err error)
	// Control is told of each control frame's payload when all of it has come, as it stood on the wire:
	// a masked one is masked. It is valid only during the call.
	Control(h wire.Header, payload []byte) error
	// Data is told of each piece of a data frame's payload as it comes, valid only during the call; and of
	// what had come of a control frame that the connection's end cut off.
	Data(h wire.Header, piece []byte) error
}

// inFrame is where in the incoming stream the reader stands.
type inFrame struct {
	header wire.Header
	head   int   // bytes of the header not handed on yet
	left   int64 // bytes of the payload not handed on yet
	told   bool  // the watcher was told of the payload already
}

// Read hands on bytes up to the end of the current frame at most. It is io.EOF when the connection ended
// between two frames and io.ErrUnexpectedEOF when it ended within one.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !c.framed {
		return c.readRaw(p)
	}
	if c.in.head == 0 && c.in.left == 0 {
		if err := c.next(); err != nil {
			return 0, c.fail(err)
		}
	}
	if c.in.head > 0 {
		n := copy(p, c.buf[c.r:c.r+c.in.head])
		c.r += n
		c.in.head -= n
		return n, nil
	}
	return c.readPayload(p)
}

func (c *Conn) readRaw(p []byte) (int, error) {
	if c.r == c.w {
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.buf[c.r:c.w])
	c.r += n
	return n, nil
}

func (c *Conn) readPayload(p []byte) (int, error) {
	if c.r == c.w && len(p) >= directRead && c.in.left >= directRead {
		return c.readDirect(p[:min(int64(len(p)), c.in.left)])
	}
	if c.r == c.w {
		if err := c.fill(); err != nil {
			return 0, c.fail(midFrame(err))
		}
	}
	piece := c.buf[c.r:c.w]
	if int64(len(piece)) > c.in.left {
		piece = piece[:c.in.left]
	}
	n := copy(p, piece)
	if !c.in.told && c.watcher != nil {
		if err := c.watcher.Data(c.in.header, piece[:n]); err != nil {
			return 0, c.fail(err)
		}
	}
	c.r += n
	c.in.left -= int64(n)
	return n, nil
}

// readDirect reads a large payload past the buffer.
func (c *Conn) readDirect(p []byte) (int, error) {
	if err := c.beforeRead(); err != nil {
		return 0, c.fail(midFrame(err))
	}
	n, err := c.readConn(p)
	if err != nil {
		return 0, c.fail(midFrame(err))
	}
	if c.watcher != nil {
		if err := c.watcher.Data(c.in.header, p[:n]); err != nil {
			return 0, c.fail(err)
		}
	}
	c.in.left -= int64(n)
	return n, nil
}

// next waits for the next frame's header, and for the whole of a control frame, and tells the watcher.
func (c *Conn) next() error {
	h, size, err := c.header()
	if err != nil {
		return err
	}
	if c.watcher != nil {
		rest := c.buf[c.r+size : c.w]
		if int64(len(rest)) > h.Length {
			rest = rest[:h.Length]
		}
		if err := c.watcher.FrameHeader(h, c.buf[c.r:c.r+size], rest); err != nil {
			return err
		}
	}
	c.in = inFrame{header: h, head: size, left: h.Length}
	if !h.Opcode.IsControl() || h.Length > wire.MaxControlPayload {
		return nil
	}
	c.in.told = true
	whole := size + int(h.Length)
	for c.w-c.r < whole {
		if err := c.fill(); err != nil {
			return c.cut(midFrame(err), c.buf[c.r+size:c.w])
		}
	}
	if c.watcher == nil {
		return nil
	}
	return c.watcher.Control(h, c.buf[c.r+size:c.r+whole])
}

// cut tells of what had come of a control frame that err ended, and returns what ends the reading.
func (c *Conn) cut(err error, piece []byte) error {
	if c.watcher == nil {
		return err
	}
	if own := c.watcher.Data(c.in.header, piece); own != nil {
		return own
	}
	return err
}

func (c *Conn) header() (wire.Header, int, error) {
	for {
		h, size, err := wire.ParseHeader(c.buf[c.r:c.w])
		if err != nil && c.watcher != nil {
			c.watcher.BadHeader(h, c.buf[c.r:min(c.w, c.r+wire.MaxHeaderSize)], err)
		}
		if err != nil || size > 0 {
			return h, size, err
		}
		if err := c.fill(); err != nil {
			if c.r < c.w {
				err = midFrame(err)
			}
			return wire.Header{}, 0, err
		}
	}
}

// ReadErr is what ended all reading, nil while there may be more. It is for the reader only.
func (c *Conn) ReadErr() error { return c.rerr }

// fail makes err the end of all reading.
func (c *Conn) fail(err error) error {
	c.rerr = err
	c.r, c.w = 0, 0
	c.in = inFrame{}
	return err
}

func midFrame(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
