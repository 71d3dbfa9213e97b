package match

import (
	"encoding/json"
	"strconv"
	"strings"

	"wsline/internal/words"
)

// textPattern is a string of a JSON pattern with values in it.
type textPattern struct{ words.Text }

// MarshalJSON writes it as a person would have written it.
func (p textPattern) MarshalJSON() ([]byte, error) { return []byte(marshal(p.String())), nil }

// anything is the value of a member that is called "..." by a value, and matches any other.
type anything struct{}

// MarshalJSON writes it as a pattern has it.
func (anything) MarshalJSON() ([]byte, error) { return []byte(marshal(Wildcard)), nil }

// decodePattern reads a pattern as one JSON value. Strings with values in them become textPatterns.
func decodePattern(pattern words.Text) (any, bool) {
	if len(pattern.Values()) == 0 {
		return decode([]byte(pattern.String()))
	}
	t := &template{}
	text, ok := fillJSON(pattern, t.string)
	if !ok {
		return nil, false
	}
	v, ok := decode([]byte(text))
	return t.resolve(v), ok
}

// A template holds strings of a pattern while the rest of it is decoded as JSON.
type template struct{ strings []words.Text }

// string is what stands for a string meanwhile: a NUL and its number. No other string of the pattern
// has a NUL.
func (t *template) string(s words.Text, isName bool) string {
	t.strings = append(t.strings, s)
	return words.QuoteJSON(words.Hole + strconv.Itoa(len(t.strings)-1))
}

// held is the string that one stands for.
func (t *template) held(s string) (words.Text, bool) {
	number, ok := strings.CutPrefix(s, words.Hole)
	if !ok {
		return words.Text{}, false
	}
	n, err := strconv.Atoi(number)
	if err != nil || n >= len(t.strings) {
		return words.Text{}, false
	}
	return t.strings[n], true
}

// resolve puts the strings back.
func (t *template) resolve(v any) any {
	switch v := v.(type) {
	case string:
		if held, ok := t.held(v); ok {
			return textPattern{held}
		}
	case []any:
		for i := range v {
			v[i] = t.resolve(v[i])
		}
	case map[string]any:
		resolved := make(map[string]any, len(v))
		for name, member := range v {
			member = t.resolve(member)
			held, ok := t.held(name)
			if ok {
				name = held.String()
			}
			if ok && name == Wildcard && isWildcard(member) {
				member = anything{}
			}
			resolved[name] = member
		}
		return resolved
	}
	return v
}

// fillJSON is the JSON that a pattern with values was written as, false when it was written as none:
// each string with a value in it is what is made of it, any other value itself.
func fillJSON(pattern words.Text, make func(s words.Text, isName bool) string) (string, bool) {
	if pattern.StringHoles() == nil {
		return "", false
	}
	form := pattern.Form()
	var b strings.Builder
	for i := 0; i < len(form); {
		switch {
		case form[i] == '"':
			size := stringSize(form[i:])
			token := pattern.Slice(i, i+size)
			i += size
			if !token.HasValues() && !strings.Contains(token.Form(), `\u0000`) {
				b.WriteString(token.Form())
				continue
			}
			text, err := token.Unquote(unquoteJSON)
			if err != nil {
				return "", false
			}
			isName := strings.HasPrefix(strings.TrimLeft(form[i:], " \t\r\n"), ":")
			b.WriteString(make(text, isName))
		case form[i] == words.Hole[0]:
			value, ok := bareValue(pattern.Slice(i, i+1).String())
			if !ok {
				return "", false
			}
			b.WriteString(value)
			i++
		default:
			b.WriteByte(form[i])
			i++
		}
	}
	return b.String(), true
}

func unquoteJSON(quoted string) ([]byte, error) {
	var text string
	err := json.Unmarshal([]byte(quoted), &text)
	return []byte(text), err
}

// bareValue is a value that stands in JSON outside of a string, with nothing in it that is a wildcard:
// JSON, or elements or members of it.
func bareValue(value string) (string, bool) {
	if !strings.Contains(value, `"`) {
		return value, true
	}
	for _, around := range []string{"", "[]", "{}"} {
		before, after := around[:len(around)/2], around[len(around)/2:]
		if whole := before + value + after; IsJSON([]byte(whole)) {
			literal := string(Literal([]byte(whole)))
			return literal[len(before) : len(literal)-len(after)], true
		}
	}
	return "", false
}
