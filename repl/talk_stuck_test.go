package repl

import (
	"context"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/repl/command"
	"wsline/session"
)

// aside gives the messages of a talk an output of their own.
func aside(out io.Writer) func(*stage) {
	return func(s *stage) { s.talk.Out, s.talk.Print = out, printLine }
}

func TestTalkWithAnotherOutput(t *testing.T) {
	out := &buffer{}
	res := perform(t, aside(out), func(s *stage) {
		s.conns[0].message("news")
		s.press("hi\r\x04")
		s.expect("* connected\n> hi\n* ended: 1000", "3,0")
	})
	if out.String() != "news\n" || res.Err != nil {
		t.Errorf("%q, %+v", out, res)
	}
}

func TestTalkWithAStuckOutput(t *testing.T) {
	for _, full := range []bool{false, true} { // whether the session's reader waits, too
		res := perform(t, func(s *stage) { aside(stuck(s.t))(s) }, func(s *stage) {
			flood := func() { s.conns[0].message(strings.Repeat("x", outputBuffer)) }
			flood()
			synctest.Wait()
			if full {
				go flood()
			}
			s.press("hello")
			s.expect("* connected\n> hello", "1,7")
			s.press("\x03\x03") // the line, the talk
			s.press("\x03")
		})
		if !res.Interrupted {
			t.Errorf("%+v", res)
		}
	}
}

func TestTalkWhoseOutputFails(t *testing.T) {
	for _, err := range []error{syscall.ENOSPC, os.ErrClosed} {
		out := writerFunc(func([]byte) (int, error) { return 0, err })
		res := perform(t, aside(out), func(s *stage) {
			s.conns[0].message("news")
			s.settle()
			s.expectSent(`close 1001 ""`)
		})
		if want := "stdout cannot be written: " + err.Error(); errorText(res.Err) != want {
			t.Errorf("%v, want %s", res.Err, want)
		}
	}
}

// What is stuck in the talk itself, a recording or a file that a command writes, is left behind
// when it is told twice to end, or once by a signal that nobody may repeat.
func TestTalkThatIsStuck(t *testing.T) {
	tap := func(s *stage, gate chan struct{}) {
		s.talk.Tap = func(ev *session.Event) {
			if ev.Kind == session.KindMessage {
				<-gate
			}
		}
	}
	save := func(s *stage, gate chan struct{}) {
		wait := func(context.Context, *command.Env, string) error { <-gate; return nil }
		s.talk.Extra.Commands = []command.Command{{Name: "save", Run: wait}}
	}
	for _, c := range []struct {
		name  string
		stick func(*stage, chan struct{})
		keys  string
		sigs  []os.Signal
		limit time.Duration
	}{
		{"a recording, Ctrl-C", tap, "\x03\x03", nil, time.Second},
		{"a recording, SIGINT", tap, "", []os.Signal{os.Interrupt, os.Interrupt}, time.Second},
		{"a recording, SIGTERM", tap, "", []os.Signal{syscall.SIGTERM}, leavingTime + time.Second},
		{"a recording, SIGTERM twice", tap, "",
			[]os.Signal{syscall.SIGTERM, syscall.SIGTERM}, time.Second},
		{"a command, Ctrl-C", save, "\x03\x03", nil, time.Second},
		{"a command, SIGTERM", save, "", []os.Signal{syscall.SIGTERM}, leavingTime + time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := perform(t, func(s *stage) {
				gate := make(chan struct{})
				s.t.Cleanup(func() { close(gate) })
				c.stick(s, gate)
			}, func(s *stage) {
				go s.conns[0].message("news")
				s.press("/save\r")
				begun := time.Now()
				if c.keys != "" {
					s.press(c.keys)
				}
				for _, sig := range c.sigs {
					s.signals <- sig
				}
				<-s.finished
				if took := time.Since(begun); took > c.limit {
					t.Errorf("it took %v", took)
				}
			})
			if !res.Abandoned || res.Interrupted == res.Terminated {
				t.Errorf("%+v", res)
			}
		})
	}
}
