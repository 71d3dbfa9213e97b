//go:build unix

package cli_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsline/internal/wire"
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

// So it does where clients are served, whatever their messages are written to.
func TestSignalsWithAStuckServer(t *testing.T) {
	for _, c := range []struct {
		flags   []string
		signals []os.Signal
		exit    int
	}{
		{nil, []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, 143},
		{nil, []os.Signal{os.Interrupt, os.Interrupt}, 130},
		{[]string{"--json"}, []os.Signal{syscall.SIGTERM, os.Interrupt}, 143},
		{[]string{"--json", "--echo", "--frames"}, []os.Signal{os.Interrupt, syscall.SIGTERM}, 130},
	} {
		cmd := exec.Command("wsline", append([]string{"listen", "0"}, c.flags...)...)
		cmd.Stdout = full(t)
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill() })
		said, err := bufio.NewReader(stderr).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		ended := exited(cmd)
		_, address, _ := strings.Cut(strings.TrimSpace(said), "listening on ws://")
		nc := flood(t, strings.TrimSuffix(address, "/"))
		for _, sig := range c.signals {
			cmd.Process.Signal(sig)
			nc.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
			_, _ = io.Copy(io.Discard, nc)
		}
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Errorf("%+v: it is still there", c)
			cmd.Process.Kill()
			<-ended
			continue
		}
		if code := cmd.ProcessState.ExitCode(); code != c.exit {
			t.Errorf("%+v: exit code %d", c, code)
		}
	}
}

// flood is a connection to a server, on which so much was sent that it takes no more.
func flood(t *testing.T, address string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	io.WriteString(nc, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	h := wire.Header{Fin: true, Opcode: wire.OpBinary, Masked: true, Length: 64 << 10}
	frame := wire.AppendMasked(h.Append(nil), make([]byte, h.Length), h.Key)
	for err == nil {
		nc.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		_, err = nc.Write(frame)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return nc
}
