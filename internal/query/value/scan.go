// Package value reads the JSON of messages as the values that gojq works on, writes such values as
// gojq does, and finds the parts of a text without making values of them.
//
// Which texts are JSON, and what their strings are, is as encoding/json has it with UseNumber:
// numbers keep their digits, of members with the same name the last one counts, and what is not
// UTF-8 or half of a surrogate pair becomes U+FFFD. Functions keep nothing and may be called
// concurrently.
package value

import "encoding/binary"

// MaxDepth is how many arrays and objects may be in each other, as encoding/json has it.
const MaxDepth = 10_000

// Document returns the one JSON value (RFC 8259) that a text is, without the white space around
// it; false for any other text.
func Document(text []byte) ([]byte, bool) {
	start := space(text, 0)
	end := scan(text, start, 0)
	if end < 0 || space(text, end) != len(text) {
		return nil, false
	}
	return text[start:end], true
}

// space returns where the white space that begins at i ends.
func space(t []byte, i int) int {
	for i < len(t) && (t[i] == ' ' || t[i] == '\n' || t[i] == '\t' || t[i] == '\r') {
		i++
	}
	return i
}

// scan returns where the value that begins at i ends; negative if there is none.
func scan(t []byte, i, depth int) int {
	if i >= len(t) {
		return -1
	}
	switch t[i] {
	case '"':
		return scanString(t, i)
	case '{', '[':
		if depth == MaxDepth {
			return -1
		}
		return scanMembers(t, i, depth+1)
	case 't':
		return scanWord(t, i, "true")
	case 'f':
		return scanWord(t, i, "false")
	case 'n':
		return scanWord(t, i, "null")
	}
	return scanNumber(t, i)
}

func scanWord(t []byte, i int, word string) int {
	if end := i + len(word); end <= len(t) && string(t[i:end]) == word {
		return end
	}
	return -1
}

// scanMembers scans an object or an array.
func scanMembers(t []byte, i, depth int) int {
	object, end := t[i] == '{', t[i]+2 // ASCII has } two after {, and ] two after [
	i = space(t, i+1)
	if i < len(t) && t[i] == end {
		return i + 1
	}
	for {
		if object {
			if i >= len(t) || t[i] != '"' {
				return -1
			}
			if i = scanString(t, i); i < 0 {
				return -1
			}
			if i = space(t, i); i >= len(t) || t[i] != ':' {
				return -1
			}
			i = space(t, i+1)
		}
		if i = scan(t, i, depth); i < 0 {
			return -1
		}
		switch i = space(t, i); {
		case i < len(t) && t[i] == ',':
			i = space(t, i+1)
		case i < len(t) && t[i] == end:
			return i + 1
		default:
			return -1
		}
	}
}

func scanString(t []byte, i int) int {
	for i++; ; i++ {
		for i+8 <= len(t) && isPlain(binary.LittleEndian.Uint64(t[i:])) {
			i += 8
		}
		switch {
		case i >= len(t) || t[i] < ' ':
			return -1
		case t[i] == '"':
			return i + 1
		case t[i] == '\\':
			if i = scanEscape(t, i); i < 0 {
				return -1
			}
		}
	}
}

// isPlain tells whether none of eight bytes of a string is a quote, a backslash or a control
// character.
func isPlain(w uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^ones*'"', w^ones*'\\'
	return ((w-ones*' ')&^w|(quote-ones)&^quote|(slash-ones)&^slash)&tops == 0
}

// scanEscape returns the index of an escape's last byte; negative if it is none.
func scanEscape(t []byte, i int) int {
	if i++; i >= len(t) {
		return -1
	}
	switch t[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i
	case 'u':
		if i+4 < len(t) && hex4(t[i+1:]) >= 0 {
			return i + 4
		}
	}
	return -1
}

// hex4 is the number that four hexadecimal digits are; negative if they are not.
func hex4(t []byte) rune {
	var r rune
	for _, c := range t[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = (c | 0x20) - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

func scanNumber(t []byte, i int) int {
	if i < len(t) && t[i] == '-' {
		i++
	}
	if i < len(t) && t[i] == '0' {
		i++
	} else if i = digits(t, i); i < 0 {
		return -1
	}
	if i < len(t) && t[i] == '.' {
		if i = digits(t, i+1); i < 0 {
			return -1
		}
	}
	if i < len(t) && (t[i] == 'e' || t[i] == 'E') {
		if i++; i < len(t) && (t[i] == '+' || t[i] == '-') {
			i++
		}
		return digits(t, i)
	}
	return i
}

// digits returns where the digits that begin at i end; negative if there are none.
func digits(t []byte, i int) int {
	start := i
	for i < len(t) && '0' <= t[i] && t[i] <= '9' {
		i++
	}
	if i == start {
		return -1
	}
	return i
}
