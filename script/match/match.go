// Package match holds what came against a pattern, and says where they differ: text and JSON in
// which ... stands for anything, bytes, regular expressions and jq expressions. It also makes
// patterns of messages (Literal, Generalize, Merge), and messages of patterns (Sample).
//
// It knows neither files nor connections: how a line of a script is read, and the values of its
// variables, are for those who call it.
//
// Everything is a function of its arguments, and may be called concurrently. Both sides are
// untrusted: work and memory are bounded, and differences are cut to what can be shown.
package match

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/plural"
	"wsline/internal/query"
	"wsline/internal/words"
)

const (
	// maxDepth is how deep JSON may be nested to be compared as JSON.
	maxDepth = 1000

	// maxDifferences is how many differences of one message are told; more are counted.
	maxDifferences = 20

	// maxWork is how many values a comparison may look at, besides one for each byte of the pattern
	// and of what came. Only several "..." among arrays in arrays can need more.
	maxWork = 4 << 20
)

// Wildcard matches any run of characters in text, and any value where it is a whole JSON string.
const Wildcard = "..."

// Text compares a text message with a pattern, and returns how they differ: nil when the
// message matches.
//
// When both are JSON, they are compared as JSON: white space and the order of members do not count,
// of duplicate members the last one does, and numbers are equal that have the same value, exactly
// (1e2 is 100.0). In a pattern
//
//   - the string "..." matches any value;
//   - a member "...": "..." lets an object have more members than the pattern names;
//   - an element "..." of an array matches any number of elements, also none;
//   - a string with ... among other text matches as text does.
//
// Otherwise both are text, and ... in the pattern matches any run of characters, also none, also
// line feeds. JSON that is nested deeper than 1000 levels counts as text.
//
// \... is a literal "...", and a backslash before that one is doubled; any other backslash is
// itself. In JSON this is a matter of the string's value: "\\..." is written. Literal writes it.
//
// The work is bounded: linear in both lengths for text and for JSON without an element "...", and
// at most 4 Mi compared values more with it; beyond that the result is a difference that says so.
func Text(pattern, got []byte) []Difference {
	return TextWith(words.Plain(string(pattern)), got)
}

// TextWith is Text for a pattern with the values of variables, in which nothing is a wildcard. In JSON
// a value within a string is part of that string.
func TextWith(pattern words.Text, got []byte) []Difference {
	want, ok := decodePattern(pattern)
	if ok {
		if came, ok := decode(got); ok {
			c := comparer{work: maxWork + len(pattern.String()) + len(got)}
			c.compare(nil, want, came)
			return c.result()
		}
		if notScalar(want) {
			return []Difference{{
				Path: ".", Want: shownValue(want), Got: excerpt(string(got), 0),
				Note: "expected " + typeOf(want) + ", got text that is not JSON: " +
					excerpt(string(got), 0),
			}}
		}
	}
	diff := PlainWith(pattern, got)
	if diff != nil && !ok && looksJSON([]byte(pattern.String())) && looksJSON(got) {
		diff[0].Note += "; the pattern is not JSON, so it was compared as text"
	}
	return diff
}

// Plain is Text for a pattern that is text also when it is JSON.
func Plain(pattern, got []byte) []Difference {
	return PlainWith(words.Plain(string(pattern)), got)
}

// PlainWith is TextWith for a pattern that is text also when it is JSON.
func PlainWith(pattern words.Text, got []byte) []Difference {
	if d, ok := compareText(pattern, string(got)); !ok {
		return []Difference{d}
	}
	return nil
}

// Exact is Plain for a text in which nothing is a wildcard.
func Exact(want, got []byte) []Difference {
	return Plain([]byte(Escape(string(want))), got)
}

// Binary compares the bytes of a binary message, or of a ping, a pong or a close reason:
// nothing in want is a wildcard.
func Binary(want, got []byte) []Difference {
	if bytes.Equal(want, got) {
		return nil
	}
	at := 0
	for at < len(want) && at < len(got) && want[at] == got[at] {
		at++
	}
	var d Difference
	d.Want, d.WantAt = shownHex(want, at)
	d.Got, d.GotAt = shownHex(got, at)
	switch {
	case at == len(want):
		d.Note = fmt.Sprintf("expected %s, got %d more", plural.Of(len(want), "byte"), len(got)-at)
	case at == len(got):
		d.Note = fmt.Sprintf("expected %s, got only %d", plural.Of(len(want), "byte"), at)
	default:
		d.Note = fmt.Sprintf("byte %d: expected %02x, got %02x", at, want[at], got[at])
	}
	return []Difference{d}
}

