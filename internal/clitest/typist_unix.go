//go:build unix

package clitest

import (
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// A Typist is a person at a terminal that runs the program.
type Typist struct {
	t        *testing.T
	Cmd      *exec.Cmd
	keyboard *os.File
	tty      *os.File // the program's end, to see its mode
	before   *term.State
	screen   strings.Builder // what was not seen yet
	all      strings.Builder
	output   chan string
}

// AtTerminal has the program run at a terminal of 24 rows and 80 columns.
func AtTerminal(t *testing.T, args ...string) *Typist {
	t.Helper()
	return AtTerminalWith(t, "", args...)
}

// AtTerminalWith has stdout go to a file, when there is a path.
func AtTerminalWith(t *testing.T, path string, args ...string) *Typist {
	t.Helper()
	return atTerminal(t, "", path, "xterm", args)
}

// AtTerminalNamed has the terminal's name in TERM, which is empty for "".
func AtTerminalNamed(t *testing.T, name string, args ...string) *Typist {
	t.Helper()
	return atTerminal(t, "", "", name, args)
}

// AtTerminalFed has stdin come from a file; the terminal is the one that controls the process.
func AtTerminalFed(t *testing.T, path string, args ...string) *Typist {
	t.Helper()
	return atTerminal(t, path, "", "xterm", args)
}

func atTerminal(t *testing.T, from, path, name string, args []string) *Typist {
	t.Helper()
	p := newTypist(t, exec.Command("wsline", args...))
	if from != "" {
		in, err := os.Open(from)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		p.Cmd.Stdin = in
		p.Cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1}
	}
	if path != "" {
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		p.Cmd.Stdout = out
	}
	p.Cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "NO_COLOR=1", "TERM="+name)
	p.start()
	return p
}

// AtShell is a person at a terminal that this command controls, a shell.
func AtShell(t *testing.T, cmd *exec.Cmd) *Typist {
	t.Helper()
	p := newTypist(t, cmd)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p.start()
	return p
}

func newTypist(t *testing.T, cmd *exec.Cmd) *Typist {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	p := &Typist{t: t, Cmd: cmd, keyboard: keyboard, tty: tty, output: make(chan string)}
	if p.before, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	return p
}

func (p *Typist) start() {
	p.t.Helper()
	if err := p.Cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	read := make(chan struct{})
	go p.read(read)
	p.t.Cleanup(func() {
		p.Cmd.Process.Kill()
		p.tty.Close()
		p.keyboard.Close()
		<-read
	})
}

// read passes on what the program prints, until the terminal is closed.
func (p *Typist) read(done chan struct{}) {
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

// Sees waits for a text to be printed, forgets what was printed until then, and returns it.
func (p *Typist) Sees(text string) (before string) {
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
	before, rest, _ := strings.Cut(p.screen.String(), text)
	p.screen.Reset()
	p.screen.WriteString(rest)
	return before
}

// Types types keys.
func (p *Typist) Types(keys string) { p.keyboard.WriteString(keys) }

// Leaves checks how the program ended, and that the terminal is as it was.
func (p *Typist) Leaves(code int) {
	p.t.Helper()
	ended := make(chan struct{})
	go func() {
		p.Cmd.Wait()
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
	if got := p.Cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, want %d; the screen shows %q", got, code, p.screen.String())
	}
	after, err := term.GetState(int(p.tty.Fd()))
	if err != nil || !reflect.DeepEqual(after, p.before) {
		p.t.Errorf("the terminal's mode was not restored (%v)", err)
	}
}

// All is all that was printed and waited for.
func (p *Typist) All() string { return p.all.String() }

// WithoutLatePongs plays a conversation until none of its pongs was late, as they are on a machine that
// has much else to do, and returns what was seen of it.
func WithoutLatePongs(t *testing.T, play func() (seen string)) string {
	t.Helper()
	const most = 10
	for range most {
		if seen := play(); !strings.Contains(seen, "has had no pong") {
			return seen
		}
	}
	t.Fatalf("pongs were late in each of %d runs", most)
	return ""
}
