package repl

import (
	"context"
	"errors"

	"wsline/repl/line"
)

// question is one that a talk asks in the place of its line.
type question struct {
	prompt string
	line   line.Secret
	answer chan error // one value; line is the asker's after it
	// restore gives a plain terminal its own mode back; nil on any other.
	restore func() error
}

// AskSecret asks within a talk, as from its Connect function. Errors are those of the function, and
// the context's.
func (t *Talk) AskSecret(ctx context.Context, prompt string) (string, error) {
	l := t.running.Load()
	if l == nil {
		return "", errors.New("the talk is not running")
	}
	q := &question{prompt: prompt, answer: make(chan error, 1)}
	l.call(func() { l.asks(q) })
	select {
	case err := <-q.answer:
		return q.line.Text(), err
	case <-l.over:
		return "", line.ErrInterrupted
	case <-ctx.Done():
		l.call(func() {
			if l.ask == q {
				l.answered(ctx.Err())
			}
			l.refresh()
		})
		return "", ctx.Err()
	}
}
