// Package line is a line editor on a terminal: keys in, drawn lines and finished input out. A Decoder
// makes keys of what the terminal sends, an Editor takes them and says what they ask for, a Screen
// draws the Editor's View below what has been printed. History, search, completion, pastes of several
// lines and answers that are not shown are here too.
//
// It knows neither WebSockets nor commands: what completes a word and which lines are not to be kept
// is handed in. It has no loop: who uses it reads the terminal, keeps the time for Decoder.Wait, and
// does what an Action asks for. Of readline it uses the line and the names of keys.
//
// All belongs to the goroutine that uses it, and none is started; but an Input may be paused and
// closed while another reads it, and has a goroutine of its own where a read cannot be interrupted.
package line

import (
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/chzyer/readline"
)

// Action is what a key asks the user of an Editor to do.
type Action uint8

// The actions.
const (
	DoNothing   Action = iota
	DoSubmit           // the line is complete
	DoInterrupt        // Ctrl-C
	DoEnd              // end of input: Ctrl-D on an empty line
	DoSuspend          // stop the process: Ctrl-Z
	DoClear            // clear the screen: Ctrl-L
	DoBell             // nothing can be done
	DoList             // show Editor.Candidates
)

// Editor is the line being typed. The line and the cursor are a readline.RuneBuffer, which is told
// that there is no terminal and so never draws.
//
// readline's own loop is not used: it counts widths wrongly, draws the whole line for every
// character of a paste, can panic in its search out of our reach, and leaves goroutines behind.
type Editor struct {
	buf     *readline.RuneBuffer
	keys    map[rune]func(*Editor) Action
	hist    *History
	at      int    // index of the history's line that is shown, len(lines) for the one being typed
	typed   []rune // that one, while another is shown
	search  *search
	options Options
	list    []string // candidates of the last completion
	tabbed  bool     // the last key was Tab and left the line as it was
	killed  []rune   // what Ctrl-Y inserts
	last    rune     // the key before this one
	leading bool     // the paste under way began before everything else
}

// Options are what an editor is told of the lines. The zero value has no completion, and
// doubles nothing.
type Options struct {
	// Complete returns what may stand instead of the last word of head, the text before the cursor,
	// and where in head that word begins.
	Complete func(head string) (words []string, start int)
	// Escape is what is put before a line that would have a meaning of its own for it to have none, ""
	// for one that has none. A paste of several lines never has one; nil: no line has.
	Escape func(line string) string
}

// NewEditor returns an editor of an empty line.
func NewEditor(hist *History, options Options) *Editor {
	off := &readline.Config{FuncIsTerminal: func() bool { return false }}
	return &Editor{
		buf: readline.NewRuneBuffer(io.Discard, "", off, 1), keys: editKeys(), hist: hist,
		at: len(hist.lines), options: options,
	}
}

func editKeys() map[rune]func(*Editor) Action {
	ask := func(a Action) func(*Editor) Action { return func(*Editor) Action { return a } }
	return map[rune]func(*Editor) Action{
		readline.CharLineStart: func(e *Editor) Action { return e.move(0) },
		readline.CharLineEnd:   func(e *Editor) Action { return e.move(e.buf.Len()) },
		readline.CharKill:      (*Editor).killRest,
		readline.CharCtrlU:     (*Editor).killFront,
		readline.CharCtrlY:     (*Editor).yank,
		readline.CharBackward:  (*Editor).left,
		readline.CharForward:   (*Editor).right,
		readline.CharTranspose: (*Editor).transpose,
		readline.CharBackspace: (*Editor).backspace,
		readline.CharCtrlH:     (*Editor).backspace,
		keyDelete:              (*Editor).delete,
		readline.CharDelete:    (*Editor).deleteOrEnd,
		readline.CharCtrlW:     func(e *Editor) Action { return e.killWord(e.wordLeft(isSpace), e.buf.Pos()) },
		readline.MetaBackspace: func(e *Editor) Action { return e.killWord(e.wordLeft(isBreak), e.buf.Pos()) },
		readline.MetaDelete:    func(e *Editor) Action { return e.killWord(e.buf.Pos(), e.wordRight()) },
		readline.MetaBackward:  func(e *Editor) Action { return e.move(e.wordLeft(isBreak)) },
		readline.MetaForward:   func(e *Editor) Action { return e.move(e.wordRight()) },
		readline.CharPrev:      func(e *Editor) Action { return e.recall(e.at - 1) },
		readline.CharNext:      func(e *Editor) Action { return e.recall(e.at + 1) },
		readline.CharBckSearch: (*Editor).startSearch,
		readline.CharTab:       (*Editor).complete,
		keyNewline:             func(e *Editor) Action { e.insert("\n"); return DoNothing },
		readline.CharEnter:     ask(DoSubmit),
		readline.CharCtrlJ:     ask(DoSubmit),
		readline.CharInterrupt: ask(DoInterrupt),
		readline.CharCtrlZ:     ask(DoSuspend),
		readline.CharCtrlL:     ask(DoClear),
	}
}

