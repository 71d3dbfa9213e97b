package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/vt"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/repl/line"
	"wsline/session"
)

func TestTalkOverARealSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		term := vt.New(60, 16)
		connect := connectTo(t, func(p *wstest.Peer) { p.Echo() })
		talk := &Talk{
			Term: line.Terminal{In: in, Out: term,
				MakeRaw: func() (func() error, error) { return func() error { return nil }, nil }},
			Look: testLook(),
			Connect: func(ctx context.Context, _ string, _ []string, handle handler) (*session.Session, error) {
				return connect(ctx, handle)
			},
		}
		go io.WriteString(keys, "hello\r/ping\r/close 4000\ragain\r\x04")
		res := talk.Run(t.Context())
		if res.End == nil || res.End.Code != 1000 || !res.End.ByUs {
			t.Errorf("result %+v", res)
		}
		text, _ := term.Screen()
		for _, want := range []string{
			"> hello\n", "\n< hello\n", "\n> /ping\n", "\n* ended: 4000\n", "\n< again\n",
		} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%q is not once in\n%s", want, text)
			}
		}
	})
}

func TestLargeFileInTalk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, make([]byte, 64<<10+1), 0o600); err != nil {
		t.Fatal(err)
	}
	perform(t, nil, func(s *stage) {
		s.press("/close\r/file " + name + "\rnext\r\x04")
		s.expectSent(`close 1000 "" | piece 2 65536; last 1; text "next"; close 1000 ""`)
	})
	perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.press("/close\r/file " + name + "\r")
		time.Sleep(closingTime)
		s.settle()
		if text, _ := s.term.Screen(); !strings.HasSuffix(text,
			"\nerror: not sent: the connection is closing\n* Up brings it back\n>") {
			t.Errorf("screen:\n%s", text)
		}
		s.conns[0].finish(&session.End{Code: 1000})
		s.press("\x04")
	})
}

// Ctrl-C gives up a file alone; when a part of it has left, the connection has to end.
func TestFileIsInterrupted(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, make([]byte, 256<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	perform(t, func(s *stage) {
		s.prepare = func(c *fakeConn) { c.hold = make(chan struct{}) }
	}, func(s *stage) {
		s.press("/file " + name + "\rnext\r")
		s.expectSent("")
		s.press("\x03")
		s.prepare = nil
		close(s.conns[0].hold)
		s.settle()
		s.expectSent(`piece 2 65536; close 1001 "message cut off" | text "next"`)
		if text, _ := s.term.Screen(); !strings.Contains(text,
			"was sent: interrupted, and the connec") {
			t.Errorf("screen:\n%s", text)
		}
		s.press("\x04")
	})
}

// A file that the peer does not take keeps nobody from leaving.
func TestLargeFileThatIsNotTaken(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, make([]byte, 6256<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		term := vt.New(60, 16)
		connect := connectTo(t, func(*wstest.Peer) { <-t.Context().Done() })
		talk := &Talk{
			Term: line.Terminal{In: in, Out: term,
				MakeRaw: func() (func() error, error) { return func() error { return nil }, nil }},
			Look: testLook(),
			Connect: func(ctx context.Context, _ string, _ []string, handle handler) (*session.Session, error) {
				return connect(ctx, handle)
			},
		}
		done := make(chan Result)
		go func() { done <- talk.Run(t.Context()) }()
		io.WriteString(keys, "/file "+name+"\r")
		synctest.Wait()
		io.WriteString(keys, "\x03")
		synctest.Wait()
		time.Sleep(frameTime)
		synctest.Wait()
		if text, _ := term.Screen(); !strings.Contains(text,
			"\n* giving it up; Ctrl-C again leaves\n") {
			t.Errorf("screen:\n%s", text)
		}
		io.WriteString(keys, "\x03")
		time.Sleep(closingTime)
		synctest.Wait()
		io.WriteString(keys, "\x03")
		res := <-done
		if !res.Interrupted || res.End.Cause != session.CauseDropped {
			t.Errorf("result %+v, %+v", res, res.End)
		}
		text, _ := term.Screen()
		if !strings.HasSuffix(text, "\n* 1 line that was typed was not sent") {
			t.Errorf("screen:\n%s", text)
		}
	})
}

