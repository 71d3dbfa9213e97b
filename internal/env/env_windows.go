package env

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// windowSignals tell that the terminal has another size, and that the process goes on after a stop.
// There may be none.
func windowSignals() []os.Signal { return nil }

func isResize(os.Signal) bool { return false }

// suspend is nil: there is no job control.
var suspend func() error

// isPlain says that a terminal of that name understands no escape sequences. Consoles have no name.
func isPlain(name string) bool { return name == "dumb" }

// enableEscapes makes the console understand escape sequences, which old ones cannot.
func enableEscapes(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	mode |= windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return windows.SetConsoleMode(console, mode) == nil
}

func openTTY() (*os.File, error) { return os.OpenFile("CONIN$", os.O_RDWR, 0) }

func isBrokenPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}
