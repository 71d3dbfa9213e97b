// Package deflate compresses messages with DEFLATE (RFC 1951) as permessage-deflate wants them (RFC 7692
// §7.2.1): small ones, each ended at a byte, with what came before as their dictionary, within a window
// of 256 bytes to 32 KiB. It is for speed, and for many connections: what lasts between two calls
// is the window and one table; all else is shared.
//
// It does not decompress: compress/flate does. A Writer is for one goroutine at a time.
package deflate

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

// The bits of a window's size (RFC 7692 §7.1.2).
const (
	MinBits = 8
	MaxBits = 15
)

const (
	minMatch = 4 // bytes; DEFLATE has 3 too, which save little
	maxMatch = 258
	patience = 32 // misses after which a position is left out, and one more each time
	hashBits = 13
	maxBlock = 32 << 10 // bytes of the input that a block is of
	maxBase  = 1 << 30
)

// A Writer compresses. Its zero value is not usable.
type Writer struct {
	window int
	buf    []byte // at most window bytes that came before, and the block at hand
	base   int32  // of positions in table: that of buf[0]
	table  [1 << hashBits]int32

	acc uint64 // bits that are no byte yet
	n   uint   // how many
}

// NewWriter returns a Writer that refers back 1<<windowBits bytes at most; windowBits is MinBits to MaxBits.
func NewWriter(windowBits int) *Writer { return &Writer{window: 1 << windowBits, base: 1} }

// Reset forgets all that came before.
func (w *Writer) Reset() {
	w.slide(len(w.buf))
	w.acc, w.n = 0, 0
}

// Append appends the compressed form of p to dst, but for bits that do not fill a byte. It does not keep p.
func (w *Writer) Append(dst, p []byte) []byte {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	for len(p) > 0 {
		n := min(len(p), maxBlock)
		from := w.take(p[:n])
		w.parse(s, from)
		dst = w.block(dst, s, w.buf[from:])
		p = p[n:]
	}
	return w.bytes(dst)
}

// Flush appends what ends a message at a byte: an empty stored block, without the four bytes of its length
// (RFC 7692 §7.2.1).
func (w *Writer) Flush(dst []byte) []byte {
	dst = w.put(dst, 0, 3)
	w.n = (w.n + 7) &^ 7
	return w.bytes(dst)
}

// take puts the input of a block behind what came before, and says where it begins.
func (w *Writer) take(p []byte) int {
	if len(w.buf)+len(p) > max(2*w.window, maxBlock) {
		w.slide(len(w.buf) - min(len(w.buf), w.window))
	}
	w.buf = append(w.buf, p...)
	return len(w.buf) - len(p)
}

// slide drops the first n bytes.
func (w *Writer) slide(n int) {
	w.buf = w.buf[:copy(w.buf, w.buf[n:])]
	if w.base += int32(n); w.base > maxBase {
		clear(w.table[:])
		w.base = 1
	}
}

func hash(v uint32) uint32 { return v * 0x9E3779B1 >> (32 - hashBits) }

// parse makes tokens of the bytes from there on. What matches is looked for where the same four bytes
// stood last, which need not be the longest.
func (w *Writer) parse(s *scratch, from int) {
	s.reset()
	buf, base := w.buf, w.base
	last := len(buf) - minMatch // the last position at which there can be a match
	done := from
	for i, misses := from, patience; i <= last; {
		v := binary.LittleEndian.Uint32(buf[i:])
		slot := &w.table[hash(v)]
		at := int(*slot - base)
		*slot = base + int32(i)
		if at < 0 || i-at > w.window || binary.LittleEndian.Uint32(buf[at:]) != v {
			i += misses / patience // where nothing matched for long little will
			misses++
			continue
		}
		misses = patience
		n := matchLen(buf[at:], buf[i:])
		for n < maxMatch && i > done && at > 0 && buf[i-1] == buf[at-1] {
			i, at, n = i-1, at-1, n+1
		}
		s.literals(buf[done:i])
		s.match(n, i-at)
		w.note(i+1, min(i+n, last+1))
		i += n
		done = i
	}
	s.literals(buf[done:])
}

// note enters the positions of a match into the table; of a long one those at its end are enough.
func (w *Writer) note(from, to int) {
	for i := max(from, to-16); i < to; i++ {
		w.table[hash(binary.LittleEndian.Uint32(w.buf[i:]))] = w.base + int32(i)
	}
}

// matchLen is how many bytes a and b, which is the shorter one, have in common at their beginnings.
func matchLen(a, b []byte) int {
	b = b[:min(len(b), maxMatch)]
	n := 0
	for len(b)-n >= 8 {
		x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:])
		if x != 0 {
			return n + bits.TrailingZeros64(x)>>3
		}
		n += 8
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// put appends n bits, at most 32.
func (w *Writer) put(dst []byte, v uint32, n uint) []byte {
	w.acc |= uint64(v) << w.n
	if w.n += n; w.n >= 32 {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(w.acc))
		w.acc >>= 32
		w.n -= 32
	}
	return dst
}

// bytes appends the bytes of which all bits are there.
func (w *Writer) bytes(dst []byte) []byte {
	for ; w.n >= 8; w.n -= 8 {
		dst = append(dst, byte(w.acc))
		w.acc >>= 8
	}
	return dst
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}
