package match

import (
	"slices"

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
