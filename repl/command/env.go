package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsline/internal/exit"
	"wsline/internal/suggest"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/session"
)

var (
	// ErrNotConnected is a command's that needs an open connection.
	ErrNotConnected error = notConnected{}
	// ErrClosing is of what comes behind our Close frame, while the peer has not answered that.
	ErrClosing = errors.New("not sent: the connection is closing")
)

type notConnected struct{}

func (notConnected) Error() string { return "not connected" }

// Fault says how to go on.
func (e notConnected) Fault() exit.Fault {
	return exit.Fault{
		Message: e.Error(), Hint: "/connect connects again, and so does the next message", Code: exit.Own,
	}
}

// Connector opens a connection. Args are the words behind /connect, nil for the same target as
// before.
type Connector func(
	ctx context.Context, args []string, handle func(*session.Event),
) (*session.Session, error)

// Env is what commands act on. Functions that are nil make the commands that need them say so. It
// needs no terminal: a talk, a pipe and a script each fill it with theirs.
type Env struct {
	Send func(ctx context.Context, op wire.Opcode, payload []byte) error
	// Begin sends the first piece of a message that goes on, in the pieces written to rest, and ends
	// with its Last; nil: there are no such messages.
	Begin func(ctx context.Context, op wire.Opcode, first []byte) (rest PieceWriter, err error)
	Ping  func(payload []byte) error
	Pong  func(payload []byte) error
	Close func(code wire.StatusCode, reason string) error
	// Connect connects under a name, "" for that of Conn; nil args: to the same target as before.
	Connect func(ctx context.Context, name string, args []string) error
	// Conn is the name of the connection that the line which is done is for, "" for the only one.
	Conn string
	// As does something for the connection with that name; nil: there are none with names. Names lists
	// them, and To makes one the connection that lines without a name are for.
	As    func(name string, do func() error) error
	Names func() []string
	To    func(name string) error

	Named bool  // the line says which connection it is for
	Line  int64 // its number, from 1; 0 for none
	// Redo does a line for the connection of Conn as if it had been typed; History are the lines that
	// can be done again, the last first.
	Redo     func(ctx context.Context, line string) error
	History  func() []string
	Snippets string // the folder of /snippet; "": there is none

	Status func() string
	// Edit has a message composed, in a file with that extension which begins with text.
	Edit func(ctx context.Context, text, ext string) (message string, err error)
	Quit func()
	Say  func(text string) // what a command has to tell a person; may have several lines

	// Frame sends one frame as it is, and Raw bytes as they are, right or wrong.
	Frame func(f *session.RawFrame) error
	Raw   func(p []byte) error
	Drop  func() error // ends the connection without a Close frame, when what was sent has left
	// Stall stops the reading for a time, or with a negative one until it is called with 0.
	Stall      func(d time.Duration) error
	ShowFrames func(mode string) error // "on", "off" or "hex"
	Headers    func() string           // whole lines, as they are to be shown
	Stats      func() string           // for Say
	// Filter shows of the messages that come what an expression selects, or makes of them; with ""
	// all are shown as they are. Filtering returns the expression.
	Filter    func(expr string) error
	Filtering func() string

	Screen Screen

	Show func(lines string) // shows lines that are styled already; nil: Say does
	// Progress tells every second how a transfer goes; nil: nobody wants to know.
	Progress func(text string)
	// Transfer lets a person give up a transfer, or a waiting, alone, by the context that it returns; end is called
	// when it is over. nil: nobody can.
	Transfer func(ctx context.Context) (transfer context.Context, end func())

	// Unquote returns the bytes that an argument in quotation marks stands for; nil: it stands for
	// itself.
	Unquote func(quoted string) ([]byte, error)
	Columns func() int // that a line for Say has at most, 0 or nil: unknown
	Plain   bool       // the terminal has no keys of ours
	NoSlash bool       // every line is a message
	Home    string     // stands for ~ in file names; "" for none

	last   *said    // the last message; nil: none was sent
	listed []string // by /history

	Extra Extra
	Echo  func(line string) // shows a line that a command does as one that was typed; nil: nobody sees it
}

// Extra is what is understood besides the commands of the table.
type Extra struct {
	Commands []Command
	// Expand puts the values of variables into what is typed: a message, when name
	// is "", or what stands behind a command of the table; nil: there are no variables.
	Expand func(env *Env, name, rest string) (words.Text, error)
	// Shown is what a person is shown of what was sent with values put in: those that are secret are
	// hidden; nil: nothing is.
	Shown func(sent string) string
	// Runs is told which command of the table is run next; nil: nobody is.
	Runs func(env *Env, name string, rest words.Text)
}

