package format

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Quote appends p as a quoted string, on one line and safe for a terminal, whatever the bytes are.
// Unquote gives them back.
//
// A backslash and a quotation mark are written \\ and \", a line feed, carriage return and tab
// \n, \r and \t, and what Escape calls unsafe with Escape's \xHH, \uHHHH and \UHHHHHHHH. \xHH is
// a byte, \u and \U are a character in UTF-8. Everything else stands for itself.
func Quote(dst, p []byte) []byte {
	dst = append(dst, '"')
	for {
		run := p[:safePrefix(p)]
		p = p[len(run):]
		for {
			i := bytes.IndexAny(run, `"\`)
			if i < 0 {
				break
			}
			dst = append(dst, run[:i]...)
			dst = append(dst, '\\', run[i])
			run = run[i+1:]
		}
		dst = append(dst, run...)
		if len(p) == 0 {
			return append(dst, '"')
		}
		var n int
		dst, n = appendEscape(dst, p)
		p = p[n:]
	}
}

// Unquote returns the bytes that a quoted string stands for. It reads what Quote writes, and
// every other string made of the same escapes; what needs none may stand for itself, but a
// quotation mark and a line feed.
func Unquote(s string) ([]byte, error) {
	if len(s) < 2 || s[0] != '"' {
		return nil, fmt.Errorf("%s is not a quoted string", shown(s))
	}
	p := make([]byte, 0, len(s)-2)
	for i := 1; i < len(s); {
		switch s[i] {
		case '"':
			if i+1 != len(s) {
				return nil, fmt.Errorf("%s after the end of a quoted string", shown(s[i+1:]))
			}
			return p, nil
		case '\\':
			n, err := 0, error(nil)
			if p, n, err = unescape(p, s[i:]); err != nil {
				return nil, err
			}
			i += n
		case '\n':
			return nil, errors.New("a line ends inside a quoted string")
		default:
			p = append(p, s[i])
			i++
		}
	}
	return nil, fmt.Errorf("no quotation mark ends %s", shown(s))
}

// unescape appends what the escape that s begins with stands for, and returns the escape's length.
func unescape(dst []byte, s string) ([]byte, int, error) {
	if len(s) < 2 {
		return dst, 0, errors.New("nothing after the last backslash of a quoted string")
	}
	digits := 0
	switch s[1] {
	case '\\', '"':
		return append(dst, s[1]), 2, nil
	case 'n':
		return append(dst, '\n'), 2, nil
	case 'r':
		return append(dst, '\r'), 2, nil
	case 't':
		return append(dst, '\t'), 2, nil
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		_, size := utf8.DecodeRuneInString(s[1:])
		return dst, 0, fmt.Errorf(`%s is not an escape: \\ \" \n \r \t \xHH \uHHHH \UHHHHHHHH are`,
			Escape(nil, []byte(s[:1+size]), false))
	}
	v, ok := parseHex(s[2:], digits)
	if !ok {
		return dst, 0, fmt.Errorf("no %d hexadecimal digits after %s", digits, s[:2])
	}
	if s[1] == 'x' {
		return append(dst, byte(v)), 4, nil
	}
	if v > unicode.MaxRune || !utf8.ValidRune(rune(v)) {
		return dst, 0, fmt.Errorf("%s is not a character", s[:2+digits])
	}
	return utf8.AppendRune(dst, rune(v)), 2 + digits, nil
}

// parseHex reads the number that the first digits of s are.
func parseHex(s string, digits int) (uint64, bool) {
	if len(s) < digits {
		return 0, false
	}
	v, err := strconv.ParseUint(s[:digits], 16, 32)
	return v, err == nil
}

// shown is what was typed, as an error quotes it: safe, and not longer than a line.
func shown(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return string(Escape(nil, []byte(s), false))
}

// plain reports whether p can stand after "< " or "> " as it is, and be read back to the same
// bytes: it is safe but for tabs and line feeds, it is not empty, and neither does it begin, nor
// any of its lines end, with white space, which editors and eyes lose.
func plain(p []byte) bool {
	if len(p) == 0 || spaceAt(p) || spaceBefore(p) {
		return false
	}
	for i := 0; ; i++ {
		i += safePrefix(p[i:])
		if i == len(p) {
			return true
		}
		switch p[i] {
		case '\t':
		case '\n':
			if p[i-1] != '\n' && spaceBefore(p[:i]) {
				return false
			}
		default:
			return false
		}
	}
}

// plainWord reports whether p can stand as it is after a word, as in "<ping p": it is plain, on
// one line, and not to be taken for a quoted string.
func plainWord(p []byte) bool {
	return plain(p) && p[0] != '"' && bytes.IndexByte(p, '\n') < 0
}

func spaceAt(p []byte) bool {
	r, _ := utf8.DecodeRune(p)
	return unicode.IsSpace(r)
}

func spaceBefore(p []byte) bool {
	r, _ := utf8.DecodeLastRune(p)
	return unicode.IsSpace(r)
}
