package wire

import "fmt"

// Checker knows the rules that the frames of one direction must keep, and where in a message they
// are. The zero value is at the beginning of what a server sends without an extension. After an
// error the connection has to be failed: what the Checker says then means nothing.
type Checker struct {
	FromClient bool // frames must be masked; those of a server must not be (RFC 6455 §5.1)
	Deflate    bool // permessage-deflate is in use: RSV1 marks a compressed message

	open bool // a message has begun and its last frame has not come
}

// InMessage reports whether a fragmented message has begun and not ended.
func (c *Checker) InMessage() bool { return c.open }

// Header checks a frame by its header, of which size bytes were on the wire. An error is an *Error
// that says which rule is broken; a header that passes may have begun or ended a message.
func (c *Checker) Header(h Header, size int) error {
	if err := c.check(&h, size); err != nil {
		return err
	}
	if !h.Opcode.IsControl() {
		c.open = !h.Fin
	}
	return nil
}

// Control checks a control frame whose header has passed by its payload, unmasked: that of a Close
// frame as ParseClose does, any other holds what it likes.
func (c *Checker) Control(h Header, payload []byte) error {
	if h.Opcode != OpClose {
		return nil
	}
	_, _, err := ParseClose(payload)
	return err
}

func (c *Checker) check(h *Header, size int) error {
	if err := c.checkBits(h); err != nil {
		return err
	}
	if h.Opcode.IsControl() {
		if err := checkControl(h); err != nil {
			return err
		}
	}
	if size != h.Size() {
		return broken("RFC 6455 §5.2",
			fmt.Sprintf("length of %d not in the fewest bytes", h.Length))
	}
	switch {
	case h.Opcode == OpContinuation && !c.open:
		return broken("RFC 6455 §5.4", "continuation frame without a message to continue")
	case (h.Opcode == OpText || h.Opcode == OpBinary) && c.open:
		return broken("RFC 6455 §5.4",
			h.Opcode.String()+" frame before the end of a fragmented message")
	}
	return nil
}

// checkBits checks what the header's single bits and its opcode say.
func (c *Checker) checkBits(h *Header) error {
	switch {
	case h.Opcode.IsReserved():
		return broken("RFC 6455 §5.2", fmt.Sprintf("reserved opcode 0x%x", uint8(h.Opcode)))
	case h.RSV2:
		return broken("RFC 6455 §5.2", "reserved bit RSV2 set")
	case h.RSV3:
		return broken("RFC 6455 §5.2", "reserved bit RSV3 set")
	case h.RSV1 && !c.Deflate:
		return broken("RFC 6455 §5.2", "reserved bit RSV1 set without an extension")
	case h.RSV1 && h.Opcode != OpText && h.Opcode != OpBinary:
		return broken("RFC 7692 §6", "compression bit RSV1 set on a "+h.Opcode.String()+" frame")
	case h.Masked && !c.FromClient:
		return broken("RFC 6455 §5.1", "masked frame from a server")
	case !h.Masked && c.FromClient:
		return broken("RFC 6455 §5.1", "unmasked frame from a client")
	}
	return nil
}

// checkControl checks what RFC 6455 §5.5 says of control frames.
func checkControl(h *Header) error {
	switch {
	case !h.Fin:
		return broken("RFC 6455 §5.5", "fragmented "+h.Opcode.String()+" frame")
	case h.Length > MaxControlPayload:
		return broken("RFC 6455 §5.5", fmt.Sprintf("%s frame with %d bytes of payload, more than %d",
			h.Opcode, h.Length, MaxControlPayload))
	}
	return nil
}
