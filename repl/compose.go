package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"wsline/internal/words"
	"wsline/repl/command"
)

// edit is command.Env.Edit: in the user's editor, in a file that only the user can read.
func (w *worker) edit(ctx context.Context, text, ext string) (message string, err error) {
	f, err := os.CreateTemp("", "wsline-*"+ext) // mode 0600
	if err != nil {
		return "", errors.New("there is no place for a temporary file: " + plainCause(err))
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.New("the temporary file cannot be written: " + plainCause(err))
	}
	if err := w.runEditor(ctx, f.Name()); err != nil {
		return "", err
	}
	data, err := os.ReadFile(f.Name())
	if err != nil {
		return "", command.FileError(f.Name(), err)
	}
	message = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	switch {
	case message == "":
		w.say("nothing was composed, and nothing sent")
	case !utf8.ValidString(message):
		return "", errors.New("what was composed is not valid UTF-8: nothing was sent")
	}
	return message, nil
}

const editorTime = 2 * time.Second // an editor has to end when the talk does

// terminate lets an editor give the terminal back as it was, where processes can be asked to.
func terminate(p *os.Process) error {
	if err := p.Signal(syscall.SIGTERM); err != nil {
		return p.Kill()
	}
	return nil
}

// lend gives the terminal to a program until it has ended.
func (w *worker) lend(run func() error) (err error) {
	w.composing.Store(true)
	w.l.call(func() { err = w.l.release() })
	if err == nil {
		err = run()
	}
	w.composing.Store(false)
	w.l.call(w.l.reclaim)
	return err
}

// runEditor lends the terminal to the editor until it has ended.
func (w *worker) runEditor(ctx context.Context, path string) error {
	editor := w.l.Editor
	if strings.TrimSpace(editor) == "" {
		editor = "vi"
	}
	words, err := words.Strings(editor)
	if err != nil {
		return fmt.Errorf("the editor %q: %w", editor, err)
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], path)...)
	if in, ok := w.l.Term.In.(interface{ File() *os.File }); ok {
		cmd.Stdin = in.File()
	}
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	cmd.WaitDelay = editorTime
	cmd.Stdout, cmd.Stderr = w.l.Term.Out, w.l.Term.Out
	err = w.lend(cmd.Run)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return fmt.Errorf("the editor %q ended with %s: nothing was sent", words[0], exit)
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("there is no editor %q: set VISUAL or EDITOR", words[0])
	case err != nil:
		return fmt.Errorf("the editor %q cannot be run: %s", words[0], plainCause(err))
	}
	return nil
}
