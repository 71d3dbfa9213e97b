package line

import (
	"strings"
	"unicode/utf8"

	"github.com/chzyer/readline"
)

func (e *Editor) startSearch() Action {
	e.search = &search{at: len(e.hist.lines), before: e.buf.Runes(), pos: e.buf.Pos()}
	return DoNothing
}

// searchKey takes a key while a search is shown. A key that is not the search's ends it with the
// line that was found, and then does what it always does: done is false.
func (e *Editor) searchKey(k Key) (a Action, done bool) {
	s := e.search
	switch {
	case k.code == readline.CharBckSearch:
		return e.searchFrom(s.at-1, -1), true
	case k.code == readline.CharFwdSearch:
		return e.searchFrom(s.at+1, 1), true
	case k.code == readline.CharBackspace || k.code == readline.CharCtrlH:
		_, n := utf8.DecodeLastRuneInString(s.query)
		s.query = s.query[:len(s.query)-n]
		return e.searchFrom(len(e.hist.lines)-1, -1), true
	case k.code == readline.CharInterrupt || k.code == readline.CharBell:
		e.buf.SetWithIdx(s.pos, s.before)
		e.search = nil
		return DoNothing, true
	case k.code == keyPaste:
		s.query += strings.ToValidUTF8(k.text, "")
	case k.code >= 0x20 && k.code != 0x7f:
		s.query += string(k.code)
	default:
		e.search = nil
		if s.at < len(e.hist.lines) {
			e.at, e.typed = s.at, s.before
		}
		return DoNothing, k.code == keyEscape
	}
	return e.searchFrom(min(s.at, len(e.hist.lines)-1), -1), true
}

func (e *Editor) searchFrom(from, step int) Action {
	pos, ok := e.search.find(e.hist.lines, from, step)
	if !ok {
		if e.search.failing {
			return DoBell
		}
		return DoNothing
	}
	line := []rune(e.hist.lines[e.search.at])
	e.buf.SetWithIdx(min(pos, len(line)), line)
	return DoNothing
}

// complete writes what all candidates for the last word have in common, and rings when there are others;
// the next Tab lists them.
func (e *Editor) complete() Action {
	if e.options.Complete == nil {
		return DoBell
	}
	head := string(e.buf.Runes()[:e.buf.Pos()])
	words, start := e.options.Complete(head)
	if len(words) == 0 {
		return DoBell
	}
	more := strings.TrimPrefix(commonPrefix(words), head[start:])
	if len(words) == 1 && !strings.HasSuffix(words[0], "/") && !strings.HasSuffix(words[0], "=") {
		more += " "
	}
	e.insert(more)
	switch {
	case len(words) == 1 && more != "":
		e.tabbed = false
		return DoNothing
	case more != "" || !e.tabbed:
		e.tabbed = true
		return DoBell
	}
	e.list = words
	return DoList
}

// commonPrefix is what all words begin with.
func commonPrefix(words []string) string {
	prefix := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix[:completeRunes([]byte(prefix))]
}

// columns lays words out in columns for a terminal of that width, each line ended by a newline.
func columns(words []string, width int) string {
	widest := 0
	for _, w := range words {
		widest = max(widest, textWidth(w)+2)
	}
	perLine := max(1, width/widest)
	lines := (len(words) + perLine - 1) / perLine
	var b strings.Builder
	for i := range lines {
		var line strings.Builder
		for j := i; j < len(words); j += lines {
			line.WriteString(words[j])
			line.WriteString(strings.Repeat(" ", widest-textWidth(words[j])))
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
