package wst

import (
	"context"
	"errors"
	"time"

	"wsline/format"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/session"
)

// terminalCommand is a command of the terminal as it stands in scripts.
func terminalCommand(c command.Command) *Command {
	own := &Command{Name: c.Name, Args: c.Args, Summary: c.Summary, Detail: c.Detail}
	own.words = hasWords(c.Name)
	switch c.Name {
	case "text", "ping", "pong", "close", "fragment":
		own.check = dryRun(c)
	case "binary", "raw":
		own.bare = true
		own.check = func(rest string) error {
			return CheckArgument(c.Name, words.Plain(rest))
		}
	case "frame", "drop", "stall", "frames", "filter", "status", "headers", "stats", "quit":
		own.bare = true
		own.check = dryRun(c)
	case "connect":
		own.bare = true
		own.check = func(rest string) error {
			_, err := words.Strings(rest)
			return err
		}
	case "edit", "again", "history", "snippet", "pretty", "timestamps", "grep", "last", "copy", "pause",
		"resume", "clear":
		own.check = func(string) error { return errors.New("/" + c.Name + " needs a person at a terminal") }
	default:
		own.bare = true
	}
	return own
}

// hasWords says which commands of the terminal take words, quoted as in a shell.
func hasWords(name string) bool { return name == "frame" || name == "connect" }

// dryRun runs a command without doing anything, which says what is wrong with its argument.
func dryRun(c command.Command) func(rest string) error {
	return func(rest string) error {
		return dryEnv(func(sent) {}).Run(context.Background(), c.Name, words.Plain(rest))
	}
}

// sent is what a command sends.
type sent struct {
	kind    session.Kind
	opcode  wire.Opcode
	payload []byte
	code    wire.StatusCode
	reason  string
}

// dryEnv tells what commands would send, and does nothing.
func dryEnv(tell func(sent)) *command.Env {
	nothing := func() string { return "" }
	return &command.Env{
		Send: func(_ context.Context, op wire.Opcode, p []byte) error {
			tell(sent{kind: session.KindMessage, opcode: op, payload: p})
			return nil
		},
		Ping: func(p []byte) error { tell(sent{kind: session.KindPing, payload: p}); return nil },
		Pong: func(p []byte) error { tell(sent{kind: session.KindPong, payload: p}); return nil },
		Close: func(code wire.StatusCode, reason string) error {
			if code == 0 {
				code = wire.StatusNoStatusRcvd
			}
			tell(sent{kind: session.KindClose, code: code, reason: reason})
			return nil
		},
		Frame:      func(*session.RawFrame) error { return nil },
		Raw:        func([]byte) error { return nil },
		Drop:       func() error { return nil },
		Stall:      func(time.Duration) error { return nil },
		ShowFrames: func(string) error { return nil },
		Filter:     func(string) error { return nil },
		Filtering:  nothing,
		Headers:    nothing,
		Stats:      nothing,
		Status:     nothing,
		Quit:       func() {},
		Say:        func(string) {},
		Unquote:    format.Unquote,
	}
}
