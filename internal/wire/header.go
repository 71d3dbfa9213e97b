package wire

import "encoding/binary"

// Bits of a header's first two bytes (RFC 6455 §5.2).
const (
	bitFin    = 0x80
	bitRSV1   = 0x40
	bitRSV2   = 0x20
	bitRSV3   = 0x10
	bitsOp    = 0x0f
	bitMasked = 0x80
	bitsLen   = 0x7f

	len16 = 126 // a 7-bit length that says: 2 more bytes of length follow
	len64 = 127 // 8 more bytes
)

// Size returns how many bytes Append adds: 2 to MaxHeaderSize.
func (h Header) Size() int {
	n := 2
	switch l := uint64(h.Length); {
	case l > 0xffff:
		n += 8
	case l >= len16:
		n += 2
	}
	if h.Masked {
		n += len(h.Key)
	}
	return n
}

// Append appends the header as it is on the wire, its length in the fewest bytes that hold it, and
// returns the longer slice. It checks nothing: a header that breaks the rules, a negative length
// among them, is written as it is, which is how a peer's own checks are tested.
func (h Header) Append(dst []byte) []byte {
	b0 := byte(h.Opcode) & bitsOp
	if h.Fin {
		b0 |= bitFin
	}
	if h.RSV1 {
		b0 |= bitRSV1
	}
	if h.RSV2 {
		b0 |= bitRSV2
	}
	if h.RSV3 {
		b0 |= bitRSV3
	}
	var b1 byte
	if h.Masked {
		b1 = bitMasked
	}
	switch l := uint64(h.Length); {
	case l > 0xffff:
		dst = append(dst, b0, b1|len64)
		dst = binary.BigEndian.AppendUint64(dst, l)
	case l >= len16:
		dst = append(dst, b0, b1|len16, byte(l>>8), byte(l))
	default:
		dst = append(dst, b0, b1|byte(l))
	}
	if h.Masked {
		dst = append(dst, h.Key[:]...)
	}
	return dst
}

// ParseHeader parses the header at the start of b and returns its size n, which is 0 while b does
// not hold all of it. The only error, always an *Error with n == 0, is a 64-bit length with its
// top bit set (RFC 6455 §5.2), found as soon as the bit is there; the header then has its flags and
// opcode. Everything else that a header can do wrong is for a Checker to find.
func ParseHeader(b []byte) (h Header, n int, err error) {
	if len(b) < 2 {
		return Header{}, 0, nil
	}
	h = Header{
		Fin:    b[0]&bitFin != 0,
		RSV1:   b[0]&bitRSV1 != 0,
		RSV2:   b[0]&bitRSV2 != 0,
		RSV3:   b[0]&bitRSV3 != 0,
		Opcode: Opcode(b[0] & bitsOp),
		Masked: b[1]&bitMasked != 0,
		Length: int64(b[1] & bitsLen),
	}
	n = 2
	switch h.Length {
	case len16:
		if len(b) < 4 {
			return Header{}, 0, nil
		}
		h.Length = int64(b[2])<<8 | int64(b[3])
		n = 4
	case len64:
		if len(b) > 2 && b[2]&0x80 != 0 {
			h.Length = 0
			return h, 0, broken("RFC 6455 §5.2", "payload length of 2^63 bytes or more")
		}
		if len(b) < 10 {
			return Header{}, 0, nil
		}
		h.Length = int64(binary.BigEndian.Uint64(b[2:]))
		n = 10
	}
	if h.Masked {
		if len(b) < n+4 {
			return Header{}, 0, nil
		}
		h.Key = [4]byte(b[n:])
		n += 4
	}
	return h, n, nil
}
