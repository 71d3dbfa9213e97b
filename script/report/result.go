package report

import (
	"fmt"
	"time"

	"wsline/internal/exit"
	"wsline/script/match"
	"wsline/script/wst"
)

// A Suite is what became of all files of a run, in the order in which they are reported.
//
// Everything textual in it has been through wst.Vars.Redact: reports do not know secrets. It may hold
// anything that a peer sent; each report makes that safe for where it is read.
type Suite struct {
	Results  []*Result
	Start    time.Time
	Duration time.Duration
}

// A Result is what became of one file.
type Result struct {
	File     string // as it was named
	Name     string // of the test where it is not the file alone, such as "2 of 5"; usually ""
	Status   Status
	Start    time.Time
	Duration time.Duration
	Attempts int // how often it was tried; 0 and 1 are once

	Transcript []Entry // what happened, in order; the last MaxTranscript entries: see Add
	Omitted    int     // entries before those

	Failures   []*Failure // for Failed, Errored and Invalid, the first one first
	SkipReason string     // for Skipped
	Updated    string     // by an update: the text in which all lines match; "" when nothing changed
}

// Status is how a file's test ended.
type Status uint8

const (
	Passed   Status = iota + 1
	Failed          // an expectation was not met
	Errored         // it could not be checked: no connection, a broken one, an error of ours
	Skipped         // /skip, or not run any more after a failure
	Invalid         // the file cannot be read or parsed
	Canceled        // the run was interrupted
)

// String is the status in one word, as reports write it.
func (s Status) String() string {
	words := []string{"unknown", "passed", "failed", "errored", "skipped", "invalid", "canceled"}
	if int(s) < len(words) {
		return words[s]
	}
	return words[0]
}

const (
	// MaxTranscript is how many entries of a transcript are kept, the last ones.
	MaxTranscript = 200

	// MaxEntry is how many bytes of an entry's text are kept, the first ones.
	MaxEntry = 16 << 10

	// MaxMeanwhile is how many entries a Failure keeps of what came while it waited.
	MaxMeanwhile = 50
)

// An Entry is one thing that happened: a line that was typed, or what came.
type Entry struct {
	Pos     wst.Pos // of the line in the script that it belongs to; the zero Pos for none
	Kind    EntryKind
	Text    string // as a conversation has it, with its mark; may have several lines
	Mark    Mark
	Elapsed time.Duration // since the test began
}

// EntryKind says whose doing an entry is.
type EntryKind uint8

const (
	EntryStatus   EntryKind = iota // "* ": what happened to a connection
	EntrySent                      // "> "
	EntryReceived                  // "< "
)

// String is the kind in one word.
func (k EntryKind) String() string {
	switch k {
	case EntrySent:
		return "sent"
	case EntryReceived:
		return "received"
	}
	return "status"
}

// Mark says what an expectation made of an entry.
type Mark uint8

const (
	Unmarked   Mark = iota // nothing was expected
	Matched                // it is what was expected
	Differs                // it is not
	PassedOver             // by a "<*"
)

// String is the mark in one word, "" for none.
func (m Mark) String() string {
	switch m {
	case Matched:
		return "matched"
	case Differs:
		return "differs"
	case PassedOver:
		return "passed over"
	}
	return ""
}

// Add appends an entry to the transcript, and leaves out what is too long or too long ago.
func (r *Result) Add(e Entry) {
	e.Text = Excerpt(e.Text, MaxEntry, 0)
	if len(r.Transcript) >= MaxTranscript {
		n := copy(r.Transcript, r.Transcript[1:])
		r.Transcript = r.Transcript[:n]
		r.Omitted++
	}
	r.Transcript = append(r.Transcript, e)
}

// Excerpt is a text that has at most some bytes, or its beginning and how much more there is: what
// is left out here, and what was before.
func Excerpt(text string, most, before int) string {
	short := match.Cut(text, most)
	if short == text {
		return text
	}
	left, unit := len(text)-len(short)+before, "bytes"
	if left == 1 {
		unit = "byte"
	}
	return short + fmt.Sprintf("… (%d %s more)", left, unit)
}

// Title is how a report names the test: the file, and Name where there is one.
func (r *Result) Title() string {
	if r.Name == "" {
		return r.File
	}
	return r.File + " (" + r.Name + ")"
}

// Code is the exit code that the result alone would give: 9 for any that Failed, and for one that
// Errored the code of its first failure, so a connection that ended instead of what was expected is
// Errored with the code of its end.
func (r *Result) Code() int {
	switch r.Status {
	case Passed, Skipped:
		return exit.OK
	case Failed:
		return exit.Expectation
	case Invalid:
		return exit.Usage
	case Canceled:
		return exit.Interrupted
	}
	for _, f := range r.Failures {
		if f.Code != 0 {
			return f.Code
		}
	}
	return exit.Own
}

// Counts are how many results have which status.
type Counts struct {
	Total, Passed, Failed, Errored, Skipped, Invalid, Canceled int
}

// Counts counts the results of s.
func (s *Suite) Counts() Counts {
	c := Counts{Total: len(s.Results)}
	for _, r := range s.Results {
		switch r.Status {
		case Passed:
			c.Passed++
		case Failed:
			c.Failed++
		case Errored:
			c.Errored++
		case Skipped:
			c.Skipped++
		case Invalid:
			c.Invalid++
		case Canceled:
			c.Canceled++
		}
	}
	return c
}

// Code is the exit code of the run: 130 when it was interrupted, 2 when a file is invalid, 9 when
// an expectation failed, and otherwise that of the first result that has one.
func (s *Suite) Code() int {
	codes := map[int]bool{}
	first := 0
	for _, r := range s.Results {
		code := r.Code()
		codes[code] = true
		if first == 0 {
			first = code
		}
	}
	for _, code := range []int{exit.Interrupted, exit.Usage, exit.Expectation} {
		if codes[code] {
			return code
		}
	}
	return first
}
