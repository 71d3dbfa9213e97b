//go:build unix

package converse_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsline/internal/clitest"
	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestTalk(t *testing.T) {
	p := clitest.AtTerminal(t, "demo:")
	p.Sees(`"welcome"`)
	p.Types(`{"text":"hello"}` + "\r")
	p.Sees("Server echo: HELLO")
	p.Types("/ping hi\r")
	p.Sees("<pong hi")
	p.Types("/close 4000 bye\r")
	p.Sees("<close 4000 bye")
	p.Sees("not connected>")
	p.Types("again\r")
	p.Sees(`* the demo answers JSON: try {"text":"hello"}`)
	p.Types("and again\r")
	p.Sees("Invalid JSON format")
	p.Types("/nope\r")
	p.Sees(`wsline: error: there is no command "/nope"`)
	p.Types("\x04")
	p.Leaves(0)
}

// What is answered by itself is seen with its answer, a heartbeat is not.
func TestTalkAnswers(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		for {
			h, payload, err := p.ReadFrame()
			switch {
			case err != nil:
				return
			case h.Opcode == wire.OpClose:
				p.Close(1000, "")
				return
			case string(payload) == "beat":
				p.Text("beaten")
			default:
				p.Text("got " + string(payload))
			}
		}
	})
	p := clitest.AtTerminal(t, "--heartbeat", "beat", "--heartbeat-interval", "20ms",
		"--heartbeat-reply", "~beaten", s.URL())
	p.Sees("connected to")
	p.Types("/on ~^got.ask$ 'an answer'\r")
	p.Sees("answering what matches ~^got.ask$")
	p.Types("ask\r")
	p.Sees("< got ask")
	p.Sees("> an answer")
	p.Sees("< got an answer")
	p.Types("/every 30ms tick\r")
	p.Sees("> tick")
	p.Sees("< got tick")
	p.Types("/every off\r")
	p.Sees("1 message not sent any more")
	p.Types("/close\r")
	p.Sees("not connected>")
	p.Types("/every 1s tick\r")
	p.Sees("wsline: error: not connected")
	p.Types("\x04")
	p.Leaves(0)
	if strings.Contains(p.All(), "< beaten") {
		t.Error("the answer to a heartbeat is shown")
	}
}

// A command that stands on stdin leaves nothing to read there: the terminal is typed on.
func TestTalkOfCurl(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.Echo()
	})
	file := t.TempDir() + "/copied.txt"
	line := "curl --url '" + s.URL() + "' \\\n  -H 'Upgrade: websocket' \\\n  -d x"
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	p := clitest.AtTerminalFed(t, file, "curl")
	p.Sees("left out of the curl command: -d")
	p.Sees("connected to")
	p.Types("hello\r")
	p.Sees("< hello")
	p.Types("\x04")
	p.Leaves(0)
}

func TestTalkExitOnClose(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.ReadFrame()
		p.Close(4000, "bye")
		p.ReadFrame()
	})
	p := clitest.AtTerminal(t, "--exit-on-close", s.URL())
	p.Sees("connected to")
	p.Types("hi\r")
	p.Sees("wsline: error: the server closed the connection with 4000: bye")
	p.Leaves(exit.Closed)
}

func TestTalkInterrupt(t *testing.T) {
	p := clitest.AtTerminal(t, "echo:")
	p.Sees("connected to")
	p.Types("\x03")
	p.Leaves(exit.Interrupted)
}

// A signal that ends the program gives the terminal back.
func TestTalkEnded(t *testing.T) {
	for signal, code := range map[syscall.Signal]int{
		syscall.SIGHUP: exit.HungUp, syscall.SIGTERM: exit.Terminated,
		syscall.SIGQUIT: 2, // Go's runtime says where each goroutine is
	} {
		p := clitest.AtTerminal(t, "echo:")
		p.Sees("connected to")
		p.Sees("> ")
		p.Cmd.Process.Signal(signal)
		p.Sees("\x1b[?2004l") // what is pasted is not marked any more
		p.Leaves(code)
	}
}

func TestTalkFailedConnection(t *testing.T) {
	s := wstest.Serve(t, func(*wstest.Peer) {})
	s.Shut()
	p := clitest.AtTerminal(t, s.URL())
	p.Sees("wsline: hint: is the server running")
	p.Leaves(exit.Connect)
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
	p := clitest.AtTerminal(t, "--auth", "me", s.URL())
	p.Sees("password of me: ")
	p.Types("first secret\r")
	p.Sees("connected to")
	want("me:first secret")
	p.Types("/connect --auth you\r")
	p.Sees("password of you: ")
	p.Types("second\r")
	p.Sees("connected to")
	want("you:second")
	p.Types("\x04")
	p.Leaves(0)
	if all := p.All(); strings.Contains(all, "secret") || strings.Contains(all, "second") {
		t.Errorf("a password was shown: %q", all)
	}
}

func TestPasswordInterrupted(t *testing.T) {
	p := clitest.AtTerminal(t, "--auth", "me", "echo:")
	p.Sees("password of me: ")
	p.Types("\x03")
	p.Leaves(exit.Interrupted)
}

