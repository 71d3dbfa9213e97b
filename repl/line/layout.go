package line

import "strings"

const continuation = 2 // columns that a line after the first is indented by

// View is what is to be seen of a line that is edited.
type View struct {
	prompt string // with SGR sequences
	line   []rune
	pos    int // of the cursor in line
}

// layout is where the characters of a view stand on a terminal. It wraps by itself: a character
// that does not fit goes to the next row as a whole.
type layout struct {
	width  int
	prompt int   // columns of the prompt, 0 when it does not fit
	starts []int // of each row in line
	widths []int // columns of each row that are taken
	row    int   // of the cursor
	column int
}

// place lays v out for a terminal of that width.
func place(v *View, width int) *layout {
	l := &layout{width: width, prompt: styledWidth(v.prompt), starts: []int{0}}
	if l.prompt >= width {
		l.prompt = 0
	}
	column := l.prompt
	spare := 0 // cells that a terminal may take beyond column
	for i := 0; i < len(v.line); {
		end := clusterEnd(v.line, i)
		newline := v.line[i] == '\n'
		n := l.cells(v.line, i, end, column)
		more := spareCells(v.line, i, end, n)
		if column+n+min(spare+more, width-n) > width && column > 0 && !newline {
			column, spare = l.next(i, column, 0), 0
			n = l.cells(v.line, i, end, column)
		}
		spare += more
		if v.pos >= i && v.pos < end {
			l.cursor(column, i)
		}
		if newline {
			column, spare = l.next(end, column, min(continuation, width-1)), 0
		} else {
			column += n
		}
		i = end
	}
	if v.pos >= len(v.line) {
		column = l.cursor(column, len(v.line))
	}
	l.widths = append(l.widths, column)
	return l
}

// next begins a row with line[start] and returns its first column.
func (l *layout) next(start, column, indent int) int {
	l.widths = append(l.widths, column)
	l.starts = append(l.starts, start)
	return indent
}

// cursor stands at a column, or on a new row when the last one is full.
func (l *layout) cursor(column, i int) int {
	if column >= l.width {
		column = l.next(i, column, 0)
	}
	l.row, l.column = len(l.starts)-1, column
	return column
}

// glyph is like the function, but for what can never fit.
func (l *layout) glyph(line []rune, i, end, column int) (string, int) {
	if line[i] == '\n' {
		return "", 0
	}
	text, n := glyph(line, i, end, column)
	if n > l.width {
		return "?", 1
	}
	return text, n
}

// cells is the second result of glyph, in less time.
func (l *layout) cells(line []rune, i, end, column int) int {
	r := line[i]
	switch {
	case r >= 0x20 && r < 0x7f && end == i+1:
		return 1
	case end == i+1 && r >= 0x3000 && r < 0xd800 && l.width > 1: // not hostile
		return runeWidth(r)
	}
	_, n := l.glyph(line, i, end, column)
	return n
}

// spareCells is how many cells more than n a character takes on a terminal that does not know that
// its runes are shown as one.
func spareCells(line []rune, i, end, n int) int {
	if end == i+1 || isHostile(line[i]) {
		return 0
	}
	sum := 0
	for _, r := range line[i:end] {
		sum += runeWidth(r)
	}
	return max(0, sum-n)
}

// end is where row i ends in line.
func (l *layout) end(i int, v *View) int {
	if i+1 < len(l.starts) {
		return l.starts[i+1]
	}
	return len(v.line)
}

// appendRow appends what stands on row i, up to line[end].
func (l *layout) appendRow(dst []byte, v *View, i, end int) []byte {
	at, column := l.starts[i], 0
	switch {
	case i == 0 && l.prompt > 0:
		dst = append(dst, v.prompt...)
		column = l.prompt
	case i > 0 && v.line[at-1] == '\n':
		column = min(continuation, l.width-1)
		dst = append(dst, strings.Repeat(" ", column)...)
	}
	for at < end {
		next := clusterEnd(v.line, at)
		text, n := l.glyph(v.line, at, next, column)
		dst = append(dst, text...)
		column += n
		at = next
	}
	return dst
}
