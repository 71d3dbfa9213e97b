package repl

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
	"wsline/session"
)

// rows are the numbers from the first, one a line.
func rows(first, last int) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, "%d\n", n)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// cooked is a terminal in its own mode.
type cooked struct{ io.Writer }

func (c cooked) Write(p []byte) (int, error) {
	_, err := c.Writer.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

// beCooked makes the terminal one that understands no escape sequences.
func beCooked(s *stage) { s.talk.Term.Plain, s.talk.Term.Out = true, cooked{s.term} }

// What is longer than the window is high is folded there, but not where there is no way to see the
// rest.
func TestFold(t *testing.T) {
	perform(t, nil, func(s *stage) { // 16 rows
		s.conns[0].message(rows(1, 14))
		s.settle()
		s.expect("* connected\n< "+rows(1, 14)+"\n>", "")
		s.conns[0].message(rows(1, 1000))
		s.settle()
		s.expect("14\n< "+rows(1, 13)+"\n* … 987 more lines, /last shows all\n>", "")
		s.term.Resize(60)
		s.press("\x04")
	})
	for name, set := range map[string]func(*stage){
		"plain":    beCooked,
		"no slash": func(s *stage) { s.talk.NoSlash = true },
		"unknown":  func(s *stage) { s.talk.Term.Height = nil },
	} {
		perform(t, set, func(s *stage) {
			s.conns[0].message(rows(1, 100))
			s.settle()
			if text := s.term.Everything(); !strings.Contains(text, rows(1, 100)) {
				t.Errorf("%s: not all in\n%s", name, text)
			}
			_ = s.keys.Close()
			time.Sleep(time.Second)
		})
	}
}

// Where there is no pager a message is printed whole.
func TestLastIsPrinted(t *testing.T) {
	plain := func(s *stage) {
		beCooked(s)
		s.term.Resize(100)
		s.talk.Look.Whole = func(dst []byte, ev *session.Event, pager bool) []byte {
			return fmt.Appendf(dst, "whole %d %s, %v\n", ev.Opcode, ev.Payload, pager)
		}
	}
	perform(t, plain, func(s *stage) {
		s.press("/last\n")
		s.conns[0].message("one")
		s.conns[0].message("two")
		s.press("/last\n/last 2\n/last 3\n/last 0\n/last x\n/copy\n/pause\n")
		s.conns[0].message("three")
		s.press("/last\n")
		s.expect("* connected\nerror: there is no message yet\n< one\n< two\nwhole 1 two, false\n"+
			"whole 1 one, false\nerror: there is no message that far back: 2 messages are kept\n"+
			"error: /last takes a number, 1 for the last message, but \"0\" was given\n"+
			"error: /last takes a number, 1 for the last message, but \"x\" was given\n"+
			"error: this terminal understands no escape sequences: nothing was copied\n"+
			"* paused: /resume goes on\nwhole 1 two, false", "")
		s.press("/resume\n/quit\n")
	})
}

func TestKept(t *testing.T) {
	k := &kept{}
	add := func(size int) {
		k.add(&session.Event{Opcode: wire.OpBinary, Payload: bytes.Repeat([]byte{byte(k.count)}, size)})
	}
	for n := range 2*keptMessages + 7 {
		k.add(&session.Event{Opcode: wire.OpText, Payload: fmt.Append(nil, n)})
	}
	for _, tt := range []struct {
		n, waiting int
		want       string
	}{
		{1, 0, "206"}, {100, 0, "107"}, {1, 5, "201"}, {95, 5, "107"},
		{101, 0, "there is no message that far back: 100 messages are kept"},
		{96, 5, "there is no message that far back: 95 messages are kept"},
		{1, 100, "there is no message yet"}, {1, 200, "there is no message yet"},
		{2, 99, "there is no message that far back: 1 message is kept"},
	} {
		ev, err := k.last(tt.n, tt.waiting)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = string(ev.Payload)
		}
		if got != tt.want {
			t.Errorf("%d, %d waiting: %s, want %s", tt.n, tt.waiting, got, tt.want)
		}
	}
	for range 5 {
		add(5 << 20)
	}
	if k.count != 3 || k.bytes != 15<<20 {
		t.Errorf("%d messages of %d bytes", k.count, k.bytes)
	}
	add(keptTogether + 1)
	if ev, err := k.last(1, 0); k.count != 1 || err != nil || len(ev.Payload) != keptTogether+1 {
		t.Errorf("%d messages, %v", k.count, err)
	}
	add(keptLargest + 1)
	if _, err := k.last(1, 0); err == nil ||
		err.Error() != "the message has 67108865 bytes: at most 64M of one are kept" {
		t.Error(err)
	}
	if k.bytes != 0 {
		t.Errorf("%d bytes", k.bytes)
	}
}

