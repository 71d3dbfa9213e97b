package line

import (
	"bytes"
	"io"
	"strconv"
)

const (
	eraseBelow  = "\x1b[J"
	clearScreen = "\x1b[H\x1b[2J"
	wrapOff     = "\x1b[?7l" // where we and the terminal count a width differently, a row stays a row
	wrapOn      = "\x1b[?7h"
	pasteOn     = "\x1b[?2004h"
	pasteOff    = "\x1b[?2004l"
)

const keptBuffer = 1 << 20 // bytes of the largest buffer that is used again

// Screen draws the line being edited at the end of what has been printed, and prints above it. It
// alone writes to the terminal, each change as one Write.
type Screen struct {
	out           io.Writer
	width, height func() int
	plain         bool // nothing is drawn

	buf    []byte
	drawn  []int // columns of the rows that stand on the terminal now, from the first; empty for none
	row    int   // of the cursor among them
	column int
	top    int  // the first row of the layout that is shown: a very long line shows a part
	open   bool // what was printed last does not end with a newline yet: no line can be drawn
	lost   bool // nobody knows what stands on the cursor's row
}

// NewScreen draws on out, a terminal of the size of term.
func NewScreen(out io.Writer, term *Terminal) *Screen {
	return &Screen{out: out, plain: term.Plain, width: atLeast(term.Width, 80), height: atLeast(term.Height, 24)}
}

// atLeast is a size that may be unknown.
func atLeast(size func() int, otherwise int) func() int {
	return func() int {
		if size != nil {
			if n := size(); n > 0 {
				return n
			}
		}
		return otherwise
	}
}

// Show prints whole lines above the line being edited and draws that again; v is nil for no line.
func (s *Screen) Show(block []byte, v *View) error {
	if s.plain {
		return s.showPlain(block)
	}
	s.buf = s.erase(s.buf[:0])
	s.print(block)
	if v != nil && !s.open {
		s.draw(v)
	}
	return s.flush()
}

// showPlain prints lines as they are: the terminal is in its own mode.
func (s *Screen) showPlain(block []byte) error {
	if len(block) == 0 {
		return nil
	}
	s.open = block[len(block)-1] != '\n'
	_, err := s.out.Write(block)
	return err
}

// Clear empties the terminal and draws the line at its top.
func (s *Screen) Clear(v *View) error {
	s.buf = append(s.buf[:0], clearScreen...)
	s.drawn, s.row, s.open, s.lost = s.drawn[:0], 0, false, false
	s.draw(v)
	return s.flush()
}

// Begin asks the terminal to mark what is pasted.
func (s *Screen) Begin() error { return s.control(pasteOn) }

// End asks it not to any more.
func (s *Screen) End() error { return s.control(pasteOff) }

// Width is the width of the terminal now.
func (s *Screen) Width() int { return s.width() }

// Bell rings.
func (s *Screen) Bell() error { return s.control("\a") }

// Ask prints a question as it is, or the line end behind its answer, on a terminal on which no line
// is drawn.
func (s *Screen) Ask(text string) error {
	_, err := io.WriteString(s.out, text)
	return err
}

// IsUnfinished says that what was printed last does not end with a newline.
func (s *Screen) IsUnfinished() bool { return s.open }

// control sends a control sequence that moves nothing.
func (s *Screen) control(text string) error {
	if s.plain {
		return nil
	}
	_, err := io.WriteString(s.out, text)
	return err
}

// erase goes to where the line being edited began and erases it. The terminal may have another
// width than when it was drawn: then its rows have been wrapped anew.
func (s *Screen) erase(dst []byte) []byte {
	if len(s.drawn) == 0 {
		if s.lost {
			s.lost = false
			dst = append(append(dst, '\r'), eraseBelow...)
		}
		return dst
	}
	up, width := s.column/s.width(), s.width()
	for _, n := range s.drawn[:s.row] {
		up += max(1, (n+width-1)/width)
	}
	s.drawn, s.row, s.column = s.drawn[:0], 0, 0
	dst = append(dst, '\r')
	if up > 0 {
		dst = appendCSI(dst, up, 'A')
	}
	return append(dst, eraseBelow...)
}

// print appends a block: in raw mode a newline alone does not go to the first column.
func (s *Screen) print(block []byte) {
	if len(block) == 0 {
		return
	}
	s.open = block[len(block)-1] != '\n'
	for {
		i := bytes.IndexByte(block, '\n')
		if i < 0 {
			break
		}
		s.buf = append(append(s.buf, block[:i]...), "\r\n"...)
		block = block[i+1:]
	}
	s.buf = append(s.buf, block...)
}

// draw appends the rows of v that fit the window, and moves to the cursor's place.
func (s *Screen) draw(v *View) {
	l := place(v, s.width())
	rows := min(len(l.starts), s.height())
	s.top = min(max(s.top, l.row-rows+1), l.row, len(l.starts)-rows)
	s.buf = append(s.buf, wrapOff...)
	for i := s.top; i < s.top+rows; i++ {
		if i > s.top {
			s.buf = append(s.buf, "\r\n"...)
		}
		s.buf = l.appendRow(s.buf, v, i, l.end(i, v))
		s.drawn = append(s.drawn, l.widths[i])
	}
	s.row, s.column = l.row-s.top, l.column
	if up := rows - 1 - s.row; up > 0 {
		s.buf = appendCSI(s.buf, up, 'A')
	}
	// What stands before the cursor is written once more: so the cursor comes to its place also
	// where the terminal has other ideas of how wide a character is.
	s.buf = append(s.buf, '\r')
	s.buf = l.appendRow(s.buf, v, l.row, v.pos)
	s.buf = append(s.buf, wrapOn...)
}

func (s *Screen) flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	_, err := s.out.Write(s.buf)
	if cap(s.buf) > keptBuffer {
		s.buf = nil // one huge line does not keep its memory
	}
	return err
}

func appendCSI(dst []byte, n int, final byte) []byte {
	dst = append(dst, "\x1b["...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, final)
}

// Forget is for when somebody else may have written to the terminal: what was drawn is not there
// any more, or on the cursor's row.
func (s *Screen) Forget() {
	s.drawn, s.row, s.column, s.open, s.lost = s.drawn[:0], 0, 0, false, true
}
