//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// address is the URL that the program at the terminal listens on.
func (p *typist) address() string {
	p.t.Helper()
	p.sees("listening on ")
	p.sees("\n")
	all := p.all.String()
	_, rest, _ := strings.Cut(all, "listening on ")
	address, _, _ := strings.Cut(rest, "\r")
	return strings.TrimSpace(address)
}

// A guest is a client and what came to it.
type guest struct {
	*session.Session
	t    *testing.T
	came chan string
}

func visit(t *testing.T, address string) *guest {
	t.Helper()
	g := &guest{t: t, came: make(chan string, 10)}
	u, _, err := dial.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	g.Session, err = session.Open(t.Context(), &session.Config{Dial: dial.Config{URL: u}},
		func(ev *session.Event) {
			switch ev.Kind {
			case session.KindMessage:
				g.came <- string(ev.Payload)
			case session.KindClose:
				g.came <- "close " + ev.Reason
			}
		})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.Drop()
		g.Wait()
	})
	return g
}

func (g *guest) gets(want string) {
	g.t.Helper()
	if got := <-g.came; got != want {
		g.t.Errorf("got %q, want %q", got, want)
	}
}

func (g *guest) says(text string) {
	g.t.Helper()
	if err := g.Send(wire.OpText, []byte(text)); err != nil {
		g.t.Fatal(err)
	}
}

// What is typed goes to all clients or to one, and what comes is shown with a name.
func TestListenTalk(t *testing.T) {
	p := atTerminal(t, "listen", "--record", filepath.Join(t.TempDir(), "talk.jsonl"), "0")
	address := p.address()
	p.types("anybody?\r")
	p.sees("wsline: error: not sent: no client is connected")
	alice := visit(t, address)
	p.sees("1* connected from 127.0.0.1:")
	bob := visit(t, address+"chat")
	p.sees("2* connected from 127.0.0.1:")
	p.sees(" to ws://127.0.0.1:")
	alice.says("hi")
	p.sees("1< hi")
	bob.says(`{"a":1}`)
	p.sees("2< {")
	p.types("to all\r")
	alice.gets("to all")
	bob.gets("to all")
	p.types("/to 2 only you\r")
	bob.gets("only you")
	p.types("/ping x\r")
	p.sees("<pong x")
	p.sees("<pong x")
	p.types("/to 1 /frame text f\r/fragment 2 pieces\r")
	alice.gets("f")
	alice.gets("pieces")
	bob.gets("pieces")
	p.types("/clients\r")
	p.sees("* 1 connected from 127.0.0.1:")
	p.sees("* 2 connected from 127.0.0.1:")
	p.types("/to 3 hi\r")
	p.sees(`wsline: error: there is no client "3": connected are [1 2]`)
	p.types("/to\r")
	p.sees("wsline: error: /to needs the name of a client")
	p.types("/frames on\r/to 1 framed\r")
	p.sees(`1* `)
	p.sees(`> text `)
	p.types("/frames off\r/to 2 /close 4000 bye\r")
	p.sees("2<close 4000")
	p.sees("2* closed")
	bob.gets("close bye")
	alice.Close(4001, "ciao")
	p.sees("1<close 4001 ciao")
	p.types("\x04")
	p.leaves(0)
}

func TestListenTalkEnds(t *testing.T) {
	for name, end := range map[string]func(p *typist) int{
		"Ctrl-C":  func(p *typist) int { p.types("\x03"); return exitInterrupted },
		"SIGTERM": func(p *typist) int { p.cmd.Process.Signal(syscall.SIGTERM); return exitTerminated },
		"quit":    func(p *typist) int { p.types("/quit\r"); return exitOK },
	} {
		t.Run(name, func(t *testing.T) {
			p := atTerminal(t, "-l", "0")
			alice := visit(t, p.address())
			p.sees("1* connected")
			p.leaves(end(p))
			if got := alice.Wait(); got.Cause != session.CauseClosed {
				t.Errorf("the client ended with %+v", got)
			}
		})
	}
}

// Messages go to a stdout that is a file, and a port that is taken is said before anything is
// shown.
func TestListenTalkIntoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	p := atTerminalWith(t, path, "listen", "0")
	address := p.address()
	alice := visit(t, address)
	alice.says("one")
	alice.says("two\n")
	alice.Close(1000, "")
	alice.Wait()
	p.sees("1<close 1000")
	taken := atTerminal(t, "listen", strings.Trim(strings.TrimPrefix(address, "ws://"), "/"))
	taken.sees("wsline: error: cannot listen on 127.0.0.1:")
	taken.leaves(exitConnect)
	p.types("\x04")
	p.leaves(0)
	if got, err := os.ReadFile(path); string(got) != "one\ntwo\n\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// With --echo on a terminal the conversation of all clients is shown.
func TestListenEchoOnTerminal(t *testing.T) {
	p := atTerminal(t, "listen", "--echo", "0")
	alice := visit(t, p.address())
	alice.says("hi")
	p.sees("1< hi")
	p.sees("1> hi")
	alice.gets("hi")
	p.cmd.Process.Signal(os.Interrupt) // it is not the terminal's own process
	p.leaves(exitInterrupted)
}
