package repl

import (
	"bytes"
	"fmt"
	"time"

	"wsline/session"
)

// leastRows of a message are shown in any case.
const leastRows = 5

// message appends what is shown of a message that came, and keeps it for /last. What is longer than
// the window is high is cut there: each line is a row, as Look.Event breaks longer ones.
func (l *loop) message(dst []byte, ev *session.Event) []byte {
	from := len(dst)
	if dst = l.Look.Event(dst, ev); len(dst) == from {
		return dst
	}
	l.kept.add(ev)
	return l.fold(dst, from)
}

// fold leaves a row for the prompt and one above the message.
func (l *loop) fold(dst []byte, from int) []byte {
	if l.Term.Plain || l.NoSlash || l.Term.Height == nil {
		return dst
	}
	rows := bytes.Count(dst[from:], []byte("\n"))
	if rows <= leastRows { // as most are, for which the terminal need not be asked
		return dst
	}
	height := l.Term.Height()
	most := max(leastRows, height-2)
	if height <= 0 || rows <= most {
		return dst
	}
	end := from
	for range most - 1 {
		end += bytes.IndexByte(dst[end:], '\n') + 1
	}
	text := fmt.Sprintf("… %d more lines, /last shows all", rows-(most-1))
	return l.stamped(time.Time{}, func(dst []byte) []byte { return l.Look.Status(dst, text) })(dst[:end])
}
