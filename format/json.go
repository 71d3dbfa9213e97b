package format

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

const (
	// maxDepth is how deep JSON may be nested to be laid out.
	maxDepth = 1000

	// A layout may be 64 times as long as what was sent, and 64 KiB: enough for anything written
	// to be read, and a bound on what a peer can make of 64 KiB of "[[[[1,1,1,1". What is longer
	// than PrettyAuto lays out is data: it may grow to 16 times its length,
	// as a list of digits does in colour.
	maxGrowth  = 64
	bulkGrowth = 16
	freeBytes  = 64 << 10
)

// appendJSON appends p laid out over several lines, two spaces a level, if p is a whole valid
// JSON object or array; if it is not, or is nested too deep, or would grow too long, it appends
// nothing and returns false. Each line after the first begins with margin.
//
// The tokens are those that were sent: numbers, escapes, the order of members and duplicates stay
// as they are. Only what Escape calls unsafe is written as \uHHHH, which is the same JSON.
func appendJSON(dst, p []byte, pal *Palette, margin string) ([]byte, bool) {
	p = bytes.Trim(p, " \t\r\n")
	if len(p) == 0 || p[0] != '{' && p[0] != '[' || !json.Valid(p) || !utf8.Valid(p) {
		return dst, false
	}
	l := layout{dst: dst, pal: pal, margin: margin, limit: len(dst) + maxLayout(len(p))}
	for len(p) > 0 {
		n := l.token(p)
		if n == 0 {
			return l.dst[:len(dst)], false
		}
		p = p[n:]
	}
	return l.dst, true
}

// maxLayout is how long the layout of size bytes may be.
func maxLayout(size int) int {
	return freeBytes + maxGrowth*min(size, autoPretty) + bulkGrowth*max(0, size-autoPretty)
}

// layout is the place in valid JSON up to which it has been laid out.
type layout struct {
	dst    []byte
	pal    *Palette
	margin string
	limit  int // of the length of dst
	depth  int
}

// token lays out the token or the space that p begins with, and returns its size; 0 is a limit
// reached.
func (l *layout) token(p []byte) int {
	switch p[0] {
	case ' ', '\t', '\r', '\n':
		return 1
	case '{', '[':
		return l.begin(p)
	case '}', ']':
		l.depth--
		return l.line(p[0], false)
	case ',':
		return l.line(',', true)
	case ':':
		l.dst = append(l.dst, ": "...)
		return 1
	case '"':
		return l.string(p)
	case 't', 'f', 'n':
		return l.scalar(p, l.pal.Literal)
	}
	return l.scalar(p, l.pal.Number)
}

// begin lays out the beginning of an object or array, or the whole of an empty one.
func (l *layout) begin(p []byte) int {
	if n := 1 + space(p[1:]); p[n] == '}' || p[n] == ']' {
		l.dst = append(l.dst, p[0], p[n])
		return n + 1
	}
	if l.depth++; l.depth > maxDepth {
		return 0
	}
	return l.line(p[0], true)
}

// line writes c as the last of a line or the first of the next.
func (l *layout) line(c byte, last bool) int {
	if last {
		l.dst = append(l.dst, c)
	}
	l.dst = append(l.dst, '\n')
	l.dst = append(l.dst, l.margin...)
	for range l.depth {
		l.dst = append(l.dst, "  "...)
	}
	if !last {
		l.dst = append(l.dst, c)
	}
	if len(l.dst) > l.limit {
		return 0
	}
	return 1
}

func (l *layout) string(p []byte) int {
	n := stringSize(p)
	paint := l.pal.String
	if next := p[n:]; len(next) > 0 && next[space(next):][0] == ':' {
		paint = l.pal.Key
	}
	l.dst = append(l.dst, paint.open...)
	l.dst = appendJSONSafe(l.dst, p[:n])
	l.dst = append(l.dst, paint.end...)
	return n
}

func (l *layout) scalar(p []byte, paint Paint) int {
	n := bytes.IndexAny(p, " \t\r\n,]}")
	l.dst = paint.Append(l.dst, string(p[:n]))
	return n
}

// space is the number of bytes of white space that p begins with.
func space(p []byte) int {
	return len(p) - len(bytes.TrimLeft(p, " \t\r\n"))
}

// stringSize is the size of the JSON string that p begins with.
func stringSize(p []byte) int {
	for i := 1; ; i++ {
		i += bytes.IndexAny(p[i:], `"\`)
		if p[i] == '"' {
			return i + 1
		}
		i++ // what is escaped
	}
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
