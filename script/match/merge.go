package match

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"wsline/internal/words"
)

// Merge returns a pattern that matches got and keeps of the old one what still holds: wildcards,
// variables, the layout, and the order of members. Both must be JSON, the pattern as words.Text.JSON
// tells it; its values are variables as they are written. expand gives them their values, and escape
// writes a text in which there are none.
func Merge(
	pattern words.Text, got []byte, expand func(string) words.Text, escape func(string) string,
) ([]byte, bool) {
	want, ok := parsePattern(pattern)
	if !ok {
		return nil, false
	}
	came, ok := parseTree(got)
	if !ok {
		return nil, false
	}
	m := merger{expand: expand, escape: escape}
	return layoutOf([]byte(pattern.Form())).append(nil, m.merge(want, came), 0), true
}

// tree is a JSON value as it was written.
type tree struct {
	token   []byte // of a scalar
	kind    byte   // '{', '[' or 0 for a scalar
	names   [][]byte
	members []*tree // of an object, or an array's elements
	text    []byte  // all of it; nil for what is new, or has changed
	*blanks         // of an object or array that was written; nil: those of the layout
}

// blanks is what stands between the members of an object or an array.
type blanks struct {
	open, close string
	gaps        []string // before each member but the first, with the comma
	colons      []string
}

// isWildcard says whether it is the string "...".
func (t *tree) isWildcard() bool { return string(t.token) == `"..."` }

// parseTree reads one JSON value.
func parseTree(p []byte) (*tree, bool) { return parsePattern(words.Plain(string(p))) }

// parsePattern reads what was written as one JSON value, its values as parts of their tokens.
func parsePattern(pattern words.Text) (*tree, bool) {
	form := pattern.Form()
	isJSON := pattern.StringHoles() != nil || json.Valid([]byte(form))
	if !isJSON || !utf8.ValidString(form) || tooDeep([]byte(form)) {
		return nil, false
	}
	r := treeReader{form, pattern.Values()}
	r.space()
	return r.value(), true
}

// treeReader walks valid JSON, with values in it.
type treeReader struct {
	src    string
	values []words.Value
}

// space is the white space that is next.
func (r *treeReader) space() string {
	n := len(r.src) - len(strings.TrimLeft(r.src, " \t\r\n"))
	return string(r.take(n))
}

// take is what is next, with its variables as they are written.
func (r *treeReader) take(n int) []byte {
	token := r.src[:n]
	r.src = r.src[n:]
	var text []byte
	for {
		before, after, found := strings.Cut(token, words.Hole)
		text = append(text, before...)
		if !found {
			return text
		}
		text = append(text, r.values[0].Text...)
		r.values = r.values[1:]
		token = after
	}
}

func (r *treeReader) value() *tree {
	from := *r
	t := &tree{}
	switch c := r.src[0]; c {
	case '{', '[':
		t = r.list(c)
	case '"':
		t.token = r.take(stringSize(r.src))
	default:
		n := strings.IndexAny(r.src, " \t\r\n,]}")
		if n < 0 {
			n = len(r.src)
		}
		t.token = r.take(n)
	}
	t.text = from.take(len(from.src) - len(r.src))
	return t
}

func (r *treeReader) list(kind byte) *tree {
	t := &tree{kind: kind, blanks: &blanks{}}
	r.take(1)
	for space := r.space(); ; space = r.space() {
		switch {
		case r.src[0] == '}' || r.src[0] == ']':
			t.close = space
			r.take(1)
			return t
		case len(t.members) == 0:
			t.open = space
		default:
			r.take(1)
			t.gaps = append(t.gaps, space+","+r.space())
		}
		if kind == '{' {
			r.member(t)
		}
		t.members = append(t.members, r.value())
	}
}

// member reads a name and the colon; a member that is a variable alone has neither.
func (r *treeReader) member(t *tree) {
	if r.src[0] != '"' {
		t.names, t.colons = append(t.names, nil), append(t.colons, "")
		return
	}
	t.names = append(t.names, r.take(stringSize(r.src)))
	before := r.space()
	r.take(1)
	t.colons = append(t.colons, before+":"+r.space())
}

type merger struct {
	expand func(string) words.Text
	escape func(string) string
}

func (m *merger) merge(want, got *tree) *tree {
	switch {
	case want.kind == 0 && m.holds(want, got):
		return want
	case want.kind == '{' && got.kind == '{':
		return want.unless(m.object(want, got))
	case want.kind == '[' && got.kind == '[':
		return want.unless(m.array(want, got))
	}
	return m.literal(got)
}

// unless is the tree itself unless the merged one has other members.
func (t *tree) unless(merged *tree) *tree {
	if slices.Equal(t.members, merged.members) {
		return t
	}
	return merged
}

// like is an object or an array without members yet that is laid out as t is.
func (t *tree) like() *tree {
	return &tree{kind: t.kind, blanks: &blanks{open: t.open, close: t.close}}
}

