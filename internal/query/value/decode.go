package value

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Decode returns the value of a text that Document returned, or of a part of it: nil, bool,
// json.Number, string, []any or map[string]any.
func Decode(t []byte) any {
	d := decoder{text: t, copied: string(t)}
	return d.value()
}

// DecodeMembers is Decode of an object without its members that have other names.
func DecodeMembers(object []byte, names []string) map[string]any {
	members := make(map[string]any, len(names))
	var c cursor
	for part := c.next(object); part != nil; part = c.next(object) {
		for _, name := range names {
			if isString(c.name, name) {
				members[name] = Decode(part)
				break
			}
		}
	}
	return members
}

// A decoder reads a text; strings and numbers are parts of one copy of it.
type decoder struct {
	text   []byte
	copied string
	at     int
	list   []any // the elements of the arrays that have begun
}

func (d *decoder) value() any {
	start := d.at
	switch d.text[start] {
	case '{':
		return d.object()
	case '[':
		return d.array()
	case '"':
		return d.string()
	case 't':
		d.at += len("true")
		return true
	case 'f':
		d.at += len("false")
		return false
	case 'n':
		d.at += len("null")
		return nil
	}
	d.at = skip(d.text, start)
	return json.Number(d.copied[start:d.at])
}

// more goes to the next part of an array or object, and past its end if there is none.
func (d *decoder) more() bool {
	d.at = space(d.text, d.at)
	switch d.text[d.at] {
	case ']', '}':
		d.at++
		return false
	case ',':
		d.at = space(d.text, d.at+1)
	}
	return true
}

func (d *decoder) array() any {
	if d.list == nil {
		d.list = make([]any, 0, 8)
	}
	start := len(d.list)
	for d.at++; d.more(); {
		d.list = append(d.list, d.value())
	}
	list := make([]any, len(d.list)-start)
	copy(list, d.list[start:])
	d.list = d.list[:start]
	return list
}

func (d *decoder) object() any {
	members := map[string]any{}
	for d.at++; d.more(); {
		name := d.string()
		d.at = space(d.text, space(d.text, d.at)+1)
		members[name] = d.value()
	}
	return members
}

func (d *decoder) string() string {
	start := d.at
	d.at = skipString(d.text, start)
	if inside := d.text[start+1 : d.at-1]; !isLiteral(inside) {
		return unquote(inside)
	}
	return d.copied[start+1 : d.at-1]
}

// isLiteral tells whether what stands between the quotes of a string is its value.
func isLiteral(t []byte) bool {
	for i, c := range t {
		if c == '\\' {
			return false
		}
		if c >= utf8.RuneSelf {
			return utf8.Valid(t[i:]) && bytes.IndexByte(t[i:], '\\') < 0
		}
	}
	return true
}

// isString tells whether a string in quotes has this value.
func isString(quoted []byte, want string) bool {
	inside := quoted[1 : len(quoted)-1]
	if isLiteral(inside) {
		return string(inside) == want
	}
	return unquote(inside) == want
}

// stringOf is the value of a string in quotes.
func stringOf(quoted []byte) string {
	inside := quoted[1 : len(quoted)-1]
	if isLiteral(inside) {
		return string(inside)
	}
	return unquote(inside)
}

// unquote returns the value of a string of which this stands between the quotes.
func unquote(t []byte) string {
	var s strings.Builder
	for i := 0; i < len(t); {
		if t[i] != '\\' {
			r, size := utf8.DecodeRune(t[i:])
			s.WriteRune(r) // RuneError for what is not UTF-8
			i += size
			continue
		}
		i += 2
		switch c := t[i-1]; c {
		case 'b':
			s.WriteByte('\b')
		case 'f':
			s.WriteByte('\f')
		case 'n':
			s.WriteByte('\n')
		case 'r':
			s.WriteByte('\r')
		case 't':
			s.WriteByte('\t')
		case 'u':
			r, size := escaped(t[i:])
			s.WriteRune(r)
			i += size
		default:
			s.WriteByte(c)
		}
	}
	return s.String()
}

// escaped is the character of what stands behind \u, and how long that is, with the second half of
// a surrogate pair.
func escaped(t []byte) (rune, int) {
	r := hex4(t)
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(t) >= 10 && t[4] == '\\' && t[5] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(t[6:])); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return utf8.RuneError, 4
}
