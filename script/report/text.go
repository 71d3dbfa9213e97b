package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"wsline/format"
	"wsline/script/match"
)

// Text prints results for people. The zero value is without colours.
type Text struct {
	Palette format.Palette
	Verbose bool // the conversations of tests that passed, too
	// Wrap tells how wide the terminal is, so that nothing that a peer sent stands in its first
	// column: see format.Wrap. nil: it is none.
	Wrap func() int
}

// WriteText writes a line for each file, what went wrong with those that did not pass, and a
// summary.
func (t *Text) WriteText(w io.Writer, s *Suite) error {
	var dst []byte
	for _, r := range s.Results {
		dst = t.AppendResult(dst, r)
	}
	_, err := w.Write(t.AppendSummary(dst, s))
	return err
}

// AppendSummary appends the last line: "3 passed, 1 failed, 1 skipped in 0.8 s".
func (t *Text) AppendSummary(dst []byte, s *Suite) []byte {
	paint := t.Palette.Out
	if c := s.Counts(); c.Passed+c.Skipped < c.Total {
		paint = t.Palette.Error
	}
	return append(paint.Append(dst, summaryText(s)), '\n')
}

// AppendResult appends the line of one file, and its failures.
func (t *Text) AppendResult(dst []byte, r *Result) []byte {
	from := len(dst)
	dst = t.appendResult(dst, r)
	title := bytes.IndexByte(dst[from:], '\n') + 1 // a path that can be copied
	return format.Wrap(dst, from+title, t.Wrap)
}

func (t *Text) appendResult(dst []byte, r *Result) []byte {
	word, paint := "FAIL", t.Palette.Error
	switch r.Status {
	case Passed:
		word, paint = "ok", t.Palette.Out
	case Skipped:
		word, paint = "skip", t.Palette.Hint
	case Errored, Invalid:
		word = "ERROR"
	case Canceled:
		word, paint = "stop", t.Palette.Hint
	}
	dst = paint.Append(dst, word)
	dst = append(dst, strings.Repeat(" ", 7-len(word))...)
	dst = append(dst, safe(r.Title())...)
	dst = append(dst, "  "...)
	dst = t.Palette.Faint.Append(dst, durationText(r.Duration))
	if r.Attempts > 1 {
		dst = t.Palette.Faint.Append(dst, fmt.Sprintf(", attempt %d", r.Attempts))
	}
	if r.Status == Skipped || r.Status == Canceled {
		dst = append(dst, "  "...)
		dst = append(dst, safe(reasonOf(r))...)
	}
	dst = append(dst, '\n')
	if len(r.Failures) > 0 {
		dst = append(dst, '\n')
		return t.appendFailures(dst, r)
	}
	if t.Verbose && len(r.Transcript) > 0 {
		dst = append(dst, '\n')
		return append(t.appendTranscript(dst, r), '\n')
	}
	return dst
}

// appendFailures appends all that a person needs to see what went wrong. Each part is followed by
// an empty line.
func (t *Text) appendFailures(dst []byte, r *Result) []byte {
	for i, f := range r.Failures {
		dst = append(dst, "  "...)
		dst = t.Palette.Error.Append(dst, safe(f.Where(r.File))+":")
		dst = append(dst, ' ')
		dst = append(dst, safe(messageOf(f))...)
		dst = append(dst, '\n')
		if f.Kind == SyntaxFailure {
			dst = append(t.appendSource(dst, f), '\n')
			continue
		}
		dst = append(dst, '\n')
		if i == 0 && len(r.Transcript) > 0 {
			dst = append(t.appendTranscript(dst, r), '\n')
		}
		dst = t.appendFailure(dst, f)
	}
	return dst
}

// appendSource appends the line of a file that cannot be read, and a mark under the place.
func (t *Text) appendSource(dst []byte, f *Failure) []byte {
	if source, blanks := sourceMark(f); source != "" {
		dst = fmt.Appendf(dst, "%6d | %s\n       | %s", f.Pos.Line, source, blanks)
		dst = append(t.Palette.Error.Append(dst, "^"), '\n')
	}
	return t.appendHint(dst, f.Hint)
}

func (t *Text) appendHint(dst []byte, hint string) []byte {
	if hint == "" {
		return dst
	}
	dst = append(dst, "  "...)
	dst = t.Palette.Hint.Append(dst, "hint:")
	return append(dst, " "+safe(hint)+"\n"...)
}

