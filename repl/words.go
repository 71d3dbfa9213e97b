package repl

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

// Nearest is the name that was probably meant by word, the beginning of one or one with a few slips,
// "" when none is near.
func Nearest(word string, names []string) string {
	best, least := "", len(word)/3+2
	for _, name := range names {
		if len(word) >= 2 && strings.HasPrefix(name, word) {
			return name
		}
		if d := distance(word, name); d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// distance is how many characters must be inserted, removed, replaced or swapped with the next to
// make b of a.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a) // no name is as long: not worth the work
	}
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
