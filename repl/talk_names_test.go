package repl

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"wsline/session"
)

// beside opens a second connection.
func beside(s *stage) {
	s.press("/connect --as bob ws://b\r")
	s.press("\x0c")
	s.expect(">", "")
}

func TestTwoConnections(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.press("/connect --as bob ws://b\r")
		s.expect("* connected\n> /connect --as bob ws://b\nbob* connected\n>", "3,2")
		if got := strings.Join(s.names, ","); got != ",bob" || strings.Join(s.args[1], " ") != "ws://b" {
			t.Errorf("opened %q with %q", got, s.args)
		}
		s.press("\x0cto the first\rbob> to bob\rbob> /ping x\r")
		s.conns[1].message("from bob")
		s.conns[0].message("from the first")
		s.settle()
		s.expect("> to the first\nbob> to bob\nbob> /ping x\nbob< from bob\n< from the first\n>", "")
		s.expectSent(`text "to the first" | text "to bob"; ping "x"`)
		s.press("\x0c/to bob\r")
		s.expect("> /to bob\nbob>", "1,5")
		s.press("by default\r/to\rby name\r")
		s.expect("> /to bob\nbob> by default\nbob> /to\n> by name\n>", "")
		s.press("\x04")
	})
	if res.End == nil || res.Interrupted {
		t.Errorf("result %+v", res)
	}
}

// The end of one does not end the talk while another lives, and what is typed for it opens it again.
func TestOneOfTwoEnds(t *testing.T) {
	for _, exits := range []bool{false, true} {
		res := perform(t, func(s *stage) { s.talk.ExitOnClose = exits }, func(s *stage) {
			beside(s)
			s.press("/to bob\r")
			s.press("\x0c")
			s.conns[1].finish(&session.End{Cause: session.CauseBroken, Code: 1006})
			s.settle()
			s.expect("bob* ended: 1006\nbob not connected>", "")
			s.press("/to\r")
			s.press("\x0c")
			s.press("hello\r")
			s.expect("> hello\n>", "")
			s.expectSent(`text "hello" | `)
			if exits {
				s.press("\x0cbob> again\r")
				s.expect("bob> again\nerror: the connection is closed\n* not sent: Up brings it back\n>", "")
				s.conns[0].finish(&session.End{Cause: session.CauseBroken, Code: 1006})
				return
			}
			s.press("\x0cbob> again\r")
			s.expect("bob> again\n* bob is not connected: connecting again\nbob* connected\n>", "")
			s.expectSent(`text "hello" |  | text "again"`)
			s.press("\x04")
		})
		if res.End == nil || (res.End.Code == 1006) != exits {
			t.Errorf("exits %v: %+v", exits, res)
		}
	}
}

// Ctrl-C on an empty line, Ctrl-D and signals are for the whole talk.
func TestLeavingClosesAll(t *testing.T) {
	for keys, code := range map[string]string{"\x04": "1000", "\x03": "1000", "/quit\r": "1000", "": "1001"} {
		res := perform(t, nil, func(s *stage) {
			beside(s)
			if keys == "" {
				s.signals <- os.Kill
				s.settle()
			} else {
				s.press(keys)
			}
			s.expectSent("close " + code + ` "" | close ` + code + ` ""`)
		})
		if res.Interrupted != (keys == "\x03") {
			t.Errorf("%q: %+v", keys, res)
		}
	}
}

// How the worst of them ended decides.
func TestOneIsDropped(t *testing.T) {
	res := perform(t, func(s *stage) {
		s.prepare = func(c *fakeConn) { c.mute = len(s.conns) == 1 }
	}, func(s *stage) {
		beside(s)
		s.press("\x03\x03")
	})
	if !res.Interrupted || !res.Abandoned {
		t.Errorf("result %+v", res)
	}
}

