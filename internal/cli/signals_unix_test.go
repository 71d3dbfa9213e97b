//go:build unix

package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// startProgram runs the program with a stdin that stays open.
func startProgram(t *testing.T, args ...string) (
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

func wantExit(t *testing.T, cmd *exec.Cmd, stdout io.Reader, stderr *strings.Builder, code int) {
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

func TestSignalCloses(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		exit   int
		close  wire.StatusCode
	}{
		{syscall.SIGINT, 130, 1000},
		{syscall.SIGTERM, 143, 1001},
	} {
		t.Run(c.signal.String(), func(t *testing.T) {
			closed := make(chan wire.StatusCode, 1)
			s := wstest.Serve(t, func(p *wstest.Peer) {
				p.Accept()
				p.Text("ready")
				_, payload, _ := p.ReadFrame()
				code, _, _ := wire.ParseClose(payload)
				closed <- code
				p.Close(code, "")
			})
			cmd, stdout, stderr := startProgram(t, s.URL())
			stdout.ReadString('\n')
			cmd.Process.Signal(c.signal)
			if got := <-closed; got != c.close {
				t.Errorf("closed with %d, want %d", got, c.close)
			}
			wantExit(t, cmd, stdout, stderr, c.exit)
		})
	}
}

// The second Ctrl-C does not wait for the server.
func TestSecondInterrupt(t *testing.T) {
	closing := make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.Text("ready")
		p.ReadFrame()
		close(closing)
		p.Stall(nil)
	})
	cmd, stdout, stderr := startProgram(t, s.URL())
	stdout.ReadString('\n')
	cmd.Process.Signal(syscall.SIGINT)
	<-closing
	cmd.Process.Signal(syscall.SIGINT)
	wantExit(t, cmd, stdout, stderr, 130)
}

func TestInterruptWhileConnecting(t *testing.T) {
	asked := make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Request()
		close(asked)
		p.Stall(nil)
	})
	cmd, stdout, stderr := startProgram(t, s.URL())
	<-asked
	cmd.Process.Signal(syscall.SIGINT)
	wantExit(t, cmd, stdout, stderr, 130)
}

// A file to be read may be a named pipe that nobody writes to.
func TestInterruptWhileReadingAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, stdout, stderr := startProgram(t, "--bearer", "@"+path, "echo:")
	writer, err := os.OpenFile(path, os.O_WRONLY, 0) // waits for a reader
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	cmd.Process.Signal(syscall.SIGINT)
	wantExit(t, cmd, stdout, stderr, 130)
}