// While a talk is paused its own lines are seen, and what comes is counted; Space goes on.
func TestPause(t *testing.T) {
	perform(t, nil, func(s *stage) {
		const paused = "* paused: Space on an empty line, or /resume, goes on\n"
		s.press("/pause\r")
		s.expect("* connected\n> /pause\n"+paused+"(paused) >", "")
		s.conns[0].message("one")
		s.conns[0].message("two")
		s.settle()
		s.press("hi\r")
		s.expect("* connected\n> /pause\n"+paused+"> hi\n(paused, 2 waiting) >", "")
		s.press("a ")
		s.expect("* connected\n> /pause\n"+paused+"> hi\n(paused, 2 waiting) > a", "")
		s.press("\x15 ")
		s.conns[0].message("three")
		s.settle()
		shown := "* connected\n> /pause\n" + paused + "> hi\n< one\n< two\n< three\n"
		s.expect(shown+">", "")
		s.press("/resume\r/pause\r/resume\r")
		s.press("\x04")
		s.expectSent(`text "hi"; close 1000 ""`)
	})
}

// few is a terminal that is spared what is long.
type few struct{ io.Writer }

func (f few) Write(p []byte) (int, error) {
	if len(p) > 32<<10 {
		return len(p), nil
	}
	return f.Writer.Write(p)
}

// What comes while a talk is paused is bounded: then the connection is not read, and that is told. Each
// way out of the connection goes on.
func TestPauseIsBounded(t *testing.T) {
	for _, leave := range []string{" ", "/resume\r", "/close\r", "/drop\r", "/connect\r", "\x04"} {
		perform(t, func(s *stage) { s.talk.Term.Out = few{s.term} }, func(s *stage) {
			s.press("/pause\r")
			come := make(chan int, 1)
			c := s.conns[0]
			go func() {
				n := 0
				for ; n < 45; n++ {
					c.message(strings.Repeat("x", 100<<10))
				}
				come <- n
			}()
			s.settle()
			if len(come) != 0 {
				t.Errorf("%q: all was read", leave)
			}
			if text := s.term.Everything(); strings.Count(text, "4M wait: until you go on nothing more") != 1 ||
				!strings.Contains(text, "(paused, 41 waiting) >") {
				t.Errorf("%q: screen\n%.3000s", leave, text)
			}
			s.press(leave)
			time.Sleep(time.Second)
			synctest.Wait()
			if len(come) != 1 {
				t.Errorf("%q: nothing more was read", leave)
			}
			s.leave()
		})
	}
}

// leave ends the talk when it goes on yet.
func (s *stage) leave() {
	select {
	case <-s.finished:
	default:
		s.press("\x04")
	}
}

func TestClearCommand(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.conns[0].message("one")
		s.press("/clear\r")
		s.expect(">", "0,2")
		s.press("\x04")
	})
}

// copier is a terminal that understands OSC 52.
type copier struct {
	io.Writer
	copied []string
}

func (c *copier) Write(p []byte) (int, error) {
	const begin, end = "\x1b]52;c;", "\a"
	text, found := bytes.CutPrefix(p, []byte(begin))
	if !found {
		return c.Writer.Write(p)
	}
	plain, err := base64.StdEncoding.DecodeString(string(bytes.TrimSuffix(text, []byte(end))))
	c.copied = append(c.copied, fmt.Sprintf("%.20q %v", plain, err))
	return len(p), nil
}

