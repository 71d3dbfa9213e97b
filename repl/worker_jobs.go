package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wsline/repl/command"
)

// job is a line that was typed, or the wish to leave when all lines before it are done.
type job struct {
	line  string
	shown bool // stands on the screen already
	quit  bool
}

// unsentError is why a message did not leave.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// take adds a job; false when too many wait.
func (w *worker) take(j job) bool {
	w.pending.Add(1)
	if !j.shown && !j.quit {
		w.unshown.Add(1)
	}
	select {
	case w.jobs <- j:
		return true
	default:
		w.done(j)
		return false
	}
}

// idle says that everything that was taken is done; only the loop adds to it.
func (w *worker) idle() bool { return w.pending.Load() == 0 }

func (w *worker) do(j job) {
	defer w.done(j)
	if j.quit {
		w.quit = true
		return
	}
	p, rest, err := w.address(j.line)
	w.about(p)
	w.number++
	w.env.Line, w.env.Named = w.number, len(rest) < len(j.line)
	switch {
	case j.shown:
	case err == nil && w.l.mayChange(rest):
		w.unechoed = rest
	default:
		w.l.echo(false, p, rest)
	}
	if err == nil {
		err = w.env.Do(w.ctx, rest)
	}
	w.echoTyped()
	var unsent unsentError
	isUnsent := errors.As(err, &unsent)
	switch {
	case err == nil:
		w.hint(j.line)
	case w.ctx.Err() != nil:
		w.lost++
	case isUnsent:
		w.fail(unsent.error)
		w.giveBack(j.line, unsent.error)
	default:
		w.fail(err)
	}
}

// redo is command.Env.Redo: the line stands on the screen as if it had been typed, in the place of
// the one that it is done for.
func (w *worker) redo(ctx context.Context, line string) error {
	w.unechoed = ""
	if w.l.mayChange(line) {
		w.unechoed = line
	} else {
		w.l.echo(false, w.now, line)
	}
	return w.env.Do(ctx, line)
}

// history is command.Env.History.
func (w *worker) history() (lines []string) {
	w.l.call(func() { lines = w.l.ed.History() })
	slices.Reverse(lines)
	return lines
}

// done forgets a job that was taken.
func (w *worker) done(j job) {
	if !j.shown && !j.quit {
		w.unshown.Add(-1)
	}
	w.pending.Add(-1)
}

// drain takes all lines that wait.
func (w *worker) drain() (lines []string) {
	for len(w.jobs) > 0 {
		j := <-w.jobs
		w.done(j)
		if j.quit {
			w.quit = true
		} else {
			lines = append(lines, j.line)
		}
	}
	return lines
}

// giveBack leaves a line that was not sent to be recalled, so that it is neither lost nor sent to
// another connection than the one it was meant for; and so all lines that were typed after it.
func (w *worker) giveBack(line string, err error) {
	more := w.drain()
	text := "not sent: Up brings it back"
	switch n := len(more); {
	case n == 1:
		text = "not sent, nor 1 line typed after it: Up brings them back"
	case n > 1:
		text = fmt.Sprintf("not sent, nor %d lines typed after it: Up brings them back", n)
	case errors.Is(err, command.ErrClosing):
		text = "Up brings it back"
	}
	if w.l.Term.Plain { // nothing is recalled there
		if text, _, isMore := strings.Cut(text, ": Up brings"); isMore {
			w.l.status(text)
		}
		return
	}
	w.l.call(func() {
		for _, line := range append([]string{line}, more...) {
			w.l.ed.Remember(line)
		}
		w.l.status(text)
	})
}

func (w *worker) tellLost() {
	text := "1 line that was typed was not sent"
	if w.lost > 1 {
		text = fmt.Sprintf("%d lines that were typed were not sent", w.lost)
	}
	w.l.status(text)
}
