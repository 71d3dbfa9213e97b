package deflate

import (
	"math/bits"
	"slices"
	"sync"
)

const (
	symbols = 288 // of the largest alphabet
	lengths = 19  // symbols that tell the lengths of codes (RFC 1951 §3.2.7)
	maxLens = 7   // bits of their codes
)

// A code is n bits, the first of them the lowest one; no bits for a symbol that is not used.
type code struct {
	bits uint16
	n    uint8
}

type codes [symbols]code

// canonical fills in the bits of codes of which the lengths are known (RFC 1951 §3.2.2).
func (c *codes) canonical(size int) {
	var count, next [maxCode + 2]uint16
	for i := range c[:size] {
		count[c[i].n]++
	}
	count[0] = 0
	for n := range maxCode {
		next[n+1] = (next[n] + count[n]) << 1
	}
	for i := range c[:size] {
		if n := c[i].n; n > 0 {
			c[i].bits = bits.Reverse16(next[n]) >> (16 - n)
			next[n]++
		}
	}
}

type fixedTable struct{ lit, dist codes }

// fixedCodes are those of the blocks that tell none (RFC 1951 §3.2.6).
var fixedCodes = sync.OnceValue(func() *fixedTable {
	f := new(fixedTable)
	for i := range f.lit {
		switch {
		case i < 144:
			f.lit[i].n = 8
		case i < 256:
			f.lit[i].n = 9
		case i < 280:
			f.lit[i].n = 7
		default:
			f.lit[i].n = 8
		}
	}
	f.lit.canonical(symbols)
	for i := range 32 {
		f.dist[i].n = 5
	}
	f.dist.canonical(32)
	return f
})

// A tree makes codes for symbols from how often they occur (RFC 1951 §3.2.1).
type tree struct {
	size   int // symbols of the alphabet
	freq   [symbols]uint32
	codes  codes
	leaves [symbols]uint32 // symbols that occur, rarest first, below how often they do
	weight [2 * symbols]uint32
	parent [2 * symbols]uint16
	depth  [2 * symbols]uint8
}

func (t *tree) reset(size int) {
	t.size = size
	clear(t.freq[:size])
}

// build makes the codes, of at most so many bits.
func (t *tree) build(limit uint8) {
	clear(t.codes[:t.size])
	k := 0
	for i, n := range t.freq[:t.size] {
		if n > 0 {
			t.leaves[k] = n<<9 | uint32(i)
			k++
		}
	}
	leaves := t.leaves[:k]
	slices.Sort(leaves)
	for i, leaf := range leaves {
		t.weight[i] = leaf >> 9
	}
	for !t.grow(k, limit) {
		for i := range leaves { // nearer to each other, they have codes nearer in length
			t.weight[i] = (t.weight[i] + 1) / 2
		}
	}
	for i, leaf := range leaves {
		t.codes[leaf&511].n = t.depth[i]
	}
	t.codes.canonical(t.size)
}

// grow joins the rarest until one is left (Huffman), and says whether no leaf of k is deeper than limit.
func (t *tree) grow(k int, limit uint8) bool {
	if k <= 1 {
		t.depth[0] = 1 // RFC 1951 §3.2.7: a code that is alone has one bit
		return true
	}
	leaf, node := 0, k
	for made := k; made < 2*k-1; made++ {
		t.weight[made] = 0
		for range 2 {
			rarest := node
			if leaf < k && (node == made || t.weight[leaf] <= t.weight[node]) {
				rarest = leaf
				leaf++
			} else {
				node++
			}
			t.weight[made] += t.weight[rarest]
			t.parent[rarest] = uint16(made)
		}
	}
	t.depth[2*k-2] = 0
	for i := 2*k - 3; i >= 0; i-- {
		t.depth[i] = t.depth[t.parent[i]] + 1
	}
	return t.depth[0] <= limit
}

// cost is the bits of the codes of all that occurs.
func (t *tree) cost() (size int) {
	for i, n := range t.freq[:t.size] {
		size += int(n) * int(t.codes[i].n)
	}
	return size
}

// used is how many symbols there are up to the last that has a code, at least one.
func (t *tree) used() int {
	n := t.size
	for n > 1 && t.codes[n-1].n == 0 {
		n--
	}
	return n
}

// A run is a symbol that tells lengths of codes, and the bits behind it (RFC 1951 §3.2.7).
type run struct{ symbol, more, extra uint8 }

const (
	repeat    = 16 // the length before it, 3 to 6 times
	zeros     = 17 // 3 to 10 lengths of 0
	manyZeros = 18 // 11 to 138
)

// lensOrder is the order in which the lengths of those symbols' codes stand.
var lensOrder = [lengths]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// describe makes the runs that tell the codes of a block, and says how many bits all of that has.
func (s *scratch) describe() (size int) {
	var buf [literals + distances]uint8
	all := buf[:0]
	for _, t := range []*tree{&s.lit, &s.dist} {
		for _, c := range t.codes[:t.used()] {
			all = append(all, c.n)
		}
	}
	s.runs = s.runs[:0]
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n] == all[0] {
			n++
		}
		s.runs = appendRuns(s.runs, all[0], n)
		all = all[n:]
	}
	s.lens.reset(lengths)
	for _, r := range s.runs {
		s.lens.freq[r.symbol]++
		size += int(r.extra)
	}
	s.lens.build(maxLens)
	return size + 5 + 5 + 4 + 3*s.told() + s.lens.cost()
}

// appendRuns appends what tells n times the same length.
func appendRuns(runs []run, length uint8, n int) []run {
	if length != 0 {
		runs = append(runs, run{symbol: length})
		n--
	}
	for n >= 3 {
		r := run{symbol: repeat, extra: 2}
		most, least := 6, 3
		switch {
		case length == 0 && n > 10:
			r = run{symbol: manyZeros, extra: 7}
			most, least = 138, 11
		case length == 0:
			r = run{symbol: zeros, extra: 3}
			most = 10
		}
		k := min(n, most)
		r.more = uint8(k - least)
		runs = append(runs, r)
		n -= k
	}
	for ; n > 0; n-- {
		runs = append(runs, run{symbol: length})
	}
	return runs
}

// told is how many of the codes of the lengths are told, at least four.
func (s *scratch) told() int {
	n := lengths
	for n > 4 && s.lens.codes[lensOrder[n-1]].n == 0 {
		n--
	}
	return n
}

// header appends what tells the codes of a block.
func (w *Writer) header(dst []byte, s *scratch) []byte {
	dst = w.put(dst, uint32(s.lit.used()-257), 5)
	dst = w.put(dst, uint32(s.dist.used()-1), 5)
	told := s.told()
	dst = w.put(dst, uint32(told-4), 4)
	for _, symbol := range lensOrder[:told] {
		dst = w.put(dst, uint32(s.lens.codes[symbol].n), 3)
	}
	for _, r := range s.runs {
		c := s.lens.codes[r.symbol]
		dst = w.put(dst, uint32(c.bits)|uint32(r.more)<<c.n, uint(c.n+r.extra))
	}
	return dst
}