// keep adds a member in the place of that with an index in t.
func (t *tree) keep(old *tree, i int, member *tree) {
	if len(t.members) > 0 {
		t.gaps = append(t.gaps, old.gaps[i-1])
	}
	if t.kind == '{' {
		t.colons = append(t.colons, old.colons[i])
		t.names = append(t.names, old.names[i])
	}
	t.members = append(t.members, member)
}

// holds says whether a scalar of the pattern matches what came.
func (m *merger) holds(want, got *tree) bool {
	return TextWith(m.expand(string(want.token)), got.text) == nil
}

// object keeps the members that are still there, and adds the new ones unless more are allowed.
func (m *merger) object(want, got *tree) *tree {
	merged := want.like()
	open := false
	known := map[string]bool{}
	for i, name := range want.names {
		key := nameOf([]byte(m.expand(string(name)).JSON()))
		member := got.member(key)
		switch {
		case string(name) == `"..."` && want.members[i].isWildcard():
			open = true
			merged.keep(want, i, want.members[i])
		case member != nil && !known[key]:
			merged.keep(want, i, m.merge(want.members[i], member))
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
	first := slices.IndexFunc(want.members, (*tree).isWildcard)
	merged := want.like()
	if first < 0 {
		for i, e := range got.members {
			if i < len(want.members) {
				merged.keep(want, i, m.merge(want.members[i], e))
			} else {
				merged.add(nil, m.literal(e))
			}
		}
		return merged
	}
	last := first
	for i, e := range want.members {
		if e.isWildcard() {
			last = i
		}
	}
	head := min(first, len(got.members))
	for i := range head {
		merged.keep(want, i, m.merge(want.members[i], got.members[i]))
	}
	merged.keep(want, first, want.members[first])
	tail := min(len(want.members)-1-last, len(got.members)-head)
	for i := tail; i > 0; i-- {
		at := len(want.members) - i
		merged.keep(want, at, m.merge(want.members[at], got.members[len(got.members)-i]))
	}
	return merged
}

// add adds a member that is new.
func (t *tree) add(name []byte, member *tree) {
	if t.kind == '{' {
		t.names = append(t.names, name)
	}
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
	literal := string(Literal(compact(t.text)))
	return m.fresh(literal)
}

// general is a pattern for a member that is new.
func (m *merger) general(name string, t *tree) *tree {
	if t.kind == 0 && volatile(name, t.token) {
		return &tree{token: []byte(`"..."`)}
	}
	pattern, _ := Generalize(compact(t.text))
	return m.fresh(string(pattern))
}

// fresh is a pattern that is laid out as what is around it.
func (m *merger) fresh(pattern string) *tree {
	t, _ := parseTree([]byte(m.escape(pattern)))
	t.forget()
	return t
}

// forget lets go how the tree was laid out.
func (t *tree) forget() {
	t.blanks = nil
	if t.kind != 0 {
		t.text = nil
	}
	for _, member := range t.members {
		member.forget()
	}
}

// compact is JSON without white space.
func compact(p []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, p) != nil {
		return p
	}
	return b.Bytes()
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
	switch {
	case t.text != nil:
		return append(dst, t.text...)
	case t.kind == 0:
		return append(dst, t.token...)
	case t.blanks != nil && len(t.members) > 0:
		return l.appendLike(dst, t, depth)
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

// appendLike is append for what was written and has changed: what is new stands as what was there.
func (l layout) appendLike(dst []byte, t *tree, depth int) []byte {
	inner, gap, colon := l, ","+l.comma, ":"+l.colon
	switch {
	case len(t.gaps) > 0:
		gap = t.gaps[len(t.gaps)-1]
	case strings.Contains(t.open, "\n"):
		gap = "," + t.open
	}
	if len(t.colons) > 0 {
		colon = t.colons[len(t.colons)-1]
	}
	if !strings.Contains(t.open+gap, "\n") && l.indent != "" {
		inner = layout{comma: " ", colon: " "}
	}
	dst = append(append(dst, t.kind), t.open...)
	for i, member := range t.members {
		switch {
		case i == 0:
		case i <= len(t.gaps):
			dst = append(dst, t.gaps[i-1]...)
		default:
			dst = append(dst, gap...)
		}
		switch {
		case t.kind != '{' || t.names[i] == nil:
		case i < len(t.colons):
			dst = append(append(dst, t.names[i]...), t.colons[i]...)
		default:
			dst = append(append(dst, t.names[i]...), colon...)
		}
		dst = inner.append(dst, member, depth+1)
	}
	return append(append(dst, t.close...), t.kind+2)
}

func (l layout) line(dst []byte, depth int) []byte {
	if l.indent == "" {
		return dst
	}
	return append(append(dst, '\n'), strings.Repeat(l.indent, depth)...)
}
