package words

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Word is one of a text: what it stands for, and as it was written.
type Word struct {
	Text, Raw Text
	End       int // the offset behind it in the form
}

// Split splits a text into words as a shell does: blanks part them, '…' keeps everything, in "…" a
// backslash keeps the next ", \, $ or backquote, and elsewhere a backslash keeps the next character.
// A value stays in its word.
func (t Text) Split() ([]Word, error) {
	var list []Word
	var text strings.Builder
	var in rune // the quote that is open
	begun, escaped := false, false
	start := 0
	end := func(at int) {
		raw := t.Slice(start, at)
		list = append(list, Word{Text{text.String(), raw.values}, raw, at})
		text.Reset()
		begun = false
	}
	line := t.form
	for i, n := 0, 0; i < len(line); i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(line[i:]) // what is not UTF-8 stays what it is
		if !begun {
			start = i
		}
		switch {
		case escaped:
			if in == '"' && !strings.ContainsRune(escapable, r) {
				text.WriteByte('\\')
			}
			text.WriteString(line[i : i+n])
			escaped = false
		case r == '\\' && in != '\'':
			begun, escaped = true, true
		case in != 0 && r == in:
			in = 0
		case in != 0:
			text.WriteString(line[i : i+n])
		case r == '\'' || r == '"':
			begun, in = true, r
		case !isBlank(r):
			begun = true
			text.WriteString(line[i : i+n])
		case begun:
			end(i)
		}
	}
	switch {
	case in != 0:
		return nil, errors.New("the quote " + string(in) + " is not closed")
	case escaped:
		return nil, errors.New(`the backslash at the end stands before nothing`)
	case begun:
		end(len(line))
	}
	return list, nil
}

// escapable is what a backslash keeps in "…"; the reference of a value begins with a dollar sign.
const escapable = "\"\\$`" + Hole

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// Shell is the text with its values, written so that Split reads the same words. own writes a word in
// another way, or says that it does not; nil: none.
func (t Text) Shell(own func(w Word) (string, bool)) string {
	list, err := t.Split()
	if err != nil || len(t.values) == 0 {
		return t.String()
	}
	var b strings.Builder
	at := 0
	for _, w := range list {
		start := w.End - len(w.Raw.form)
		b.WriteString(t.form[at:start])
		at = w.End
		if own != nil && w.Raw.HasValues() {
			if written, ok := own(w); ok {
				b.WriteString(written)
				continue
			}
		}
		w.Raw.writeWord(&b)
	}
	b.WriteString(t.form[at:])
	return b.String()
}

// writeWord writes one word, each value as the quotes around it ask for.
func (t Text) writeWord(b *strings.Builder) {
	in := byte(0)
	next := 0
	for i := 0; i < len(t.form); i++ {
		switch c := t.form[i]; {
		case c == Hole[0]:
			b.WriteString(within(in, t.values[next].Text))
			next++
			continue
		case c == '\\' && in != '\'' && i+1 < len(t.form):
			i++
			if t.form[i] == Hole[0] { // it would keep the first byte of the value
				i--
				continue
			}
			b.WriteByte(c)
		case in != 0 && c == in:
			in = 0
		case in == 0 && (c == '\'' || c == '"'):
			in = c
		}
		b.WriteByte(t.form[i])
	}
}

// within is a value as it is written within a quote, 0 for none.
func within(in byte, value string) string {
	switch {
	case in == '"':
		return strings.NewReplacer(`"`, `\"`, `\`, `\\`, "$", `\$`, "`", "\\`").Replace(value)
	case in == '\'':
		return strings.ReplaceAll(value, "'", `'\''`)
	case isPlain(value):
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// isPlain says that a value needs no quotes wherever it stands: it would be neither several words nor a
// flag, a file or an encoding.
func isPlain(value string) bool {
	isSign := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._/:-", r)
	}
	return value != "" && value[0] != '-' && strings.IndexFunc(value, isSign) < 0 &&
		!strings.HasPrefix(value, "hex:") && !strings.HasPrefix(value, "base64:")
}

// mark stands in an argument before each value. No argument of a system has a NUL.
const mark = Hole

// ErrNUL is that of a word that cannot be an argument.
var ErrNUL = errors.New("a word has a NUL, which no argument can have")

// Arguments are the words of a text as arguments of a command line, in which marks tell what was
// written from values, for internal/flags to read.
func (t Text) Arguments() ([]string, error) {
	list, err := t.Split()
	if err != nil {
		return nil, err
	}
	var args []string
	for _, w := range list {
		if strings.Contains(w.Text.String(), mark) {
			return nil, ErrNUL
		}
		args = append(args, w.Text.Fill(func(v Value) string { return mark + v.Text }))
	}
	return args, nil
}

// Unmark is an argument without marks.
func Unmark(arg string) string { return strings.ReplaceAll(arg, mark, "") }

// Strings are the words of a line without values.
func Strings(line string) ([]string, error) { return Plain(line).Strings() }

// Strings are the words with their values.
func (t Text) Strings() ([]string, error) {
	list, err := t.Split()
	var texts []string
	for _, w := range list {
		texts = append(texts, w.Text.String())
	}
	return texts, err
}