func TestStatusInTalk(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("/status\r/pong x\r/close 4000\r")
		s.press("/status\r/pong\r/close\r")
		text := s.term.Everything()
		if !strings.Contains(text, "* address      ws://bob:xxxxx@example.com (127.0.0.1:80)\n") ||
			!strings.Contains(text, "\n* not connected: /connect connects again\n") ||
			strings.Count(text, "error: not connected") != 2 {
			t.Errorf("screen:\n%s", text)
		}
		s.expectSent(`pong "x"; close 4000 ""`)
		s.press("\x04")
	})
}

// brokenTerminal cannot be written after a while.
type brokenTerminal struct{ left int }

func (b *brokenTerminal) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestTerminalCannotBeWritten(t *testing.T) {
	res := perform(t, func(s *stage) { s.talk.Term.Out = &brokenTerminal{200} }, func(s *stage) {
		for range 100 {
			s.conns[0].message("some text")
			s.settle()
		}
		s.expectSent(`close 1001 ""`)
	})
	var werr *WriteError
	if !errors.As(res.Err, &werr) || !errors.Is(werr, io.ErrClosedPipe) {
		t.Errorf("result %+v", res)
	}
}

func TestRawModeFails(t *testing.T) {
	want := errors.New("not a terminal")
	talk := &Talk{Term: line.Terminal{MakeRaw: func() (func() error, error) { return nil, want }}}
	if res := talk.Run(t.Context()); res.Err != want {
		t.Errorf("result %+v", res)
	}
}

func TestClearAndList(t *testing.T) {
	perform(t, func(s *stage) { s.talk.Term.Suspend = nil }, func(s *stage) {
		s.press("/p\t\t")
		s.expect("* connected\n/ping    /pong    /pretty  /pause\n> /p", "2,4")
		s.press("\x0c")
		s.expect("> /p", "0,4")
		if s.term.Bells != 1 {
			t.Errorf("%d bells", s.term.Bells)
		}
		s.press("\x1a\x15\x7f") // bells: the process cannot be stopped, there is nothing to remove
		s.press("\x03")
	})
}

func TestHistoryInTalk(t *testing.T) {
	dir := t.TempDir()
	perform(t, func(s *stage) { s.talk.HistoryFile = filepath.Join(dir, "history") }, func(s *stage) {
		s.press("one\r two\r/connect --auth bob:geheim\r\x04")
	})
	data, err := os.ReadFile(filepath.Join(dir, "history"))
	if string(data) != "one\n" || err != nil {
		t.Errorf("the history is %q, %v", data, err)
	}
	perform(t, func(s *stage) { s.talk.HistoryFile = filepath.Join(dir, "history") }, func(s *stage) {
		s.press("\x10\r\x12on\r\x04")
		s.expectSent(`text "one"; text "one"; close 1000 ""`)
	})
}

func TestHistoryCannotBeKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	perform(t, func(s *stage) { s.talk.HistoryFile = filepath.Join(file, "history") }, func(s *stage) {
		s.press("one\rtwo\r\x04")
		s.expectSent(`text "one"; text "two"; close 1000 ""`)
		text, _ := s.term.Screen()
		if !strings.HasPrefix(text, "* the history cannot be read: not a directory\n") ||
			strings.Count(text, "* the history is not kept: not a directory\n") != 1 {
			t.Errorf("screen:\n%s", text)
		}
	})
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	res := perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.signals <- os.Kill
		s.settle()
		s.signals <- os.Kill
		s.settle()
		s.expectSent(`close 1001 ""`)
	})
	if !res.Terminated || res.End == nil || res.End.Cause != session.CauseDropped {
		t.Errorf("result %+v", res)
	}
}

func TestContextEndsTheTalk(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	in, _ := io.Pipe()
	talk := &Talk{Look: testLook(), Term: line.Terminal{In: in, Out: vt.New(20, 5),
		MakeRaw: func() (func() error, error) { return func() error { return nil }, nil }}}
	c := &fakeConn{done: make(chan struct{}), telling: make(chan struct{}, 1)}
	res := talk.run(ctx, func(_ context.Context, _ string, _ []string, handle handler) (conn, error) {
		c.handle = handle
		cancel()
		return c, nil
	})
	if c.sent() != `close 1001 ""` || res.End == nil || res.Interrupted {
		t.Errorf("sent %s, result %+v", c.sent(), res)
	}
}