// In a talk whose stdout is a file the file gets the exact payloads, the terminal the rest.
func TestTalkIntoFile(t *testing.T) {
	path := t.TempDir() + "/out"
	p := clitest.AtTerminalWith(t, path, "echo:")
	p.Sees("connected to")
	p.Types("one\rtwo\r/binary 00ff\r")
	p.Sees("/binary 00ff")
	p.Types("/close\r")
	p.Sees("<close 1000")
	p.Types("\x04")
	p.Leaves(0)
	got, err := os.ReadFile(path)
	if want := "one\ntwo\n\x00\xff\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestPasswordTerminated(t *testing.T) {
	p := clitest.AtTerminal(t, "--auth", "me", "echo:")
	p.Sees("password of me: ")
	p.Cmd.Process.Signal(syscall.SIGTERM)
	p.Leaves(143)
}

// A terminal that understands no escape sequences gets none: lines come and go as they are, edited
// and shown by the terminal itself. A password is not shown there either.
func TestTalkAtPlainTerminal(t *testing.T) {
	for _, name := range []string{"dumb", ""} {
		s := wstest.Serve(t, func(p *wstest.Peer) {
			p.Accept()
			p.Echo()
		})
		p := clitest.AtTerminalNamed(t, name, "--color", "auto", s.URL())
		p.Sees("/, /help lists commands, Ctrl-D leaves\r\n")
		p.Types("hallx\x7fo\n")
		p.Sees("\r\n< hallo\r\n")
		p.Types("/set v 5\n[${v}]\n")
		p.Sees("\r\n> [5]\r\n< [5]\r\n")
		p.Types("/connect --auth me\n")
		p.Sees("password of me: ")
		p.Types("s3cret\n")
		p.Sees("connected to")
		p.Types("/ping x\n")
		p.Sees("\r\n<pong x\r\n* round trip")
		p.Types("no line end\x04")
		p.Types("\x04")
		p.Sees("< no line end\r\n")
		p.Leaves(0)
		if all := p.All(); strings.Contains(all, "\x1b") || strings.Contains(all, "s3cret") {
			t.Errorf("TERM=%s: %q", name, all)
		}
	}
}

func TestInterruptAtPlainTerminal(t *testing.T) {
	p := clitest.AtTerminalNamed(t, "dumb", "echo:")
	p.Sees("connected to")
	p.Cmd.Process.Signal(syscall.SIGINT) // as its own Ctrl-C
	p.Sees("<close 1000")
	p.Leaves(exit.Interrupted)
}

// A file that a command writes may be a named pipe that nobody reads.
func TestSecondInterruptWhileSaving(t *testing.T) {
	path := filepath.Join(t.TempDir(), "talk.wst")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	p := clitest.AtTerminal(t, "echo:")
	p.Sees("> ")
	p.Types("/save " + path + "\r")
	p.Types("\x03\x03")
	p.Leaves(exit.Interrupted)
}

// Pings that keep a connection alive are not seen where lines are not typed either, but for what
// was typed.
func TestKeepaliveIsNotSeen(t *testing.T) {
	for _, args := range [][]string{{"hi"}, {"--slash", "/ping mine"}} {
		typed := len(args) - 1
		all := clitest.WithoutLatePongs(t, func() string {
			s := wstest.Serve(t, answersThreePings)
			p := clitest.AtTerminal(t, append([]string{
				"--ping-interval", "200ms", "-w", "-1", s.URL()}, args...)...)
			p.Sees("< enough\r\n")
			p.Leaves(0)
			return p.All()
		})
		if strings.Count(all, "<pong") != typed ||
			strings.Count(all, "<pong mine") != typed || strings.Count(all, "round trip") != typed {
			t.Errorf("%v: %q", args, all)
		}
	}
}

// answersThreePings says enough after three pings.
func answersThreePings(p *wstest.Peer) {
	p.Accept()
	for pings := 0; pings < 3; {
		h, payload, err := p.ReadFrame()
		if err != nil {
			return
		}
		if h.Opcode == wire.OpPing {
			pings++
			_ = p.Pong(string(payload))
		}
	}
	_ = p.Text("enough")
	_ = p.Close(1000, "")
	p.ReadFrame()
}

// A terminal that takes nothing more, as one whose window hangs, still has keys: Ctrl-C leaves, and
// another one ends the program, though the screen is stuck.
func TestInterruptAtStuckTerminal(t *testing.T) {
	stuck := make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		for line := wstest.Frame(wire.OpText, strings.Repeat("x", 1000)); ; {
			p.Conn.SetWriteDeadline(time.Now().Add(time.Second))
			if p.Write(line) != nil { // nobody has taken anything for that long
				break
			}
		}
		close(stuck)
		<-p.Done()
	})
	p := clitest.AtTerminal(t, s.URL())
	p.Sees("connected to")
	<-stuck
	ended := make(chan struct{})
	go func() {
		p.Cmd.Wait()
		close(ended)
	}()
	p.Types("\x03")
	p.Types("\x03")
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it is still there")
	}
	if code := p.Cmd.ProcessState.ExitCode(); code != exit.Interrupted {
		t.Errorf("exit code %d", code)
	}
}
