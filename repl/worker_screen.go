package repl

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/repl/line"
	"wsline/session"
)

// addScreen adds what commands do to the screen.
func (w *worker) addScreen() {
	s, v := &w.env.Screen, &w.l.Views
	s.Last, s.Copy = w.openLast, w.copy
	s.Pause, s.Resume = w.pause, w.resume
	s.Clear = func() error {
		w.l.call(w.l.clear)
		return nil
	}
	s.Pretty, s.Times = v.Pretty, v.Times
	if v.Grep == nil {
		return
	}
	var now command.Grep
	s.Grepping = func() command.Grep { return now }
	s.Grep = func(g command.Grep) error {
		if err := v.Grep(g); err != nil {
			return err
		}
		now = g
		w.l.hides.Store(g.Others || g.Only)
		return nil
	}
}

func (w *worker) pause() error {
	w.l.q.pause()
	w.say(w.l.pauseText())
	return nil
}

func (w *worker) resume() error {
	if !w.l.q.resume() {
		w.say("nothing is paused")
	}
	return nil
}

// clear is /clear: what has come by now is not to be seen any more.
func (l *loop) clear() {
	if l.Term.Plain || l.lent {
		return
	}
	l.flushAll()
	l.failed(l.scr.Clear(l.view()))
}

// lastMessage is the n-th last on the screen.
func (w *worker) lastMessage(n int) (*session.Event, error) {
	waiting, _ := w.l.q.paused()
	return w.l.kept.last(n, waiting)
}

// copy is /copy.
func (w *worker) copy(n int) error {
	ev, err := w.lastMessage(n)
	switch {
	case err != nil:
		return err
	case w.l.Term.Plain:
		return errors.New("this terminal understands no escape sequences: nothing was copied")
	}
	text := ev.Payload
	if ev.Opcode == wire.OpBinary {
		text = hex.AppendEncode(nil, text)
	}
	if len(text) > line.MaxCopy {
		return fmt.Errorf("the message is %s, of which terminals take %d at most: nothing was copied",
			plural.Of(len(text), "byte"), line.MaxCopy)
	}
	w.l.call(func() { w.l.failed(w.l.scr.Copy(text)) })
	w.say(plural.Of(len(text), "byte") + " went to the terminal for its clipboard")
	return nil
}

// openLast is /last: the pager shows a message, or the screen where there is none.
func (w *worker) openLast(ctx context.Context, n int) error {
	ev, err := w.lastMessage(n)
	if err != nil {
		return err
	}
	if !w.l.Term.Plain {
		found, err := w.page(ctx, w.whole(ev, true))
		if found {
			return err
		}
	}
	text := w.whole(ev, false)
	w.l.q.add(false, func(dst []byte) []byte { return append(dst, text...) })
	return nil
}

func (w *worker) whole(ev *session.Event, pager bool) []byte {
	if w.l.Look.Whole == nil {
		return w.l.Look.Event(nil, ev)
	}
	return w.l.Look.Whole(nil, ev, pager)
}

// pagerSettings stand for those of the pager that are not set: colours are shown, and UTF-8 is
// understood.
var pagerSettings = []string{"LESS=R", "LESSCHARSET=utf-8"}

// page lends the terminal to the pager until it has ended; found is false where there is none.
func (w *worker) page(ctx context.Context, text []byte) (found bool, err error) {
	pager := w.l.Pager
	if strings.TrimSpace(pager) == "" {
		pager = "less -R"
	}
	words, err := words.Strings(pager)
	if err != nil {
		return true, fmt.Errorf("the pager %q: %w", pager, err)
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(append([]string(nil), pagerSettings...), cmd.Environ()...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), w.l.Term.Out, w.l.Term.Out
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	cmd.WaitDelay = editorTime
	if errors.Is(cmd.Err, exec.ErrNotFound) && w.l.Pager == "" {
		return false, nil
	}
	err = w.lend(cmd.Run)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return true, fmt.Errorf("the pager %q ended with %s", words[0], exit)
	case err == nil || exit != nil || errors.Is(err, os.ErrClosed):
		return true, nil
	case errors.Is(err, exec.ErrNotFound):
		return true, fmt.Errorf("there is no pager %q: set PAGER", words[0])
	}
	return true, fmt.Errorf("the pager %q cannot be run: %s", words[0], plainCause(err))
}
