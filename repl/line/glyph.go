package line

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

const (
	tabStop = 4
	zwj     = 0x200d // zero width joiner: what follows belongs to the same emoji
)

// clusterEnd returns where the character that begins at line[i] ends: with its combining marks, its
// variation selector, and for an emoji all that is joined to it. The cursor never stands within.
func clusterEnd(line []rune, i int) int {
	r := line[i]
	i++
	if i == len(line) || line[i] < 0x300 || r < 0x20 {
		return i
	}
	flag := isRegional(r)
	for ; i < len(line); i++ {
		next := line[i]
		switch {
		case line[i-1] == zwj && next > 0x2000 && !isHostile(next):
		case flag && isRegional(next):
			flag = false
		case next == zwj || next >= 0x1f3fb && next <= 0x1f3ff: // skin tones
		case next >= 0x300 && !isHostile(next) && runeWidth(next) == 0:
		default:
			return i
		}
	}
	return i
}

func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// clusterStart returns where the character that ends at line[i] begins.
func clusterStart(line []rune, i int) int {
	from := max(0, i-32) // no character that is drawn as one has more runes
	for from > 0 && line[from-1] != '\n' && line[from] >= 0x300 {
		from--
	}
	at := from
	for at < i {
		end := clusterEnd(line, at)
		if end >= i {
			return at
		}
		at = end
	}
	return at
}

// glyph is how the character line[i:end] is shown at a column, and how many cells it takes. What
// could move the cursor or turn the text around is shown as a stand-in.
func glyph(line []rune, i, end, column int) (string, int) {
	r := line[i]
	switch {
	case r >= 0x20 && r < 0x7f && end == i+1:
		return string(r), 1
	case r == '\t':
		n := tabStop - column%tabStop
		return strings.Repeat(" ", n), n
	case r < 0x20:
		return "^" + string(r+'@'), 2
	case r == 0x7f:
		return "^?", 2
	case isHostile(r):
		text := fmt.Sprintf(`\u%04x`, r)
		return text, len(text)
	}
	text := string(line[i:end])
	return text, textWidth(text)
}

// isHostile says that a character is never written to a terminal as it is: C1 controls, line and
// paragraph separators, bidi marks, embeddings, overrides and isolates.
func isHostile(r rune) bool {
	switch {
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return true
	case r < 0x61c:
		return false
	case r == 0x61c, r == 0x200e, r == 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return r == 0xfeff || !unicode.IsPrint(r) && !unicode.In(r, unicode.Cf, unicode.Co, unicode.Zs)
}

// measure counts cells as terminals do whatever the locale: an ambiguous character has one.
func measure() *runewidth.Condition { return &runewidth.Condition{StrictEmojiNeutral: true} }

func runeWidth(r rune) int { return measure().RuneWidth(r) }

func textWidth(s string) int { return measure().StringWidth(s) }

// Width is how many cells a text takes, which may be styled with SGR sequences.
func Width(s string) int { return styledWidth(s) }

// styledWidth is the width of a text with SGR sequences, which take no cell.
func styledWidth(s string) int {
	var b strings.Builder
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i+2:]
		if j := strings.IndexByte(s, 'm'); j >= 0 {
			s = s[j+1:]
		}
	}
	b.WriteString(s)
	return textWidth(b.String())
}

// AppendText appends a text as it was typed behind a mark of two columns, fit for a terminal: whole
// lines, those after the first indented by two spaces.
func AppendText(dst []byte, text string) []byte {
	line := []rune(text)
	column := continuation
	for i := 0; i < len(line); {
		end := clusterEnd(line, i)
		if line[i] == '\n' {
			dst = append(dst, "\n  "...)
			column = continuation
		} else {
			shown, n := glyph(line, i, end, column)
			dst = append(dst, shown...)
			column += n
		}
		i = end
	}
	return append(dst, '\n')
}
