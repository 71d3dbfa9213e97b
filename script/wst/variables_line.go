package wst

import (
	"slices"
	"strings"
	"unicode"

	"wsline/format"
	"wsline/internal/words"
)

// Expand returns Rest with the values of variables. What it means is decided on what is written: a
// value is text, whatever it holds. The error is a *SyntaxError without a file, at the variable's
// place.
func (l *Line) Expand(v *Vars) (words.Text, error) {
	out, f := expand(l.Rest, func(ref *reference) (string, *fault) { return v.value(ref, l.Pos) })
	if f != nil {
		at := l.At(len(l.Text) - len(l.Rest) + f.at)
		return words.Text{}, &SyntaxError{
			Pos: at, Text: f.text, Hint: f.hint, Source: sourceLine(l, at.Line-l.Pos.Line),
		}
	}
	return out, nil
}

// ParseSet reads the argument of /set, "NAME VALUE". Quotes and escapes are those that are written.
func ParseSet(rest words.Text) (name, value string, err error) {
	first, text := rest.TrimSpace().CutWord()
	name = first.String()
	if text = text.TrimLeft(); strings.HasPrefix(text.Form(), `"`) {
		if !text.IsQuoted() {
			_, err = format.Unquote(text.String()) // which says why
			return "", "", err
		}
		if text, err = text.Unquote(format.Unquote); err != nil {
			return "", "", err
		}
	}
	return name, text.String(), checkName(name)
}

// Written is the argument of a command, or a message when there is no command, as it is written
// without variables to mean the same.
func Written(command string, rest words.Text) string {
	switch {
	case !rest.HasValues():
		return rest.String()
	case command == "":
		return rest.JSON()
	case command == "frame":
		return rest.Shell(writtenPayload)
	case command == "connect", command == "exec":
		return rest.Shell(nil)
	}
	from := argumentAt(command, rest.Form())
	if from < 0 {
		return rest.String()
	}
	before, arg := rest.Slice(0, from).String(), rest.From(from)
	isQuoted := arg.TrimRight().IsQuoted()
	if isQuoted {
		unquoted, err := arg.TrimRight().Unquote(format.Unquote)
		if err != nil {
			return rest.String()
		}
		arg = unquoted
	}
	text := arg.String()
	if command == "text" || command == "fragment" {
		text = arg.JSON()
	}
	isBytes := !isQuoted && command == "fragment" && hasPrefix(arg.Form(), "hex:", "base64:")
	isOdd := hasPrefix(text, `"`, "hex:", "base64:") || strings.ContainsFunc(text, unicode.IsControl)
	if isQuoted || isOdd && !isBytes {
		return before + string(format.Quote(nil, []byte(text)))
	}
	return before + text
}

// writtenPayload writes a word of /frame that has escapes, or JSON.
func writtenPayload(w words.Word) (string, bool) {
	if w.Raw.IsQuoted() {
		text, err := w.Raw.Unquote(format.Unquote)
		return string(format.Quote(nil, []byte(text.JSON()))), err == nil
	}
	text := w.Text.JSON()
	return ShellWord(text), text != w.Text.String()
}

// Source is a message, or the argument of a command, as a script writes it: with the values of
// variables, but for those of a name that is kept. Of a command all are, or none.
func Source(command string, rest words.Text, keep func(name string) bool) string {
	isKept := func(v words.Value) bool {
		ref, _ := nextReference(v.Source, 0)
		return ref != nil && keep(ref.name)
	}
	switch {
	case command == "":
		rest = rest.Settle(isKept)
	case slices.ContainsFunc(rest.Values(), func(v words.Value) bool { return !isKept(v) }):
		return EscapeReferences(Written(command, rest))
	}
	return rest.Map(EscapeReferences).Source()
}

func hasPrefix(s string, prefixes ...string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// argumentAt is where in what follows a command the argument begins that may be a quoted string, -1
// for nowhere.
func argumentAt(command, form string) int {
	from := len(form) - len(strings.TrimLeftFunc(form, unicode.IsSpace))
	switch command {
	case "text", "ping", "pong":
		if strings.HasPrefix(form[from:], `"`) {
			return from
		}
		return 0
	case "close", "fragment", "set":
		if word := strings.IndexFunc(form[from:], unicode.IsSpace); word >= 0 {
			return from + word + 1
		}
	}
	return -1
}

// ShellWord writes a word so that command.Words reads it back.
func ShellWord(word string) string {
	plain := strings.IndexFunc(word, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`'"\`, r)
	}) < 0
	if plain && word != "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
