package match

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/words"
)

// match reports whether got matches a pattern.
func (c *comparer) match(want, got any) bool {
	if !c.spend(1) {
		return false
	}
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			return c.matchMembers(want, got)
		}
	case []any:
		if got, ok := got.([]any); ok {
			return c.matchElements(want, got)
		}
	}
	return c.matchScalar(want, got)
}

func (c *comparer) matchMembers(want, got map[string]any) bool {
	named := len(want)
	open := isWildcard(want[Wildcard])
	if open {
		named--
	}
	if len(got) < named || len(got) > named && !open {
		return false
	}
	for name, w := range want {
		if open && name == Wildcard {
			continue
		}
		if g, ok := got[name]; !ok || !c.match(w, g) {
			return false
		}
	}
	return true
}

func (c *comparer) matchElements(want, got []any) bool {
	first := slices.IndexFunc(want, isWildcard)
	if first < 0 {
		return len(want) == len(got) && c.matchPairs(want, got)
	}
	head, tail, runs := arrayRuns(want, first)
	rest := len(got) - len(tail)
	return rest >= len(head) && c.matchPairs(head, got) && c.matchPairs(tail, got[rest:]) &&
		c.findRuns(runs, got[len(head):rest]) == nil
}

// matchScalar is match for a pattern that is neither an object nor an array, or for values of
// different types.
func (c *comparer) matchScalar(want, got any) bool {
	switch want := want.(type) {
	case string:
		if want == Wildcard {
			return true
		}
		return c.matchString(words.Plain(want), got)
	case textPattern:
		return c.matchString(want.Text, got)
	case anything:
		return true
	case json.Number:
		got, ok := got.(json.Number)
		return ok && c.spend((len(want)+len(got))/16) && sameNumber(string(want), string(got))
	case map[string]any, []any:
		return false
	}
	switch got.(type) {
	case map[string]any, []any:
		return false // not comparable
	}
	return want == got
}

func (c *comparer) matchString(want words.Text, got any) bool {
	text, ok := got.(string)
	if !ok || !c.spend((len(want.Form())+len(text))/16) {
		return false
	}
	_, _, ok = matchText(want, text)
	return ok
}

// sameNumber reports whether two numbers of JSON have the same value, whatever their size.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, xOK := parseDecimal(a)
	y, yOK := parseDecimal(b)
	return xOK && yOK && x == y
}

// A decimal is 0.digits times ten to the power of exponent, without zeros at either end of the
// digits, so that equal numbers are equal structs. Zero has no sign.
type decimal struct {
	negative bool
	digits   string
	exponent int64
}

// parseDecimal reads a number of JSON. Those with an exponent of more than 17 digits are not
// read, so equal to nothing that is written differently.
func parseDecimal(s string) (decimal, bool) {
	var d decimal
	s, d.negative = strings.CutPrefix(s, "-")
	mantissa, power, hasPower := strings.Cut(strings.ToLower(s), "e")
	if hasPower {
		sign := strings.HasPrefix(power, "-")
		power = strings.TrimLeft(strings.TrimLeft(power, "+-"), "0")
		if len(power) > 17 {
			return d, false
		}
		d.exponent, _ = strconv.ParseInt("0"+power, 10, 64)
		if sign {
			d.exponent = -d.exponent
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.exponent += int64(len(whole))
	d.digits = strings.TrimLeft(whole+fraction, "0")
	d.exponent -= int64(len(whole) + len(fraction) - len(d.digits))
	d.digits = strings.TrimRight(d.digits, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}
