package format

import (
	"unicode"
	"unicode/utf8"
)

// Escape appends s made safe for a line of a terminal: what a peer sent in headers, bodies,
// reasons.
//
// Unsafe, and written as an escape, is what could steer a terminal, reorder what stands on the
// line, or be there without being seen:
//
//   - control characters: C0 but the tab, DEL, C1 (U+0080–U+009F);
//   - the line and paragraph separators U+2028 and U+2029;
//   - what Unicode calls default ignorable, which includes the bidi marks, overrides and isolates
//     (U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069), zero-width spaces (U+200B,
//     U+2060, U+FEFF), the soft hyphen, the Hangul fillers and the tags (U+E0000–U+E0FFF);
//   - interlinear annotation (U+FFF9–U+FFFB) and noncharacters;
//   - bytes that are not UTF-8.
//
// Of the ignorable ones, the joiners U+200C and U+200D are safe after a character that is not
// ASCII, and so are the selectors U+FE00–U+FE0F, also after a digit, # and *: emoji and scripts
// need them there.
//
// The escapes are \n, \r, \xHH for other ASCII controls and for bytes that are not UTF-8, \uHHHH,
// and \UHHHHHHHH beyond U+FFFF. A backslash stands for itself, so the result cannot be read back:
// Quote is for that. With multiline, line feeds are kept, and a carriage return before one is
// left out.
func Escape(dst, s []byte, multiline bool) []byte {
	for {
		n := safePrefix(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			return dst
		}
		switch {
		case s[0] == '\t', s[0] == '\n' && multiline:
			dst = append(dst, s[0])
			s = s[1:]
		case s[0] == '\r' && multiline && len(s) > 1 && s[1] == '\n':
			s = s[1:]
		default:
			dst, n = appendEscape(dst, s)
			s = s[n:]
		}
	}
}

// safePrefix is the length of the longest prefix of s that may be shown as it is. A tab or a line
// feed ends it: whether they are safe depends on the place.
func safePrefix(s []byte) int {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		if unseen(r) && (i == 0 || !joins(r, s[i-1])) {
			return i
		}
		i += size
	}
	return len(s)
}

// unseen reports whether r, which is not ASCII, is drawn as nothing or changes how other
// characters are drawn.
func unseen(r rune) bool {
	if r&0xfffe == 0xfffe { // U+FFFE, U+FFFF, and their like on every plane
		return true
	}
	return unicode.Is(unseenTable, r)
}

// joins reports whether r shapes the character that ends with the byte before, as in emoji.
func joins(r rune, before byte) bool {
	switch {
	case r == 0x200c || r == 0x200d:
		return before >= utf8.RuneSelf
	case 0xfe00 <= r && r <= 0xfe0f:
		keycap := '0' <= before && before <= '9' || before == '#' || before == '*'
		return before >= utf8.RuneSelf || keycap
	}
	return false
}

// unseenTable is C1, U+2028, U+2029, Default_Ignorable_Code_Point, the annotation
// characters, and the noncharacters U+FDD0–U+FDEF. It is not changed.
var unseenTable = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0080, 0x009f, 1},
		{0x00ad, 0x00ad, 1},
		{0x034f, 0x034f, 1},
		{0x061c, 0x061c, 1},
		{0x115f, 0x1160, 1},
		{0x17b4, 0x17b5, 1},
		{0x180b, 0x180f, 1},
		{0x200b, 0x200f, 1},
		{0x2028, 0x202e, 1},
		{0x2060, 0x206f, 1},
		{0x3164, 0x3164, 1},
		{0xfdd0, 0xfdef, 1},
		{0xfe00, 0xfe0f, 1},
		{0xfeff, 0xfeff, 1},
		{0xffa0, 0xffa0, 1},
		{0xfff0, 0xfffb, 1},
	},
	R32: []unicode.Range32{
		{0x1bca0, 0x1bca3, 1},
		{0x1d173, 0x1d17a, 1},
		{0xe0000, 0xe0fff, 1},
	},
	LatinOffset: 2,
}

// appendEscape appends the escape of the character that s begins with, and returns its size in s.
func appendEscape(dst, s []byte) ([]byte, int) {
	switch c := s[0]; {
	case c == '\n':
		return append(dst, `\n`...), 1
	case c == '\r':
		return append(dst, `\r`...), 1
	case c == '\t':
		return append(dst, `\t`...), 1
	}
	r, size := utf8.DecodeRune(s)
	switch {
	case size == 1:
		return appendHex(append(dst, `\x`...), rune(s[0]), 2), 1
	case r <= 0xffff:
		return appendHex(append(dst, `\u`...), r, 4), size
	}
	return appendHex(append(dst, `\U`...), r, 8), size
}

// appendHex appends r in hexadecimal, with the given number of digits.
func appendHex(dst []byte, r rune, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[r>>shift&0xf])
	}
	return dst
}
