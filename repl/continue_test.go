//go:build unix

package repl

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestContinued(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("half")
		s.term.Write([]byte("\r\n[1]+ Stopped\r\n$ fg\r\n")) // what a shell wrote meanwhile
		s.signals <- unix.SIGCONT
		s.settle()
		s.expect("* connected\n> half\n[1]+ Stopped\n$ fg\n> half", "4,6")
		if s.raw != 1 {
			t.Errorf("raw mode %d", s.raw)
		}
		s.press("\x03\x03")
	})
}

// Nobody has written anything: the line is drawn over itself.
func TestContinuedWithoutAShell(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("half")
		s.signals <- unix.SIGCONT
		s.settle()
		s.expect("* connected\n> half", "1,6")
		s.press("\x03\x03")
	})
}

func TestContinuedAfterSuspend(t *testing.T) {
	for _, stopped := range []time.Duration{0, suspendTime} { // the talk goes on before the signal
		perform(t, nil, func(s *stage) {
			s.press("half\nthat \x1b[200~one\ntwo\x1b[201~\x1a")
			time.Sleep(stopped)
			s.signals <- unix.SIGCONT
			s.settle()
			s.expect("* connected\n> half\n> that one\n  two", "3,5")
			s.press("\x03\x03")
		})
	}
}
