package match

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"strings"

	"wsline/internal/words"
)

// Sample is a message that a pattern matches: its wildcards stand for themselves, but for those
// that allow more members or elements.
func Sample(pattern []byte) []byte {
	t, ok := parseTree(pattern)
	if !ok {
		return Unescape(words.Plain(string(pattern)))
	}
	return layoutOf(pattern).append(nil, t.sample(), 0)
}

// SampleWith is Sample for a pattern with the values of variables, in which nothing is a wildcard.
func SampleWith(pattern words.Text) []byte {
	if len(pattern.Values()) == 0 {
		return Sample([]byte(pattern.String()))
	}
	text, ok := fillJSON(pattern, func(s words.Text, isName bool) string {
		if isName {
			return words.QuoteJSON(s.String())
		}
		return words.QuoteJSON(Escape(string(Unescape(s))))
	})
	if ok && IsJSON([]byte(text)) {
		return Sample([]byte(text))
	}
	return Unescape(pattern)
}

func (t *tree) sample() *tree {
	if t.kind == 0 {
		if t.token[0] != '"' || !bytes.Contains(t.token, []byte(`\\`)) {
			return t
		}
		return &tree{token: []byte(words.QuoteJSON(string(Unescape(words.Plain(nameOf(t.token))))))}
	}
	s := &tree{kind: t.kind}
	for i, member := range t.members {
		switch {
		case t.kind == '[' && member.isWildcard():
		case t.kind == '[':
			s.members = append(s.members, member.sample())
		case nameOf(t.names[i]) == Wildcard && member.isWildcard():
		default:
			s.add(t.names[i], member.sample())
		}
	}
	return s
}

// SampleRegexp is a text that a regular expression matches, false when none was found.
func SampleRegexp(re *regexp.Regexp) (string, bool) {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	writeSample(&b, tree.Simplify())
	text := b.String()
	return text, len(text) < MaxShown && re.MatchString(text)
}

// writeSample writes the shortest text that is easy to find: of alternatives the first, of
// repetitions the fewest, of a class a digit or a letter if it has one.
func writeSample(b *strings.Builder, re *syntax.Regexp) {
	if b.Len() >= MaxShown {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(fromClass(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpCapture, syntax.OpConcat, syntax.OpPlus:
		for _, sub := range re.Sub {
			writeSample(b, sub)
		}
	case syntax.OpAlternate:
		writeSample(b, re.Sub[0])
	case syntax.OpRepeat:
		for range re.Min {
			writeSample(b, re.Sub[0])
		}
	}
}

// fromClass is a character of a class, given as pairs of bounds.
func fromClass(ranges []rune) rune {
	for _, wanted := range "1ax" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= wanted && wanted <= ranges[i+1] {
				return wanted
			}
		}
	}
	if len(ranges) == 0 {
		return 'x'
	}
	return ranges[0]
}
