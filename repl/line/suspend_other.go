//go:build !unix

package line

import (
	"errors"
	"os"
)

// Suspend is for systems with job control.
func Suspend() error { return errors.New("there is no job control") }

func IsContinue(os.Signal) bool { return false }
