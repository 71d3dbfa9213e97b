package repl

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/chzyer/readline"
)

// ErrInterrupted is returned when Ctrl-C was pressed instead of an answer.
var ErrInterrupted = errors.New("interrupted")

// secretLine is an answer that is not shown while it is typed.
type secretLine struct{ runes []rune }

// press takes one key. The answer is complete when done; err is ErrInterrupted or io.EOF.
func (s *secretLine) press(k key) (done bool, err error) {
	switch {
	case k.code == readline.CharEnter || k.code == readline.CharCtrlJ:
		return true, nil
	case k.code == readline.CharInterrupt:
		return true, ErrInterrupted
	case k.code == readline.CharDelete && len(s.runes) == 0:
		return true, io.EOF
	case k.code == readline.CharCtrlU:
		s.runes = s.runes[:0]
	case k.code == readline.CharBackspace || k.code == readline.CharCtrlH:
		s.runes = s.runes[:max(0, len(s.runes)-1)]
	case k.code == keyPaste:
		s.runes = append(s.runes, []rune(strings.TrimRight(k.text, "\n"))...)
	case k.code >= 0x20 && k.code != 0x7f:
		s.runes = append(s.runes, k.code)
	}
	return false, nil
}

// AskSecret prints a prompt on a terminal and reads one line without showing it. It takes no byte
// behind the line's end. Errors: ErrInterrupted, io.EOF for Ctrl-D, and those of the terminal.
// While a Talk runs, use its method.
func AskSecret(term Terminal, prompt string) (answer string, err error) {
	restore, err := term.MakeRaw()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, restore()) }()
	if _, err = io.WriteString(term.Out, prompt); err != nil {
		return "", err
	}
	var dec keyDecoder
	var line secretLine
	for p := make([]byte, 1); ; {
		n, err := term.In.Read(p)
		if err != nil {
			return "", err
		}
		for _, k := range dec.feed(nil, p[:n]) {
			if done, err := line.press(k); done {
				_, werr := io.WriteString(term.Out, "\r\n")
				return string(line.runes), errors.Join(err, werr)
			}
		}
	}
}

// question is one that a talk asks in the place of its line.
type question struct {
	prompt string
	line   secretLine
	answer chan error // one value; line is the asker's after it
}

// AskSecret asks within a talk, as from its Connect function. Errors are those of the function, and
// the context's.
func (t *Talk) AskSecret(ctx context.Context, prompt string) (string, error) {
	l := t.running.Load()
	if l == nil {
		return "", errors.New("the talk is not running")
	}
	q := &question{prompt: prompt, answer: make(chan error, 1)}
	l.call(func() {
		l.ask = q
		l.refresh()
	})
	select {
	case err := <-q.answer:
		return string(q.line.runes), err
	case <-l.over:
		return "", ErrInterrupted
	case <-ctx.Done():
		l.call(func() {
			l.ask = nil
			l.refresh()
		})
		return "", ctx.Err()
	}
}
