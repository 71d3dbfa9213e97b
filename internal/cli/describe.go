package cli

import (
	"errors"
	"fmt"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/repl"
	"wsline/repl/line"
	"wsline/session"
)

// Exit codes are an interface: they do not change.
const (
	exitOK          = 0
	exitOwn         = 1
	exitUsage       = 2
	exitConnect     = 3
	exitTLS         = 4
	exitHandshake   = 5
	exitTimeout     = 6
	exitBroken      = 7
	exitClosed      = 8
	exitExpectation = 9
	exitInterrupted = 130
	exitTerminated  = 143
)

// A fault is an error as a person and the shell get it.
type fault struct {
	message string
	lines   []string // what the server said, shown below the message
	hint    string   // what to try, "" where we cannot tell
	code    int
}

// text is the message with what the server said below it.
func (f fault) text() string { return strings.Join(append([]string{f.message}, f.lines...), "\n") }

// describe finds out what an error means. It looks at types, never at texts.
func describe(err error) fault {
	var usage *UsageError
	var dialed *dial.Error
	var ended *endError
	var told exitCode
	var unheard *listenError
	var gone *clientError
	switch {
	case errors.Is(err, errInterrupted), errors.Is(err, line.ErrInterrupted):
		return fault{code: exitInterrupted}
	case errors.As(err, &told):
		return fault{code: int(told)}
	case errors.Is(err, errRecording):
		return fault{code: exitOwn}
	case errors.Is(err, errTerminated):
		return fault{code: exitTerminated}
	case errors.As(err, &usage):
		return fault{message: usage.Text, hint: usage.Hint, code: exitUsage}
	case errors.As(err, &dialed):
		return describeDial(dialed)
	case errors.As(err, &ended):
		return describeEnd(ended.end)
	case errors.As(err, &unheard):
		return unheard.fault()
	case errors.As(err, &gone):
		return fault{message: gone.text, code: gone.code}
	}
	if f, ok := describeFailure(err); ok {
		return f
	}
	if f, ok := describePipe(err); ok {
		return f
	}
	return fault{message: err.Error(), code: exitOwn}
}

// describePipe is for what only a pipe can meet.
func describePipe(err error) (fault, bool) {
	var line *repl.LineError
	var expect *repl.ExpectError
	var count *repl.CountError
	var command *repl.CommandError
	var read *repl.ReadError
	var write *repl.WriteError
	switch {
	case errors.As(err, &line):
		return fault{message: line.Error(), code: exitUsage,
			hint: "-b sends binary messages, which may hold any bytes"}, true
	case errors.As(err, &expect):
		return fault{message: expect.Error(), code: exitExpectation}, true
	case errors.As(err, &count):
		return fault{message: count.Error(), code: exitExpectation}, true
	case errors.As(err, &command):
		return fault{message: command.Error(), code: exitUsage}, true
	case errors.As(err, &read):
		return own("stdin cannot be read: %v", cause(read.Err)), true
	case errors.As(err, &write):
		return own("stdout cannot be written: %v", cause(write.Err)), true
	}
	return fault{}, false
}

func own(format string, args ...any) fault {
	return fault{message: fmt.Sprintf(format, args...), code: exitOwn}
}

func describeDial(e *dial.Error) fault {
	found := examine(e)
	f := fault{message: found.message(e), lines: bodyText(e), hint: found.advice(e)}
	switch e.Kind {
	case dial.KindConnect:
		f.code = exitConnect
	case dial.KindTLS:
		f.code = exitTLS
	case dial.KindHandshake:
		f.code = exitHandshake
	case dial.KindTimeout:
		f.code = exitTimeout
	case dial.KindCanceled:
		f.code = exitInterrupted
	default:
		f.code = exitOwn
	}
	return f
}

// An endError is a connection that did not end well.
type endError struct{ end *session.End }

func (e *endError) Error() string { return describeEnd(e.end).message }

// endOf is nil for a connection that ended well: closed by us, or by the peer with 1000, 1001 or
// no code at all.
func endOf(end *session.End) error {
	if end == nil || describeEnd(end).code == exitOK {
		return nil
	}
	return &endError{end}
}

func describeEnd(end *session.End) fault {
	switch end.Cause {
	case session.CauseClosed:
		return describeClosed(end)
	case session.CauseProtocol:
		return fault{code: exitBroken, message: "the server broke the protocol: " + causeText(end.Err)}
	case session.CauseTooBig:
		return fault{message: tooBigText(end.Err), code: exitBroken,
			hint: "--max-message SIZE takes larger ones, --max-message 0 any"}
	case session.CauseTimeout:
		return describeLate(end.Err)
	case session.CauseDropped:
		return fault{code: exitOK}
	}
	return fault{message: brokenText(end.Err) + " (1006)", code: exitBroken}
}

// describeLate is for a peer that was waited for in vain.
func describeLate(err error) fault {
	if errors.Is(err, session.ErrPongTimeout) {
		return fault{code: exitTimeout, message: "the server did not answer a ping in time",
			hint: "--ping-timeout TIME waits longer"}
	}
	return fault{code: exitTimeout, message: "the server did not answer the Close frame in time"}
}

func brokenText(err error) string {
	switch {
	case err == nil, errors.Is(err, session.ErrNoClose):
		return "the connection broke: no Close frame came"
	case errors.Is(err, session.ErrMidMessage):
		return "the connection broke in the middle of a message"
	case errors.Is(err, session.ErrReset):
		return "the connection broke: the server reset it"
	}
	return "the connection broke: " + err.Error()
}

// tooBigText writes the limit as it is written for --max-message.
func tooBigText(err error) string {
	var big *session.TooBigError
	if !errors.As(err, &big) {
		return causeText(err)
	}
	return "a message is larger than the limit of " + sizeText(big.Limit)
}

func causeText(err error) string {
	if err == nil {
		return "unknown"
	}
	return err.Error()
}

func describeClosed(end *session.End) fault {
	if end.ByUs || normal(end.Code) {
		return fault{code: exitOK}
	}
	f := fault{code: exitClosed}
	f.message = fmt.Sprintf("the server closed the connection with %d", end.Code)
	if name := end.Code.Name(); name != "" {
		f.message += " (" + name + ")"
	}
	if end.Reason != "" {
		f.message += fmt.Sprintf(": %s", end.Reason)
	}
	f.hint = closeHint(end.Code)
	return f
}

func normal(code wire.StatusCode) bool { return code == 1000 || code == 1001 || code == 1005 }
