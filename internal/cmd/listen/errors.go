package listen

import (
	"errors"
	"fmt"
	"os"

	"wsline/internal/exit"
)

// A listenError is an address that cannot be listened on.
type listenError struct {
	address string
	err     error
}

func (e *listenError) Error() string {
	return fmt.Sprintf("cannot listen on %s: %v", e.address, innermost(e.err))
}

// Fault is what a person gets.
func (e *listenError) Fault() exit.Fault {
	f := exit.Fault{Message: e.Error(), Code: exit.Connect}
	switch {
	case isInUse(e.err):
		f.Hint = "another program listens there; port 0 takes a free one"
	case os.IsPermission(e.err):
		f.Hint = "ports below 1024 are for the administrator: try 8080"
	}
	return f
}

// A clientError is a client that has not gone well.
type clientError struct {
	text string
	code int
}

func (e *clientError) Error() string { return e.text }

// Fault has the code of how it went.
func (e *clientError) Fault() exit.Fault { return exit.Fault{Message: e.text, Code: e.code} }

// innermost is the system's own words.
func innermost(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		if _, ok := err.(*os.SyscallError); ok {
			return inner
		}
		err = inner
	}
	return err
}
