// Package exit is what a person and the shell are told of an error: the exit codes, and how an
// error says its own code, message and hint. Every package that makes errors for people may import
// it; it imports nothing of ours, prints nothing, and decides nothing about errors of others.
package exit

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Exit codes are an interface: they do not change.
const (
	OK          = 0
	Own         = 1 // an error of this program's own, such as an output that cannot be written
	Usage       = 2
	Connect     = 3
	TLS         = 4
	Handshake   = 5
	Timeout     = 6
	Broken      = 7
	Closed      = 8
	Expectation = 9
	HungUp      = 129
	Interrupted = 130
	Terminated  = 143
)

// A Fault is an error as a person and the shell get it.
type Fault struct {
	Message string   // one line, lower case, no full stop; "" for an end that needs no words
	Detail  []string // what the server said, shown below the message
	Hint    string   // what to try, "" where we cannot tell
	Code    int
}

// Text is the message with the detail below it.
func (f Fault) Text() string { return strings.Join(append([]string{f.Message}, f.Detail...), "\n") }

// An Error is one that knows what it means to a person and the shell.
type Error interface {
	error
	Fault() Fault
}

// FaultOf is what an error means: what the outermost Error in its chain says, or else an error of
// this program's own, in its own words.
func FaultOf(err error) Fault {
	if known := Error(nil); errors.As(err, &known) {
		return known.Fault()
	}
	return Fault{Message: err.Error(), Code: Own}
}

// Ownf is the Fault of an error of this program's own.
func Ownf(format string, args ...any) Fault {
	return Fault{Message: fmt.Sprintf(format, args...), Code: Own}
}

// A UsageError is something typed that cannot be meant: a flag, a URL, a header field, a
// certificate file. Text quotes it; Hint says what to write instead, "" for nothing better to say.
type UsageError struct{ Text, Hint string }

func (e *UsageError) Error() string { return e.Text }

// Fault is that of code 2.
func (e *UsageError) Fault() Fault {
	return Fault{Message: e.Text, Hint: e.Hint, Code: Usage}
}

// MaxQuoted is how many bytes of a text Quote quotes.
const MaxQuoted = 100

// Quote quotes what was typed or came from a peer, whatever it holds, cut after MaxQuoted bytes.
func Quote(s string) string {
	if len(s) > MaxQuoted {
		return strconv.Quote(s[:MaxQuoted]) + "..."
	}
	return strconv.Quote(s)
}

// Usagef makes a UsageError.
func Usagef(hint, format string, args ...any) *UsageError {
	return &UsageError{Text: fmt.Sprintf(format, args...), Hint: hint}
}

// A Told is an end of which a person has been told all there is: only its code is left.
type Told int

func (e Told) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Fault has no words.
func (e Told) Fault() Fault { return Fault{Code: int(e)} }

// A silent error is an end that needs no words.
type silent struct {
	text string
	code int
}

func (e *silent) Error() string { return e.text }
func (e *silent) Fault() Fault  { return Fault{Code: e.code} }

// ErrHungUp, ErrInterrupted and ErrTerminated are the ends by SIGHUP, by Ctrl-C and by SIGTERM.
var (
	ErrHungUp      error = &silent{"hung up", HungUp}
	ErrInterrupted error = &silent{"interrupted", Interrupted}
	ErrTerminated  error = &silent{"terminated", Terminated}
)

// An AbandonedError is an end with a stdout that is stuck: nothing more is to be written to it.
type AbandonedError struct{ Err error }

func (e AbandonedError) Error() string { return e.Err.Error() }
func (e AbandonedError) Unwrap() error { return e.Err }

// Cause takes off what the os package says of the operation and the path: the caller names those.
func Cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// Shorten cuts what a person typed to a length that fits an error, between two characters.
func Shorten(s string) string {
	if len(s) <= 40 {
		return s
	}
	end := 37
	for i := end - 1; i >= end-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			if !utf8.FullRuneInString(s[i:end]) {
				end = i
			}
			break
		}
	}
	return s[:end] + "..."
}
