package repl

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/session"
)

func TestClosingTakesItsTime(t *testing.T) {
	perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.press("/close\r")
		s.expect("* connected\n> /close\n>", "")
		time.Sleep(closingTime)
		shown := "* connected\n> /close\n* closing: the peer has not answered yet\n"
		s.settle()
		s.expect(shown+">", "")
		s.press("lost\r")
		s.press("/ping\r/close 1001\r")
		shown += "> lost\nerror: not sent: the connection is closing\n" +
			"* Up brings it back\n> /ping\nerror: not sent: the connection is closing\n" +
			"> /close 1001\nerror: not sent: the connection is closing\n"
		s.expect(shown+">", "")
		s.prepare = nil
		s.conns[0].finish(&session.End{Cause: session.CauseClosed, Code: 1000})
		s.press("\x1b[A\x1b[A\x1b[A\r")
		s.expectSent(`close 1000 "" | text "lost"`)
		s.press("\x04")
	})
}

// expectLine expects what stands on the last line.
func (s *stage) expectLine(want string) {
	s.t.Helper()
	text, _ := s.term.Screen()
	if got := text[strings.LastIndexByte(text, '\n')+1:]; got != want {
		s.t.Errorf("the last line is %q, want %q", got, want)
	}
}

// What was typed right behind /close is sent over the next connection when the peer is quick.
func TestClosingIsQuick(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("/close\rnext\r/close 4000\r/ping\r")
		s.expectSent(`close 1000 "" | text "next"; close 4000 ""`)
		s.press("\x04")
	})
}

func TestLeavingTakesItsTime(t *testing.T) {
	res := perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.press("\x04")
		time.Sleep(closingTime)
		s.press("lost\r") // there is no prompt
		s.expect("* connected\n* closing: the peer has not answered; Ctrl-C leaves at once", "2,0")
		s.press("\x03")
	})
	if !res.Interrupted || res.End == nil || res.End.Cause != session.CauseDropped {
		t.Errorf("result %+v", res)
	}
}

// A peer that never answers, whether it is silent or goes on sending, does not keep anybody.
func TestLeavingHasALimit(t *testing.T) {
	res := perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.press("\x04")
		time.Sleep(closingTime + quitTime)
		s.expect("* connected\n* closing: the peer has not answered; Ctrl-C leaves at once\n* ended: 0", "3,0")
	})
	if res.Interrupted || res.End == nil || res.End.Cause != session.CauseTimeout {
		t.Errorf("result %+v", res)
	}
}

func TestLinesLeftOver(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("/quit\rone\rtwo\r")
		text, _ := s.term.Screen()
		if want := "* 2 lines that were typed were not sent"; strings.Count(text, want) != 1 {
			t.Errorf("screen:\n%s", text)
		}
		s.expectSent(`close 1000 ""`)
	})
	perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.press("/close\rlate\r")
		s.press("\x03")
		s.conns[0].finish(&session.End{Cause: session.CauseClosed, Code: 1000})
		s.settle()
		s.expect("* connected\n> /close\n* ended: 1000\n* 1 line that was typed was not sent", "4,0")
	})
}

// Lines are shown when they are run, so that what comes of them stands below.
func TestTypedAhead(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("/close 70000\r/file /none\r/pin\r")
		s.expect("* connected\n> /close 70000\n"+
			"error: the close code \"70000\" is not a number from 0 to 6553\n5\n> /file /none\n"+
			"error: there is no file \"/none\"\n> /pin\n"+
			"error: there is no command \"/pin\": did you mean /ping?\n>", "")
		s.press("\x04")
	})
}

// A line that is being typed stays as it is when another could not be sent.
func TestUnsentLines(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.conns[0].finish(&session.End{Code: 1001})
		s.refuse = os.ErrPermission
		s.block = make(chan struct{})
		s.press("one\r my token is x\r/ping\rha")
		s.expect("* connected\n* ended: 1001\n> one\n* not connected: connecting again\n"+
			"(2 lines wait) not connected> ha", "")
		close(s.block)
		s.press("lf")
		s.expect("* connected\n* ended: 1001\n> one\n* not connected: connecting again\n"+
			"error: permission denied\n* not sent, nor 2 lines typed after it: Up brings them back\n"+
			"not connected> half", "")
		s.press("\x10")
		s.expectLine("not connected>  my token is x")
		s.press("\x10")
		s.expectLine("not connected> /ping")
		s.press("\x10")
		s.expectLine("not connected> one")
		s.press("\x0e\x0e\x0e")
		s.expectLine("not connected> half")
		s.press("\x03\x03")
	})
}

func TestTerminationOfAStuckTalk(t *testing.T) {
	for _, full := range []bool{false, true} { // whether the session's reader waits, too
		start := time.Duration(0)
		res := perform(t, func(s *stage) { aside(stuck(s.t))(s); s.prepare = mute }, func(s *stage) {
			flood := func() { s.conns[0].message(strings.Repeat("x", outputBuffer)) }
			flood()
			synctest.Wait()
			if full {
				go flood()
			}
			begun := time.Now()
			s.signals <- os.Kill // stands for SIGTERM
			<-s.finished
			start = time.Since(begun)
		})
		if !res.Terminated || start > 2*time.Second {
			t.Errorf("%+v after %v", res, start)
		}
	}
}
