package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"wsline/repl"
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
	rec    *recorder
}

// newKeeper is nil where commands are not understood.
func newKeeper(c *config) *keeper {
	if !c.slash {
		return nil
	}
	k := &keeper{prompt: script.NewPrompt(), rec: c.recorder}
	k.log.Open(c.opening)
	k.prompt.Typing = c.mode == modeTalk
	k.prompt.Save = k.save
	k.prompt.Note = func(at time.Time, command string) {
		k.log.Note(at, command)
		if t := k.rec.script(); t != nil {
			t.Note(at, command)
		}
	}
	k.prompt.Typed = func(message, source string) {
		k.log.Typed(message, source)
		if t := k.rec.script(); t != nil {
			t.Typed(message, source)
		}
	}
	return k
}

// extra are the commands of scripts.
func (k *keeper) extra() repl.Extra {
	if k == nil {
		return repl.Extra{}
	}
	return k.prompt.Extra()
}

func (k *keeper) event(ev *session.Event) {
	if k != nil {
		k.log.Event(ev)
		k.prompt.Event(ev)
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
		return "", &report.Failure{Message: err.Error(), Code: exitOwn,
			Hint: "--record FILE.wst writes a long one, as it goes"}
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		return "", &report.Failure{Code: exitOwn,
			Message: fmt.Sprintf("%q cannot be written: %v", path, cause(err))}
	}
	return fmt.Sprintf("saved; wsline test %s checks it again", shellQuote(path)), nil
}

// describeFailure is for a command of scripts that did not succeed.
func describeFailure(err error) (fault, bool) {
	var f *report.Failure
	if !errors.As(err, &f) {
		return fault{}, false
	}
	if f.Err != nil && errors.Is(f.Err, context.Canceled) {
		return fault{code: exitInterrupted}, true
	}
	message := f.Text()
	if command := (*repl.CommandError)(nil); errors.As(err, &command) {
		message = fmt.Sprintf("%s %d: %s", command.Unit, command.Line, message)
	}
	return fault{message: message, lines: f.Detail(), hint: f.Hint, code: f.Code}, true
}
