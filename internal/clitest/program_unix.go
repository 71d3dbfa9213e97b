//go:build unix

package clitest

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// Start runs the program with a stdin that stays open.
func Start(t *testing.T, args ...string) (
	cmd *exec.Cmd, stdout *bufio.Reader, stderr *strings.Builder) {
	t.Helper()
	cmd = exec.Command("wsline", args...)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr = new(strings.Builder)
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, bufio.NewReader(out), stderr
}

// WantExit waits for the program, which must end with this exit code and print nothing more.
func WantExit(t *testing.T, cmd *exec.Cmd, stdout io.Reader, stderr *strings.Builder, code int) {
	t.Helper()
	rest, _ := io.ReadAll(stdout)
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	if len(rest) > 0 || stderr.Len() > 0 {
		t.Errorf("still printed %q, and on stderr %q", rest, stderr)
	}
}
