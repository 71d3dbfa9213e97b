// Package words is what was typed with the values of variables in it, and the words that it has.
// What a text means (where a word ends, what is a flag, a quotation, the name of a file) is told by
// what was written alone: a value is text, whatever it holds.
//
// It knows no variables and no commands. A Text does not change, and may be used concurrently.
package words

import (
	"slices"
	"strings"
	"unicode"
)

// Hole stands in a form for a value. One that was written counts as a value: it means nothing in any
// syntax either.
const Hole = "\x00"

// A Text is what was written, with values in it. The zero value is empty.
type Text struct {
	form   string
	values []Value // one for each hole of the form
}

// A Value is that of a variable, and how it was written: "${name}", or "" for what stands for itself.
type Value struct{ Text, Source string }

// Plain is a text without values.
func Plain(s string) Text {
	n := strings.Count(s, Hole)
	if n == 0 {
		return Text{form: s}
	}
	return Text{s, slices.Repeat([]Value{{Text: Hole}}, n)}
}

// A Builder makes a Text of its parts, in their order.
type Builder struct {
	form   strings.Builder
	values []Value
	size   int
}

// Write appends what was written.
func (b *Builder) Write(s string) { b.Append(Plain(s)) }

// Put appends a value.
func (b *Builder) Put(v Value) { b.Append(Text{Hole, []Value{v}}) }

// Append appends a text.
func (b *Builder) Append(t Text) {
	b.form.WriteString(t.form)
	b.values = append(b.values, t.values...)
	b.size += len(t.form)
	for _, v := range t.values {
		b.size += len(v.Text) - len(Hole)
	}
}

// Len is the size in bytes of the text so far.
func (b *Builder) Len() int { return b.size }

// Text is what was put together.
func (b *Builder) Text() Text { return Text{b.form.String(), b.values} }

// Join is texts with one that was written between each two of them.
func Join(list []Text, between string) Text {
	var b Builder
	for i, t := range list {
		if i > 0 {
			b.Write(between)
		}
		b.Append(t)
	}
	return b.Text()
}

// Form is what was written, with one byte of no meaning for each value. Decisions about syntax are
// made on it; its offsets are those of Slice.
func (t Text) Form() string { return t.form }

// Values are those of the holes, in their order.
func (t Text) Values() []Value { return t.values }

// HasValues says whether anything in it was not written.
func (t Text) HasValues() bool { return len(t.values) > 0 }

// String is the text with its values.
func (t Text) String() string {
	return t.fill(func(i int) string { return t.values[i].Text })
}

// Source is the text as it was written, with the variables.
func (t Text) Source() string {
	return t.fill(func(i int) string { return t.source(i) })
}

func (t Text) source(i int) string {
	if v := t.values[i]; v.Source != "" {
		return v.Source
	}
	return t.values[i].Text
}

// fill puts something into each Hole.
func (t Text) fill(with func(i int) string) string {
	if len(t.values) == 0 {
		return t.form
	}
	var b strings.Builder
	rest := t.form
	for i := range t.values {
		before, after, _ := strings.Cut(rest, Hole)
		b.WriteString(before)
		b.WriteString(with(i))
		rest = after
	}
	b.WriteString(rest)
	return b.String()
}

// Fill is the text with something else in the place of each value.
func (t Text) Fill(with func(v Value) string) string {
	return t.fill(func(i int) string { return with(t.values[i]) })
}

// Map is the text with all that was written, and all values, made something else.
func (t Text) Map(f func(string) string) Text {
	if len(t.values) == 0 {
		return Plain(f(t.form))
	}
	var b Builder
	for i, written := range strings.Split(t.form, Hole) {
		if i > 0 {
			v := t.values[i-1]
			b.Put(Value{f(v.Text), v.Source})
		}
		b.Write(f(written))
	}
	return b.Text()
}

// Slice is the part of the text that has these offsets in the form.
func (t Text) Slice(from, to int) Text {
	if len(t.values) == 0 {
		return Text{form: t.form[from:to]}
	}
	first := strings.Count(t.form[:from], Hole)
	count := strings.Count(t.form[from:to], Hole)
	return Text{t.form[from:to], t.values[first : first+count]}
}

// From is the text from an offset of the form on.
func (t Text) From(offset int) Text { return t.Slice(offset, len(t.form)) }

// CutPrefix is the text without something that was written at its beginning.
func (t Text) CutPrefix(prefix string) (Text, bool) {
	if !strings.HasPrefix(t.form, prefix) {
		return t, false
	}
	return t.From(len(prefix)), true
}

// CutWord splits the text at the first blank that was written, which belongs to neither part.
func (t Text) CutWord() (word, rest Text) {
	if i := strings.IndexFunc(t.form, isBlank); i >= 0 {
		return t.Slice(0, i), t.From(i + 1)
	}
	return t, Text{}
}

// TrimLeft is the text without the white space that was written at its beginning.
func (t Text) TrimLeft() Text {
	return t.From(len(t.form) - len(strings.TrimLeftFunc(t.form, unicode.IsSpace)))
}

// TrimRight is the text without the white space that was written at its end.
func (t Text) TrimRight() Text {
	return t.Slice(0, len(strings.TrimRightFunc(t.form, unicode.IsSpace)))
}

// TrimSpace is both.
func (t Text) TrimSpace() Text { return t.TrimRight().TrimLeft() }

// IsQuoted says that a quotation mark begins what was written, and that the next without a backslash
// ends it.
func (t Text) IsQuoted() bool {
	s := t.form
	if len(s) < 2 || s[0] != '"' {
		return false
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i == len(s)-1
		}
	}
	return false
}

// Unquote is what a quoted string stands for. Escapes are those that were written: each part between
// values is given to unquote with quotation marks around it.
func (t Text) Unquote(unquote func(quoted string) ([]byte, error)) (Text, error) {
	if len(t.values) == 0 {
		p, err := unquote(t.form)
		return Plain(string(p)), err
	}
	var b Builder
	for i, written := range strings.Split(t.form[1:len(t.form)-1], Hole) {
		if i > 0 {
			b.Put(t.values[i-1])
		}
		p, err := unquote(`"` + written + `"`)
		if err != nil {
			return Text{}, err
		}
		b.Write(string(p))
	}
	return b.Text(), nil
}
