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
	case res.Terminated:
		return exit.ErrTerminated
	case res.ConnectErr != nil:
		return res.ConnectErr
	case res.Err != nil && !env.ReaderGone(res.Err):
		return res.Err
	case res.Err != nil, res.Met:
		return nil
	}
	return doctor.Ended(res.End)
}
