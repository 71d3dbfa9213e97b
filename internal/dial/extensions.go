package dial

import (
	"strconv"
	"strings"
)

// An extension is one element of a Sec-WebSocket-Extensions field (RFC 6455 §9.1).
type extension struct {
	name   string
	params []param
}

// A param is a parameter of an extension. A value is never empty, so "" is a parameter without one.
type param struct{ name, value string }

func (p param) String() string {
	if p.value == "" {
		return p.name
	}
	return p.name + "=" + p.value
}

func (e extension) String() string {
	s := e.name
	for _, p := range e.params {
		s += "; " + p.String()
	}
	return s
}

// parseExtensions reads the values of all Sec-WebSocket-Extensions fields of a head.
func parseExtensions(values []string) (list []extension, ok bool) {
	s := scanner{strings.Join(values, ",")}
	for {
		for s.skip(','); s.skip(','); { // an empty element of a list is allowed, RFC 9110 §5.6.1
		}
		if s.rest == "" {
			return list, true
		}
		e, ok := s.extension()
		if !ok || s.rest != "" && !s.skip(',') {
			return nil, false
		}
		list = append(list, e)
	}
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

func (s *scanner) extension() (e extension, ok bool) {
	if e.name, ok = s.token(); !ok {
		return e, false
	}
	for s.skip(';') {
		var p param
		if p.name, ok = s.token(); !ok {
			return e, false
		}
		if s.skip('=') {
			if p.value, ok = s.value(); !ok {
				return e, false
			}
		}
		e.params = append(e.params, p)
	}
	return e, true
}

// value takes a token or a quoted string, which must be a token without its quotes (RFC 6455 §9.1).
func (s *scanner) value() (string, bool) {
	if s.rest == "" || s.rest[0] != '"' {
		return s.token()
	}
	var b strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '"':
			s.rest = s.rest[i+1:]
			return b.String(), IsToken(b.String())
		case '\\':
			if i++; i == len(s.rest) {
				return "", false
			}
		}
		b.WriteByte(s.rest[i])
	}
	return "", false
}

// badExtension returns what is wrong with the extensions that a server chose, "" for nothing. The
// request offered permessage-deflate without parameters, or nothing.
func badExtension(list []extension, offered bool) string {
	for i, e := range list {
		if e.name != "permessage-deflate" || !offered || i > 0 {
			return e.String()
		}
		seen := map[string]bool{}
		for _, p := range e.params {
			if seen[p.name] || !isDeflateParam(p) {
				return e.name + "; " + p.String()
			}
			seen[p.name] = true
		}
	}
	return ""
}

// isDeflateParam reports whether a server may answer with p. It may limit its own window and ask
// for no context takeover without having been offered that (RFC 7692 §7.1.1, §7.1.2.1), but not
// limit the client's window (§7.1.2.2), which the library below could not do.
func isDeflateParam(p param) bool {
	switch p.name {
	case "server_no_context_takeover", "client_no_context_takeover":
		return p.value == ""
	case "server_max_window_bits":
		n, err := strconv.Atoi(p.value)
		return err == nil && 8 <= n && n <= 15 && p.value == strconv.Itoa(n)
	}
	return false
}