// appendTranscript appends the last part of the conversation, each line behind the number of the
// line in the script.
func (t *Text) appendTranscript(dst []byte, r *Result) []byte {
	list := r.Transcript
	if left := max(0, len(list)-maxShownEntries); left+r.Omitted > 0 {
		list = list[left:]
		dst = t.Palette.Faint.Append(dst, fmt.Sprintf("       … %d before\n", left+r.Omitted))
	}
	for _, e := range list {
		dst = t.appendEntry(dst, e)
	}
	return dst
}

func (t *Text) appendEntry(dst []byte, e Entry) []byte {
	paint := t.Palette.Status
	switch {
	case e.Mark == Differs:
		paint = t.Palette.Error
	case e.Kind == EntrySent:
		paint = t.Palette.Out
	case e.Kind == EntryReceived:
		paint = t.Palette.In
	}
	number := ""
	if e.Pos.Line > 0 {
		number = strconv.Itoa(e.Pos.Line)
	}
	for i, line := range safeLines(e.Text) {
		mark := "  "
		if i == 0 && e.Mark == Differs {
			mark = "! "
		}
		dst = t.Palette.Faint.Append(dst, fmt.Sprintf("%s%4s ", mark, number))
		dst = append(paint.Append(dst, line), '\n')
		number = ""
	}
	return dst
}

// appendFailure appends what was expected, what came, what came meanwhile, and the hint.
func (t *Text) appendFailure(dst []byte, f *Failure) []byte {
	if !tellsAll(f) {
		before := len(dst)
		dst = t.appendField(dst, "expected", f.Expected, t.Palette.Out)
		dst = t.appendField(dst, "got", f.Got, t.Palette.Error)
		dst = endPart(dst, before)
	}
	before := len(dst)
	for _, d := range f.Differences {
		dst = t.appendDifference(dst, d)
		if d.Path == "" && d.Note != messageOf(f) {
			dst = append(dst, "  "+safe(d.Note)+"\n"...)
		}
	}
	dst = endPart(dst, before)
	if len(f.Meanwhile) > 0 {
		dst = t.Palette.Faint.Append(dst, "  while it waited:")
		dst = append(dst, '\n')
		for _, text := range f.Meanwhile {
			dst = t.appendEntry(dst, Entry{Kind: EntryReceived, Text: text})
		}
		if f.Missed > 0 {
			dst = t.Palette.Faint.Append(dst, fmt.Sprintf("       … %d more\n", f.Missed))
		}
		dst = append(dst, '\n')
	}
	if f.Hint != "" {
		dst = append(t.appendHint(dst, f.Hint), '\n')
	}
	return dst
}

// endPart appends an empty line if anything was appended since dst had n bytes.
func endPart(dst []byte, n int) []byte {
	if len(dst) == n {
		return dst
	}
	return append(dst, '\n')
}

// appendField appends a word and the text that it names.
func (t *Text) appendField(dst []byte, word, text string, paint format.Paint) []byte {
	if text == "" {
		return dst
	}
	for _, line := range safeLines(text) {
		dst = t.Palette.Faint.Append(dst, fmt.Sprintf("  %-9s", word))
		dst = append(paint.Append(dst, line), '\n')
		word = ""
	}
	return dst
}

func (t *Text) appendDifference(dst []byte, d match.Difference) []byte {
	if d.Path != "" {
		dst = t.Palette.Key.Append(append(dst, "  "...), safe(d.Path))
		return append(dst, ": "+safe(d.Note)+"\n"...)
	}
	if !hasTexts(d) {
		return dst
	}
	c := compareShown(d)
	for i, l := range c.lines {
		paint := format.Paint{}
		switch l.Op {
		case '-':
			paint = t.Palette.Out
		case '+':
			paint = t.Palette.Error
		}
		dst = append(dst, "  "...)
		dst = append(paint.Append(dst, string(l.Op)+" "+l.Text), '\n')
		at := c.gotAt
		if i == 0 {
			if at = c.wantAt; c.wantAt == c.gotAt {
				continue
			}
		}
		if at >= 0 {
			dst = append(dst, "    "+strings.Repeat(" ", at)...)
			dst = append(t.Palette.Hint.Append(dst, "^"), '\n')
		}
	}
	return dst
}

// failureText is what a person sees of a result's failures, without colours, at most n bytes.
func failureText(r *Result, n int) string {
	t := &Text{}
	return shorten(string(bytes.TrimRight(t.appendFailures(nil, r), "\n")), n) + "\n"
}
