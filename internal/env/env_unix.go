//go:build !windows

package env

import (
	"errors"
	"os"
	"syscall"

	"wsline/repl/line"
)

// windowSignals tell that the terminal has another size, and that the process goes on after a stop.
// There may be none.
func windowSignals() []os.Signal { return []os.Signal{syscall.SIGWINCH, syscall.SIGCONT} }

func isResize(s os.Signal) bool { return s == syscall.SIGWINCH }

func suspend() error { return line.Suspend() }

func enableEscapes(*os.File) bool { return true }

// isPlain says that a terminal of that name understands no escape sequences. One without a name is
// none that is known to.
func isPlain(name string) bool { return name == "" || name == "dumb" }

func openTTY() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) }

func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
