//go:build unix

package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"wsline/internal/wstest"
)

// full is the writing end of a pipe that nobody reads and that takes nothing more.
func full(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		w.Close()
	})
	for size := 64 << 10; err == nil; { // so that not one byte fits
		w.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err = w.Write(make([]byte, size)); err != nil && size > 1 {
			size, err = 1, nil
		}
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return w
}

// The second Ctrl-C ends the program, whichever output is stuck.
func TestSignalsWithAStuckOutput(t *testing.T) {
	for _, c := range []struct {
		flags          []string
		stdout, stderr bool // is stuck
	}{
		{[]string{"--json"}, true, false},
		{[]string{"--json", "--frames"}, true, false},
		{[]string{"--frames"}, false, true},
		{nil, true, true},
	} {
		open, closing := make(chan struct{}), make(chan struct{})
		s := wstest.Serve(t, func(p *wstest.Peer) {
			p.Accept()
			p.Text("hello")
			close(open)
			p.ReadFrame()
			close(closing)
			p.Stall(nil)
		})
		cmd := exec.Command("wsline", append(c.flags, "--wait", "-1", s.URL())...)
		if c.stdout {
			cmd.Stdout = full(t)
		}
		if c.stderr {
			cmd.Stderr = full(t)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill() })
		<-open
		cmd.Process.Signal(syscall.SIGINT)
		<-closing
		cmd.Process.Signal(syscall.SIGINT)
		ended := exited(cmd)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Errorf("%+v: it is still there", c)
			cmd.Process.Kill()
			<-ended
			continue
		}
		if code := cmd.ProcessState.ExitCode(); code != 130 {
			t.Errorf("%+v: exit code %d", c, code)
		}
	}
}

// What is said of an error may find an output stuck, too.
func TestInterruptWhileReporting(t *testing.T) {
	for _, stuck := range []string{"stdout", "stderr"} {
		refused := make(chan struct{})
		s := wstest.Serve(t, func(p *wstest.Peer) {
			p.Refuse(403, nil, "")
			close(refused)
		})
		cmd := exec.Command("wsline", "--json", s.URL(), "hi")
		if stuck == "stdout" {
			cmd.Stdout = full(t)
		} else {
			cmd.Stderr = full(t)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-refused
		ended := exited(cmd)
		for tries, over := 0, false; !over; tries++ {
			if cmd.Process.Signal(syscall.SIGINT); tries == 100 {
				t.Errorf("%s: it is still there", stuck)
				cmd.Process.Kill()
			}
			select { // the first signals may come before the report
			case <-ended:
				over = true
			case <-time.After(100 * time.Millisecond):
			}
		}
		if code := cmd.ProcessState.ExitCode(); code != 5 && code != 130 {
			t.Errorf("%s: exit code %d", stuck, code)
		}
	}
}

// exited is closed when a program has ended.
func exited(cmd *exec.Cmd) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	return ended
}
