package repl

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/session"
)

// withValues makes a talk with two variables, one of them secret.
func withValues(s *stage) {
	s.talk.Extra.Expand = func(_ *command.Env, _, rest string) (words.Text, error) {
		return words.Plain(strings.NewReplacer("${x}", "5", "${key}", "s3cret").Replace(rest)), nil
	}
	s.talk.Extra.Shown = strings.NewReplacer("s3cret", "<secret key>").Replace
}

// What was sent is what stands on the screen, but for secrets.
func TestShowsWhatWasSent(t *testing.T) {
	perform(t, withValues, func(s *stage) {
		for _, line := range []string{
			`{"v":${x}}`, "/ping ${x}", "/pong ${x}", "/text ${x}${y}", "${y}", "//${y}", "k=${key}",
			"/raw ${x}0", "/nope ${x}", "/frame ping ${x}", "/close 4000 ${x}",
		} {
			s.press(line + "\r")
		}
		s.expect("* connected\n> {\"v\":5}\n> /ping 5\n> /pong 5\n> 5${y}\n> ${y}\n> //${y}\n"+
			"> k=<secret key>\n> /raw ${x}0\n> /nope ${x}\n"+
			"error: there is no command \"/nope\": /help lists them, //nope\n sends it\n"+
			"> /frame ping ${x}\n> /close 4000 5\n* ended: 4000\nnot connected>", "")
		s.expectSent(`text "{\"v\":5}"; ping "5"; pong "5"; text "5${y}"; text "${y}"; text "/${y}"; ` +
			`text "k=s3cret"; raw 50; frame 9 "5"; close 4000 "5"`)
		s.press("/ping ${x}\r${x}\r")
		s.expectSent(`text "{\"v\":5}"; ping "5"; pong "5"; text "5${y}"; text "${y}"; text "/${y}"; ` +
			`text "k=s3cret"; raw 50; frame 9 "5"; close 4000 "5" | text "5"`)
		if text, _ := s.term.Screen(); !strings.Contains(text,
			"> /ping 5\nerror: not connected\n> 5\n* not connected: connecting again\n") {
			t.Errorf("screen:\n%s", text)
		}
		s.press("\x04")
	})
}

// The time of a line is that of its being typed, or done; all that is shown has one.
func TestTimesAreShown(t *testing.T) {
	set := func(s *stage) {
		withValues(s)
		s.talk.Look.Stamp = func(dst []byte, from int, at time.Time) []byte {
			stamp := at.Format("05 ")
			return append(dst[:from], stamp+strings.ReplaceAll(string(dst[from:]), "\n  ", "\n     ")...)
		}
	}
	perform(t, set, func(s *stage) {
		time.Sleep(time.Second)
		s.press("one\x1b\rtwo\r")
		time.Sleep(time.Second)
		s.press("/nope\r")
		time.Sleep(time.Second)
		s.press("/help quit\r")
		s.expect("* connected\n01 > one\n     two\n02 > /nope\n"+
			"02 error: there is no command \"/nope\": /help lists them, //n\nope sends it\n"+
			"03 > /help quit\n03 * /quit\nclose the connection and leave\n/exit and /q do the same.\n>", "")
		s.press("\x04")
	})
}

// All pings that leave are shown, or not, by the look.
func TestPings(t *testing.T) {
	set := func(s *stage) {
		look := s.talk.Look.Event
		s.talk.Look.Event = func(dst []byte, ev *session.Event) []byte {
			if ev.Kind == session.KindPing {
				return fmt.Appendf(dst, "* ping %s\n", ev.Payload)
			}
			return look(dst, ev)
		}
	}
	perform(t, set, func(s *stage) {
		s.press("/ping mine\r")
		s.conns[0].tell(&session.Event{
			Kind: session.KindPing, Dir: session.Out, Time: time.Now(), Payload: []byte("alive"),
		})
		s.settle()
		s.expect("* connected\n> /ping mine\n* ping alive\n>", "")
		s.press("\x04")
	})
}

