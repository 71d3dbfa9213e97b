package value

import (
	"bytes"
	"slices"
	"strings"
)

// The functions of this file work on texts that are known to be JSON: what Document returned, parts
// of it, and what Append wrote.

// skip returns where the value that begins at i ends.
func skip(t []byte, i int) int {
	switch t[i] {
	case '"':
		return skipString(t, i)
	case '{', '[':
		return skipMembers(t, i)
	}
	for i < len(t) && t[i] > ' ' && t[i] != ',' && t[i] != ']' && t[i] != '}' {
		i++
	}
	return i
}

func skipString(t []byte, i int) int {
	for i++; t[i] != '"'; i++ {
		if t[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func skipMembers(t []byte, i int) int {
	for depth := 0; ; i++ {
		switch t[i] {
		case '"':
			i = skipString(t, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// A cursor goes through the members of an object, or the elements of an array. The zero value is
// before the first.
type cursor struct {
	at   int    // the last byte of the last part, or the bracket
	name []byte // of the member, with its quotes
}

// next returns the next part of the text, which is the same one each time; nil if there is none.
func (c *cursor) next(t []byte) []byte {
	i := space(t, c.at+1)
	switch t[i] {
	case ']', '}':
		return nil
	case ',':
		i = space(t, i+1)
	}
	if t[0] == '{' {
		end := skipString(t, i)
		c.name = t[i:end]
		i = space(t, space(t, end)+1)
	}
	end := skip(t, i)
	c.at = end - 1
	return t[i:end]
}

// Member returns the member of an object with this name; nil if there is none.
func Member(object []byte, name string) (found []byte) {
	var c cursor
	for part := c.next(object); part != nil; part = c.next(object) {
		if isString(c.name, name) {
			found = part
		}
	}
	return found
}

// Element returns the element of an array with this index, counted from the end if it is negative;
// nil if there is none.
func Element(array []byte, index int) []byte {
	if index < 0 {
		for range Each(array) {
			index++
		}
	}
	for part := range Each(array) {
		if index == 0 {
			return part
		}
		index--
	}
	return nil
}

// Each goes through the elements of an array, or through the members of an object in the order of
// their names.
func Each(t []byte) func(yield func(part []byte) bool) {
	return func(yield func(part []byte) bool) {
		if t[0] == '{' {
			eachMember(t, yield)
			return
		}
		var c cursor
		for part := c.next(t); part != nil && yield(part); {
			part = c.next(t)
		}
	}
}

func eachMember(object []byte, yield func(part []byte) bool) {
	type member struct {
		name string
		text []byte
	}
	var list []member
	var c cursor
	for part := c.next(object); part != nil; part = c.next(object) {
		list = append(list, member{stringOf(c.name), part})
	}
	slices.SortStableFunc(list, func(a, b member) int { return strings.Compare(a.name, b.name) })
	for i, m := range list {
		isLast := i+1 == len(list) || list[i+1].name != m.name
		if isLast && !yield(m.text) {
			return
		}
	}
}

// Compact returns a text without the white space between its tokens: itself if there is none.
func Compact(t []byte) []byte {
	var dst []byte
	from := 0
	for i := 0; i < len(t); {
		switch t[i] {
		case '"':
			i = skipString(t, i)
		case ' ', '\n', '\t', '\r':
			dst = append(dst, t[from:i]...)
			i = space(t, i)
			from = i
		default:
			i++
		}
	}
	if from == 0 {
		return t
	}
	return append(dst, t[from:]...)
}

// IsCompact tells whether another text is this one without the white space between its tokens.
func IsCompact(t, compact []byte) bool {
	for i := space(t, 0); i < len(t); {
		end := i + 1
		if t[i] == '"' {
			end = skipString(t, i)
		}
		if !bytes.HasPrefix(compact, t[i:end]) {
			return false
		}
		compact = compact[end-i:]
		i = space(t, end)
	}
	return len(compact) == 0
}
