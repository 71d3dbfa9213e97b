package repl

import (
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/chzyer/readline"
)

// action is what a key asks the talk to do.
type action uint8

const (
	doNothing action = iota
	doSubmit         // the line is complete
	doInterrupt
	doEnd // end of input
	doSuspend
	doClear
	doBell
	doList // show editor.candidates
)

// editor is the line being typed. The line, the cursor and what was cut are a readline.RuneBuffer,
// which is told that there is no terminal and so never draws.
//
// readline's own loop is not used: it counts widths wrongly, draws the whole line for every
// character of a paste, can panic in its search out of our reach, and leaves goroutines behind.
type editor struct {
	buf     *readline.RuneBuffer
	keys    map[rune]func(*editor) action
	hist    *history
	at      int    // index of the history's line that is shown, len(lines) for the one being typed
	typed   []rune // that one, while another is shown
	search  *search
	options editorOptions
	list    []string // candidates of the last completion
	tabbed  bool     // the last key was Tab and left the line as it was
	leading bool     // the paste under way began before everything else
}

// editorOptions are what an editor is told of the lines. The zero value has no completion, and
// doubles nothing.
type editorOptions struct {
	// complete returns what may stand instead of the last word of head, the text before the cursor,
	// and where in head that word begins.
	complete func(head string) (words []string, start int)
	// escape begins lines with a meaning of their own, and two of it a line that begins with one. A
	// paste of several lines never has that meaning.
	escape rune
}

func newEditor(hist *history, options editorOptions) *editor {
	off := &readline.Config{FuncIsTerminal: func() bool { return false }}
	return &editor{
		buf: readline.NewRuneBuffer(io.Discard, "", off, 1), keys: editKeys(), hist: hist,
		at: len(hist.lines), options: options,
	}
}

func editKeys() map[rune]func(*editor) action {
	edit := func(do func(*readline.RuneBuffer)) func(*editor) action {
		return func(e *editor) action { do(e.buf); return doNothing }
	}
	ask := func(a action) func(*editor) action { return func(*editor) action { return a } }
	return map[rune]func(*editor) action{
		readline.CharLineStart: edit((*readline.RuneBuffer).MoveToLineStart),
		readline.CharLineEnd:   edit((*readline.RuneBuffer).MoveToLineEnd),
		readline.CharKill:      edit((*readline.RuneBuffer).Kill),
		readline.CharCtrlU:     edit((*readline.RuneBuffer).KillFront),
		readline.CharCtrlY:     edit((*readline.RuneBuffer).Yank),
		readline.CharBackward:  (*editor).left,
		readline.CharForward:   (*editor).right,
		readline.CharTranspose: (*editor).transpose,
		readline.CharBackspace: (*editor).backspace,
		readline.CharCtrlH:     (*editor).backspace,
		keyDelete:              (*editor).delete,
		readline.CharDelete:    (*editor).deleteOrEnd,
		readline.CharCtrlW:     func(e *editor) action { return e.cut(e.wordLeft(isSpace), e.buf.Pos()) },
		readline.MetaBackspace: func(e *editor) action { return e.cut(e.wordLeft(isBreak), e.buf.Pos()) },
		readline.MetaDelete:    func(e *editor) action { return e.cut(e.buf.Pos(), e.wordRight()) },
		readline.MetaBackward:  func(e *editor) action { return e.move(e.wordLeft(isBreak)) },
		readline.MetaForward:   func(e *editor) action { return e.move(e.wordRight()) },
		readline.CharPrev:      func(e *editor) action { return e.recall(e.at - 1) },
		readline.CharNext:      func(e *editor) action { return e.recall(e.at + 1) },
		readline.CharBckSearch: (*editor).startSearch,
		readline.CharTab:       (*editor).complete,
		keyNewline:             func(e *editor) action { e.insert("\n"); return doNothing },
		readline.CharEnter:     ask(doSubmit),
		readline.CharCtrlJ:     ask(doSubmit),
		readline.CharInterrupt: ask(doInterrupt),
		readline.CharCtrlZ:     ask(doSuspend),
		readline.CharCtrlL:     ask(doClear),
	}
}

// press takes one key.
func (e *editor) press(k key) action {
	if e.search != nil {
		if a, done := e.searchKey(k); done {
			return a
		}
	}
	tabbed := e.tabbed
	e.tabbed = false
	switch do := e.keys[k.code]; {
	case k.code == keyPaste:
		e.paste(k)
	case do != nil:
		if k.code == readline.CharTab {
			e.tabbed = tabbed
		}
		return do(e)
	case k.code >= 0x20 && k.code != 0x7f:
		e.buf.WriteRune(k.code)
	}
	return doNothing
}

// view is how the line is to be seen.
func (e *editor) view(prompt string) *view {
	if e.search != nil {
		prompt = e.search.prompt()
	}
	return &view{prompt: prompt, line: e.buf.Runes(), pos: e.buf.Pos()}
}

