package repl

import (
	"strings"
	"testing"
	"time"
)

// withValues makes a talk with two variables, one of them secret.
func withValues(s *stage) {
	s.talk.Extra.Expand = func(_, rest string) (string, error) {
		return strings.NewReplacer("${x}", "5", "${key}", "s3cret").Replace(rest), nil
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
