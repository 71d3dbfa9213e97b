package repl

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"wsline/internal/exit"
	"wsline/internal/plural"
)

// LineError is input that cannot be sent as text; nothing after it was sent.
type LineError struct {
	Line int64  // the first is 1
	Unit string // "line", "message" (NUL-delimited) or "input" (the whole)
}

func (e *LineError) Error() string {
	if e.Unit == "input" {
		return "stdin is not valid UTF-8"
	}
	return fmt.Sprintf("%s %d of stdin is not valid UTF-8", e.Unit, e.Line)
}

// Fault is one of what was typed.
func (e *LineError) Fault() exit.Fault {
	return exit.Fault{Message: e.Error(), Code: exit.Usage,
		Hint: "-b sends binary messages, which may hold any bytes"}
}

// CommandError is a command that cannot be run; it sent nothing, and nothing after it was sent.
type CommandError struct {
	Line int64  // the first is 1
	Unit string // "line" or "message"
	Err  error
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("%s %d: %v", e.Unit, e.Line, e.Err)
}
func (e *CommandError) Unwrap() error { return e.Err }

// Fault is what the command's own error means, with the line; else one of what was typed.
func (e *CommandError) Fault() exit.Fault {
	known := exit.Error(nil)
	if !errors.As(e.Err, &known) {
		return exit.Fault{Message: e.Error(), Code: exit.Usage}
	}
	f := known.Fault()
	if f.Message != "" {
		f.Message = fmt.Sprintf("%s %d: %s", e.Unit, e.Line, f.Message)
	}
	return f
}

// Unmet is an *ExpectError or a *CountError.
type Unmet interface {
	exit.Error
	AtEnd() bool // it was still open when the connection ended
}

// ExpectError is an expectation that no message met.
type ExpectError struct {
	Pattern string
	Timeout time.Duration // that passed; 0 when the connection ended before
}

func (e *ExpectError) Error() string {
	if e.Timeout > 0 {
		return fmt.Sprintf("no message matched %q within %s", e.Pattern, e.Timeout)
	}
	return fmt.Sprintf("no message matched %q before the connection ended", e.Pattern)
}

// Fault is an expectation that failed.
func (e *ExpectError) Fault() exit.Fault {
	return exit.Fault{Message: e.Error(), Code: exit.Expectation}
}

// AtEnd says that no time limit passed.
func (e *ExpectError) AtEnd() bool { return e.Timeout == 0 }

// CountError is a count of messages that was not reached.
type CountError struct {
	Want, Got int64
	Timeout   time.Duration // that passed; 0 when the connection ended before
}

func (e *CountError) Error() string {
	want := plural.Of(e.Want, "message")
	if e.Timeout == 0 {
		return fmt.Sprintf("%d of %s came before the connection ended", e.Got, want)
	}
	return fmt.Sprintf("%d of %s came within %s", e.Got, want, e.Timeout)
}

// Fault is an expectation that failed.
func (e *CountError) Fault() exit.Fault {
	return exit.Fault{Message: e.Error(), Code: exit.Expectation}
}

// AtEnd says that no time limit passed.
func (e *CountError) AtEnd() bool { return e.Timeout == 0 }

// ReadError is an input that cannot be read.
type ReadError struct{ Err error }

func (e *ReadError) Error() string { return "stdin cannot be read: " + e.Err.Error() }
func (e *ReadError) Unwrap() error { return e.Err }

// Fault names the system's own cause.
func (e *ReadError) Fault() exit.Fault {
	return exit.Ownf("stdin cannot be read: %v", exit.Cause(e.Err))
}

// WriteError is an output that cannot be written.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return "stdout cannot be written: " + e.Err.Error() }
func (e *WriteError) Unwrap() error { return e.Err }

// Fault names the system's own cause.
func (e *WriteError) Fault() exit.Fault {
	return exit.Ownf("stdout cannot be written: %v", exit.Cause(e.Err))
}

// isGone says that an output's reader went away, which is no error.
func isGone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
