package match

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Merge returns a pattern that matches got and keeps of the old one what still holds: wildcards,
// variables, the layout, and the order of members. Both must be JSON. expand gives the values of
// variables, and escape writes a text in which they are none.
func Merge(pattern, got []byte, expand, escape func(string) string) ([]byte, bool) {
	want, ok := parseTree(pattern)
	if !ok {
		return nil, false
	}
	came, ok := parseTree(got)
	if !ok {
		return nil, false
	}
	m := merger{expand: expand, escape: escape}
	return layoutOf(pattern).append(nil, m.merge(want, came), 0), true
}

// tree is a JSON value as it was written.
type tree struct {
	token   []byte // of a scalar
	kind    byte   // '{', '[' or 0 for a scalar
	names   [][]byte
	members []*tree // of an object, or an array's elements
}

// isWildcard says whether it is the string "...".
func (t *tree) isWildcard() bool { return string(t.token) == `"..."` }

// parseTree reads one JSON value.
func parseTree(p []byte) (*tree, bool) {
	if !json.Valid(p) || !utf8.Valid(p) || tooDeep(p) {
		return nil, false
	}
	r := treeReader{p}
	return r.value(), true
}

// treeReader walks valid JSON.
type treeReader struct{ src []byte }

func (r *treeReader) space() { r.src = bytes.TrimLeft(r.src, " \t\r\n") }

func (r *treeReader) take(n int) []byte {
	token := r.src[:n]
	r.src = r.src[n:]
	return token
}

func (r *treeReader) value() *tree {
	r.space()
	defer r.space()
	switch c := r.src[0]; c {
	case '{', '[':
		return r.list(c)
	case '"':
		return &tree{token: r.take(stringSize(r.src))}
	}
	n := bytes.IndexAny(r.src, " \t\r\n,]}")
	if n < 0 {
		n = len(r.src)
	}
	return &tree{token: r.take(n)}
}

func (r *treeReader) list(kind byte) *tree {
	t := &tree{kind: kind}
	r.take(1)
	for r.space(); r.src[0] != '}' && r.src[0] != ']'; r.space() {
		if r.src[0] == ',' {
			r.take(1)
			r.space()
		}
		if kind == '{' {
			t.names = append(t.names, r.take(stringSize(r.src)))
			r.space()
			r.take(1) // the colon
		}
		t.members = append(t.members, r.value())
	}
	r.take(1)
	return t
}

type merger struct{ expand, escape func(string) string }

func (m *merger) merge(want, got *tree) *tree {
	switch {
	case want.kind == 0 && m.holds(want, got):
		return want
	case want.kind == '{' && got.kind == '{':
		return m.object(want, got)
	case want.kind == '[' && got.kind == '[':
		return m.array(want, got)
	}
	return m.literal(got)
}

// holds says whether a scalar of the pattern matches what came.
func (m *merger) holds(want, got *tree) bool {
	pattern := []byte(m.expand(string(want.token)))
	return Text(pattern, layout{}.append(nil, got, 0)) == nil
}

// object keeps the members that are still there, and adds the new ones unless more are allowed.
func (m *merger) object(want, got *tree) *tree {
	merged := &tree{kind: '{'}
	open := false
	known := map[string]bool{}
	for i, name := range want.names {
		key := nameOf(name)
		member := got.member(key)
		switch {
		case key == Wildcard && want.members[i].isWildcard():
			open = true
			merged.add(name, want.members[i])
		case member != nil && !known[key]:
			merged.add(name, m.merge(want.members[i], member))
		}
		known[key] = true
	}
	for _, name := range got.names {
		if !open && !known[nameOf(name)] {
			key := nameOf(name)
			merged.add([]byte(m.escape(string(name))), m.general(key, got.member(key)))
			known[key] = true
		}
	}
	return merged
}

// array keeps a "..." and what stands before the first and behind the last, as far as both arrays
// go.
func (m *merger) array(want, got *tree) *tree {
	first, last := -1, -1
	for i, e := range want.members {
		if e.isWildcard() {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	merged := &tree{kind: '['}
	if first < 0 {
		for i, e := range got.members {
			if i < len(want.members) {
				e = m.merge(want.members[i], e)
			} else {
				e = m.literal(e)
			}
			merged.members = append(merged.members, e)
		}
		return merged
	}
	head := min(first, len(got.members))
	for i := range head {
		merged.members = append(merged.members, m.merge(want.members[i], got.members[i]))
	}
	merged.members = append(merged.members, want.members[first])
	tail := min(len(want.members)-1-last, len(got.members)-head)
	for i := tail; i > 0; i-- {
		pattern, came := want.members[len(want.members)-i], got.members[len(got.members)-i]
		merged.members = append(merged.members, m.merge(pattern, came))
	}
	return merged
}

func (t *tree) add(name []byte, member *tree) {
	t.names = append(t.names, name)
	t.members = append(t.members, member)
}

// member is the member of that name: of several the last.
func (t *tree) member(name string) (found *tree) {
	for i := range t.names {
		if nameOf(t.names[i]) == name {
			found = t.members[i]
		}
	}
	return found
}

func nameOf(token []byte) string {
	var name string
	_ = json.Unmarshal(token, &name) // it is valid
	return name
}

// literal is a pattern for exactly this value.
func (m *merger) literal(t *tree) *tree {
	literal := string(Literal(layout{}.append(nil, t, 0)))
	tree, _ := parseTree([]byte(m.escape(literal)))
	return tree
}

// general is a pattern for a member that is new.
func (m *merger) general(name string, t *tree) *tree {
	if t.kind == 0 && volatile(name, t.token) {
		return &tree{token: []byte(`"..."`)}
	}
	pattern, _ := Generalize(layout{}.append(nil, t, 0))
	general, _ := parseTree([]byte(m.escape(string(pattern))))
	return general
}

// layout is how JSON is laid out: on one line, with or without blanks, or on several.
type layout struct {
	indent       string // of each level; "" for one line
	comma, colon string // what follows them
}

// layoutOf finds out how a pattern is laid out.
func layoutOf(pattern []byte) layout {
	var l layout
	text := string(pattern)
	if _, rest, ok := strings.Cut(text, "\n"); ok {
		l.indent = rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
		if l.indent == "" {
			l.indent = "  "
		}
	}
	for p := pattern; len(p) > 0; {
		n := 1
		switch blank := len(p) > 1 && p[1] == ' '; {
		case p[0] == '"':
			n = stringSize(p)
		case p[0] == ':' && blank:
			l.colon = " "
		case p[0] == ',' && blank && l.indent == "":
			l.comma = " "
		}
		p = p[n:]
	}
	return l
}

func (l layout) append(dst []byte, t *tree, depth int) []byte {
	if t.kind == 0 {
		return append(dst, t.token...)
	}
	dst = append(dst, t.kind)
	for i, member := range t.members {
		if i > 0 {
			dst = append(append(dst, ','), l.comma...)
		}
		dst = l.line(dst, depth+1)
		if t.kind == '{' {
			dst = append(dst, t.names[i]...)
			dst = append(append(dst, ':'), l.colon...)
		}
		dst = l.append(dst, member, depth+1)
	}
	if len(t.members) > 0 {
		dst = l.line(dst, depth)
	}
	return append(dst, t.kind+2) // the bracket that closes
}

func (l layout) line(dst []byte, depth int) []byte {
	if l.indent == "" {
		return dst
	}
	return append(append(dst, '\n'), strings.Repeat(l.indent, depth)...)
}
