package wire

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Mask masks or unmasks p in place (RFC 6455 §5.3): p[0] is XORed with key[pos&3], and so on around
// the key. It returns the position in the key that follows, 0 to 3, so that a payload can be
// masked in pieces.
func Mask(p []byte, key [4]byte, pos int) int {
	pos &= 3
	k := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*pos)
	xor(p, p, k)
	return (pos + len(p)) & 3
}

// AppendMasked appends src, masked with key from the key's first byte on, and returns the longer
// slice. The free capacity of dst must not overlap src.
func AppendMasked(dst, src []byte, key [4]byte) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(src))[:n+len(src)]
	xor(dst[n:], src, binary.LittleEndian.Uint32(key[:]))
	return dst
}

// AppendMessage appends a message that is one frame, masked with the bytes of key, the lowest first,
// when masked is set, and returns the longer slice. When plain is true the payload is ASCII; else it
// may be that too. The free capacity of dst must not overlap payload.
func AppendMessage(dst []byte, op Opcode, payload []byte, masked bool, key uint32) (longer []byte, plain bool) {
	if !masked || len(payload) >= len16 {
		h := Header{Fin: true, Opcode: op, Masked: masked, Length: int64(len(payload))}
		if !masked {
			return append(h.Append(dst), payload...), false
		}
		binary.LittleEndian.PutUint32(h.Key[:], key)
		return AppendMasked(h.Append(dst), payload, h.Key), false
	}
	n := len(dst)
	dst = slices.Grow(dst, 6+len(payload))[:n+6+len(payload)]
	frame := dst[n:]
	frame[0], frame[1] = bitFin|byte(op), bitMasked|byte(len(payload))
	binary.LittleEndian.PutUint32(frame[2:], key)
	return dst, xor(frame[6:], payload, key)&notASCII == 0
}

// xor sets dst to src XORed with the bytes of k, the lowest first, again and again. The slices have
// the same length, and are the same or do not overlap. It returns which bits are set in src: in any of
// its words of eight bytes.
func xor(dst, src []byte, k uint32) (set uint64) {
	k64 := uint64(k)<<32 | uint64(k)
	le := binary.LittleEndian
	n := len(src)
	if n < 8 {
		dst = dst[:n]
		for i := range src {
			set |= uint64(src[i])
			dst[i] = src[i] ^ byte(k)
			k = bits.RotateLeft32(k, -8)
		}
		return set
	}
	// The last eight bytes, read before the loops write those of them that come to their turn too.
	last, end := le.Uint64(src[n-8:]), dst[n-8:n]
	set = last
	last ^= bits.RotateLeft64(k64, -8*n)
	for len(src) >= 64 && len(dst) >= 64 {
		s, d := src[:64:64], dst[:64:64]
		a, b, e, f := le.Uint64(s[0:]), le.Uint64(s[8:]), le.Uint64(s[16:]), le.Uint64(s[24:])
		set |= a | b | e | f
		le.PutUint64(d[0:], a^k64)
		le.PutUint64(d[8:], b^k64)
		le.PutUint64(d[16:], e^k64)
		le.PutUint64(d[24:], f^k64)
		a, b, e, f = le.Uint64(s[32:]), le.Uint64(s[40:]), le.Uint64(s[48:]), le.Uint64(s[56:])
		set |= a | b | e | f
		le.PutUint64(d[32:], a^k64)
		le.PutUint64(d[40:], b^k64)
		le.PutUint64(d[48:], e^k64)
		le.PutUint64(d[56:], f^k64)
		src, dst = src[64:], dst[64:]
	}
	for len(src) > 8 && len(dst) >= 8 {
		word := le.Uint64(src)
		set |= word
		le.PutUint64(dst, word^k64)
		src, dst = src[8:], dst[8:]
	}
	le.PutUint64(end, last)
	return set
}