func TestInterruptSignal(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.signals <- os.Interrupt
		s.settle()
	})
	if !res.Interrupted {
		t.Errorf("result %+v", res)
	}
}

func TestMessageToAClosedConnectionWhenLeaving(t *testing.T) {
	perform(t, func(s *stage) {
		s.talk.ExitOnClose = true
		s.prepare = mute
	}, func(s *stage) {
		s.press("/close\rlate\r")
		time.Sleep(closingTime)
		s.settle()
		s.expect("* connected\n> /close\n* closing: the peer has not answered yet\n> late\n"+
			"error: not sent: the connection is closing\n* Up brings it back\n>", "")
		s.conns[0].finish(&session.End{Code: 1000})
		s.settle()
		if len(s.args) != 1 {
			t.Errorf("%d connections were opened", len(s.args))
		}
	})
}

func TestAskSecretWhileConnecting(t *testing.T) {
	for _, tt := range []struct {
		keys        string
		interrupted bool
		want        string
	}{
		{"geheim\r\x04", false, `text "geheim"; close 1000 ""`},
		{"geh\x03", true, ""},
	} {
		res := perform(t, func(s *stage) {
			s.talk.OnOpen = []Message{{wire.OpText, nil}}
			s.ask = func(ctx context.Context) error {
				answer, err := s.talk.AskSecret(ctx, "password: ")
				s.talk.OnOpen[0].Payload = []byte(answer)
				return err
			}
		}, func(s *stage) {
			s.expect("password:", "0,10")
			s.press(tt.keys)
			s.expectSent(tt.want)
		})
		if res.Interrupted != tt.interrupted {
			t.Errorf("%q: result %+v", tt.keys, res)
		}
	}
}

func TestAskSecretIsGivenUp(t *testing.T) {
	perform(t, nil, func(s *stage) {
		ctx, cancel := context.WithCancel(s.t.Context())
		done := make(chan error)
		go func() {
			_, err := s.talk.AskSecret(ctx, "password: ")
			done <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		s.settle()
		s.expect("* connected\n>", "1,2")
		s.press("\x04")
	})
	if _, err := (&Talk{}).AskSecret(t.Context(), "x"); err == nil {
		t.Error("a talk that does not run asks")
	}
}

func TestTooManyLinesWait(t *testing.T) {
	perform(t, func(s *stage) { s.block = make(chan struct{}) }, func(s *stage) {
		s.press(strings.Repeat("x\r", maxJobs) + "y\r")
		text, _ := s.term.Screen()
		want := "* 4096 lines wait to be sent: this one was not taken yet\n(4096 lines wait) not connected> y"
		if !strings.HasSuffix(text, want) {
			t.Errorf("screen:\n%s", text)
		}
		close(s.block)
		s.settle()
		s.press("\r\x04")
		s.expectSent(strings.Repeat(`text "x"; `, maxJobs) + `text "y"; close 1000 ""`)
	})
}

func TestPanicInALook(t *testing.T) {
	look := testLook()
	look.Event = func([]byte, *session.Event) []byte { panic("in the look") }
	raw := 0
	in, _ := io.Pipe()
	talk := &Talk{Look: look, Term: line.Terminal{In: in, Out: vt.New(20, 5),
		MakeRaw: func() (func() error, error) { raw++; return func() error { raw--; return nil }, nil }}}
	func() {
		defer func() {
			if v := recover(); !strings.Contains(fmt.Sprint(v), "in the look") {
				t.Errorf("recovered %v", v)
			}
		}()
		talk.run(t.Context(), func(ctx context.Context, _ string, _ []string, handle handler) (conn, error) {
			handle(&session.Event{Kind: session.KindOpen})
			return nil, errors.New("refused")
		})
	}()
	if raw != 0 {
		t.Error("the terminal was left in raw mode")
	}
	in.Close()
}
