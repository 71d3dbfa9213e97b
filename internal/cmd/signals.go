package cmd

import (
	"cmp"
	"errors"
	"os"
	"time"

	"wsline/internal/env"
	"wsline/internal/exit"
)

const (
	// stuckTime is how long the end may take after the second signal.
	stuckTime = time.Second
	// endTime is how long it may take after one that is no interrupt: who sends a SIGTERM may not send
	// another. It is longer than what a pipe gives itself.
	endTime = 12 * time.Second
	// finishTime is how long a recording may take to end behind a talk that was told twice to end.
	finishTime = 400 * time.Millisecond
)

// Interruptible runs what knows nothing of signals: the first one ends it, wherever it is stuck, and
// leaves it behind.
func Interruptible(e *env.Env, run func() error) error {
	done := make(chan error, 1)
	go func() { done <- run() }()
	select {
	case err := <-done:
		return err
	case s := <-e.Signals:
		return exit.AbandonedError{Err: env.Ended(s)}
	}
}

// Bounded runs what ends by itself when a signal comes, which it gets with its Env. When it does not,
// because an output or a file is stuck, it is left behind: within a second of the second signal, or
// some seconds after one that is no interrupt.
func Bounded(e *env.Env, run func(e *env.Env) error) error {
	signals := make(chan os.Signal, 4)
	inner := *e
	inner.Signals = signals
	done := make(chan error, 1)
	go func() { done <- run(&inner) }()
	var first os.Signal
	late := time.NewTimer(time.Hour)
	defer late.Stop()
	late.Stop()
	for {
		select {
		case err := <-done:
			return err
		case s := <-e.Signals:
			select {
			case signals <- s:
			default: // a fifth would say nothing new
			}
			switch {
			case first != nil:
				late.Reset(stuckTime)
			case s != os.Interrupt:
				late.Reset(endTime)
			}
			if first == nil {
				first = s
			}
		case <-late.C:
			return exit.AbandonedError{Err: env.Ended(first)}
		}
	}
}

// Finish has a recording end, and the like, behind a talk that ended with an error: a file that is
// stuck is left behind, at once for a signal, and soon when signals have ended the talk.
func Finish(e *env.Env, ended error, finish func(error) error) error {
	done := make(chan error, 1)
	go func() { done <- finish(ended) }()
	var abandoned exit.AbandonedError
	var late <-chan time.Time
	switch {
	case errors.As(ended, &abandoned):
		late = time.After(finishTime)
	case errors.Is(ended, exit.ErrTerminated), errors.Is(ended, exit.ErrHungUp):
		late = time.After(endTime)
	}
	select {
	case err := <-done:
		return err
	case s := <-e.Signals:
		return exit.AbandonedError{Err: cmp.Or(ended, env.Ended(s))}
	case <-late:
	}
	return exit.AbandonedError{Err: ended}
}
