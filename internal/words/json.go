package words

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// JSON is the text with its values as it is sent: where it was written as JSON, a value within a
// string is escaped, so that it stays that string. Anywhere else a value stands as it is.
func (t Text) JSON() string {
	inString := t.StringHoles()
	return t.fill(func(i int) string {
		if inString != nil && inString[i] {
			return EscapeJSON(t.values[i].Text)
		}
		return t.values[i].Text
	})
}

// Settle is the text with its values as they are sent become part of what was written, but for those
// that are kept.
func (t Text) Settle(keep func(Value) bool) Text {
	inString := t.StringHoles()
	var b Builder
	for i, written := range strings.Split(t.form, Hole) {
		switch {
		case i == 0:
		case keep(t.values[i-1]):
			b.Put(t.values[i-1])
		case inString != nil && inString[i-1]:
			b.Write(EscapeJSON(t.values[i-1].Text))
		default:
			b.Write(t.values[i-1].Text)
		}
		b.Write(written)
	}
	return b.Text()
}

// StringHoles says which of the values stand within strings, nil when the text was not written as
// JSON: that is what it is when each value within a string is part of that, and any other one a number,
// or a member where one may begin.
func (t Text) StringHoles() []bool {
	if len(t.values) == 0 {
		return nil
	}
	for _, v := range t.values {
		if v.Source == "" { // a NUL that was written, which JSON cannot have
			return nil
		}
	}
	inString := make([]bool, 0, len(t.values))
	var trial strings.Builder
	var open []byte // of what is around
	var before byte // the last byte that is no white space, outside of strings
	for i := 0; i < len(t.form); i++ {
		c := t.form[i]
		switch {
		case before == '"' && c == '\\' && i+1 < len(t.form) && t.form[i+1] != Hole[0]:
			trial.WriteByte(c)
			i++
			c = t.form[i]
		case before == '"' && c == Hole[0]:
			inString = append(inString, true)
			c = '1'
		case before == '"':
			if c == '"' {
				before = 'x'
			}
		case c == Hole[0]:
			inString = append(inString, false)
			member := len(open) > 0 && open[len(open)-1] == '{' && (before == '{' || before == ',')
			if c = '1'; member {
				trial.WriteString(`"":`)
			}
			before = c
		case c == '{' || c == '[':
			open = append(open, c)
			before = c
		case (c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
			before = c
		case strings.IndexByte(" \t\r\n", c) < 0:
			before = c
		}
		trial.WriteByte(c)
	}
	if !json.Valid([]byte(trial.String())) {
		return nil
	}
	return inString
}

// EscapeJSON is a text as it stands within a string of JSON.
func EscapeJSON(s string) string {
	q := QuoteJSON(s)
	return q[1 : len(q)-1]
}

// QuoteJSON is a text as a string of JSON, without the escapes that only HTML needs. Bytes that are not
// UTF-8 stay what they are.
func QuoteJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for {
		n := validPrefix(s)
		b.WriteString(encodeJSON(s[:n]))
		if n == len(s) {
			break
		}
		b.WriteByte(s[n])
		s = s[n+1:]
	}
	b.WriteByte('"')
	return b.String()
}

// validPrefix is the size of the UTF-8 that s begins with.
func validPrefix(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return len(s)
}

// encodeJSON is UTF-8 as a string of JSON, without the quotation marks.
func encodeJSON(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string cannot fail
	return strings.TrimSuffix(b.String(), "\"\n")[1:]
}
