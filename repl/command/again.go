package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"wsline/internal/exit"
	"wsline/internal/name"
	"wsline/internal/words"
)

// historyShown is how many lines /history lists.
const historyShown = 20

// said is a message that was sent, as it was typed.
type said struct {
	line   string // with the command that sent it, without a name before it
	conn   string // the name of the connection that it was sent to
	text   string // the message with its variables, when it is one of text
	isText bool
}

// remember keeps what a line has sent, if it is one that sends a message.
func (e *Env) remember(name, typed, line string) {
	s := &said{line: line, conn: e.Conn}
	switch name {
	case "":
		s.text, s.isText = typed, true
	case "text":
		text, err := e.argument(words.Plain(typed))
		s.text, s.isText = text.String(), err == nil && utf8.ValidString(text.String())
	case "binary", "file", "fragment":
	default:
		return
	}
	e.last = s
}

// lastText is the last message, when it was one of text.
func (e *Env) lastText() (string, error) {
	switch {
	case e.last == nil:
		return "", errors.New("no message was sent yet")
	case !e.last.isText:
		return "", errors.New("the last message was not typed as text")
	}
	return e.last.text, nil
}

// asLine is a message as a line that sends it.
func asLine(text string) string {
	if strings.HasPrefix(text, "/") {
		return "/" + text
	}
	return text
}

// on does something for the connection of that name.
func (e *Env) on(conn string, do func() error) error {
	if e.As == nil || conn == e.Conn {
		return do()
	}
	return e.As(conn, do)
}

// redo does a line as if it had been typed.
func (e *Env) redo(ctx context.Context, line string) error {
	if e.Redo != nil {
		return e.Redo(ctx, line)
	}
	return e.Do(ctx, line)
}

// runAgain is /again: a message goes where it went before, unless the line names a connection.
func runAgain(ctx context.Context, env *Env, rest words.Text) error {
	if env.Redo == nil || env.History == nil {
		return unfit("again")
	}
	arg := strings.TrimSpace(rest.String())
	if arg == "" {
		last := env.last
		if last == nil {
			return errors.New("no message was sent yet: /again N does a line of /history")
		}
		conn := last.conn
		if env.Named {
			conn = env.Conn
		}
		return env.on(conn, func() error { return env.redo(ctx, last.line) })
	}
	listed := env.listed
	if listed == nil { // those that would be
		listed = env.recalled()
	}
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > len(listed) {
		return fmt.Errorf("%q is no line of /history, which has %d", exit.Shorten(arg), len(listed))
	}
	conn, line, err := "", listed[n-1], error(nil)
	if env.Names != nil {
		if conn, line, err = name.CutAddress(line, env.Names()); err != nil {
			return err
		}
	}
	if conn == "" || env.Named {
		conn = env.Conn
	}
	return env.on(conn, func() error { return env.redo(ctx, line) })
}

// recalled are the lines that /history counts: not those of its own and of /again.
func (e *Env) recalled() []string {
	return slices.DeleteFunc(e.History(), func(line string) bool {
		_, rest, _ := name.CutAddress(line, []string{line[:name.Size(line)]})
		word, _, isCommand := Parse(rest)
		return isCommand && (word == "history" || word == "again")
	})
}

// runHistory is /history. The numbers stay those of the lines that were listed last.
func runHistory(_ context.Context, env *Env, rest words.Text) error {
	if env.History == nil {
		return unfit("history")
	}
	n := historyShown
	if arg := strings.TrimSpace(rest.String()); arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil || n < 1 {
			return fmt.Errorf("%q is not a number of lines", exit.Shorten(arg))
		}
	}
	env.listed = env.recalled()
	n = min(n, len(env.listed))
	switch {
	case env.Plain:
		return errors.New("on this terminal no history is kept")
	case n == 0:
		env.Say("nothing was typed yet")
		return nil
	}
	width := len(strconv.Itoa(n))
	lines := make([]string, n)
	for i, line := range env.listed[:n] {
		lines[n-1-i] = fmt.Sprintf("%*d  %s", width, i+1, env.cut(line, width+2))
	}
	env.Say(strings.Join(lines, "\n"))
	return nil
}

// cut is a text on one line, cut to what fits with something else before it.
func (e *Env) cut(text string, taken int) string {
	text = strings.ReplaceAll(text, "\n", "↵")
	columns := helpColumns
	if e.Columns != nil && e.Columns() > 0 {
		columns = e.Columns()
	}
	return runewidth.Truncate(text, max(1, columns-taken), "…")
}
