//go:build !unix

package repl

import (
	"errors"
	"os"
)

// Suspend is for systems with job control.
func Suspend() error { return errors.New("there is no job control") }

func isContinue(os.Signal) bool { return false }
