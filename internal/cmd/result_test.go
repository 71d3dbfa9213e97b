package cmd

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/exit"
	"wsline/repl"
	"wsline/repl/line"
	"wsline/session"
)

func TestResults(t *testing.T) {
	broken := &session.End{Cause: session.CauseBroken}
	closed := &session.End{Cause: session.CauseClosed, Received: true, Code: 1001}
	for _, c := range []struct {
		name string
		res  repl.Result
		code int
	}{
		{"nothing", repl.Result{}, 0},
		{"Ctrl-C", repl.Result{Interrupted: true, End: broken}, 130},
		{"SIGTERM", repl.Result{Terminated: true, End: broken}, 143},
		{"no connection", repl.Result{ConnectErr: &dial.Error{Kind: dial.KindConnect}}, 3},
		{"Ctrl-C at a question", repl.Result{ConnectErr: line.ErrInterrupted}, 130},
		{"expectation", repl.Result{Err: &repl.ExpectError{Pattern: "x"}, End: broken}, 9},
		{"count", repl.Result{Err: &repl.CountError{}}, 9},
		{"count reached, and the end broken", repl.Result{Met: true, End: broken}, 0},
		{"line", repl.Result{Err: &repl.LineError{Line: 1, Unit: "line"}}, 2},
		{"command", repl.Result{Err: &repl.CommandError{Err: errors.New("x")}}, 2},
		{"stdin", repl.Result{Err: &repl.ReadError{Err: syscall.EIO}}, 1},
		{"stdout", repl.Result{Err: &repl.WriteError{Err: syscall.ENOSPC}}, 1},
		{"stdout closed", repl.Result{Err: &repl.WriteError{Err: syscall.EBADF}}, 1},
		{"stdout closed here", repl.Result{Err: &repl.WriteError{Err: os.ErrClosed}}, 1},
		{"reader gone", repl.Result{Err: &repl.WriteError{Err: syscall.EPIPE}, End: broken}, 0},
		{"broken", repl.Result{End: broken}, 7},
		{"all sent", repl.Result{End: closed}, 0},
		{"unsent", repl.Result{End: closed, Unsent: true}, 8},
		{"unsent, count reached", repl.Result{End: closed, Unsent: true, Met: true}, 8},
		{"unsent, and broken", repl.Result{End: broken, Unsent: true}, 7},
		{"unsent, and Ctrl-C", repl.Result{End: closed, Unsent: true, Interrupted: true}, 130},
		{"reader gone, and an end with an error", repl.Result{Gone: true, End: broken}, 0},
		{"unsent, reader gone", repl.Result{Err: &repl.WriteError{Err: syscall.EPIPE}, Unsent: true,
			End: closed}, 0},
	} {
		code := 0
		if err := Result(c.res); err != nil {
			code = exit.FaultOf(doctor.Explain(err)).Code
		}
		if code != c.code {
			t.Errorf("%s: got %d, want %d", c.name, code, c.code)
		}
	}
}
