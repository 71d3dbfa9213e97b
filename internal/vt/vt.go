// Package vt is a small terminal in memory, for tests of what is drawn: cells, a cursor, scrolling,
// and the few control sequences that our screens write. It is no emulator of any real terminal;
// what it does not know it notes. Tests may write to it and look at it from different goroutines;
// the fields are for when nobody writes.
package vt

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// A Terminal shows what is written to it. What it does not know is noted in Unknown.
type Terminal struct {
	Width, Height int
	Plain         bool     // shows the runes of an emoji one by one, as older terminals do
	Wrap, Paste   bool     // modes: long lines wrap, pastes are bracketed
	Bells         int      // how often it rang
	Scrolled      []string // rows that have left at the top
	Unknown       []string // sequences and controls

	mu          sync.Mutex
	cells       [][]string // "" behind a wide character
	row, column int
	wrapPending bool
	rest        []byte // of a sequence or character that is not complete yet
}

// New returns an empty terminal of that many cells.
func New(width, height int) *Terminal {
	t := &Terminal{Width: width, Height: height, Wrap: true}
	for range height {
		t.cells = append(t.cells, t.blank())
	}
	return t
}

func (t *Terminal) blank() []string {
	line := make([]string, t.Width)
	for i := range line {
		line[i] = " "
	}
	return line
}

// Write takes what a program writes, in any pieces.
func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	data := append(t.rest, p...)
	for len(data) > 0 {
		n := t.step(data)
		if n == 0 {
			break
		}
		data = data[n:]
	}
	t.rest = append([]byte(nil), data...)
	return len(p), nil
}

// width counts cells whatever the locale: an ambiguous character has one.
func width(r rune) int {
	return (&runewidth.Condition{StrictEmojiNeutral: true}).RuneWidth(r)
}

// step takes one character or sequence; 0 when it is not complete.
func (t *Terminal) step(p []byte) int {
	switch p[0] {
	case 0x1b:
		return t.escape(p)
	case '\r':
		t.column, t.wrapPending = 0, false
		return 1
	case '\n':
		t.lineFeed()
		return 1
	case 7:
		t.Bells++
		return 1
	}
	if p[0] < 0x20 || p[0] == 0x7f {
		t.Unknown = append(t.Unknown, strconv.Quote(string(p[0])))
		return 1
	}
	if !utf8.FullRune(p) {
		return 0
	}
	r, n := utf8.DecodeRune(p)
	t.put(r)
	return n
}

func (t *Terminal) put(r rune) {
	w := width(r)
	joined := t.column > 0 && strings.HasSuffix(t.before(), "\u200d")
	if w == 0 || !t.Plain && (joined || r >= 0x1f3fb && r <= 0x1f3ff) {
		t.join(r)
		return
	}
	if t.wrapPending || t.column+w > t.Width {
		if t.Wrap {
			t.column = 0
			t.lineFeed()
		} else {
			t.column = t.Width - w
		}
		t.wrapPending = false
	}
	t.cells[t.row][t.column] = string(r)
	if w == 2 {
		t.cells[t.row][t.column+1] = ""
	}
	t.column += w
	if t.column >= t.Width {
		t.column, t.wrapPending = t.Width-1, true
	}
}

// last is the cell that was written last.
func (t *Terminal) last() int {
	at := t.column - 1
	if t.wrapPending {
		at = t.column
	}
	for at > 0 && t.cells[t.row][at] == "" {
		at--
	}
	return at
}

func (t *Terminal) before() string { return t.cells[t.row][t.last()] }

func (t *Terminal) join(r rune) {
	if at := t.last(); at >= 0 {
		t.cells[t.row][at] += string(r)
	}
}

func (t *Terminal) lineFeed() {
	t.wrapPending = false
	if t.row < t.Height-1 {
		t.row++
		return
	}
	t.Scrolled = append(t.Scrolled, t.text(0))
	t.cells = append(t.cells[1:], t.blank())
}

func (t *Terminal) escape(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	if p[1] != '[' {
		t.Unknown = append(t.Unknown, strconv.Quote(string(p[:2])))
		return 2
	}
	i := 2
	for i < len(p) && (p[i] < 0x40 || p[i] > 0x7e) {
		i++
	}
	if i == len(p) {
		return 0
	}
	t.csi(string(p[2:i]), p[i])
	return i + 1
}

func (t *Terminal) csi(params string, final byte) {
	n, _ := strconv.Atoi(params)
	n = max(n, 1)
	switch {
	case final == 'm':
	case final == 'A':
		t.row, t.wrapPending = max(0, t.row-n), false
	case final == 'C':
		t.column, t.wrapPending = min(t.Width-1, t.column+n), false
	case final == 'H' && params == "":
		t.row, t.column, t.wrapPending = 0, 0, false
	case final == 'J' && (params == "" || params == "2"):
		t.erase(params == "2")
	case params == "?7":
		t.Wrap = final == 'h'
	case params == "?2004":
		t.Paste = final == 'h'
	default:
		t.Unknown = append(t.Unknown, params+string(final))
	}
}

func (t *Terminal) erase(all bool) {
	for i := range t.cells {
		if i > t.row || all {
			t.cells[i] = t.blank()
		}
	}
	for i := t.column; i < t.Width; i++ {
		t.cells[t.row][i] = " "
	}
}

// Resize wraps the rows that have become too long, as most terminals do.
func (t *Terminal) Resize(width int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var cells [][]string
	row, column := 0, 0
	t.Width = width
	for i, old := range t.cells {
		n := len(old)
		for n > 0 && old[n-1] == " " {
			n--
		}
		if i == t.row {
			row, column = len(cells)+t.column/width, t.column%width
			n = max(n, t.column)
		}
		for at := 0; at == 0 || at < n; at += width {
			line := t.blank()
			copy(line, old[at:min(n, at+width)])
			cells = append(cells, line)
		}
	}
	for len(cells) > t.Height && row < t.Height {
		cells = cells[:len(cells)-1]
	}
	t.cells, t.row, t.column, t.wrapPending = cells, row, column, false
}

func (t *Terminal) text(row int) string {
	return strings.TrimRight(strings.Join(t.cells[row], ""), " ")
}

// Screen is what is to be seen: rows without the empty ones at the end, and the cursor as
// "row,column".
func (t *Terminal) Screen() (text, cursor string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var rows []string
	for i := range t.cells {
		rows = append(rows, t.text(i))
	}
	text = strings.TrimRight(strings.Join(rows, "\n"), "\n")
	return text, strconv.Itoa(t.row) + "," + strconv.Itoa(t.column)
}

// Everything is what is and was to be seen.
func (t *Terminal) Everything() string {
	text, _ := t.Screen()
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(append(append([]string(nil), t.Scrolled...), text), "\n")
}

// Pastes says whether bracketed paste is on.
func (t *Terminal) Pastes() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.Paste
}

// Strange is Unknown, also while somebody writes.
func (t *Terminal) Strange() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.Unknown
}
