package repl

import (
	"bytes"
	"io"
)

const (
	firstSplit = 128 << 10 // bytes read at a time
	// longSplit is the buffer for a longer line, doubled for one that is longer still. Memory that is never
	// touched costs none, and growing to it in steps leaves as much behind.
	longSplit = 1<<20 + 2*firstSplit
)

// splitter cuts a stream into pieces that end with delim, which is not part of them. Pieces may be of any
// length; the last may lack its delim. A line's end is LF or CRLF.
type splitter struct {
	in    io.Reader
	delim byte
	buf   []byte
	r, w  int
	err   error
}

func newSplitter(in io.Reader, delim byte) *splitter {
	return &splitter{in: in, delim: delim, buf: make([]byte, firstSplit)}
}

// next returns the next piece, valid until the following call, or io.EOF after the last.
func (s *splitter) next() ([]byte, error) {
	seen := 0
	for {
		rest := s.buf[s.r:s.w]
		if i := bytes.IndexByte(rest[seen:], s.delim); i >= 0 {
			return s.take(rest, seen+i), nil
		}
		seen = len(rest)
		if s.err != nil {
			return s.last()
		}
		s.fill()
	}
}

// all returns the next piece and those that have come whole with it, up to the capacity of pieces.
func (s *splitter) all(pieces [][]byte) ([][]byte, error) {
	piece, err := s.next()
	if err != nil {
		return nil, err
	}
	pieces = append(pieces, piece)
	for len(pieces) < cap(pieces) {
		rest := s.buf[s.r:s.w]
		end := bytes.IndexByte(rest, s.delim)
		if end < 0 {
			break
		}
		pieces = append(pieces, s.take(rest, end))
	}
	return pieces, nil
}

// take takes the piece that ends with the delim at end of what has come.
func (s *splitter) take(rest []byte, end int) []byte {
	s.r += end + 1
	if s.delim == '\n' && end > 0 && rest[end-1] == '\r' {
		end--
	}
	return rest[:end]
}

// last returns what stands behind the last delim, once.
func (s *splitter) last() ([]byte, error) {
	if s.r == s.w || s.err != io.EOF {
		return nil, s.err
	}
	piece := s.buf[s.r:s.w]
	s.r = s.w
	return piece, nil
}

func (s *splitter) fill() {
	switch {
	case s.r > 0:
		s.w = copy(s.buf, s.buf[s.r:s.w])
		s.r = 0
	case s.w == len(s.buf):
		buf := make([]byte, max(2*len(s.buf), longSplit))
		copy(buf, s.buf)
		s.buf = buf
	}
	n, err := s.in.Read(s.buf[s.w:min(s.w+firstSplit, len(s.buf))])
	s.w += n
	s.err = err
}
