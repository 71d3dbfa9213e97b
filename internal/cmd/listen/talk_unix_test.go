//go:build unix

package listen_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/dial"
	"wsline/internal/dial/uri"
	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/session"
)

func TestMain(m *testing.M) { clitest.Main(m) }

// address is the URL that the program at the terminal listens on.
func address(t *testing.T, p *clitest.Typist) string {
	t.Helper()
	p.Sees("listening on ")
	p.Sees("\n")
	_, rest, _ := strings.Cut(p.All(), "listening on ")
	address, _, _ := strings.Cut(rest, "\r")
	return strings.TrimSpace(address)
}

// A guest is a client and what came to it.
type guest struct {
	*session.Session
	t      *testing.T
	came   chan string
	pinged chan string
}

func visit(t *testing.T, address string) *guest {
	t.Helper()
	g := &guest{t: t, came: make(chan string, 10), pinged: make(chan string, 1)}
	u, _, err := uri.Parse(address)
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
			case session.KindPing:
				select {
				case g.pinged <- string(ev.Payload):
				default:
				}
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
	p := clitest.AtTerminal(t, "listen", "--record", filepath.Join(t.TempDir(), "talk.jsonl"), "0")
	address := address(t, p)
	p.Types("anybody?\r")
	p.Sees("wsline: error: not sent: no client is connected")
	alice := visit(t, address)
	p.Sees("1* connected from 127.0.0.1:")
	bob := visit(t, address+"chat")
	p.Sees("2* connected from 127.0.0.1:")
	p.Sees(" to ws://127.0.0.1:")
	alice.says("hi")
	p.Sees("1< hi")
	bob.says(`{"a":1}`)
	p.Sees("2< {")
	p.Types("to all\r")
	alice.gets("to all")
	bob.gets("to all")
	p.Types("/to 2 only you\r")
	bob.gets("only you")
	p.Types("/ping x\r")
	p.Sees("<pong x")
	p.Sees("<pong x")
	p.Types("/to 1 /frame text f\r/fragment 2 pieces\r")
	alice.gets("f")
	alice.gets("pieces")
	bob.gets("pieces")
	p.Types("/clients\r")
	p.Sees("* 1 connected from 127.0.0.1:")
	p.Sees("* 2 connected from 127.0.0.1:")
	p.Types("/to 3 hi\r")
	p.Sees(`wsline: error: there is no client "3": connected are [1 2]`)
	p.Types("/to\r")
	p.Sees("wsline: error: /to needs the name of a client")
	p.Types("/frames on\r/to 1 framed\r")
	p.Sees(`1* `)
	p.Sees(`> text `)
	p.Types("/frames off\r/to 2 /close 4000 bye\r")
	p.Sees("2<close 4000")
	p.Sees("2* closed")
	bob.gets("close bye")
	alice.Close(4001, "ciao")
	p.Sees("1<close 4001 ciao")
	p.Types("\x04")
	p.Leaves(0)
}

func TestListenTalkEnds(t *testing.T) {
	for name, end := range map[string]func(p *clitest.Typist) int{
		"Ctrl-C":  func(p *clitest.Typist) int { p.Types("\x03"); return exit.Interrupted },
		"SIGTERM": func(p *clitest.Typist) int { p.Cmd.Process.Signal(syscall.SIGTERM); return exit.Terminated },
		"quit":    func(p *clitest.Typist) int { p.Types("/quit\r"); return exit.OK },
	} {
		t.Run(name, func(t *testing.T) {
			p := clitest.AtTerminal(t, "-l", "0")
			alice := visit(t, address(t, p))
			p.Sees("1* connected")
			p.Leaves(end(p))
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
	p := clitest.AtTerminalWith(t, path, "listen", "0")
	address := address(t, p)
	alice := visit(t, address)
	alice.says("one")
	alice.says("two\n")
	alice.Close(1000, "")
	alice.Wait()
	p.Sees("1<close 1000")
	taken := clitest.AtTerminal(t, "listen", strings.Trim(strings.TrimPrefix(address, "ws://"), "/"))
	taken.Sees("wsline: error: cannot listen on 127.0.0.1:")
	taken.Leaves(exit.Connect)
	p.Types("\x04")
	p.Leaves(0)
	if got, err := os.ReadFile(path); string(got) != "one\ntwo\n\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// With --echo on a terminal the conversation of all clients is shown.
func TestListenEchoOnTerminal(t *testing.T) {
	p := clitest.AtTerminal(t, "listen", "--echo", "0")
	alice := visit(t, address(t, p))
	alice.says("hi")
	p.Sees("1< hi")
	p.Sees("1> hi")
	alice.gets("hi")
	p.Cmd.Process.Signal(os.Interrupt) // it is not the terminal's own process
	p.Leaves(exit.Interrupted)
}

// A signal ends it while it asks for a passphrase.
func TestPassphraseTerminated(t *testing.T) {
	cert := wstest.NewCA(t).Client(t)
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"c.pem": wstest.CertPEM(cert),
		"k.pem": wstest.EncryptedKeyPEM(t, cert.PrivateKey, "secret", wstest.AES256()),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := clitest.AtTerminal(t, "listen", "--cert", dir+"/c.pem", "--key", dir+"/k.pem", "0")
	p.Sees("passphrase of the key: ")
	p.Cmd.Process.Signal(syscall.SIGTERM)
	p.Leaves(exit.Terminated)
}

// Pings that keep clients alive are not seen, and of those that are typed each client's pong is.
func TestListenKeepaliveIsNotSeen(t *testing.T) {
	all := clitest.WithoutLatePongs(t, func() string {
		p := clitest.AtTerminal(t, "listen", "--ping-interval", "200ms", "0")
		url := address(t, p)
		one, two := visit(t, url), visit(t, url)
		for range 2 {
			<-one.pinged
			<-two.pinged
		}
		p.Types("/ping mine\r")
		p.Sees("1<pong mine")
		p.Types("/to 2 /ping yours\r")
		p.Sees("2<pong yours")
		for range 2 {
			<-one.pinged
			<-two.pinged
		}
		p.Types("\x04")
		p.Leaves(0)
		return p.All()
	})
	if strings.Count(all, "<pong") != 3 || strings.Count(all, "round trip") != 3 {
		t.Errorf("%q", all)
	}
}

// The talk says how to go on, and with -t when.
func TestListenGreets(t *testing.T) {
	p := clitest.AtTerminal(t, "listen", "-t", "0")
	p.Sees("a line goes to all clients, /help lists commands, Ctrl-D leaves\r\n")
	p.Types("\x04")
	p.Sees("* not listening any more")
	p.Leaves(0)
	lines := regexp.MustCompile(`(?m)[0-9:.]{12} \* (listening|a line|not listening)`)
	if n := len(lines.FindAllString(p.All(), -1)); n != 3 {
		t.Errorf("%d lines have a time: %q", n, p.All())
	}
}