// greetingLook shows what a talk has to say when the connection opens.
func greetingLook(s *stage) {
	look := s.talk.Look.Event
	s.talk.Look.Event = func(dst []byte, ev *session.Event) []byte {
		switch {
		case ev.Kind == session.KindOpen && ev.Text != "":
			return fmt.Appendf(dst, "* connected, %s\n", ev.Text)
		case ev.Kind == session.KindNotice:
			return fmt.Appendf(dst, "* %s\n", ev.Text)
		}
		return look(dst, ev)
	}
}

// The first connection says how to go on, later ones do not.
func TestGreeting(t *testing.T) {
	perform(t, greetingLook, func(s *stage) {
		s.press("/connect\r")
		s.expect("* connected, /help lists commands, Ctrl-D leaves\n> /connect\n* ended: 1000\n"+
			"* connected\n>", "")
		s.press("\x04")
	})
	set := func(s *stage) { greetingLook(s); s.talk.NoSlash = true }
	perform(t, set, func(s *stage) {
		s.press(" EXIT\rquit\r")
		s.expect("* connected, Ctrl-D leaves\n>  EXIT\n"+
			"* \"EXIT\" was sent as a message: Ctrl-D leaves\n> quit\n>", "")
		s.press("\x04")
	})
}

// A word that looks like a command is sent, and the command is told once.
func TestWordsLikeCommands(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("helpful\rhelp\rexit\rhelp\r")
		s.expect("* connected\n> helpful\n> help\n"+
			"* \"help\" was sent as a message: /help lists commands\n> exit\n> help\n>", "")
		s.expectSent(`text "helpful"; text "help"; text "exit"; text "help"`)
		s.press("/exit\r")
	})
	perform(t, nil, func(s *stage) {
		s.press("quit\r")
		s.expect("* connected\n> quit\n* \"quit\" was sent as a message: /quit leaves\n>", "")
		s.press("/q\r")
	})
}

// While messages are filtered the prompt says so.
func TestFilterIsSeen(t *testing.T) {
	set := func(s *stage) {
		greetingLook(s)
		pass := func([]byte) (bool, [][]byte) { return false, nil }
		s.talk.Views.Filter, s.talk.Views.FilterText = pass, ".a"
		s.talk.Views.Compile = func(string) (Filter, error) { return pass, nil }
	}
	const told = "* only what .a makes of JSON messages is shown: /filter off\nshows all\n"
	perform(t, set, func(s *stage) {
		s.expect("* connected, /help lists commands, Ctrl-D leaves\n"+told+"(filtered) >", "3,13")
		s.press("/filter off\r")
		s.press("/filter .b\r")
		s.conns[0].finish(&session.End{Code: 1001})
		s.settle()
		s.expect("* connected, /help lists commands, Ctrl-D leaves\n"+told+"> /filter off\n"+
			"* all messages are shown\n> /filter .b\n"+strings.Replace(told, ".a", ".b", 1)+
			"* ended: 1001\n(filtered) not connected>", "")
		s.press("\x04")
	})
}

// Each line of the help is one of the screen.
func TestHelpIsNotWrapped(t *testing.T) {
	marked := func(s *stage) {
		s.talk.Look.Status = func(dst []byte, text string) []byte {
			return append(dst, "* "+strings.ReplaceAll(text, "\n", "\n* ")+"\n"...)
		}
	}
	perform(t, marked, func(s *stage) {
		s.press("/help\r/help frame\r/help filter\r")
		text := s.term.Everything()
		for row := range strings.SplitSeq(text, "\n") {
			if !strings.HasPrefix(row, "* ") && !strings.HasPrefix(row, ">") {
				t.Errorf("%q goes on with the row before", row)
			}
		}
		if !strings.Contains(text, "/connect [flags] [URL]         connect,") {
			t.Errorf("no help in:\n%s", text)
		}
		s.press("\x04")
	})
}
