package converse

import (
	"errors"
	"fmt"
	"os"
	"time"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/internal/record"
	"wsline/repl/command"
	"wsline/script"
	"wsline/script/report"
	"wsline/script/transcript"
	"wsline/session"
)

// A keeper knows what was said where commands are understood: for those of scripts, and to save it.
// A nil one knows nothing.
type keeper struct {
	log    transcript.Log
	prompt *script.Prompt
	rec    *record.Recorder
}

// newKeeper is nil where commands are not understood.
func newKeeper(c *config, recorder *record.Recorder) *keeper {
	if !c.slash {
		return nil
	}
	k := &keeper{prompt: script.NewPrompt(), rec: recorder}
	k.log.Open(c.opening)
	k.prompt.Typing = c.mode == modeTalk
	k.prompt.Save = k.save
	k.prompt.Note = func(at time.Time, command string) {
		k.log.Note(at, command)
		if t := k.rec.Script(); t != nil {
			t.Note(at, command)
		}
	}
	k.prompt.Typed = func(message, source string) {
		k.log.Typed(message, source)
		if t := k.rec.Script(); t != nil {
			t.Typed(message, source)
		}
	}
	return k
}

// extra are the commands of scripts.
func (k *keeper) extra() command.Extra {
	if k == nil {
		return command.Extra{}
	}
	return k.prompt.Extra()
}

func (k *keeper) event(ev *session.Event) {
	if k != nil {
		k.log.Event(ev)
		k.prompt.Event(ev)
	}
}

// refused says why no connection was opened.
func (k *keeper) refused(err error) {
	if k != nil {
		k.prompt.Refused(err)
	}
}

// open says how connections are opened from now on.
func (k *keeper) open(o transcript.Opening) {
	if k != nil {
		k.log.Open(o)
	}
}

// save is /save.
func (k *keeper) save(path string, exact bool) (string, error) {
	text, err := k.log.Bytes(exact)
	if errors.Is(err, transcript.ErrTooLong) {
		return "", &report.Failure{Message: err.Error(), Code: exit.Own,
			Hint: "--record FILE.wst writes a long one, as it goes"}
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		return "", &report.Failure{Code: exit.Own,
			Message: fmt.Sprintf("%q cannot be written: %v", path, exit.Cause(err))}
	}
	return fmt.Sprintf("saved; wsline test %s checks it again", format.ShellQuote(path)), nil
}
