package deflate

import "testing"

// farthest reads a message as an inflater does, and says how far back the farthest of its references
// goes. Before it there were so many bytes that may be referred to.
func farthest(t testing.TB, message []byte, before int) (far int) {
	t.Helper()
	r := &bitReader{b: message}
	for out := before; ; {
		if r.left() < 3+8 && isFlush(r) {
			return far
		}
		if r.take(1) != 0 {
			t.Fatal("a block says that it is the last")
		}
		switch kind := r.take(2); kind {
		case 0:
			r.at = (r.at + 7) &^ 7
			n := r.take(16)
			if r.take(16) != n^0xffff {
				t.Fatal("the length of a stored block is wrong")
			}
			r.at += 8 * n
			out += n
		case 1, 2:
			lit, dist := fixedCodes().lit.reader(), fixedCodes().dist.reader()
			if kind == 2 {
				lit, dist = readCodes(r)
			}
			for {
				symbol := r.symbol(lit)
				if symbol == endBlock {
					break
				}
				if symbol < endBlock {
					out++
					continue
				}
				n := r.lengthOf(symbol)
				d := r.distanceOf(r.symbol(dist))
				if d > out {
					t.Fatalf("a reference goes back %d bytes, of %d", d, out)
				}
				far = max(far, d)
				out += n
			}
		default:
			t.Fatal("there is no such block")
		}
	}
}

type bitReader struct {
	b  []byte
	at int // in bits
}

func (r *bitReader) left() int { return 8*len(r.b) - r.at }

func (r *bitReader) take(n int) (v int) {
	for i := range n {
		v |= int(r.b[r.at>>3]>>(r.at&7)&1) << i
		r.at++
	}
	return v
}

// isFlush says whether only the header of an empty block is left, and zeros.
func isFlush(r *bitReader) bool {
	at := r.at
	for r.left() > 0 {
		if r.take(1) != 0 {
			r.at = at
			return false
		}
	}
	return true
}

// reader has the symbols under their codes.
func (c *codes) reader() map[code]int {
	symbols := map[code]int{}
	for i, code := range c {
		if code.n > 0 {
			symbols[code] = i
		}
	}
	return symbols
}

// symbol tries longer and longer codes.
func (r *bitReader) symbol(of map[code]int) int {
	var c code
	for c.n < maxCode {
		c.bits |= uint16(r.take(1) << c.n)
		c.n++
		if symbol, ok := of[c]; ok {
			return symbol
		}
	}
	panic("no such code")
}

// lengthOf and distanceOf have the tables of RFC 1951 §3.2.5 as they stand there.
func (r *bitReader) lengthOf(symbol int) int {
	base := []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
		131, 163, 195, 227, 258}
	extra := []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	return base[symbol-257] + r.take(extra[symbol-257])
}

func (r *bitReader) distanceOf(symbol int) int {
	base := []int{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
		2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	extra := []int{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12,
		12, 13, 13}
	return base[symbol] + r.take(extra[symbol])
}

func readCodes(r *bitReader) (_, _ map[code]int) {
	nLit, nDist, told := r.take(5)+257, r.take(5)+1, r.take(4)+4
	var lens, lit, dist codes
	for _, symbol := range lensOrder[:told] {
		lens[symbol].n = uint8(r.take(3))
	}
	lens.canonical(lengths)
	symbols := lens.reader()
	var all []uint8
	for len(all) < nLit+nDist {
		symbol := r.symbol(symbols)
		n, length := 1, uint8(symbol)
		switch symbol {
		case 16:
			n, length = 3+r.take(2), all[len(all)-1]
		case 17:
			n, length = 3+r.take(3), 0
		case 18:
			n, length = 11+r.take(7), 0
		}
		for range n {
			all = append(all, length)
		}
	}
	for i, n := range all {
		if i < nLit {
			lit[i].n = n
		} else {
			dist[i-nLit].n = n
		}
	}
	lit.canonical(literals)
	dist.canonical(distances)
	return lit.reader(), dist.reader()
}
