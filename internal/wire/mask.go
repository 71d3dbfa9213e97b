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
// when masked is set, and returns the longer slice. The free capacity of dst must not overlap payload.
func AppendMessage(dst []byte, op Opcode, payload []byte, masked bool, key uint32) []byte {
	if !masked || len(payload) >= len16 {
		h := Header{Fin: true, Opcode: op, Masked: masked, Length: int64(len(payload))}
		if !masked {
			return append(h.Append(dst), payload...)
		}
		binary.LittleEndian.PutUint32(h.Key[:], key)
		return AppendMasked(h.Append(dst), payload, h.Key)
	}
	n := len(dst)
	dst = slices.Grow(dst, 6+len(payload))[:n+6+len(payload)]
	frame := dst[n:]
	frame[0], frame[1] = bitFin|byte(op), bitMasked|byte(len(payload))
	binary.LittleEndian.PutUint32(frame[2:], key)
	xor(frame[6:], payload, key)
	return dst
}

// xor sets dst to src XORed with the bytes of k, the lowest first, again and again. The slices have
// the same length, and are the same or do not overlap.
func xor(dst, src []byte, k uint32) {
	k64 := uint64(k)<<32 | uint64(k)
	le := binary.LittleEndian
	n := len(src)
	if n < 8 {
		dst = dst[:n]
		for i := range src {
			dst[i] = src[i] ^ byte(k)
			k = bits.RotateLeft32(k, -8)
		}
		return
	}
	// The last eight bytes, read before the loops write those of them that come to their turn too.
	last, end := le.Uint64(src[n-8:])^bits.RotateLeft64(k64, -8*n), dst[n-8:n]
	for len(src) >= 64 && len(dst) >= 64 {
		s, d := src[:64:64], dst[:64:64]
		le.PutUint64(d[0:], le.Uint64(s[0:])^k64)
		le.PutUint64(d[8:], le.Uint64(s[8:])^k64)
		le.PutUint64(d[16:], le.Uint64(s[16:])^k64)
		le.PutUint64(d[24:], le.Uint64(s[24:])^k64)
		le.PutUint64(d[32:], le.Uint64(s[32:])^k64)
		le.PutUint64(d[40:], le.Uint64(s[40:])^k64)
		le.PutUint64(d[48:], le.Uint64(s[48:])^k64)
		le.PutUint64(d[56:], le.Uint64(s[56:])^k64)
		src, dst = src[64:], dst[64:]
	}
	for len(src) > 8 && len(dst) >= 8 {
		le.PutUint64(dst, le.Uint64(src)^k64)
		src, dst = src[8:], dst[8:]
	}
	le.PutUint64(end, last)
}
