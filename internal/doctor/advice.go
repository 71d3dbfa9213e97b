package doctor

import (
	"slices"
	"strings"

	"wsline/internal/hide"
	"wsline/internal/lazy"
)

// A hint is clauses that stand each for itself, so that one can be left out: between them are "; ",
// "? if not, ", ", then " or ", or ". What a Variant can try stands in a clause of its own, as it is
// typed ("-o ORIGIN", "-s NAME", a URL) or in the words of its constructor here.
var clauses = lazy.Regexp(`; |\? if not, |, then |, or |, such as `)

// nothingLeft is the hint where all that it said has been tried.
const nothingLeft = "nothing is left to try from here: the server's log or its code should say what it wants"

// Without is a hint of a diagnosis without the clauses that recommend it, or one of these, which have
// been tried.
func Without(hint string, tried []string) string {
	if hint == "" {
		return ""
	}
	var kept strings.Builder
	gap, start := "", 0
	for _, end := range append(clauses().FindAllStringIndex(hint, -1), []int{len(hint), len(hint)}) {
		clause := hint[start:end[0]]
		isTried := slices.ContainsFunc(tried, func(s string) bool { return recommends(clause, s) })
		if !isTried && !strings.Contains(clause, "--diagnose") {
			if kept.Len() > 0 {
				kept.WriteString(gap)
			}
			kept.WriteString(clause)
			gap = ""
		}
		if sep := hint[end[0]:end[1]]; gap == "" || sep == "; " {
			gap = sep
		}
		start = end[1]
	}
	if kept.Len() == 0 {
		return nothingLeft
	}
	return kept.String()
}

// recommends reports whether a clause has a thing as words of its own: "-s mqtt" is not in
// "-s mqttv3.1", nor "/ws" in "/app/ws".
func recommends(clause, thing string) bool {
	const before, after = " '(", " '),;?"
	for from := 0; ; {
		i := strings.Index(clause[from:], thing)
		if i < 0 {
			return false
		}
		i, from = from+i, from+i+len(thing)
		if (i == 0 || strings.IndexByte(before, clause[i-1]) >= 0) &&
			(from == len(clause) || strings.IndexByte(after, clause[from]) >= 0) {
			return true
		}
	}
}

// Flags is how hints recommend what a variant changes besides the URL.
func (v *Variant) Flags() []string { return v.flags }

// Place is how hints recommend its URL; none where that is the one that was asked for.
func (v *Variant) Place() []string {
	if v.URL == nil {
		return nil
	}
	list := []string{hide.URL(v.URL), v.URL.Scheme + "://" + v.URL.Host + v.URL.EscapedPath()}
	if path := v.URL.EscapedPath(); len(path) > 1 {
		list = append(list, path, v.URL.RequestURI())
	}
	return list
}
