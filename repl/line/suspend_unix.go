//go:build unix

package line

import (
	"os"

	"golang.org/x/sys/unix"
)

// Suspend stops the process group, as a terminal does for Ctrl-Z when it is not in raw mode.
func Suspend() error { return unix.Kill(0, unix.SIGTSTP) }

// IsContinue says that the process had been stopped.
func IsContinue(sig os.Signal) bool { return sig == unix.SIGCONT }
