package redact

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"wsline/internal/lazy"
)

const (
	// minCoded is how long a value is that is also looked for in hexadecimal and base64: short ones
	// are everywhere.
	minCoded = 4

	// minPart is how many bytes of a value's beginning are too many to be shown.
	minPart = 4

	// longestEscape is how many bytes an escape has that stands for one.
	longestEscape = len(`\\U0000002f`)
)

// hiddenValue is a value that is hidden, with what it is looked for as.
type hiddenValue struct {
	name, mark string // mark stands in its place
	value      string
	hex        string    // lower case; "" for a short one
	base64     [3]string // what is sure of it in base64, behind 0, 1 and 2 other bytes
}

func newHiddenValue(name, mark, value string) *hiddenValue {
	h := &hiddenValue{name: name, mark: mark, value: value}
	if len(value) < minCoded {
		return h
	}
	h.hex = hex.EncodeToString([]byte(value))
	for before := range h.base64 {
		coded := base64.RawStdEncoding.EncodeToString([]byte("\x00\x00"[:before] + value))
		// The first characters have bits of what stands before, the last one may have some of what
		// stands behind.
		from, to := (8*before+5)/6, 8*(before+len(value))/6
		h.base64[before] = coded[from:to]
	}
	return h
}

// at is how many bytes of a text's beginning are the value, in whatever form but base64.
func (h *hiddenValue) at(text string) int {
	if strings.HasPrefix(text, h.value) {
		return len(h.value)
	}
	if size, known := spelled(text, h.value); known == len(h.value) {
		return size
	}
	if size, known := h.inHex(text); h.hex != "" && known == len(h.hex) {
		return size
	}
	return 0
}

// cutEscape is an escape that the end of a text has cut.
var cutEscape = lazy.Regexp(
	`^(?:\\+(?:x[0-9a-fA-F]?|[uU][0-9a-fA-F]{0,7})?|%[0-9a-fA-F]?)?$`)

// beginning says whether a text is a beginning of the value that is too long to be shown.
func (h *hiddenValue) beginning(text string) bool {
	size, known := spelled(text, h.value)
	if known >= minPart && cutEscape().MatchString(text[size:]) {
		return true
	}
	size, known = h.inHex(text)
	return size == len(text) && known >= 2*minPart
}

// inHex is how many bytes of a text's beginning are the value in hexadecimal, also with single
// blanks between the bytes, and how many of the digits that are.
func (h *hiddenValue) inHex(text string) (size, known int) {
	for known < len(h.hex) && size < len(text) {
		c := text[size]
		switch {
		case c == h.hex[known], 'A' <= c && c <= 'F' && c|0x20 == h.hex[known]:
			known++
		case c != ' ' || known == 0 || known%2 != 0 || text[size-1] == ' ':
			return size, known
		}
		size++
	}
	return size, known
}

// spelled is how many bytes of a text's beginning spell a value, each of its characters as it is or
// escaped, and how many bytes of the value they are: all, or those up to where they differ or the
// text ends.
func spelled(text, value string) (size, known int) {
	for known < len(value) && size < len(text) {
		rest := value[known:]
		n, m := lineEnd(text[size:], rest)
		if n == 0 {
			n, m = escapeOf(text[size:], rest)
		}
		switch {
		case n > 0:
		case text[size] == '\\' && rest[0] == '\\':
			n, m = backslashes(text[size:], rest)
		case text[size] == rest[0], text[size] == '+' && rest[0] == ' ':
			n, m = 1, 1
		}
		if m == 0 {
			break
		}
		size, known = size+n, known+m
	}
	return size, known
}

