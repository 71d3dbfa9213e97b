package repl

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// vt is a small terminal: cells, a cursor, scrolling and the control sequences that a screen
// writes. What it does not know is noted in unknown.
type vt struct {
	mu            sync.Mutex
	width, height int
	cells         [][]string // "" behind a wide character
	row, column   int
	wrapPending   bool
	wrap, paste   bool
	plain         bool // shows the runes of an emoji one by one, as older terminals do
	bells         int
	scrolled      []string
	unknown       []string
	rest          []byte
}

func newVT(width, height int) *vt {
	t := &vt{width: width, height: height, wrap: true}
	for range height {
		t.cells = append(t.cells, t.blank())
	}
	return t
}

func (t *vt) blank() []string {
	line := make([]string, t.width)
	for i := range line {
		line[i] = " "
	}
	return line
}

func (t *vt) Write(p []byte) (int, error) {
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

// step takes one character or sequence; 0 when it is not complete.
func (t *vt) step(p []byte) int {
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
		t.bells++
		return 1
	}
	if p[0] < 0x20 || p[0] == 0x7f {
		t.unknown = append(t.unknown, strconv.Quote(string(p[0])))
		return 1
	}
	if !utf8.FullRune(p) {
		return 0
	}
	r, n := utf8.DecodeRune(p)
	t.put(r)
	return n
}

func (t *vt) put(r rune) {
	w := runeWidth(r)
	joined := t.column > 0 && strings.HasSuffix(t.before(), "\u200d")
	if w == 0 || !t.plain && (joined || r >= 0x1f3fb && r <= 0x1f3ff) {
		t.join(r)
		return
	}
	if t.wrapPending || t.column+w > t.width {
		if t.wrap {
			t.column = 0
			t.lineFeed()
		} else {
			t.column = t.width - w
		}
		t.wrapPending = false
	}
	t.cells[t.row][t.column] = string(r)
	if w == 2 {
		t.cells[t.row][t.column+1] = ""
	}
	t.column += w
	if t.column >= t.width {
		t.column, t.wrapPending = t.width-1, true
	}
}

// last is the cell that was written last.
func (t *vt) last() int {
	at := t.column - 1
	if t.wrapPending {
		at = t.column
	}
	for at > 0 && t.cells[t.row][at] == "" {
		at--
	}
	return at
}

func (t *vt) before() string { return t.cells[t.row][t.last()] }

func (t *vt) join(r rune) {
	if at := t.last(); at >= 0 {
		t.cells[t.row][at] += string(r)
	}
}

func (t *vt) lineFeed() {
	t.wrapPending = false
	if t.row < t.height-1 {
		t.row++
		return
	}
	t.scrolled = append(t.scrolled, t.text(0))
	t.cells = append(t.cells[1:], t.blank())
}

func (t *vt) escape(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	if p[1] != '[' {
		t.unknown = append(t.unknown, strconv.Quote(string(p[:2])))
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

func (t *vt) csi(params string, final byte) {
	n, _ := strconv.Atoi(params)
	n = max(n, 1)
	switch {
	case final == 'm':
	case final == 'A':
		t.row, t.wrapPending = max(0, t.row-n), false
	case final == 'C':
		t.column, t.wrapPending = min(t.width-1, t.column+n), false
	case final == 'H' && params == "":
		t.row, t.column, t.wrapPending = 0, 0, false
	case final == 'J' && (params == "" || params == "2"):
		t.erase(params == "2")
	case params == "?7":
		t.wrap = final == 'h'
	case params == "?2004":
		t.paste = final == 'h'
	default:
		t.unknown = append(t.unknown, params+string(final))
	}
}

func (t *vt) erase(all bool) {
	for i := range t.cells {
		if i > t.row || all {
			t.cells[i] = t.blank()
		}
	}
	for i := t.column; i < t.width; i++ {
		t.cells[t.row][i] = " "
	}
}

// resize wraps the rows that have become too long, as most terminals do.
func (t *vt) resize(width int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var cells [][]string
	row, column := 0, 0
	t.width = width
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
	for len(cells) > t.height && row < t.height {
		cells = cells[:len(cells)-1]
	}
	t.cells, t.row, t.column, t.wrapPending = cells, row, column, false
}

func (t *vt) text(row int) string {
	return strings.TrimRight(strings.Join(t.cells[row], ""), " ")
}

// screen is what is to be seen: rows without the empty ones at the end, and the cursor as
// "row,column".
func (t *vt) screen() (text, cursor string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var rows []string
	for i := range t.cells {
		rows = append(rows, t.text(i))
	}
	text = strings.TrimRight(strings.Join(rows, "\n"), "\n")
	return text, strconv.Itoa(t.row) + "," + strconv.Itoa(t.column)
}

// everything is what is and was to be seen.
func (t *vt) everything() string {
	text, _ := t.screen()
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(append(append([]string(nil), t.scrolled...), text), "\n")
}

func (t *vt) pastes() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.paste
}

func (t *vt) strange() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unknown
}
