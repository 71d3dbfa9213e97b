package repl

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
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