func (e *editor) text() string { return string(e.buf.Runes()) }

// len is the length of the line in characters.
func (e *editor) len() int { return e.buf.Len() }

// accept keeps the line in the history and empties it. The error is that of the history's file.
func (e *editor) accept() error {
	err := e.hist.add(e.text())
	e.set("")
	return err
}

// candidates are those of the last completion, in columns for a terminal of that width.
func (e *editor) candidates(width int) string { return columns(e.list, width) }

// set replaces the line and leaves the history.
func (e *editor) set(text string) {
	e.buf.Set([]rune(text))
	e.at, e.typed, e.search = len(e.hist.lines), nil, nil
}

// remember keeps a line that the history's file may not have, to be recalled from memory only.
func (e *editor) remember(line string) {
	n := len(e.hist.lines)
	if e.hist.isKept(line) || n > 0 && e.hist.lines[n-1] == line {
		return
	}
	e.hist.lines = append(e.hist.lines, line)
	if e.at == n { // the line being typed stays behind the last
		e.at++
	}
	if e.search != nil && e.search.at == n {
		e.search.at++
	}
}

func (e *editor) insert(text string) { e.buf.WriteRunes([]rune(strings.ToValidUTF8(text, "�"))) }

// paste inserts what was pasted. In several lines that nothing stands before, an escape at their
// beginning is written as two.
func (e *editor) paste(k key) {
	if !k.more {
		e.leading = e.options.escape != 0 && e.buf.Pos() == 0
	}
	e.insert(k.text)
	if !e.leading {
		return
	}
	line, pos := e.buf.Runes(), e.buf.Pos()
	lines := slices.Contains(line[:pos], '\n')
	if lines && line[0] == e.options.escape {
		e.buf.SetWithIdx(pos+1, slices.Insert(line, 0, e.options.escape))
	}
	e.leading = line[0] == e.options.escape && !lines
}

func (e *editor) move(to int) action {
	e.buf.SetWithIdx(to, e.buf.Runes())
	return doNothing
}

func (e *editor) left() action {
	if pos := e.buf.Pos(); pos > 0 {
		return e.move(clusterStart(e.buf.Runes(), pos))
	}
	return doNothing
}

func (e *editor) right() action {
	if pos := e.buf.Pos(); pos < e.buf.Len() {
		return e.move(clusterEnd(e.buf.Runes(), pos))
	}
	return doNothing
}

func (e *editor) backspace() action {
	pos := e.buf.Pos()
	if pos == 0 {
		return doBell
	}
	for n := pos - clusterStart(e.buf.Runes(), pos); n > 0; n-- {
		e.buf.Backspace()
	}
	return doNothing
}

func (e *editor) delete() action {
	pos := e.buf.Pos()
	if pos == e.buf.Len() {
		return doBell
	}
	e.move(clusterEnd(e.buf.Runes(), pos))
	return e.backspace()
}

func (e *editor) deleteOrEnd() action {
	if e.buf.Len() == 0 {
		return doEnd
	}
	return e.delete()
}

// transpose swaps two characters; readline's would leave the line's bounds on a line of one.
func (e *editor) transpose() action {
	if e.buf.Len() < 2 {
		return doBell
	}
	e.buf.Transpose()
	return doNothing
}

// cut removes line[from:to] for a later Ctrl-Y.
func (e *editor) cut(from, to int) action {
	if from >= to {
		return doBell
	}
	line := e.buf.Runes()
	e.buf.Set(append([]rune(nil), line[from:to]...))
	e.buf.KillFront()
	e.buf.SetWithIdx(from, append(line[:from], line[to:]...))
	return doNothing
}

// wordLeft is where the word before the cursor begins.
func (e *editor) wordLeft(isEnd func(rune) bool) int {
	line, i := e.buf.Runes(), e.buf.Pos()
	for i > 0 && isEnd(line[i-1]) {
		i--
	}
	for i > 0 && !isEnd(line[i-1]) {
		i--
	}
	return i
}

// wordRight is where the word at or after the cursor ends.
func (e *editor) wordRight() int {
	line, i := e.buf.Runes(), e.buf.Pos()
	for i < len(line) && isBreak(line[i]) {
		i++
	}
	for i < len(line) && !isBreak(line[i]) {
		i++
	}
	return i
}

func isSpace(r rune) bool { return unicode.IsSpace(r) }

func isBreak(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// recall shows another line of the history; the one being typed comes back behind the last.
func (e *editor) recall(at int) action {
	lines := e.hist.lines
	if at < 0 || at > len(lines) {
		return doBell
	}
	if e.at >= len(lines) {
		e.typed = e.buf.Runes()
	}
	e.at = at
	if at == len(lines) {
		e.buf.Set(e.typed)
	} else {
		e.buf.Set([]rune(lines[at]))
	}
	return doNothing
}
