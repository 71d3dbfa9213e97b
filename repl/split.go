package repl

import (
	"bytes"
	"io"
)

const firstSplit = 64 << 10 // bytes read at a time, doubled for a line that is longer

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
		if i := bytes.IndexByte(s.buf[s.r+seen:s.w], s.delim); i >= 0 {
			piece := s.buf[s.r : s.r+seen+i]
			s.r += seen + i + 1
			return s.trim(piece), nil
		}
		seen = s.w - s.r
		if s.err != nil {
			return s.last()
		}
		s.fill()
	}
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

func (s *splitter) trim(piece []byte) []byte {
	if s.delim == '\n' {
		return bytes.TrimSuffix(piece, []byte("\r"))
	}
	return piece
}

func (s *splitter) fill() {
	switch {
	case s.r > 0:
		s.w = copy(s.buf, s.buf[s.r:s.w])
		s.r = 0
	case s.w == len(s.buf):
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.in.Read(s.buf[s.w:])
	s.w += n
	s.err = err
}
