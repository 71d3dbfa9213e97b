package curl

import (
	"strings"

	"wsline/internal/lazy"
)

// splitPrompt reads commands as the command prompt of Windows does: cmd.exe takes the carets out and
// ends commands, and then the program finds its words, as Microsoft's C runtime does.
func splitPrompt(text string) (commands [][]string, err error) {
	for _, line := range promptLines(halved(text)) {
		words, err := promptWords(line)
		if err != nil {
			return nil, err
		}
		if len(words) > 0 {
			commands = append(commands, words)
		}
	}
	return commands, nil
}

var caretBackslashes = lazy.Regexp(`(\^\\)+`)

// halved takes back what browsers do to each backslash of a value: they write it twice, although
// Microsoft's C runtime takes two for one only before a quote, so that curl itself sends two.
func halved(text string) string {
	var half strings.Builder
	last := 0
	for _, run := range caretBackslashes().FindAllStringIndex(text, -1) {
		const pair = len(`^\^\`)
		behind := strings.TrimPrefix(text[run[1]:], "^")
		if n := run[1] - run[0]; n%pair == 0 && !strings.HasPrefix(behind, `"`) {
			half.WriteString(text[last : run[0]+n/2])
			last = run[1]
		}
	}
	return half.String() + text[last:]
}

// promptLines are the commands without their carets. What stands behind a caret is itself; of a line
// end that is the one after it. Within quotes that have no caret a caret is itself.
func promptLines(text string) (lines []string) {
	var line strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\n', !quoted && c == '&':
			lines = append(lines, line.String())
			line.Reset()
			quoted = false
		case c == '"':
			quoted = !quoted
			line.WriteByte(c)
		case c == '^' && !quoted:
			i = promptCaret(&line, text, i+1)
		default:
			line.WriteByte(c)
		}
	}
	return append(lines, line.String())
}

// promptCaret writes what a caret before i makes of the text there, and returns where that ends.
func promptCaret(line *strings.Builder, text string, i int) int {
	end := i
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++ // which a paste may have brought
	}
	switch {
	case end == len(text):
		return end
	case text[end] == '\n' && end+1 < len(text) && text[end+1] == '\n':
		line.WriteByte('\n')
		return end + 1
	case text[end] == '\n':
		line.WriteByte(' ')
		return end
	}
	line.WriteByte(text[i])
	return i
}

// promptWords splits at blanks outside of quotes. Backslashes mean something only before a quote: each
// two are one, and one before the quote makes it a character. Two quotes within quotes are one.
func promptWords(line string) (words []string, err error) {
	var word strings.Builder
	quoted, inWord := false, false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\':
			end := i
			for end < len(line) && line[end] == '\\' {
				end++
			}
			n := end - i
			if end < len(line) && line[end] == '"' {
				word.WriteString(strings.Repeat(`\`, n/2))
				if n%2 == 1 {
					word.WriteByte('"')
					end++
				}
			} else {
				word.WriteString(strings.Repeat(`\`, n))
			}
			i, inWord = end-1, true
		case c == '"' && quoted && i+1 < len(line) && line[i+1] == '"':
			word.WriteByte(c)
			i++
		case c == '"':
			quoted, inWord = !quoted, true
		case (c == ' ' || c == '\t') && !quoted:
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if quoted {
		return nil, unclosed(`"`)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
