//go:build unix

package cli

import (
	"encoding/base64"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"wsline/internal/wstest"
)

// A typist is a person at a terminal that runs the program.
type typist struct {
	t        *testing.T
	cmd      *exec.Cmd
	keyboard *os.File
	tty      *os.File // the program's end, to see its mode
	before   *term.State
	screen   strings.Builder // what was not seen yet
	all      strings.Builder
	output   chan string
}

func atTerminal(t *testing.T, args ...string) *typist {
	t.Helper()
	return atTerminalWith(t, "", args...)
}

// atTerminalWith has stdout go to a file, when there is a path.
func atTerminalWith(t *testing.T, path string, args ...string) *typist {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	p := &typist{t: t, keyboard: keyboard, tty: tty, output: make(chan string)}
	if p.before, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command("wsline", args...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = tty, tty, tty
	if path != "" {
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		p.cmd.Stdout = out
	}
	p.cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "TERM=xterm", "NO_COLOR=1")
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go p.read(read)
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		tty.Close()
		keyboard.Close()
		<-read
	})
	return p
}

// read passes on what the program prints, until the terminal is closed.
func (p *typist) read(done chan struct{}) {
	defer close(done)
	defer close(p.output)
	for b := make([]byte, 4096); ; {
		n, err := p.keyboard.Read(b)
		if err != nil {
			return
		}
		select {
		case p.output <- string(b[:n]):
		case <-p.t.Context().Done():
			return
		}
	}
}

// sees waits for a text to be printed, and forgets what was printed until then.
func (p *typist) sees(text string) {
	p.t.Helper()
	limit := time.After(20 * time.Second)
	for !strings.Contains(p.screen.String(), text) {
		select {
		case more := <-p.output:
			p.screen.WriteString(more)
			p.all.WriteString(more)
		case <-limit:
			p.t.Fatalf("no %q in %q", text, p.screen.String())
		}
	}
	_, rest, _ := strings.Cut(p.screen.String(), text)
	p.screen.Reset()
	p.screen.WriteString(rest)
}

func (p *typist) types(keys string) { p.keyboard.WriteString(keys) }

// leaves checks how the program ended, and that the terminal is as it was.
func (p *typist) leaves(code int) {
	p.t.Helper()
	ended := make(chan struct{})
	go func() {
		p.cmd.Wait()
		close(ended)
	}()
	for running := true; running; {
		select {
		case more := <-p.output:
			p.screen.WriteString(more)
			p.all.WriteString(more)
		case <-ended:
			running = false
		}
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, want %d; the screen shows %q", got, code, p.screen.String())
	}
	after, err := term.GetState(int(p.tty.Fd()))
	if err != nil || !reflect.DeepEqual(after, p.before) {
		p.t.Errorf("the terminal's mode was not restored (%v)", err)
	}
}

func TestTalk(t *testing.T) {
	p := atTerminal(t, "demo:")
	p.sees(`"welcome"`)
	p.types(`{"text":"hello"}` + "\r")
	p.sees("Server echo: HELLO")
	p.types("/ping hi\r")
	p.sees("<pong hi")
	p.types("/close 4000 bye\r")
	p.sees("<close 4000 bye")
	p.sees("not connected>")
	p.types("again\r")
	p.sees("Invalid JSON format")
	p.types("/nope\r")
	p.sees(`wsline: error: there is no command "/nope"`)
	p.types("\x04")
	p.leaves(0)
}

func TestTalkExitOnClose(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.ReadFrame()
		p.Close(4000, "bye")
		p.ReadFrame()
	})
	p := atTerminal(t, "--exit-on-close", s.URL())
	p.sees("connected to")
	p.types("hi\r")
	p.sees("wsline: error: the server closed the connection with 4000 (private use): bye")
	p.leaves(exitClosed)
}

func TestTalkInterrupt(t *testing.T) {
	p := atTerminal(t, "echo:")
	p.sees("connected to")
	p.types("\x03")
	p.leaves(exitInterrupted)
}

func TestTalkFailedConnection(t *testing.T) {
	s := wstest.Serve(t, func(*wstest.Peer) {})
	s.Shut()
	p := atTerminal(t, s.URL())
	p.sees("wsline: hint: is the server running")
	p.leaves(exitConnect)
}

// A password is asked for and never shown: neither before the talk begins nor by /connect.
func TestPassword(t *testing.T) {
	logins := make(chan string, 2)
	s := wstest.Serve(t, func(p *wstest.Peer) {
		logins <- p.Request().Header.Get("Authorization")
		p.Accept()
		p.Echo()
	})
	want := func(pair string) {
		t.Helper()
		if got := <-logins; got != "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)) {
			t.Errorf("got %s, want %s", got, pair)
		}
	}
	p := atTerminal(t, "--auth", "me", s.URL())
	p.sees("password of me: ")
	p.types("first secret\r")
	p.sees("connected to")
	want("me:first secret")
	p.types("/connect --auth you\r")
	p.sees("password of you: ")
	p.types("second\r")
	p.sees("connected to")
	want("you:second")
	p.types("\x04")
	p.leaves(0)
	if all := p.all.String(); strings.Contains(all, "secret") || strings.Contains(all, "second") {
		t.Errorf("a password was shown: %q", all)
	}
}

func TestPasswordInterrupted(t *testing.T) {
	p := atTerminal(t, "--auth", "me", "echo:")
	p.sees("password of me: ")
	p.types("\x03")
	p.leaves(exitInterrupted)
}

// In a talk whose stdout is a file the file gets the exact payloads, the terminal the rest.
func TestTalkIntoFile(t *testing.T) {
	path := t.TempDir() + "/out"
	p := atTerminalWith(t, path, "echo:")
	p.sees("connected to")
	p.types("one\rtwo\r/binary 00ff\r")
	p.sees("/binary 00ff")
	p.types("/close\r")
	p.sees("<close 1000")
	p.types("\x04")
	p.leaves(0)
	got, err := os.ReadFile(path)
	if want := "one\ntwo\n\x00\xff\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestPasswordTerminated(t *testing.T) {
	p := atTerminal(t, "--auth", "me", "echo:")
	p.sees("password of me: ")
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.leaves(143)
}
