package wst

import (
	"strings"
	"unicode"

	"wsline/repl/command"
)

// Expand returns Rest with the values of variables. Where they stand in a quoted string they are
// escaped, so that they mean themselves, and among the words of a command that has words, each
// value stays in its word. The error is a *SyntaxError without a file, at the variable's place.
func (l *Line) Expand(v *Vars) (string, error) {
	rest := l.Rest
	if !strings.Contains(rest, "${") {
		return rest, nil
	}
	value := func(ref *reference) (string, *fault) { return v.value(ref, l.Pos) }
	var out string
	var f *fault
	switch from := quotedFrom(l.Command, rest); {
	case l.words:
		out, f = expandWords(rest, value)
	case from >= 0:
		if out, f = expand(rest[:from], value); f != nil {
			break
		}
		var quoted string
		if quoted, f = expand(rest[from:], quotedValues(value)); f != nil {
			f.at += from
		}
		out += quoted
	default:
		out, f = expand(rest, value)
	}
	if f != nil {
		at := l.At(len(l.Text) - len(rest) + f.at)
		return "", &SyntaxError{
			Pos: at, Text: f.text, Hint: f.hint, Source: sourceLine(l, at.Line-l.Pos.Line),
		}
	}
	return out, nil
}

// Assignment is the name and the value of a /set. Quotes and escapes are those that are written: a
// value that is put in stands for itself.
func (l *Line) Assignment(v *Vars) (name, value string, err error) {
	rest, err := l.Expand(v)
	if err != nil {
		return "", "", err
	}
	name, value = cutWord(rest)
	if quotedFrom(l.Command, l.Rest) >= 0 {
		value, err = unquoted(value)
	}
	if err == nil {
		err = checkName(name)
	}
	return name, value, err
}

// quotedFrom is where in a command's argument a quoted string begins that goes on to the end, -1
// for nowhere.
func quotedFrom(command, rest string) int {
	from := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	switch command {
	case "text", "ping", "pong":
	case "close", "fragment", "set":
		word := strings.IndexFunc(rest[from:], unicode.IsSpace)
		if word < 0 {
			return -1
		}
		from += word
		from += len(rest[from:]) - len(strings.TrimLeftFunc(rest[from:], unicode.IsSpace))
	default:
		return -1
	}
	if strings.HasPrefix(rest[from:], `"`) {
		return from
	}
	return -1
}

// expandWords expands each word of a command line, and writes them as such again.
func expandWords(rest string, value func(*reference) (string, *fault)) (string, *fault) {
	words, err := command.Words(rest)
	if err != nil {
		return "", &fault{0, err.Error(), ""}
	}
	for i, word := range words {
		out, f := expand(word, value)
		if f != nil {
			ref, _, _ := strings.Cut(word[f.at:], "}")
			f.at = max(0, strings.Index(rest, ref))
			return "", f
		}
		words[i] = ShellWord(out)
	}
	return strings.Join(words, " "), nil
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