func TestNamesAreMistyped(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("bob> is a message\rbob>too\r")
		beside(s)
		for line, want := range map[string]string{
			"bbo> x":       `there is no connection "bbo": did you mean bob?`,
			"bob>x":        `no blank after "bob>": bob> … goes to bob, /text bob>… is a message`,
			"bob> ":        `nothing stands behind "bob>": /to bob has lines without a name go there`,
			"/to zoe":      `there is no connection "zoe": /connect --as zoe URL opens one`,
			"/close zoe":   `there is no connection "zoe": /connect --as zoe URL opens one`,
			"/close 99999": `the close code "99999" is not a number from 0 to 65535`,
		} {
			s.press("\x0c" + line + "\r")
			if text, _ := s.term.Screen(); !strings.Contains(strings.ReplaceAll(text, "\n", ""), "error: "+want) {
				t.Errorf("%s: %s, want %s", line, text, want)
			}
		}
		s.press("a->b\r/text bob> as it is\r")
		s.expectSent(`text "bob> is a message"; text "bob>too"; text "a->b"; text "bob> as it is" | `)
		s.press("/close bob 4000 bye\r")
		s.expectSent(`text "bob> is a message"; text "bob>too"; text "a->b"; text "bob> as it is" | close 4000 "bye"`)
		s.press("\x04")
	})
}

// A connection that could not be opened has its name from then on: what is typed for it does not go
// to another.
func TestNamedConnectFails(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.refuse = errors.New("refused")
		s.press("/connect --as bob ws://b\r")
		s.press("\x0c")
		s.press("bob> secret\r")
		s.expect("bob> secret\n* bob is not connected: connecting again\nerror: refused\n"+
			"* not sent: Up brings it back\n>", "")
		s.expectSent("")
		s.press("\x04")
	})
}

func TestNamesAreCompleted(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("bo\t")
		s.expect("* connected\n> bo", "")
		s.press("\x15")
		beside(s)
		for typed, want := range map[string]string{
			"b\t": "> bob>", "bob> /pin\t": "> bob> /ping", "/to b\t": "> /to bob",
			"/close b\t": "> /close bob",
		} {
			s.press(typed)
			s.expect(want, "")
			s.press("\x15")
		}
		s.press("\x04")
	})
}

// A paste of several lines is a message for whom it is typed to, never a command or an address.
func TestPastedAddress(t *testing.T) {
	perform(t, nil, func(s *stage) {
		beside(s)
		s.press("\x1b[200~bob> /close\nmore\x1b[201~\r")
		s.expectSent(`text "bob> /close\nmore" | `)
		s.press("\x04")
	})
}

func TestStatusOfAll(t *testing.T) {
	perform(t, func(s *stage) { s.term.Height = 30 }, func(s *stage) {
		beside(s)
		s.press("bob> /status\r")
		text, _ := s.term.Screen()
		for _, want := range []string{
			"* name         bob\n", "\n(no name)    ws://bob:xxxxx@example.com, 0 in, 1 out\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s\nwithout %q", text, want)
			}
		}
		s.press("\x04")
	})
}

// What several connections tell at once is told one after the other, whole.
func TestBothTellAtOnce(t *testing.T) {
	perform(t, func(s *stage) {
		told := 0 // by one at a time: the race detector sees it otherwise
		s.talk.Tap = func(*session.Event) { told++ }
	}, func(s *stage) {
		beside(s)
		var both sync.WaitGroup
		for i, c := range s.conns {
			both.Go(func() {
				for n := range 300 {
					c.message(fmt.Sprint([]string{"first", "second"}[i], n))
				}
			})
		}
		both.Wait()
		s.settle()
		s.settle()
		lines := map[string]bool{}
		for line := range strings.Lines(s.term.Everything()) {
			lines[strings.TrimSuffix(line, "\n")] = true
		}
		for i := range 300 {
			for _, want := range []string{fmt.Sprintf("< first%d", i), fmt.Sprintf("bob< second%d", i)} {
				if !lines[want] {
					t.Errorf("without %q", want)
				}
			}
		}
		s.press("\x04")
	})
}