func TestCopy(t *testing.T) {
	clipboard := &copier{}
	set := func(s *stage) {
		clipboard.Writer = s.term
		s.talk.Term.Out = clipboard
	}
	perform(t, set, func(s *stage) {
		c := s.conns[0]
		c.message("a\"é")
		c.tell(&session.Event{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte("jk")})
		c.message(strings.Repeat("x", line.MaxCopy))
		c.message(strings.Repeat("x", line.MaxCopy+1))
		s.press("/clear\r/copy 4\r/copy 3\r/copy 2\r/copy\r")
		s.expect("> /copy 4\n* 4 bytes went to the terminal for its clipboard\n"+
			"> /copy 3\n* 4 bytes went to the terminal for its clipboard\n"+
			"> /copy 2\n* 74994 bytes went to the terminal for its clipboard\n"+
			"> /copy\nerror: the message is 74995 bytes, of which terminals take 7\n"+
			"4994 at most: nothing was copied\n>", "")
		s.press("\x04")
	})
	want := []string{`"a\"é" <nil>`, `"6a6b" <nil>`, `"` + strings.Repeat("x", 20) + `" <nil>`}
	if fmt.Sprint(clipboard.copied) != fmt.Sprint(want) {
		t.Errorf("copied %q, want %q", clipboard.copied, want)
	}
}

func TestGrepCommand(t *testing.T) {
	var asked []command.Grep
	set := func(s *stage) {
		s.talk.Views.Grep = func(g command.Grep) error {
			asked = append(asked, g)
			return nil
		}
	}
	perform(t, set, func(s *stage) {
		s.press("/grep\r/grep a b\r/clear\r/grep -iv x\r/grep -v -o x\r/grep -o\r")
		s.expect("> /grep -iv x\n* messages that match x are not shown: /grep off shows all\n"+
			"> /grep -v -o x\nerror: /grep takes -v, which hides what matches, or -o, whic\nh hides all else\n"+
			"> /grep -o\nerror: /grep needs a pattern behind its options\n(filtered) >", "")
		s.press("/grep off\r/clear\r/grep -o -- -x\r")
		s.expect("> /grep -o -- -x\n* only messages that match -x are shown: /grep off shows all\n(filtered) >", "")
		s.press("\x04")
	})
	want := []command.Grep{
		{Expr: "a b"}, {Expr: "x", IgnoreCase: true, Others: true}, {}, {Expr: "-x", Only: true},
	}
	if fmt.Sprint(asked) != fmt.Sprint(want) {
		t.Errorf("asked for %+v, want %+v", asked, want)
	}
}

// A connection on which nothing goes is told of before others end it.
func TestSilence(t *testing.T) {
	perform(t, nil, func(s *stage) {
		begun := time.Now()
		at := func(d time.Duration, want string) {
			t.Helper()
			time.Sleep(d - time.Since(begun))
			synctest.Wait()
			if text, _ := s.term.Screen(); !strings.HasSuffix(text, "\n"+want) {
				t.Errorf("after %v: screen\n%s\nwant %s", d, text, want)
			}
		}
		at(19*time.Second, ">")
		at(20*time.Second, "(idle for 20 s) >")
		at(41*time.Second, "(idle for 40 s) >")
		at(119*time.Second, "(idle for 110 s) >")
		at(121*time.Second, "(idle for 2 min) >")
		at(185*time.Second, "(idle for 3 min) >")
		s.conns[0].message("x")
		begun = time.Now()
		at(time.Second, ">")
		at(21*time.Second, "(idle for 20 s) >")
		s.conns[0].tell(&session.Event{Kind: session.KindPong}) // nothing is shown of it
		begun = time.Now()
		at(9*time.Second, ">")
		s.conns[0].finish(&session.End{Code: 1001})
		begun = time.Now()
		at(time.Hour, "not connected>")
		s.press("\x04")
	})
}

// What a stranger types first is answered with what to type instead, once.
func TestSuggest(t *testing.T) {
	set := func(s *stage) {
		s.talk.Suggest = func(typed string) string {
			if typed == "{}" {
				return ""
			}
			return "try {}, not " + typed
		}
	}
	perform(t, set, func(s *stage) {
		s.press("{}\rhello\ragain\r?\rhelp\r")
		s.expect("* connected\n> {}\n> hello\n* try {}, not hello\n> again\n> ?\n"+
			"* \"?\" was sent as a message: /help lists commands\n> help\n>", "")
		s.press("\x04")
	})
}

// A message that went to an Out of its own is found too.
func TestLastOfAnOutput(t *testing.T) {
	set := func(s *stage) {
		beCooked(s)
		s.talk.Out, s.talk.Print = io.Discard, func(dst []byte, _ *session.Event) []byte { return dst }
	}
	perform(t, set, func(s *stage) {
		s.conns[0].message("one")
		s.press("/last\n")
		s.expect("* connected\n< one", "")
		s.press("/quit\n")
	})
}
