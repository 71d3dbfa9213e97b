package cmd

import (
	"errors"

	"wsline/internal/doctor"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/repl"
	"wsline/repl/line"
)

// Result is what of a talk's or a pipe's end is worth an exit code other than 0, nil for nothing.
func Result(res repl.Result) error {
	err := ending(res)
	if err != nil && res.Abandoned {
		return exit.AbandonedError{Err: err}
	}
	return err
}

func ending(res repl.Result) error {
	switch {
	case res.Interrupted, errors.Is(res.ConnectErr, line.ErrInterrupted):
		return exit.ErrInterrupted
	case res.HungUp:
		return exit.ErrHungUp
	case res.Terminated:
		return exit.ErrTerminated
	case res.ConnectErr != nil:
		return res.ConnectErr
	case res.Err != nil && !env.ReaderGone(res.Err):
		return withEnd(&res)
	case res.Err != nil, res.Gone, res.Met && !res.Unsent:
		return nil
	}
	if err := doctor.Ended(res.End); err != nil && !res.Met || !res.Unsent {
		return err
	}
	return &doctor.UnsentError{End: res.End}
}

// withEnd adds to an expectation that was still open when the connection ended why it ended.
func withEnd(res *repl.Result) error {
	unmet := repl.Unmet(nil)
	if !errors.As(res.Err, &unmet) || !unmet.AtEnd() || res.End == nil {
		return res.Err
	}
	if why := doctor.EndReason(res.End); why.Message != "" {
		return &unmetError{unmet, why}
	}
	return res.Err
}

// An unmetError is an expectation that the connection's end left unmet, and why it ended.
type unmetError struct {
	repl.Unmet
	why exit.Fault
}

func (e *unmetError) Error() string { return e.Fault().Message }
func (e *unmetError) Unwrap() error { return e.Unmet }

// Fault has the code of the expectation, and the hint for the end.
func (e *unmetError) Fault() exit.Fault {
	f := e.Unmet.Fault()
	f.Message += ": " + e.why.Message
	f.Hint = e.why.Hint
	return f
}
