package field

import (
	"slices"
	"strings"
)

// An Extension is one element of a Sec-WebSocket-Extensions field (RFC 6455 §9.1).
type Extension struct {
	Name   string
	Params []Param
}

// A Param is a parameter of an extension. A value is never empty, so "" is a parameter without one.
type Param struct{ Name, Value string }

func (p Param) String() string {
	if p.Value == "" {
		return p.Name
	}
	return p.Name + "=" + p.Value
}

func (e Extension) String() string {
	s := e.Name
	for _, p := range e.Params {
		s += "; " + p.String()
	}
	return s
}

// Has says whether there is a parameter of that name.
func (e Extension) Has(name string) bool {
	return slices.ContainsFunc(e.Params, func(p Param) bool { return p.Name == name })
}

// Param is the value of the first parameter of that name, "" without one.
func (e Extension) Param(name string) string {
	for _, p := range e.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Extensions reads the values of all Sec-WebSocket-Extensions fields of a head.
func Extensions(values []string) (list []Extension, ok bool) {
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

func (s *scanner) extension() (e Extension, ok bool) {
	if e.Name, ok = s.token(); !ok {
		return e, false
	}
	for s.skip(';') {
		var p Param
		if p.Name, ok = s.token(); !ok {
			return e, false
		}
		if s.skip('=') {
			if p.Value, ok = s.value(); !ok {
				return e, false
			}
		}
		e.Params = append(e.Params, p)
	}
	return e, true
}

// value takes a token or a quoted string, which must be a token without its quotes (RFC 6455 §9.1).
func (s *scanner) value() (string, bool) {
	if !strings.HasPrefix(s.rest, `"`) {
		return s.token()
	}
	value, ok := s.quoted()
	return value, ok && IsToken(value)
}
