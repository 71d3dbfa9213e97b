package doctor

import (
	"errors"

	"wsline/internal/dial"
	"wsline/internal/exit"
)

// A refusal is a connection that could not be opened, with what was found out about it.
type refusal struct{ Dialed *dial.Error }

// Explain adds a cause and a hint to an error that is, or comes from, a *dial.Error. Others stay as
// they are, and so does what was typed wrongly.
func Explain(err error) error {
	var usage *exit.UsageError
	var dialed *dial.Error
	if errors.As(err, &usage) || !errors.As(err, &dialed) {
		return err
	}
	return &refusal{dialed}
}

func (e *refusal) Error() string { return e.Dialed.Error() }
func (e *refusal) Unwrap() error { return e.Dialed }

// Fault is the cause and the hint, with what the server said below.
func (e *refusal) Fault() exit.Fault {
	found, f := examine(e.Dialed), e.Dialed.Fault()
	f.Message, f.Detail, f.Hint = found.message(e.Dialed), bodyText(e.Dialed), found.advice(e.Dialed)
	return f
}
