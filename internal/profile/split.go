package profile

import (
	"strings"

	"wsline/internal/words"
)

// A fault is what is wrong with a line.
type fault struct{ text, hint string }

// split parts a line into texts and commands, without the comment at its end. Quotes are those of
// words.Text.Split, and stay.
func split(line string) (parts []part, wrong *fault) {
	var text strings.Builder
	in := byte(0) // the quote that is open
	for i := 0; i < len(line); i++ {
		c, next := line[i], byte(0)
		if i+1 < len(line) {
			next = line[i+1]
		}
		switch {
		case c == '\\' && in != '\'' && next != 0:
			text.WriteByte(c)
			i++
			c = next
		case c == '$' && in != '\'' && next == '(':
			size := commandSize(line[i+2:])
			if size < 0 {
				return nil, &fault{"$( has no ) that ends it", "within '...' it is text"}
			}
			if text.Len() > 0 {
				parts = append(parts, part{text: text.String()})
				text.Reset()
			}
			parts = append(parts, part{line[i+2 : i+2+size], true})
			i += 2 + size
			continue
		case c == '$' && in != '\'' && isLetter(next):
			return nil, variable(line[i:])
		case in != 0 && c == in:
			in = 0
		case in == 0 && (c == '\'' || c == '"'):
			in = c
		case in == 0 && c == '#' && (i == 0 || isBlank(line[i-1])):
			line = line[:i]
			continue
		}
		text.WriteByte(c)
	}
	if rest := text.String(); strings.TrimSpace(rest) != "" || rest != "" && len(parts) > 0 {
		parts = append(parts, part{text: rest})
	}
	if _, err := textOf(parts, func(string) string { return "x" }).Split(); err != nil {
		return nil, &fault{text: err.Error()}
	}
	return parts, nil
}

// variable is the fault of a $NAME: sent as it stands, it would be a token that is none.
func variable(text string) *fault {
	end := strings.IndexFunc(text[1:], func(r rune) bool {
		return r > 0x7f || !isLetter(byte(r)) && !('0' <= r && r <= '9')
	})
	if end < 0 {
		end = len(text) - 1
	}
	name := text[1 : 1+end]
	return &fault{"$" + name + " is no variable here",
		"within '...' it is text; $(printenv " + name + ") is the variable of the environment"}
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// commandSize is the size of a command up to the parenthesis that ends it, as a shell sees it: quotes
// and other parentheses may stand within. It is negative when there is none.
func commandSize(s string) int {
	depth := 0
	in := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && in != '\'':
			i++
		case in != 0 && c == in:
			in = 0
		case in == '\'':
		case in == 0 && (c == '\'' || c == '"'):
			in = c
		case in == '"':
		case c == '(':
			depth++
		case c == ')' && depth == 0:
			return i
		case c == ')':
			depth--
		}
	}
	return -1
}

// textOf is a line with what its commands write, as values.
func textOf(parts []part, output func(command string) string) words.Text {
	var b words.Builder
	for _, p := range parts {
		if p.isCommand {
			b.Put(words.Value{Text: output(p.text), Source: "$(" + p.text + ")"})
		} else {
			b.Write(p.text)
		}
	}
	return b.Text()
}

// arguments are the words of a text, with marks before values. A ~/ that was written at the beginning of a
// word, behind @ or behind the = of a flag is the home folder, as no shell is there to put it in.
func arguments(t words.Text, home string) ([]string, error) {
	list, err := t.Split()
	if err != nil {
		return nil, err
	}
	args, err := t.Arguments()
	if err != nil || home == "" {
		return args, err
	}
	for i, w := range list {
		raw := w.Raw.Form()
		before := 0
		if strings.HasPrefix(raw, "--") {
			before = strings.IndexByte(raw, '=') + 1
		}
		if strings.HasPrefix(raw[before:], "@") {
			before++
		}
		if strings.HasPrefix(raw[before:], "~/") && strings.HasPrefix(args[i][before:], "~/") {
			args[i] = args[i][:before] + home + args[i][before+1:]
		}
	}
	return args, nil
}
