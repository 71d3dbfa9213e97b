package repl

import (
	"strings"
	"testing"

	"wsline/internal/words"
	"wsline/repl/command"
)

// What is sent again, or was kept, stands on the screen as it was sent.
func TestSentAgain(t *testing.T) {
	n := ""
	set := func(s *stage) {
		s.talk.Snippets = t.TempDir()
		s.talk.Extra.Expand = func(_ *command.Env, _, rest string) (words.Text, error) {
			if strings.Contains(rest, "${n}") {
				n += "n"
			}
			return words.Plain(strings.ReplaceAll(rest, "${n}", n)), nil
		}
	}
	perform(t, set, func(s *stage) {
		s.press("a ${n}\r/again\r/ping ${n}\r/snippet save k //${n}\r")
		s.press("\x0c")
		s.press("/snippet k\r/again 3\r/again 9\r")
		s.expect("> //nnnn\n> /ping nnnnn\n> /again 9\n"+
			`error: "9" is no line of /history, which has 4`+"\n>", "")
		s.expectSent(`text "a n"; text "a nn"; ping "nnn"; text "//nnnn"; ping "nnnnn"`)
		beside(s)
		s.press("bob> hi\r/again\r")
		s.expect("bob> hi\nbob> hi\n>", "")
		s.press("\x04")
	})
}

// Lines for one endpoint are recalled first while lines go there.
func TestHistoryOfEndpoints(t *testing.T) {
	set := func(s *stage) { s.talk.Place = func(name string) string { return "at" + name } }
	perform(t, set, func(s *stage) {
		s.press("first\r")
		beside(s)
		s.press("bob> for bob\rsecond\r")
		s.press("\x10")
		s.expect("bob> for bob\n> second\n> second", "")
		s.press("\x15/to bob\r")
		s.press("\x0c")
		s.press("\x10")
		s.expect("bob> bob> for bob", "")
		s.press("\x10")
		s.expect("bob> /to bob", "")
		s.press("\x15\x04")
	})
}