// Press takes one key.
func (e *Editor) Press(k Key) Action {
	if e.search != nil {
		if a, done := e.searchKey(k); done {
			return a
		}
	}
	tabbed := e.tabbed
	e.tabbed = false
	defer func() { e.last = k.code }()
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
	return DoNothing
}

// View is how the line is to be seen.
func (e *Editor) View(prompt string) *View {
	if e.search != nil {
		prompt = e.search.prompt()
	}
	return &View{prompt: prompt, line: e.buf.Runes(), pos: e.buf.Pos()}
}

// Text is the line.
func (e *Editor) Text() string { return string(e.buf.Runes()) }

// Len is the length of the line in characters.
func (e *Editor) Len() int { return e.buf.Len() }

// Accept keeps the line in the history, as one that was typed to a place, and empties it. The error
// is that of the history's file.
func (e *Editor) Accept(place string) error {
	err := e.hist.add(e.Text(), place)
	e.Set("")
	return err
}

// Candidates are those of the last completion, in columns for a terminal of that width.
func (e *Editor) Candidates(width int) string { return columns(e.list, width) }

// Set replaces the line and leaves the history.
func (e *Editor) Set(text string) {
	e.buf.Set([]rune(text))
	e.at, e.typed, e.search = len(e.hist.lines), nil, nil
}

// Remember keeps a line that the history's file may not have, to be recalled from memory only.
func (e *Editor) Remember(line string) {
	n := len(e.hist.lines)
	if e.hist.isKept(line) || e.hist.isLast(line, e.hist.place) {
		return
	}
	e.hist.append(line, e.hist.place)
	if e.at == n { // the line being typed stays behind the last
		e.at++
	}
	if e.search != nil && e.search.at == n {
		e.search.at++
	}
}

// At says where the lines that are typed from now on go, in letters and digits; "" for nowhere in
// particular. Those that went there before are recalled and found first.
func (e *Editor) At(place string) {
	n := len(e.hist.lines)
	moved := e.hist.at(place)
	if e.at < n {
		e.at = moved[e.at]
	}
	if e.search != nil && e.search.at < n {
		e.search.at = moved[e.search.at]
	}
}

// History are the lines that can be recalled, the one that is recalled last first.
func (e *Editor) History() []string { return slices.Clone(e.hist.lines) }

func (e *Editor) insert(text string) { e.buf.WriteRunes([]rune(strings.ToValidUTF8(text, "�"))) }

// paste inserts what was pasted, in several lines that nothing stands before with their escape.
func (e *Editor) paste(k Key) {
	if !k.more {
		e.leading = e.options.Escape != nil && e.buf.Pos() == 0
	}
	e.insert(k.text)
	if !e.leading {
		return
	}
	line, pos := e.buf.Runes(), e.buf.Pos()
	if end := slices.Index(line[:pos], '\n'); end >= 0 {
		escape := []rune(e.options.Escape(string(line[:end])))
		e.buf.SetWithIdx(pos+len(escape), slices.Insert(line, 0, escape...))
		e.leading = false
	}
}

func (e *Editor) move(to int) Action {
	e.buf.SetWithIdx(to, e.buf.Runes())
	return DoNothing
}

func (e *Editor) left() Action {
	if pos := e.buf.Pos(); pos > 0 {
		return e.move(clusterStart(e.buf.Runes(), pos))
	}
	return DoNothing
}

func (e *Editor) right() Action {
	if pos := e.buf.Pos(); pos < e.buf.Len() {
		return e.move(clusterEnd(e.buf.Runes(), pos))
	}
	return DoNothing
}

func (e *Editor) backspace() Action {
	pos := e.buf.Pos()
	if pos == 0 {
		return DoBell
	}
	for n := pos - clusterStart(e.buf.Runes(), pos); n > 0; n-- {
		e.buf.Backspace()
	}
	return DoNothing
}

func (e *Editor) delete() Action {
	pos := e.buf.Pos()
	if pos == e.buf.Len() {
		return DoBell
	}
	e.move(clusterEnd(e.buf.Runes(), pos))
	return e.backspace()
}

func (e *Editor) deleteOrEnd() Action {
	if e.buf.Len() == 0 {
		return DoEnd
	}
	return e.delete()
}

// wordLeft is where the word before the cursor begins.
func (e *Editor) wordLeft(isEnd func(rune) bool) int {
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
func (e *Editor) wordRight() int {
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
func (e *Editor) recall(at int) Action {
	lines := e.hist.lines
	if at < 0 || at > len(lines) {
		return DoBell
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
	return DoNothing
}