// escapeOf is the size of an escape that a text begins with and that stands for what a value begins
// with, and the size of that; 0 for none. The backslash of an escape may be doubled, as in a JSON
// string within another.
func escapeOf(text, value string) (size, known int) {
	switch {
	case text[0] == '%' && len(text) > 2:
		if v, ok := parseHex(text[1:], 2); ok && byte(v) == value[0] {
			return 3, 1
		}
		return 0, 0
	case value[0] == '\'' && text[0] == '\'':
		bare := strings.TrimLeft(text[1:], `\`)
		if len(bare) < len(text)-1 && strings.HasPrefix(bare, "''") { // '\'' of a shell
			return len(text) - len(bare) + 2, 1
		}
		return 0, 0
	case text[0] != '\\':
		return 0, 0
	}
	bare := strings.TrimLeft(text, `\`)
	if bare == "" {
		return 0, 0
	}
	size = len(text) - len(bare) + 1
	digits := 0
	switch c := bare[0]; c {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		if i := strings.IndexByte("nrtbf", c); i >= 0 {
			c = "\n\r\t\b\f"[i]
		} else if strings.IndexByte(`"/'`, c) < 0 {
			return 0, 0
		}
		if c != value[0] {
			return 0, 0
		}
		return size, 1
	}
	v, ok := parseHex(bare[1:], digits)
	if !ok {
		return 0, 0
	}
	if size += digits; digits == 2 && byte(v) == value[0] {
		return size, 1
	}
	r := rune(v)
	if utf16.IsSurrogate(r) {
		low := strings.TrimLeft(text[size:], `\`)
		if v, ok = parseHex(strings.TrimPrefix(low, "u"), 4); !ok || low[0] != 'u' {
			return 0, 0
		}
		r = utf16.DecodeRune(r, rune(v))
		size = len(text) - len(low) + len("uHHHH")
	}
	// What is no UTF-8 is U+FFFD in JSON, and so is what is decoded of it.
	want, known := utf8.DecodeRuneInString(value)
	if want != r {
		return 0, 0
	}
	return size, known
}

// backslashes are those that a text and a value begin with, of which an escaped text has more. One
// is left for the escape behind them when there is one.
func backslashes(text, value string) (size, known int) {
	size = len(text) - len(strings.TrimLeft(text, `\`))
	known = len(value) - len(strings.TrimLeft(value, `\`))
	if size < known {
		return 0, 0
	}
	if size > known && size < len(text) && known < len(value) && text[size] != value[known] {
		size--
	}
	return size, known
}

// lineEnd is the line end that a text and a value begin with, whichever it is and however it is
// written, and the indent behind it that the text alone has. A text on one line may have a blank in
// its place.
func lineEnd(text, value string) (size, known int) {
	switch {
	case strings.HasPrefix(value, "\r\n"):
		known = 2
	case value[0] == '\n' || value[0] == '\r':
		known = 1
	default:
		return 0, 0
	}
	for _, end := range []string{"\r", "\n"} {
		if size < len(text) && text[size] == end[0] {
			size++
		} else if size < len(text) {
			n, _ := escapeOf(text[size:], end)
			size += n
		}
	}
	if size == 0 && text[0] == ' ' {
		size = 1
	}
	if size == 0 {
		return 0, 0
	}
	blanks := func(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }
	return size + max(0, blanks(text[size:])-blanks(value[known:])), known
}

// A codedWord is a run of characters of base64, as it is in the standard alphabet and without
// padding (RFC 4648 §4), and its size in the text.
type codedWord struct {
	text string
	size int
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '+' || c == '/' || c == '-' || c == '_'
}

// base64Word is the word that a text begins with. Its signs may be escaped as in JSON or in a URL.
func base64Word(text string) codedWord {
	var b strings.Builder
	i := 0
	for i < len(text) {
		c, n := text[i], 1
		switch {
		case strings.HasPrefix(text[i:], `\/`):
			c, n = '/', 2
		case strings.HasPrefix(text[i:], `\u00`):
			c, n = codedSign(text[i+4:]), 6
		case c == '%':
			c, n = codedSign(text[i+1:]), 3
		}
		switch {
		case !isBase64(c):
			return codedWord{b.String(), i}
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		}
		b.WriteByte(c)
		i += n
	}
	return codedWord{b.String(), i}
}

// codedSign is the sign of base64 that the digits stand for which a text begins with, 0 for none.
func codedSign(text string) byte {
	if v, ok := parseHex(text, 2); ok && (v == '+' || v == '/') {
		return byte(v)
	}
	return 0
}

// inBase64 is a value that is in a word of base64, nil for none: any that is not short, and one of
// any length as the password of Basic credentials (RFC 7617 §2).
func (r *Redactor) inBase64(word codedWord, before string) *hiddenValue {
	if len(word.text) < minCoded {
		return nil
	}
	login := ""
	if scheme := "basic "; len(before) >= len(scheme) &&
		strings.EqualFold(before[len(before)-len(scheme):], scheme) {
		p, _ := base64.RawStdEncoding.DecodeString(word.text)
		login = string(p)
	}
	for _, h := range r.list {
		if strings.HasSuffix(login, ":"+h.value) {
			return h
		}
		for _, sure := range h.base64 {
			if sure != "" && strings.Contains(word.text, sure) {
				return h
			}
		}
	}
	return nil
}

// cutBase64 is a value of which a word of base64 ends with more than may be shown.
func (r *Redactor) cutBase64(word codedWord) *hiddenValue {
	const digits = minPart * 4 / 3
	for _, h := range r.list {
		for _, sure := range h.base64 {
			for n := len(sure); n > digits; n-- {
				if strings.HasSuffix(word.text, sure[:n]) {
					return h
				}
			}
		}
	}
	return nil
}

// parseHex reads the number that the first digits of s are.
func parseHex(s string, digits int) (uint64, bool) {
	if len(s) < digits {
		return 0, false
	}
	v, err := strconv.ParseUint(s[:digits], 16, 32)
	return v, err == nil
}
