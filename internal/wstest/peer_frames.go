package wstest

import (
	"bytes"
	"fmt"
	"io"

	"wsline/internal/wire"
)

// maxFrame is the longest payload that ReadFrame takes, 256 MiB: a wrong length must fail, not
// fill memory.
const maxFrame = 256 << 20

// Frame is the bytes of a final, unmasked frame.
func Frame(op wire.Opcode, payload string) []byte {
	return FrameBytes(wire.Header{Fin: true, Opcode: op}, []byte(payload))
}

// FrameBytes is the bytes of a frame. The payload is masked when h is; a Length of 0 becomes
// the payload's, any other is written as it is, so that a header can promise more or less than
// follows.
func FrameBytes(h wire.Header, payload []byte) []byte {
	if h.Length == 0 {
		h.Length = int64(len(payload))
	}
	b := h.Append(nil)
	n := len(b)
	b = append(b, payload...)
	if h.Masked {
		wire.Mask(b[n:], h.Key, 0)
	}
	return b
}

// CloseFrame is the bytes of a Close frame with any code; code 0 leaves the payload empty.
func CloseFrame(code wire.StatusCode, reason string) []byte {
	return Frame(wire.OpClose, string(wire.AppendClose(nil, code, reason)))
}

// Write writes bytes as they are.
func (p *Peer) Write(b []byte) error {
	_, err := p.Conn.Write(b)
	return err
}

// Chop writes b in writes of n bytes.
func (p *Peer) Chop(b []byte, n int) error {
	for len(b) > 0 {
		k := min(n, len(b))
		if err := p.Write(b[:k]); err != nil {
			return err
		}
		b = b[k:]
	}
	return nil
}

// WriteFrame writes one frame, as FrameBytes makes it.
func (p *Peer) WriteFrame(h wire.Header, payload []byte) error {
	return p.Write(FrameBytes(h, payload))
}

// Text sends a text message in one frame.
func (p *Peer) Text(s string) error { return p.Write(Frame(wire.OpText, s)) }

// Binary sends a binary message in one frame.
func (p *Peer) Binary(b []byte) error { return p.Write(Frame(wire.OpBinary, string(b))) }

// Ping sends a ping; over 125 bytes it is a wrong one.
func (p *Peer) Ping(data string) error { return p.Write(Frame(wire.OpPing, data)) }

// Pong sends a pong; over 125 bytes it is a wrong one.
func (p *Peer) Pong(data string) error { return p.Write(Frame(wire.OpPong, data)) }

// Close sends a Close frame with any code, and leaves the connection open; code 0 sends no code.
func (p *Peer) Close(code wire.StatusCode, reason string) error {
	return p.Write(CloseFrame(code, reason))
}

// Fragments sends a message in one frame for each part, the last one final.
func (p *Peer) Fragments(op wire.Opcode, parts ...string) error {
	for i, part := range parts {
		h := wire.Header{Fin: i == len(parts)-1, Opcode: op}
		if i > 0 {
			h.Opcode = wire.OpContinuation
		}
		if err := p.WriteFrame(h, []byte(part)); err != nil {
			return err
		}
	}
	return nil
}

// Flood sends n text messages with the same payload, in writes of about 64 KiB.
func (p *Peer) Flood(n int, payload string) error {
	frame := Frame(wire.OpText, payload)
	per := max(1, 64<<10/len(frame))
	many := bytes.Repeat(frame, min(per, n))
	for n > 0 {
		k := min(per, n)
		if err := p.Write(many[:k*len(frame)]); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// ReadFrame reads the next frame; the payload is unmasked, the header is as it came.
func (p *Peer) ReadFrame() (wire.Header, []byte, error) {
	h, err := p.readHeader()
	if err != nil {
		return h, nil, err
	}
	if h.Length > maxFrame {
		return h, nil, fmt.Errorf("a frame of %d bytes", h.Length)
	}
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(p.in, payload); err != nil {
		return h, nil, io.ErrUnexpectedEOF
	}
	if h.Masked {
		wire.Mask(payload, h.Key, 0)
	}
	return h, payload, nil
}

// readHeader is io.EOF when the connection ended at the end of a frame.
func (p *Peer) readHeader() (wire.Header, error) {
	var b []byte
	for {
		c, err := p.in.ReadByte()
		if err == io.EOF && len(b) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return wire.Header{}, err
		}
		b = append(b, c)
		h, n, err := wire.ParseHeader(b)
		if err != nil || n > 0 {
			return h, err
		}
	}
}

// ReadMessage reads the next message, its fragments joined. Pings are answered and pongs passed
// over; a Close frame is returned as wire.OpClose with its payload, and not answered.
func (p *Peer) ReadMessage() (wire.Opcode, []byte, error) {
	var op wire.Opcode
	var message []byte
	for {
		h, payload, err := p.ReadFrame()
		if err != nil {
			return 0, nil, err
		}
		switch h.Opcode {
		case wire.OpClose:
			return h.Opcode, payload, nil
		case wire.OpPing:
			if err := p.Pong(string(payload)); err != nil {
				return 0, nil, err
			}
			continue
		case wire.OpPong:
			continue
		case wire.OpContinuation:
		default:
			op = h.Opcode
		}
		message = append(message, payload...)
		if h.Fin {
			return op, message, nil
		}
	}
}

// Echo sends every frame back, unmasked and otherwise as it came, so that compressed messages
// are echoed too; pings are answered with pongs. It returns nil after a Close frame, which it
// answers with the same payload.
func (p *Peer) Echo() error {
	for {
		h, payload, err := p.ReadFrame()
		if err != nil {
			return err
		}
		switch h.Opcode {
		case wire.OpPong:
			continue
		case wire.OpPing:
			h.Opcode = wire.OpPong
		}
		h.Masked = false
		if err := p.WriteFrame(h, payload); err != nil || h.Opcode == wire.OpClose {
			return err
		}
	}
}
