// Package field reads the values of header fields that are lists: extensions and challenges.
package field

import "strings"

// IsToken reports whether s is a token of RFC 9110 §5.6.2.
func IsToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

type scanner struct{ rest string }

// skip takes c and the white space around it, and reports whether c was there.
func (s *scanner) skip(c byte) bool {
	s.rest = strings.TrimLeft(s.rest, " \t")
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = strings.TrimLeft(s.rest[1:], " \t")
	return true
}

func (s *scanner) token() (string, bool) {
	i := 0
	for i < len(s.rest) && isTokenByte(s.rest[i]) {
		i++
	}
	token := s.rest[:i]
	s.rest = s.rest[i:]
	return token, i > 0
}

// quoted takes a quoted string (RFC 9110 §5.6.4), and returns what it means.
func (s *scanner) quoted() (string, bool) {
	var b strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '"':
			s.rest = s.rest[i+1:]
			return b.String(), true
		case '\\':
			if i++; i == len(s.rest) {
				return "", false
			}
		}
		b.WriteByte(s.rest[i])
	}
	return "", false
}
