package format

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"wsline/format/fit"
)

const (
	// A layout may be 64 times as long as what was sent, and 64 KiB: enough for anything written
	// to be read, and a bound on what a peer can make of 64 KiB of "[[[[1,1,1,1". What is longer
	// than PrettyFit lays out is data: it may grow to 16 times its length,
	// as a list of digits does in colour.
	maxGrowth  = 64
	bulkGrowth = 16
	freeBytes  = 64 << 10
)

// rows is where JSON is laid out: each row but the first begins with margin; room and first are
// those of fit.Style.
type rows struct {
	margin      string
	room, first int
}

// appendJSON appends p laid out, two spaces a level, if p is a whole valid JSON object or array; if
// it is not, or is nested too deep, or would grow too long, it appends nothing and returns false.
//
// The tokens are those that were sent. Only what Escape calls unsafe is written as \uHHHH, which is
// the same JSON.
func appendJSON(dst, p []byte, pal *Palette, in rows) ([]byte, bool) {
	p = bytes.Trim(p, " \t\r\n")
	if len(p) == 0 || p[0] != '{' && p[0] != '[' || !json.Valid(p) || !utf8.Valid(p) {
		return dst, false
	}
	style := fit.Style{
		Key: pal.Key.fit(), String: pal.String.fit(),
		Number: pal.Number.fit(), Literal: pal.Literal.fit(),
		Margin: in.margin, Room: in.room, First: in.first, Limit: maxLayout(len(p)),
		Safe: appendJSONSafe, Cells: jsonCells,
	}
	return style.Append(dst, p)
}

// maxLayout is how long the layout of size bytes may be.
func maxLayout(size int) int {
	return freeBytes + maxGrowth*min(size, fitPretty) + bulkGrowth*max(0, size-fitPretty)
}

// jsonCells is how many columns appendJSONSafe takes at most.
func jsonCells(s []byte) (cells int) {
	for cells < len(s) && ' ' <= s[cells] && s[cells] < 0x7f { // as most are
		cells++
	}
	s = s[cells:]
	for len(s) > 0 {
		n := safePrefix(s)
		for safe := s[:n]; len(safe) > 0; {
			size, width := cell(safe, 0)
			cells += width
			safe = safe[size:]
		}
		if s = s[n:]; len(s) > 0 {
			r, size := utf8.DecodeRune(s)
			if cells += len(`\uHHHH`); r > 0xffff {
				cells += len(`\uHHHH`)
			}
			s = s[size:]
		}
	}
	return cells
}

// EscapeJSON appends JSON with what Escape calls unsafe in its strings as \uHHHH, which is the same
// JSON. White space between its tokens stays.
func EscapeJSON(dst, p []byte) []byte {
	for {
		i := bytes.IndexAny(p, "\t\r\n") // in a valid string none stands as it is
		if i < 0 {
			return appendJSONSafe(dst, p)
		}
		dst = append(appendJSONSafe(dst, p[:i]), p[i])
		p = p[i+1:]
	}
}

// appendJSONSafe appends part of a JSON string, its unsafe characters as \uHHHH, those beyond
// U+FFFF as the two halves of their surrogate pair.
func appendJSONSafe(dst, s []byte) []byte {
	for {
		n := safePrefix(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			return dst
		}
		r, size := utf8.DecodeRune(s)
		s = s[size:]
		if r > 0xffff {
			r -= 0x10000
			dst = appendHex(append(dst, `\u`...), 0xd800+r>>10, 4)
			r = 0xdc00 + r&0x3ff
		}
		dst = appendHex(append(dst, `\u`...), r, 4)
	}
}
