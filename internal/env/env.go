// Package env is all that the program knows of the world around it: arguments, streams,
// environment, signals and the terminal. main fills it in, a test can be the world instead. It is
// not changed while a command runs, and may be read concurrently.
package env

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/term"

	"wsline/internal/exit"
	"wsline/repl/line"
)

// Env is the world.
type Env struct {
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ func() []string  // "NAME=value"; nil: no variables
	Signals <-chan os.Signal // those of Endings
	// Notify asks for more signals, which only a talk wants, as signal.Notify does; nil: there are
	// none.
	Notify func(c chan<- os.Signal, list ...os.Signal)
	// Reset undoes Notify, as signal.Reset does; nil: a SIGQUIT is ignored.
	Reset func(list ...os.Signal)

	StdinTerminal  bool // Stdin is a terminal, and so on
	StdoutTerminal bool
	StderrTerminal bool
	NoColor        bool // the terminal does not understand escape sequences

	// Dial is the network, as dial.Config.NetDial is; nil: that of the machine.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Size is the terminal's, in columns and rows; 0 where it cannot be told.
	Size func() (columns, rows int)
	// Terminal is the one that a talk is typed on: Stdin, and Stdout or else Stderr.
	Terminal func() (line.Terminal, error)
	// AskTerminal is the one to ask for a secret on, also while Stdin is something else; close ends
	// its use.
	AskTerminal func() (t line.Terminal, close func(), err error)

	raws *raws // shared by copies; nil: there is no terminal
}

// New returns an Env for three files and fills in the facts about the terminal.
func New(stdin, stdout, stderr *os.File) *Env {
	env := &Env{
		raws:  new(raws),
		Stdin: stdin, Stdout: stdout, Stderr: stderr,
		StdinTerminal:  isTerminal(stdin),
		StdoutTerminal: isTerminal(stdout),
		StderrTerminal: isTerminal(stderr),
	}
	screen := stdout
	if !env.StdoutTerminal {
		screen = stderr
	}
	env.NoColor = (env.StdoutTerminal || env.StderrTerminal) && !enableEscapes(screen)
	env.Size = func() (int, int) { return size(screen) }
	env.Terminal = func() (line.Terminal, error) {
		t, err := env.newTerminal(stdin, screen)
		t.Plain = env.IsPlain()
		return t, err
	}
	env.AskTerminal = func() (line.Terminal, func(), error) { return env.askTerminal(stdin, stderr) }
	return env
}

// AtTerminal is the world with the terminal in the place of a stdin that is at its end; e itself where
// no person is.
func (e *Env) AtTerminal() *Env {
	if e.StdinTerminal || !e.StdoutTerminal || e.AskTerminal == nil {
		return e
	}
	terminal, _, err := e.AskTerminal() // it is open as long as the program runs
	if err != nil {
		return e
	}
	inner := *e
	inner.StdinTerminal = true
	inner.Terminal = func() (line.Terminal, error) {
		terminal.Plain = e.IsPlain()
		return terminal, nil
	}
	return &inner
}

// IsPlain says that the terminal understands no escape sequences, as its name in TERM tells, or as
// it has been found.
func (e *Env) IsPlain() bool { return e.NoColor || isPlain(e.Getenv("TERM")) }

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

func size(f *os.File) (columns, rows int) {
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return columns, rows
}

func (e *Env) newTerminal(in, out *os.File) (line.Terminal, error) {
	input, err := line.NewInput(in)
	if err != nil {
		return line.Terminal{}, err
	}
	return line.Terminal{
		In: input, Out: out,
		Width:   func() int { columns, _ := size(out); return columns },
		Height:  func() int { _, rows := size(out); return rows },
		MakeRaw: func() (func() error, error) { return e.makeRaw(in, out) },
		Suspend: suspend,
	}, nil
}

// askTerminal is stdin where that is a terminal, else the one that controls the process.
func (e *Env) askTerminal(stdin, stderr *os.File) (line.Terminal, func(), error) {
	in, out := stdin, stderr
	if !isTerminal(stdin) {
		tty, err := openTTY()
		if err != nil {
			return line.Terminal{}, nil, err
		}
		in, out = tty, tty
	}
	t, err := e.newTerminal(in, out)
	return t, func() {
		t.In.Close()
		if in != stdin {
			in.Close()
		}
	}, err
}

func (e *Env) makeRaw(in, out *os.File) (restore func() error, err error) {
	e.watchQuit()
	old, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	t := &raw{out: out, back: func() error { return term.Restore(int(in.Fd()), old) }}
	e.raws.add(t)
	return func() error {
		e.raws.remove(t)
		return t.back()
	}, nil
}

// ReaderGone tells whether a write failed because nobody reads any more, as in "| head -1".
func ReaderGone(err error) bool {
	return errors.Is(err, io.ErrClosedPipe) || isBrokenPipe(err)
}

// Print writes a text to stdout. That nobody reads it is no error.
func (e *Env) Print(text string) error {
	if _, err := io.WriteString(e.Stdout, text); err != nil && !ReaderGone(err) {
		return fmt.Errorf("stdout cannot be written: %w", exit.Cause(err))
	}
	return nil
}

// ErrNobody is an Ask's that has no terminal.
var ErrNobody = errors.New("there is no terminal")

// Ask asks for a secret on the terminal, before a talk begins, until ctx ends. Errors: ErrNobody,
// exit.ErrInterrupted for Ctrl-C, io.EOF for Ctrl-D.
func (e *Env) Ask(ctx context.Context, prompt string) (string, error) {
	if e.AskTerminal == nil {
		return "", ErrNobody
	}
	t, end, err := e.AskTerminal()
	if err != nil {
		return "", ErrNobody
	}
	defer end()
	defer context.AfterFunc(ctx, func() { t.In.Close() })()
	answer, err := line.AskSecret(t, prompt)
	if errors.Is(err, line.ErrInterrupted) {
		err = exit.ErrInterrupted
	}
	return answer, err
}
