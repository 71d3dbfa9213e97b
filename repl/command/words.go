package command

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Words splits a line into words as a shell does: blanks part them, '…' keeps everything, in "…" a
// backslash keeps the next ", \, $ or backquote, and elsewhere a backslash keeps the next
// character. Nothing is expanded.
func Words(line string) ([]string, error) {
	words, err := splitWords(line)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, w := range words {
		list = append(list, w.text)
	}
	return list, nil
}

// word is one of a line: what it stands for, and as it was written.
type word struct{ text, raw string }

func splitWords(line string) ([]word, error) {
	var words []word
	var text strings.Builder
	var in rune // the quote that is open
	begun, escaped := false, false
	start := 0
	end := func(at int) {
		words = append(words, word{text.String(), line[start:at]})
		text.Reset()
		begun = false
	}
	for i, n := 0, 0; i < len(line); i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(line[i:]) // what is not UTF-8 stays what it is
		if !begun {
			start = i
		}
		switch {
		case escaped:
			if in == '"' && !strings.ContainsRune("\"\\$`", r) {
				text.WriteByte('\\')
			}
			text.WriteString(line[i : i+n])
			escaped = false
		case r == '\\' && in != '\'':
			begun, escaped = true, true
		case r == in:
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
	return words, nil
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// cutWord splits a text at its first blank, which belongs to neither part.
func cutWord(text string) (word, rest string) {
	if i := strings.IndexFunc(text, isBlank); i >= 0 {
		return text[:i], text[i+1:]
	}
	return text, ""
}