// Regexp looks for a match of re anywhere in what came. Its named groups are returned by
// name, those that took no part in the match as "".
func Regexp(re *regexp.Regexp, got []byte) (groups map[string]string, diff []Difference) {
	match := re.FindSubmatch(got)
	if match == nil {
		came := excerpt(string(got), 0)
		return nil, []Difference{{
			Want: re.String(), Got: Cut(string(got), MaxShown), WantAt: -1, GotAt: -1,
			Note: "no match of " + re.String() + " in " + came,
		}}
	}
	groups = map[string]string{}
	for i, name := range re.SubexpNames() {
		if name != "" && (match[i] != nil || groups[name] == "") {
			groups[name] = string(match[i])
		}
	}
	return groups, nil
}

// Query wants a jq expression to be true of a message. It ends with ctx, and has the limits
// of its package.
func Query(ctx context.Context, q *query.Query, got []byte) []Difference {
	ok, err := q.True(ctx, got)
	if ok && err == nil {
		return nil
	}
	d := Difference{
		Want: q.String(), Got: Cut(string(got), MaxShown), WantAt: -1, GotAt: -1,
		Note: q.String() + " is not true",
	}
	if err != nil {
		d.Note = err.Error()
	}
	return []Difference{d}
}

// Literal returns a pattern that matches p and, but for how JSON is laid out, nothing else. It is p
// itself where that will do.
func Literal(p []byte) []byte {
	if !bytes.Contains(p, []byte(Wildcard)) && !bytes.Contains(p, []byte(`\u002`)) {
		return p
	}
	if !IsJSON(p) {
		return []byte(Escape(string(p)))
	}
	var dst []byte
	for len(p) > 0 {
		i := bytes.IndexByte(p, '"')
		if i < 0 {
			return append(dst, p...)
		}
		n := i + stringSize(p[i:])
		dst = append(dst, p[:i]...)
		dst = append(dst, literalString(p[i:n], p[n:])...)
		p = p[n:]
	}
	return dst
}

// literalString is a token of JSON that is a string, its wildcards made literal unless it is the
// name of a member, as the text after it tells.
func literalString(token, after []byte) []byte {
	var s string
	isName := bytes.HasPrefix(bytes.TrimLeft(after, " \t\r\n"), []byte(":"))
	if isName || json.Unmarshal(token, &s) != nil || !strings.Contains(s, Wildcard) {
		return token
	}
	return []byte(marshal(Escape(s)))
}

// stringSize is the size of the JSON string that p begins with.
func stringSize[T string | []byte](p T) int {
	for i := 1; ; i++ {
		switch p[i] {
		case '"':
			return i + 1
		case '\\':
			i++ // what is escaped
		}
	}
}

// IsJSON says whether a text is compared as JSON when the other one is JSON too.
func IsJSON(p []byte) bool {
	_, ok := decode(p)
	return ok
}

// decode reads p as one JSON value; numbers stay as they are written.
func decode(p []byte) (any, bool) {
	if !utf8.Valid(p) || !json.Valid(p) || tooDeep(p) {
		return nil, false
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(p))
	d.UseNumber()
	return v, d.Decode(&v) == nil
}

// tooDeep reports whether the valid JSON p is nested deeper than maxDepth.
func tooDeep(p []byte) bool {
	depth := 0
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '"':
			i += stringSize(p[i:]) - 1
		case '{', '[':
			if depth++; depth > maxDepth {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

func looksJSON(p []byte) bool {
	p = bytes.TrimLeft(p, " \t\r\n")
	return len(p) > 0 && (p[0] == '{' || p[0] == '[')
}

// excerpt is what of s stands from an offset on, quoted and not longer than part of a line.
func excerpt(s string, at int) string {
	s = s[at:]
	short := Cut(s, 40)
	if n := strings.IndexByte(short, '\n'); n >= 0 {
		short = short[:max(1, n)]
	}
	quoted := string(format.Quote(nil, []byte(short)))
	if short != s {
		quoted += "…"
	}
	return quoted
}
