package repl

import (
	"fmt"
	"strings"

	"wsline/session"
)

// greet shows the first connection of a talk, with how to go on.
func (l *loop) greet(ev *session.Event) {
	greeting := *ev
	greeting.Text = "Ctrl-D leaves"
	if !l.NoSlash {
		greeting.Text = "/help lists commands, " + greeting.Text
	}
	l.show(&greeting)
	if expr := l.sieve.text(); expr != "" {
		l.show(&session.Event{Kind: session.KindNotice, Time: ev.Time, Text: filteredText(expr)})
	}
}

// filteredText tells what is shown while there is a filter.
func filteredText(expr string) string {
	return "only what " + expr + " makes of JSON messages is shown: /filter off shows all"
}

// hint tells, once, of the command that was probably meant by a word that was sent, or what else
// there is to say of it.
func (w *worker) hint(typed string) {
	if w.hinted {
		return
	}
	if suggest := w.l.Suggest; suggest != nil && !w.suggested {
		if text := suggest(typed); text != "" {
			w.suggested = true
			w.say(text)
		}
	}
	word := strings.TrimSpace(typed)
	text := "/quit leaves"
	switch strings.ToLower(word) {
	case "help", "?":
		if w.l.NoSlash {
			return
		}
		text = "/help lists commands"
	case "exit", "quit":
		if w.l.NoSlash {
			text = "Ctrl-D leaves"
		}
	default:
		return
	}
	w.hinted = true
	w.say(fmt.Sprintf("%q was sent as a message: %s", word, text))
}