// SessionEnv is an Env that acts on one open connection, without a terminal.
func SessionEnv(s *session.Session, say func(string)) *Env {
	stalled := &Stalling{}
	return &Env{
		Send: func(_ context.Context, op wire.Opcode, payload []byte) error {
			return s.Send(op, payload)
		},
		Begin: func(_ context.Context, op wire.Opcode, first []byte) (PieceWriter, error) {
			rest := s.NewWriter(op)
			_, err := rest.Write(first)
			return rest, err
		},
		Ping:  s.Ping,
		Pong:  s.Pong,
		Close: s.Close,
		Frame: s.SendFrame,
		Raw:   s.SendRaw,
		Drop:  func() error { Drop(s); return nil },
		Stall: func(d time.Duration) error { stalled.Stop(d, s.Stall); return nil },
		ShowFrames: func(mode string) error {
			s.SetFrames(mode != FramesOff)
			return nil
		},
		Status: func() string { return StatusText(s.Handshake(), s.Stats(), Hiding{}) },
		Quit:   func() { _ = s.Close(wire.StatusNormalClosure, "") },
		Say:    say,
	}
}

// Parse splits a line that is a command into its name and what follows the blank after it. A line
// that does not begin with a slash is a message, and so is one that begins with two, without the
// first.
func Parse(line string) (name, rest string, command bool) {
	switch {
	case strings.HasPrefix(line, "//"):
		return "", line[1:], false
	case strings.HasPrefix(line, "/"):
		name, rest := words.Plain(line[1:]).CutWord()
		return name.String(), rest.String(), true
	}
	return "", line, false
}

// Do sends a line, or runs it when it is a command. A line that cannot be understood sends nothing.
func (e *Env) Do(ctx context.Context, line string) error {
	name, typed, command := "", line, false
	if !e.NoSlash {
		name, typed, command = Parse(line)
	}
	rest, err := e.expand(name, typed, command)
	switch {
	case err != nil:
		return err
	case command:
		err = e.command(ctx, name, rest)
	default:
		err = e.Send(ctx, wire.OpText, []byte(rest.JSON()))
	}
	if err == nil {
		e.remember(name, typed, line)
	}
	return err
}

// expand puts the values of variables into what is typed, where that is not to be kept as it is.
func (e *Env) expand(name, typed string, command bool) (words.Text, error) {
	if e.Extra.Expand == nil || command && find(name, e.Extra.Commands) != nil {
		return words.Plain(typed), nil
	}
	if c := find(name, Table()); command && c != nil && c.asTyped {
		return words.Plain(typed), nil
	}
	return e.Extra.Expand(e, name, typed)
}

// Run sends a message, when name is "", or runs a command by its name. Nothing is expanded.
func (e *Env) Run(ctx context.Context, name string, rest words.Text) error {
	if name == "" {
		return e.Send(ctx, wire.OpText, []byte(rest.JSON()))
	}
	return e.command(ctx, name, rest)
}

func (e *Env) command(ctx context.Context, name string, rest words.Text) error {
	if c := find(name, e.Extra.Commands); c != nil {
		return c.Run(ctx, e, rest.Source())
	}
	c := find(name, Table())
	if c == nil {
		return unknown(name, e.commands())
	}
	if e.Extra.Runs != nil {
		e.Extra.Runs(e, name, rest)
	}
	return c.run(ctx, e, rest)
}

// Path is the path of a file as it was typed.
func (e *Env) Path(name string) string { return e.path(words.Plain(name).TrimSpace()) }

// path is that of a file's name. A ~ is the home directory when it was written.
func (e *Env) path(name words.Text) string {
	if strings.HasPrefix(name.Form(), "~/") {
		return expandHome(e.Home, name.String())
	}
	return name.String()
}

// commands are all that there are, in the order of the help.
func (e *Env) commands() []Command { return with(e.Extra.Commands) }

// with is the table and others, which may stand for some of it.
func with(extra []Command) []Command {
	own := slices.DeleteFunc(Table(), func(c Command) bool {
		return slices.ContainsFunc(extra, func(other Command) bool { return other.Name == c.Name })
	})
	return append(own, extra...)
}

// find returns the command of that name, nil when there is none.
func find(name string, commands []Command) *Command {
	for _, c := range commands {
		if c.Name == name || slices.Contains(c.Also, name) {
			return &c
		}
	}
	return nil
}

func unknown(name string, commands []Command) error {
	if near := suggest.Nearest(name, names(commands)); near != "" {
		return fmt.Errorf("there is no command %q: did you mean /%s?", "/"+exit.Shorten(name), near)
	}
	quoted := strconv.Quote(exit.Shorten(name)) // what was typed may hold anything
	return fmt.Errorf("there is no command %q: /help lists them, //%s sends it",
		"/"+exit.Shorten(name), quoted[1:len(quoted)-1])
}

// names are those of commands.
func names(commands []Command) []string {
	var list []string
	for _, c := range commands {
		list = append(list, c.Name)
	}
	return list
}
