// Package find looks for a pattern in what is shown of messages, and marks where it is. It knows
// lines of text with SGR sequences, and nothing of messages.
package find

import (
	"bytes"
	"regexp"
)

// Show says which messages are shown, as the options of grep are called.
type Show uint8

const (
	ShowAll    Show = iota // with what matches marked
	ShowOthers             // -v: those that do not match
	ShowOnly               // -o: those that match
)

// A Pattern is what is looked for. It is not changed.
type Pattern struct {
	expr *regexp.Regexp
	show Show
}

// maxMarks is how many places are marked of a message: far more than a window has.
const maxMarks = 4096

// Compile returns the pattern of a regular expression.
func Compile(expr string, ignoreCase bool, show Show) (*Pattern, error) {
	if ignoreCase {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	return &Pattern{re, show}, nil
}

// Hides says that not all messages are shown.
func (p *Pattern) Hides() bool { return p.show != ShowAll }

// Passes says whether a message is shown: the pattern is looked for in the message as it came, and
// in each line of what is to be seen of it.
func (p *Pattern) Passes(message, lines []byte) bool {
	if p.show == ShowAll {
		return true
	}
	return p.matches(message, lines) == (p.show == ShowOnly)
}

func (p *Pattern) matches(message, lines []byte) bool {
	if p.expr.Match(message) {
		return true
	}
	var seen []byte
	for line := range bytes.Lines(lines) {
		if seen = visible(seen[:0], line); p.expr.Match(seen) {
			return true
		}
	}
	return false
}

// visible appends a line without its SGR sequences and without its end.
func visible(dst, line []byte) []byte {
	for _, c := range pieces(line) {
		if !c.sgr {
			dst = append(dst, c.text...)
		}
	}
	return bytes.TrimSuffix(dst, []byte("\n"))
}

// Mark shows what matches in the lines of dst[from:] in reverse video. A colour that is in force
// there goes on behind it. Every line ends with a line feed.
func (p *Pattern) Mark(dst []byte, from int) []byte {
	if p.show == ShowOthers {
		return dst
	}
	lines := bytes.Clone(dst[from:])
	dst = dst[:from]
	left := maxMarks
	var seen []byte
	for line := range bytes.Lines(lines) {
		if seen = visible(seen[:0], line); left > 0 {
			if places := p.expr.FindAllIndex(seen, left); len(places) > 0 {
				left -= len(places)
				dst = appendMarked(dst, line, places)
				continue
			}
		}
		dst = append(dst, line...)
	}
	return dst
}

const (
	markOn  = "\x1b[7m"
	markOff = "\x1b[0m"
)

// appendMarked appends a line in which the places, counted without SGR sequences, are marked.
func appendMarked(dst, line []byte, places [][]int) []byte {
	m := marking{dst: dst, places: places}
	for _, piece := range pieces(line) {
		if piece.sgr {
			m.sequence(piece.text)
			continue
		}
		m.text(piece.text)
	}
	if m.on { // it cannot be: the line feed is not part of a place
		m.dst = append(m.dst, markOff...)
	}
	return m.dst
}

// marking is the place in a line up to which it has been marked.
type marking struct {
	dst    []byte
	places [][]int // those that do not lie behind
	at     int     // without SGR sequences
	on     bool
	open   []byte // the SGR sequence that is in force outside of what is marked
}

// sequence takes an SGR sequence: within what is marked it waits for the end of that.
func (m *marking) sequence(sgr []byte) {
	if m.open = sgr; isEnd(sgr) {
		m.open = nil
	}
	if !m.on {
		m.dst = append(m.dst, sgr...)
	}
}

func (m *marking) text(p []byte) {
	for len(p) > 0 {
		for len(m.places) > 0 && (m.places[0][1] <= m.at || m.places[0][0] == m.places[0][1]) {
			m.places = m.places[1:]
		}
		n, inside := len(p), false
		if len(m.places) > 0 {
			begin, end := m.places[0][0], m.places[0][1]
			if inside = begin <= m.at; inside {
				n = min(n, end-m.at)
			} else {
				n = min(n, begin-m.at)
			}
		}
		m.turn(inside)
		m.dst = append(m.dst, p[:n]...)
		m.at += n
		p = p[n:]
	}
}

// turn begins or ends what is marked.
func (m *marking) turn(on bool) {
	switch {
	case on == m.on:
		return
	case on && m.open != nil:
		m.dst = append(append(m.dst, markOff...), markOn...)
	case on:
		m.dst = append(m.dst, markOn...)
	default:
		m.dst = append(append(m.dst, markOff...), m.open...)
	}
	m.on = on
}

// isEnd says that a sequence ends a colour: with 0, or with 22 for faint.
func isEnd(sgr []byte) bool {
	return bytes.HasPrefix(sgr, []byte("\x1b[0")) || bytes.HasPrefix(sgr, []byte("\x1b[22"))
}

// A piece of a line is an SGR sequence, or text.
type piece struct {
	text []byte
	sgr  bool
}

func pieces(line []byte) (all []piece) {
	for len(line) > 0 {
		i := bytes.Index(line, []byte("\x1b["))
		if i < 0 {
			return append(all, piece{text: line})
		}
		if i > 0 {
			all = append(all, piece{text: line[:i]})
		}
		n := bytes.IndexByte(line[i:], 'm') + 1
		if n == 0 { // not one of ours
			n = len(line) - i
		}
		all = append(all, piece{line[i : i+n], true})
		line = line[i+n:]
	}
	return all
}
