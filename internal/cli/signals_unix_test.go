//go:build unix

package cli_test

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestSignalCloses(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		exit   int
		close  wire.StatusCode
	}{
		{syscall.SIGINT, 130, 1000},
		{syscall.SIGTERM, 143, 1001},
		{syscall.SIGHUP, 129, 1001},
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
			cmd, stdout, stderr := clitest.Start(t, s.URL())
			stdout.ReadString('\n')
			cmd.Process.Signal(c.signal)
			if got := <-closed; got != c.close {
				t.Errorf("closed with %d, want %d", got, c.close)
			}
			clitest.WantExit(t, cmd, stdout, stderr, c.exit)
		})
	}
}

// A shell passes SIGHUP on, so that it comes twice: that is not the second signal of somebody who
// will not wait. What has come is recorded to the end.
func TestHangUpTwice(t *testing.T) {
	closing, again := make(chan struct{}), make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.Text("ready")
		p.ReadFrame()
		close(closing)
		<-again
		p.Text("last words")
		p.Close(1001, "")
	})
	path := filepath.Join(t.TempDir(), "talk.jsonl")
	cmd, stdout, stderr := clitest.Start(t, "--record", path, s.URL())
	stdout.ReadString('\n')
	cmd.Process.Signal(syscall.SIGHUP)
	<-closing
	cmd.Process.Signal(syscall.SIGHUP)
	close(again)
	if line, _ := stdout.ReadString('\n'); line != "last words\n" {
		t.Errorf("printed %q", line)
	}
	clitest.WantExit(t, cmd, stdout, stderr, 129)
	recorded, _ := os.ReadFile(path)
	if !strings.Contains(string(recorded), `"cause":"closed"`) {
		t.Errorf("the recording has no end: %s", recorded)
	}
}

// What nohup does: the signal is ignored when the program begins, and stays so.
func TestHangUpIsIgnored(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.Text("ready")
		p.Echo()
	})
	signal.Ignore(syscall.SIGHUP)
	cmd, stdout, stderr := clitest.Start(t, s.URL())
	signal.Reset(syscall.SIGHUP)
	stdout.ReadString('\n')
	cmd.Process.Signal(syscall.SIGHUP)
	cmd.Process.Signal(syscall.SIGTERM)
	clitest.WantExit(t, cmd, stdout, stderr, 143)
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
	cmd, stdout, stderr := clitest.Start(t, s.URL())
	stdout.ReadString('\n')
	cmd.Process.Signal(syscall.SIGINT)
	<-closing
	cmd.Process.Signal(syscall.SIGINT)
	clitest.WantExit(t, cmd, stdout, stderr, 130)
}

func TestInterruptWhileConnecting(t *testing.T) {
	asked := make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Request()
		close(asked)
		p.Stall(nil)
	})
	cmd, stdout, stderr := clitest.Start(t, s.URL())
	<-asked
	cmd.Process.Signal(syscall.SIGINT)
	clitest.WantExit(t, cmd, stdout, stderr, 130)
}

// A file to be read may be a named pipe that nobody writes to.
func TestInterruptWhileReadingAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.wst")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"--bearer", "@" + path, "echo:"}, {"show", path}, {"fmt", path}, {"test", path},
		{"listen", "--script", path, "0"},
	} {
		cmd, stdout, stderr := clitest.Start(t, args...)
		writer, err := os.OpenFile(path, os.O_WRONLY, 0) // waits for a reader
		if err != nil {
			t.Fatal(err)
		}
		cmd.Process.Signal(syscall.SIGINT)
		clitest.WantExit(t, cmd, stdout, stderr, 130)
		writer.Close()
	}
}
