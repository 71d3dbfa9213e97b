// Package repl is what you type: the talk on a terminal, and the pipe for when there is none.
// The commands are in command, the line editor is in line. It shows nothing by itself: how things
// look is handed in as functions, and so is how connections are opened.
//
// A talk has five goroutines: its loop, which owns the screen and the line; the one that writes to
// the terminal; the worker, which runs what was typed, one line after the other, and owns the
// connections; the one that waits for keys; and each session's reader, which formats what comes and
// waits while the terminal is slow, or while another does. A sixth writes the messages to an Out of
// their own. All have ended when Run returns, but for what was stuck when the talk was told twice to
// end: a write to the terminal or to Out, a Tap, a command.
package repl

import (
	"context"
	"io"
	"os"
	"sync/atomic"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
	"wsline/session"
)

// Look is how things look. The functions append whole lines to dst, and may be called concurrently.
type Look struct {
	Event  func(dst []byte, ev *session.Event) []byte
	Sent   func(dst []byte, ev *session.Event) []byte // ours, as it would have been typed
	Status func(dst []byte, text string) []byte       // text may have several lines
	Error  func(dst []byte, err error) []byte
	// Whole appends a message that came with nothing left out, for a pager in lines of any length; nil:
	// Event does.
	Whole  func(dst []byte, ev *session.Event, pager bool) []byte
	Prompt func(name string, connected bool) string // may be styled with SGR sequences
	// Stamp puts the time before the lines in dst[from:] when times are shown, in room that the lines
	// of Event and Sent leave too; nil: they are not.
	Stamp func(dst []byte, from int, at time.Time) []byte
}

// Talk is a conversation on a terminal. Its fields are not changed while it runs.
type Talk struct {
	Term line.Terminal
	Look Look
	// Connect opens the connection of a name; args are the words behind /connect without the name, nil
	// for the same target as before.
	Connect func(
		ctx context.Context, name string, args []string, handle func(*session.Event),
	) (*session.Session, error)
	// CheckConnect says what is wrong with the words behind /connect before the connection that is
	// open is closed for it; nil: nothing is.
	CheckConnect    func(name string, args []string) error
	CompleteConnect func(word string) []string // nil: nothing is completed
	// Again returns what opens the connection of a name again, after the end that it had, and is run
	// beside all else; it tells a KindGap before its KindOpen. As that of Pipe it may return neither a
	// connection nor an error. nil: the end stands, as where Again is nil.
	Again func(name string, end *session.End) func(ctx context.Context, handle func(*session.Event)) (
		*session.Session, error)
	Unquote func(quoted string) ([]byte, error) // as that of command.Env
	OnOpen  []Message                           // sent first on every connection
	// Welcome does on every connection what is done first, and shows what is sent; nil: nothing.
	Welcome  func(ctx context.Context, s *session.Session, sent func(Message)) error
	Fragment int // as that of Pipe
	// Suggest is what to say, once, of a line that was done, "" for nothing; nil: nothing.
	Suggest     func(typed string) string
	ExitOnClose bool
	NoSlash     bool             // every line is a message
	HistoryFile string           // "": the history is not kept
	Name        string           // of the first connection; "": it has none
	Snippets    string           // the folder of /snippet; "": there is none
	Home        string           // stands for ~ in file names; "": none
	Editor      string           // the command of /edit, with arguments; "": vi
	Pager       string           // the command of /last, with arguments; "": less -R, or none
	Signals     <-chan os.Signal // interrupts, SIGCONT; all others end the talk with code 1001
	// Out gets the messages that come when it is not the terminal, as Print makes them; nil: Look
	// shows them. While it is stuck the socket waits, and keys still work.
	Out    io.Writer
	Print  func(dst []byte, ev *session.Event) []byte
	PassOn func(pass func(dst []byte) []byte) // as that of Pipe
	// Tap is told every event first, also what is sent, with session.Config.Watch; nil: nobody. Of
	// what is sent Look gets frames and pings: the lines stand on the screen already.
	Tap   func(ev *session.Event)
	Views Views
	Extra command.Extra
	// Place is where the connection of a name leads to, for the history; nil: nowhere in particular.
	Place func(name string) string
	// QuietReplies leaves out what is answered by itself, and the answers.
	QuietReplies bool

	unnamed bool                                         // there is one connection only, without a name
	again   func(name string, end *session.End) reopener // Again, of any conn
	running atomic.Pointer[loop]
}

// conn is what a talk needs of a *session.Session.
type conn interface {
	Send(op wire.Opcode, payload []byte) error
	NewWriter(op wire.Opcode) command.PieceWriter
	Ping(payload []byte) error
	Pong(payload []byte) error
	Close(code wire.StatusCode, reason string) error
	SendFrame(f *session.RawFrame) error
	SendRaw(p []byte) error
	SetFrames(on bool)
	Stall(on bool)
	Flush() error
	Drop()
	Done() <-chan struct{}
	Wait() *session.End
	Stats() session.Stats
	Handshake() *dial.Handshake
}

// sessionConn is the conn of a session.
type sessionConn struct{ *session.Session }

func (s sessionConn) NewWriter(op wire.Opcode) command.PieceWriter {
	return s.Session.NewWriter(op)
}

// begin sends the first piece of a message.
func begin(c conn, op wire.Opcode, first []byte) (command.PieceWriter, error) {
	out := c.NewWriter(op)
	_, err := out.Write(first)
	return out, err
}

// opener opens the connection of a name; the session's is Talk.Connect, tests have others.
type opener func(ctx context.Context, name string, args []string, handle handler) (conn, error)

// reopener is what Talk.Again returns.
type reopener func(ctx context.Context, handle handler) (conn, error)

type handler = func(*session.Event)

// Run connects, talks, and returns when the talk is over. It closes Term.In. When the first
// connection fails, nothing is shown and the talk is over: the error is in the result. After that
// the talk stays, connected or not, until it is left; End is then of the connections that were open
// until the end the worst, nil when there was none. The terminal's mode is restored before Run returns or
// panics.
func (t *Talk) Run(ctx context.Context) Result {
	if t.Again != nil {
		t.again = func(name string, end *session.End) reopener {
			open := t.Again(name, end)
			if open == nil {
				return nil
			}
			return func(ctx context.Context, handle handler) (conn, error) {
				s, err := open(ctx, handle)
				if s == nil {
					return nil, err
				}
				return sessionConn{s}, nil
			}
		}
	}
	return t.run(ctx, func(
		ctx context.Context, name string, args []string, handle handler,
	) (conn, error) {
		s, err := t.Connect(ctx, name, args, handle)
		if err != nil {
			return nil, err
		}
		return sessionConn{s}, nil
	})
}

func (t *Talk) run(ctx context.Context, open opener) Result {
	historyFile, restore, err := "", func() error { return nil }, error(nil)
	if !t.Term.Plain {
		historyFile = t.HistoryFile
		if restore, err = t.Term.MakeRaw(); err != nil {
			return Result{Err: err}
		}
	}
	hist, herr := line.OpenHistory(historyFile, hasCredentials)
	l := newLoop(t, hist, restore)
	defer l.end()
	if herr != nil {
		l.status("the history cannot be read: " + plainCause(herr))
	}
	t.running.Store(l)
	l.start(ctx, open)
	l.run(ctx)
	return l.result()
}
