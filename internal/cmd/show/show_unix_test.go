//go:build unix

package show_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"wsline/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

// A recording may be a named pipe that nothing more comes from.
func TestInterruptWhileShowing(t *testing.T) {
	for signal, code := range map[syscall.Signal]int{
		syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129,
	} {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd, stdout, stderr := clitest.Start(t, "show", "--json", path)
		writer, err := os.OpenFile(path, os.O_WRONLY, 0) // waits for a reader
		if err != nil {
			t.Fatal(err)
		}
		cmd.Process.Signal(signal)
		clitest.WantExit(t, cmd, stdout, stderr, code)
		writer.Close()
	}
}
