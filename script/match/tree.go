package match

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"wsline/internal/words"
)

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
