package deflate

import "math/bits"

const (
	literals  = 286 // symbols: bytes, the end of a block, lengths (RFC 1951 §3.2.5)
	distances = 30
	endBlock  = 256
	maxCode   = 15 // bits of a code
)

// The kinds of blocks (RFC 1951 §3.2.3), behind a bit that says that the block is not the last.
const (
	stored  = 0 << 1
	fixed   = 1 << 1
	dynamic = 2 << 1
)

// scratch is what compressing a block needs, and nothing of it outlasts that.
type scratch struct {
	tokens          []uint32 // literals, and matches as isMatch, distance-1 and length
	extra           int      // bits that matches need beside their codes
	lit, dist, lens tree
	runs            []run
}

const isMatch = 1 << 31

func (s *scratch) reset() {
	s.tokens, s.extra = s.tokens[:0], 0
	s.lit.reset(literals)
	s.dist.reset(distances)
	s.lit.freq[endBlock] = 1
}

func (s *scratch) literals(p []byte) {
	for _, c := range p {
		s.lit.freq[c]++
		s.tokens = append(s.tokens, uint32(c))
	}
}

func (s *scratch) match(n, distance int) {
	code, _, extra := lengthCode(n)
	s.lit.freq[code]++
	s.extra += int(extra)
	code, _, extra = distanceCode(distance)
	s.dist.freq[code]++
	s.extra += int(extra)
	s.tokens = append(s.tokens, isMatch|uint32(distance-1)<<9|uint32(n))
}

// lengthCode is the symbol of a length, and the bits behind it (RFC 1951 §3.2.5).
func lengthCode(n int) (code int, more uint32, extra uint) {
	n -= 3
	switch {
	case n < 8:
		return 257 + n, 0, 0
	case n == maxMatch-3:
		return 285, 0, 0
	}
	extra = uint(bits.Len32(uint32(n)) - 3)
	return 261 + int(extra)*4 + n>>extra&3, uint32(n) & (1<<extra - 1), extra
}

func distanceCode(d int) (code int, more uint32, extra uint) {
	d--
	if d < 4 {
		return d, 0, 0
	}
	extra = uint(bits.Len32(uint32(d)) - 2)
	return 2 + int(extra)*2 + d>>extra&1, uint32(d) & (1<<extra - 1), extra
}

// worthTree is from how many bits in the fixed code a block may gain by codes of its own, which take some
// 50 bytes to tell.
const worthTree = 800

// block appends a block of the tokens, which are those of p, in the form that is the shortest.
func (w *Writer) block(dst []byte, s *scratch, p []byte) []byte {
	plain := 3 + 7 + 32 + 8*len(p) // at most
	size := s.extra + s.fixedSize()
	if size > worthTree {
		s.lit.build(maxCode)
		s.dist.build(maxCode)
		own := s.extra + s.lit.cost() + s.dist.cost() + s.describe()
		if own < min(size, plain) {
			dst = w.header(w.put(dst, dynamic, 3), s)
			return w.tokens(dst, s.tokens, &s.lit.codes, &s.dist.codes)
		}
	}
	if size < plain {
		f := fixedCodes()
		return w.tokens(w.put(dst, fixed, 3), s.tokens, &f.lit, &f.dist)
	}
	dst = w.put(dst, stored, 3)
	w.n = (w.n + 7) &^ 7
	dst = w.put(w.bytes(dst), uint32(len(p))|^uint32(len(p))<<16, 32)
	return append(w.bytes(dst), p...)
}

// fixedSize is the bits of the codes of all tokens in the fixed code (RFC 1951 §3.2.6).
func (s *scratch) fixedSize() (size int) {
	f := fixedCodes()
	for i, n := range s.lit.freq[:literals] {
		size += int(n) * int(f.lit[i].n)
	}
	for i, n := range s.dist.freq[:distances] {
		size += int(n) * int(f.dist[i].n)
	}
	return size
}

// tokens appends tokens and the end of the block.
func (w *Writer) tokens(dst []byte, tokens []uint32, lit, dist *codes) []byte {
	for _, t := range tokens {
		if t < isMatch {
			c := lit[t]
			dst = w.put(dst, uint32(c.bits), uint(c.n))
			continue
		}
		symbol, more, extra := lengthCode(int(t & 511))
		c := lit[symbol]
		dst = w.put(dst, uint32(c.bits)|more<<c.n, uint(c.n)+extra)
		symbol, more, extra = distanceCode(int(t&^isMatch>>9) + 1)
		c = dist[symbol]
		dst = w.put(dst, uint32(c.bits)|more<<c.n, uint(c.n)+extra)
	}
	c := lit[endBlock]
	return w.put(dst, uint32(c.bits), uint(c.n))
}
