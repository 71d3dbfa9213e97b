package line

import (
	"errors"
	"io"
	"strings"

	"github.com/chzyer/readline"
)

// ErrInterrupted is returned when Ctrl-C was pressed instead of an answer.
var ErrInterrupted = errors.New("interrupted")

// Secret is an answer that is not shown while it is typed. The zero value is ready.
type Secret struct{ runes []rune }

// Press takes one key. The answer is complete when done; err is ErrInterrupted or io.EOF.
func (s *Secret) Press(k Key) (done bool, err error) {
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

// Text is the answer.
func (s *Secret) Text() string { return string(s.runes) }

// View shows the prompt alone.
func (s *Secret) View(prompt string) *View { return &View{prompt: prompt} }

// AskSecret prints a prompt on a terminal and reads one line without showing it. It takes no byte
// behind the line's end. Errors: ErrInterrupted, io.EOF for Ctrl-D, and those of the terminal.
// It is not for a terminal that somebody else reads, such as a talk.
func AskSecret(term Terminal, prompt string) (answer string, err error) {
	restore, err := term.MakeRaw()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, restore()) }()
	if _, err = io.WriteString(term.Out, prompt); err != nil {
		return "", err
	}
	var dec Decoder
	var line Secret
	for p := make([]byte, 1); ; {
		n, err := term.In.Read(p)
		if err != nil {
			return "", err
		}
		for _, k := range dec.Feed(nil, p[:n]) {
			if done, err := line.Press(k); done {
				_, werr := io.WriteString(term.Out, "\r\n")
				return line.Text(), errors.Join(err, werr)
			}
		}
	}
}
