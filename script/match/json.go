package match

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/lazy"
	"wsline/internal/plural"
	"wsline/internal/words"
)

// A step is the way to a value in JSON: a member of an object, or an element of an array, in the
// value that up leads to. nil is the whole document.
type step struct {
	up    *step
	name  string
	index int // of an element; -1 for a member
}

var identifier = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*$`)

// maxPath is how long a path is written, in bytes.
const maxPath = 1 << 10

// String is the path as jq writes it: ".", ".items[2].price", `.["a b"]`.
func (s *step) String() string {
	var steps []string
	for size := 0; s != nil; s = s.up {
		text := s.text()
		if size += len(text); size > maxPath {
			return "…" + strings.Join(steps, "")
		}
		steps = slices.Insert(steps, 0, text)
	}
	path := strings.Join(steps, "")
	if !strings.HasPrefix(path, ".") {
		path = "." + path
	}
	return path
}

func (s *step) text() string {
	switch {
	case s.index >= 0:
		return "[" + strconv.Itoa(s.index) + "]"
	case identifier().MatchString(s.name):
		return "." + s.name
	}
	return "[" + marshal(s.name) + "]"
}

// A comparer holds what JSON came against a pattern.
type comparer struct {
	work  int // what may still be looked at
	spent bool
	diffs []Difference
	more  int // differences that are not in diffs
}

// result is what was found; nil is no difference.
func (c *comparer) result() []Difference {
	if c.spent {
		return []Difference{{Path: ".", Note: `the comparison was given up: ` +
			`elements "..." of arrays within arrays make it too long`}}
	}
	if c.more > 0 {
		c.diffs = append(c.diffs, Difference{Note: plural.Of(c.more, "more difference")})
	}
	return c.diffs
}

// spend counts n values as looked at, and reports whether there was work left for them.
func (c *comparer) spend(n int) bool {
	c.work -= n
	c.spent = c.spent || c.work < 0
	return !c.spent
}

func (c *comparer) add(at *step, want, got, note string) {
	if len(c.diffs) >= maxDifferences {
		c.more++
		return
	}
	c.diffs = append(c.diffs, Difference{Path: at.String(), Want: want, Got: got, Note: note})
}

func (c *comparer) differ(at *step, want, got any) {
	if c.full() {
		return
	}
	w, g := shownValue(want), shownValue(got)
	if gs, ok := got.(string); ok {
		switch want := want.(type) {
		case string:
			w, g = shownStrings(words.Plain(want), gs)
		case textPattern:
			w, g = shownStrings(want.Text, gs)
		}
	}
	c.add(at, w, g, "expected "+w+", got "+g)
}

// full counts one more difference when no more are told.
func (c *comparer) full() bool {
	if len(c.diffs) < maxDifferences {
		return false
	}
	c.more++
	return true
}

func (c *comparer) missing(at *step, want any) {
	if !c.full() {
		w := shownValue(want)
		c.add(at, w, "", "missing, expected "+w)
	}
}

func (c *comparer) unexpected(at *step, got any) {
	if !c.full() {
		g := shownValue(got)
		c.add(at, "", g, "not expected, got "+g)
	}
}

// compare adds how got differs from a pattern.
func (c *comparer) compare(at *step, want, got any) {
	if !c.spend(1) {
		return
	}
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			c.compareMembers(at, want, got)
			return
		}
	case []any:
		if got, ok := got.([]any); ok {
			c.compareElements(at, want, got)
			return
		}
	}
	if !c.matchScalar(want, got) {
		c.differ(at, want, got)
	}
}

func (c *comparer) compareMembers(at *step, want, got map[string]any) {
	open := isWildcard(want[Wildcard])
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if open && name == Wildcard {
			continue
		}
		next := &step{at, name, -1}
		if value, ok := got[name]; ok {
			c.compare(next, want[name], value)
		} else {
			c.missing(next, want[name])
		}
	}
	if open {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			c.unexpected(&step{at, name, -1}, got[name])
		}
	}
}

// compareElements is matchElements that says where. The elements before the first "..." are held
// against the first that came, those after the last one against the last that came.
func (c *comparer) compareElements(at *step, want, got []any) {
	first := slices.IndexFunc(want, isWildcard)
	if first < 0 {
		c.comparePairs(at, want, got, 0)
		for i := len(want); i < len(got); i++ {
			c.unexpected(&step{at, "", i}, got[i])
		}
		return
	}
	head, tail, runs := arrayRuns(want, first)
	if len(got) < len(head)+len(tail) {
		note := fmt.Sprintf("expected at least %s, got %d",
			plural.Of(len(head)+len(tail), "element"), len(got))
		c.add(at, shownValue(want), shownValue(got), note)
		return
	}
	before := len(c.diffs)
	c.comparePairs(at, head, got[:len(head)], 0)
	rest := len(got) - len(tail)
	c.comparePairs(at, tail, got[rest:], rest)
	if len(c.diffs) > before {
		return
	}
	if run := c.findRuns(runs, got[len(head):rest]); run != nil {
		c.add(at, shownValue(run), shownValue(got), "no "+shownRun(run)+" in "+shownValue(got))
	}
}

// comparePairs compares elements one by one, got beginning at an index of the array.
func (c *comparer) comparePairs(at *step, want, got []any, index int) {
	for i, w := range want {
		next := &step{at, "", index + i}
		if i < len(got) {
			c.compare(next, w, got[i])
		} else {
			c.missing(next, w)
		}
	}
}

// arrayRuns parts a pattern's elements at its "...", the first of which is at an index: what an
// array has to begin with and to end with, and the runs between.
func arrayRuns(want []any, first int) (head, tail []any, runs [][]any) {
	head, want = want[:first], want[first+1:]
	for {
		n := slices.IndexFunc(want, isWildcard)
		if n < 0 {
			return head, want, runs
		}
		if n > 0 {
			runs = append(runs, want[:n])
		}
		want = want[n+1:]
	}
}

// findRuns looks for runs of elements one after the other, each as early as it can be, and
// returns the first that is not found. Earliest is enough: no later place leaves more to the rest.
func (c *comparer) findRuns(runs [][]any, got []any) []any {
	for _, run := range runs {
		for !c.spent && len(got) >= len(run) && !c.matchPairs(run, got) {
			got = got[1:]
		}
		if len(got) < len(run) || c.spent {
			return run
		}
		got = got[len(run):]
	}
	return nil
}

func (c *comparer) matchPairs(want, got []any) bool {
	for i, w := range want {
		if !c.match(w, got[i]) {
			return false
		}
	}
	return true
}

func isWildcard(v any) bool {
	s, ok := v.(string)
	return ok && s == Wildcard
}

func notScalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func typeOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	}
	return "a value"
}

// marshal is v as compact JSON.
func marshal(v any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "?" // no value that was decoded
	}
	return strings.TrimSuffix(out.String(), "\n")
}
