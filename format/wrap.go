package format

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

const (
	// narrowest is how many columns a terminal has that lines are wrapped on; on fewer nothing can
	// be read anyway.
	narrowest = 8

	// deepest is the most columns that a line goes on behind when it is wrapped.
	deepest = 24

	tabStop = 8

	// longestGap is how many columns of blanks stand in a row; what follows more begins the next
	// one.
	longestGap = 16
)

// widths are those of the characters on the terminal that makes the most of them: what is one
// column or two there is two here. A row that is too short does no harm.
var widths = &runewidth.Condition{EastAsianWidth: true}

// Wrap breaks the lines of dst[from:] that are longer than the terminal is wide, and indents what
// goes on, at least as the lines of a message are. Left to the terminal it would begin in the first
// column, where a peer could write what looks like a line of ours: "* closed: 1000".
//
// A terminal that becomes narrower breaks rows anew, by itself. So what follows a long gap goes on
// in a row of its own at any width: blanks alone cannot move it to where a row begins. A peer that
// fills the row with what can be seen is seen.
//
// No line is broken within an SGR sequence, and colours end with the row. Columns tells how many
// there are; nil, or 0: the lines stay whole.
func Wrap(dst []byte, from int, columns func() int) []byte {
	return wrap(dst, from, columns, every)
}

func every([]byte) bool { return true }

// wrapOurs is Wrap for texts of our own, which may quote a peer: only lines that have in them what
// could look like the beginning of one are broken, so that a command in a hint can be copied.
func wrapOurs(dst []byte, from int, columns func() int) []byte {
	return wrap(dst, from, columns, quotesLine)
}

// wrapStamped is wrapOurs for lines that a time, or as many blanks, stand before.
func wrapStamped(dst []byte, from int, columns func() int, stamp []byte) []byte {
	return wrap(dst, from, columns, func(line []byte) bool {
		if rest, ok := bytes.CutPrefix(line, stamp); ok {
			return quotesLine(rest)
		}
		return quotesLine(line)
	})
}

// quotesLine says that a line has in it what could look like the beginning of one.
func quotesLine(line []byte) bool {
	for n := sequence(line); n > 0; n = sequence(line) {
		line = line[n:]
	}
	line = line[1:] // our own mark
	return bytes.ContainsAny(line, "*<>") || bytes.Contains(line, []byte("wsline:"))
}

func wrap(dst []byte, from int, columns func() int, wanted func(line []byte) bool) []byte {
	if columns == nil || from == len(dst) {
		return dst
	}
	return wrapTo(dst, from, columns(), wanted)
}

func wrapTo(dst []byte, from, width int, wanted func(line []byte) bool) []byte {
	if width < narrowest || from == len(dst) {
		return dst
	}
	long := false
	for rest := dst[from:]; len(rest) > 0; {
		line, more, _ := bytes.Cut(rest, []byte("\n"))
		long = long || isWide(line, width) || mayGape(line)
		rest = more
	}
	if !long {
		return dst
	}
	lines := bytes.Clone(dst[from:])
	dst = dst[:from]
	for line := range bytes.Lines(lines) {
		if wanted(line) {
			dst = appendWrapped(dst, line, width)
		} else {
			dst = append(dst, line...)
		}
	}
	return dst
}

// isWide reports whether a line has more columns than that; most have not even as many bytes.
func isWide(line []byte, width int) bool {
	if len(line) <= width && bytes.IndexByte(line, '\t') < 0 {
		return false
	}
	for column := 0; len(line) > 0; {
		if line[0] == 0x1b {
			if n := sequence(line); n > 0 {
				line = line[n:]
				continue
			}
		}
		n, cells := cell(line, column)
		if column += cells; column > width {
			return true
		}
		line = line[n:]
	}
	return false
}

// appendWrapped appends a line in rows of at most width columns.
func appendWrapped(dst, line []byte, width int) []byte {
	indent := len(line) - len(bytes.TrimLeft(line, " "))
	indent = min(max(indent, len("  ")), deepest, width/2)
	column, gap := 0, 0
	var open []byte // the SGR sequence that is in force
	for len(line) > 0 {
		if n := sequence(line); n > 0 {
			open = line[:n]
			dst = append(dst, open...)
			if isEnd(open) {
				open = nil
			}
			line = line[n:]
			continue
		}
		n, cells := cell(line, column)
		isBlank := blank(line)
		gapes := gap > longestGap && column > indent // else the next row would begin here too
		if (column+cells > width || gapes && !isBlank) && line[0] != '\n' {
			dst = wrapped(dst, open, indent)
			column, gap = indent, 0
			n, cells = cell(line, column)
		}
		if gap += cells; !isBlank {
			gap = 0
		}
		dst = append(dst, line[:n]...)
		column += cells
		line = line[n:]
	}
	return dst
}

// blank reports whether a line begins with a character that is drawn as nothing but takes its
// place.
func blank(line []byte) bool {
	switch line[0] {
	case ' ', '\t':
		return true
	}
	r, _ := utf8.DecodeRune(line)
	return r == 0x2800 || r > 0x7f && unicode.IsSpace(r)
}

// mayGape reports whether a line may have a gap that is too long: many blanks, or what may be other
// ones.
func mayGape(line []byte) bool {
	const blanks = "                 " // one more
	const others = "\u00a0\u1680\u2800\u3000"
	const spaces = "\xe2\x80" // U+2000 to U+200A, and their neighbours
	return len(line) > longestGap && (bytes.Contains(line, []byte(blanks)) ||
		bytes.ContainsAny(line, others) || bytes.Contains(line, []byte(spaces)))
}

// wrapped ends a row and begins the next one, in the same colour.
func wrapped(dst, open []byte, indent int) []byte {
	if len(open) > 0 {
		dst = append(dst, "\x1b[0m"...)
	}
	dst = append(dst, '\n')
	for range indent {
		dst = append(dst, ' ')
	}
	return append(dst, open...)
}

// sequence is the size of the SGR sequence that a line begins with: ours, since a peer's are
// escaped.
func sequence(line []byte) int {
	if !bytes.HasPrefix(line, []byte("\x1b[")) {
		return 0
	}
	return bytes.IndexByte(line, 'm') + 1
}

// isEnd reports whether a sequence ends a colour: a Paint ends with 0, or with 22 for faint.
func isEnd(sgr []byte) bool {
	return bytes.HasPrefix(sgr, []byte("\x1b[0")) || bytes.HasPrefix(sgr, []byte("\x1b[22"))
}

// cell is the size of the character that a line begins with, and how many columns it takes at most.
func cell(line []byte, column int) (size, cells int) {
	switch c := line[0]; {
	case c == '\t':
		return 1, tabStop - column%tabStop
	case c == '\n':
		return 1, 0
	case c < utf8.RuneSelf:
		return 1, 1
	}
	r, size := utf8.DecodeRune(line)
	switch {
	case r == 0x200d, 0xfe00 <= r && r <= 0xfe0f: // some terminals show it, or make wide with it
		return size, 1
	}
	return size, widths.RuneWidth(r)
}
