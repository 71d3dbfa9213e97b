package doctor

import (
	"errors"

	"wsline/internal/dial"
	"wsline/internal/exit"
)

// A Refusal is a connection that could not be opened, with what was found out about it.
type Refusal struct{ Dialed *dial.Error }

// Explain makes a *Refusal of an error that is, or comes from, a *dial.Error. Others stay as they
// are, and so does what was typed wrongly.
func Explain(err error) error {
	var usage *exit.UsageError
	var dialed *dial.Error
	if errors.As(err, &usage) || !errors.As(err, &dialed) {
		return err
	}
	return &Refusal{dialed}
}

func (e *Refusal) Error() string { return e.Dialed.Error() }
func (e *Refusal) Unwrap() error { return e.Dialed }

// Fault is the cause and the hint, with what the server said below.
func (e *Refusal) Fault() exit.Fault {
	found, f := examine(e.Dialed), e.Dialed.Fault()
	f.Message, f.Detail, f.Hint = found.message(e.Dialed), bodyText(e.Dialed), found.advice(e.Dialed)
	return f
}
