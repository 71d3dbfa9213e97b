package format

import (
	"strconv"

	"wsline/internal/wire"
	"wsline/session"
)

// headOf is a frame's header, without what came behind one that is wrong.
func headOf(f *session.Frame) []byte {
	b := f.Head
	if len(b) < 2 {
		return b
	}
	size := 2
	switch b[1] & 0x7f {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if b[1]&0x80 != 0 {
		size += len(wire.Header{}.Key)
	}
	return b[:min(size, len(b))]
}

const hugeLength = 1 << 63 // no frame may promise as much (RFC 6455 §5.2)

// promised is the length that a frame's header says. One of 2^63 bytes or more is none that a
// wire.Header has; exact is false when not all of its bytes are there.
func promised(f *session.Frame) (length uint64, exact bool) {
	b := f.Head
	if f.Header.Length != 0 || len(b) < 3 || b[1]&0x7f != 127 || b[2]&0x80 == 0 {
		return uint64(f.Header.Length), true
	}
	if len(b) < 10 {
		return hugeLength, false
	}
	for _, c := range b[2:10] {
		length = length<<8 | uint64(c)
	}
	return length, true
}

// lengthText is the length that a frame's header says.
func lengthText(f *session.Frame) string {
	length, exact := promised(f)
	if !exact {
		return "2^63 or more"
	}
	return strconv.FormatUint(length, 10)
}
