package repl

import (
	"bytes"
	"strings"
)

// typedPlain takes what was typed on a terminal that edits and shows lines itself. At the end of the
// input a line needs no end.
func (l *loop) typedPlain(p []byte, end bool) {
	l.plain = append(l.plain, p...)
	for {
		text, rest, found := bytes.Cut(l.plain, []byte("\n"))
		if !found && (!end || len(text) == 0) {
			return
		}
		l.plain = rest
		if typed := strings.TrimSuffix(string(text), "\r"); typed != "" && l.leaving == staying {
			l.hand(strings.ToValidUTF8(typed, "\ufffd"), true)
		}
	}
}

// asks shows a question in the place of the line. A terminal that shows what is typed must not show
// the answer.
func (l *loop) asks(q *question) {
	l.ask = q
	if !l.Term.Plain {
		l.refresh()
		return
	}
	l.flushAll()
	restore, err := l.Term.MakeRaw()
	if err != nil {
		l.ask = nil
		q.answer <- err
		return
	}
	q.restore = restore
	l.failed(l.scr.Ask(q.prompt))
}

// answered ends a question; it may have been answered, or be asked no more.
func (l *loop) answered(err error) {
	q := l.ask
	l.ask = nil
	if q.restore != nil {
		_ = q.restore()
		l.failed(l.scr.Ask("\n"))
	}
	q.answer <- err
}
