package report

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/script/match"
	"wsline/script/wst"
)

// A Failure is why a test did not pass.
type Failure struct {
	Pos     wst.Pos // the line that failed, in File
	File    string  // when it is not the Result's: an included one; else ""
	Source  string  // the line as it is written in the script
	Kind    FailureKind
	Message string // what is wrong: one line, lower case, no full stop
	Hint    string // what to try, "" for nothing

	// Expected and Got are what a report shows under one another where there are no Differences:
	// what was awaited, and what came or happened instead; "" for nothing.
	Expected, Got string
	Differences   []match.Difference
	Meanwhile     []string // what came while it waited, as a conversation has it: see Passing
	Missed        int      // how many more came than Meanwhile has
	Code          int      // exit code of this failure
	Err           error    // what it comes from, nil for a plain mismatch
}

// Passing adds what came while an expectation waited.
func (f *Failure) Passing(text string) {
	if len(f.Meanwhile) >= MaxMeanwhile {
		f.Missed++
		return
	}
	f.Meanwhile = append(f.Meanwhile, match.Cut(text, MaxEntry))
}

// Where is "file:line" of the failure, or the file alone.
func (f *Failure) Where(file string) string {
	if f.File != "" {
		file = f.File
	}
	if f.Pos.Line == 0 {
		return file
	}
	file += ":" + strconv.Itoa(f.Pos.Line)
	if f.Kind == SyntaxFailure && f.Pos.Column > 0 {
		file += ":" + strconv.Itoa(f.Pos.Column)
	}
	return file
}

// FailureKind says what kind of thing went wrong; its String is stable, and stands in reports.
type FailureKind uint8

const (
	MismatchFailure FailureKind = iota + 1 // what came differs
	TimeoutFailure                         // nothing that was expected came in time
	SilenceFailure                         // something came in a /silence
	SlowFailure                            // it came, but later than /within allows
	ClosedFailure                          // the connection ended instead
	ConnectFailure                         // no connection: DNS, TCP, proxy, TLS
	RefusedFailure                         // the handshake was refused, or its answer is not valid
	AcceptedFailure                        // it was not refused, though that was expected
	CommandFailure                         // a typed line could not be done
	VariableFailure                        // an unknown variable, or a capture that found nothing
	LimitFailure                           // more came than a test keeps
	SyntaxFailure                          // the file cannot be read or parsed
	InternalFailure                        // an error of this program's own
)

// String is the kind in one word.
func (k FailureKind) String() string {
	words := []string{
		"unknown", "mismatch", "timeout", "silence", "slow", "closed", "connect", "refused",
		"accepted", "command", "variable", "limit", "syntax", "internal",
	}
	if int(k) < len(words) {
		return words[k]
	}
	return words[0]
}

// SyntaxFailures are the failures of a file that Parse could not read.
func SyntaxFailures(errs wst.Errors) []*Failure {
	list := make([]*Failure, len(errs))
	for i, e := range errs {
		list[i] = &Failure{
			Pos: e.Pos, File: e.File, Source: e.Source, Kind: SyntaxFailure,
			Message: e.Text, Hint: e.Hint, Code: exit.Usage, Err: e,
		}
	}
	return list
}

// Error makes a Failure the error that ends a run.
func (f *Failure) Error() string { return f.Message }

// text is what is wrong, on one line, with the place in an included file.
func (f *Failure) text() string {
	if f.File == "" {
		return messageOf(f)
	}
	return f.Where("") + ": " + messageOf(f)
}

// detail is what of an expectation that failed is told below its message, line by line.
func (f *Failure) detail() (lines []string) {
	bare := *f
	bare.Hint = ""
	if len(f.Differences) == 1 && f.Differences[0].Path != "" {
		bare.Differences = nil // the message says it
	}
	text := string((&Text{}).appendFailure(nil, &bare))
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimPrefix(line, "  "); strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	return lines
}

// Fault is the failure as a person gets it where the line was typed; one that was interrupted needs
// no words.
func (f *Failure) Fault() exit.Fault {
	if f.Err != nil && errors.Is(f.Err, context.Canceled) {
		return exit.Fault{Code: exit.Interrupted}
	}
	return exit.Fault{Message: f.text(), Detail: f.detail(), Hint: f.Hint, Code: f.Code}
}
