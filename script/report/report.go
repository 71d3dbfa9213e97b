// Package report is what became of conversations, a Suite of Results, and its reports: text for
// people, JUnit, TAP and JSON for programs, and a page of HTML. docs/reports.md specifies them.
//
// It runs nothing and decides nothing but the exit code that results amount to; secrets are hidden
// in what it is given. What a peer sent may be in every text: each report makes that safe for where
// it is read, and cuts what is long.
//
// A Result belongs to the run that fills it until that is over; after that, whatever reads a Suite
// may do so concurrently.
package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"wsline/format"
	"wsline/internal/plural"
	"wsline/script/match"
)

const (
	maxShownEntries = 40      // entries of a transcript that a report for people has
	maxLine         = 2 << 10 // bytes of a line that one has
	maxLines        = 60      // lines of an entry, or of a text that differs, that one has
)

// messageOf is the failure on one line; it is never empty.
func messageOf(f *Failure) string {
	switch {
	case f.Message != "":
		return f.Message
	case len(f.Differences) > 0:
		return f.Differences[0].String()
	case f.Err != nil:
		return f.Err.Error()
	}
	return f.Kind.String()
}

// reasonOf is why a result is not Passed, on one line.
func reasonOf(r *Result) string {
	switch {
	case len(r.Failures) > 0:
		return r.Failures[0].Where(r.File) + ": " + messageOf(r.Failures[0])
	case r.Status == Skipped && r.SkipReason != "":
		return r.SkipReason
	case r.Status == Canceled:
		return "the run was interrupted"
	}
	return r.Status.String()
}

// durationText is a duration as people read it: "812µs", "12ms", "1.2s", "1m3s".
func durationText(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// summaryText is "3 passed, 1 failed, 1 skipped in 0.8 s".
func summaryText(s *Suite) string {
	c := s.Counts()
	parts := []string{fmt.Sprintf("%d passed", c.Passed)}
	for _, p := range []struct {
		n    int
		word string
	}{
		{c.Failed, "failed"}, {c.Errored, "errored"}, {c.Invalid, "invalid"},
		{c.Skipped, "skipped"}, {c.Canceled, "canceled"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	return strings.Join(parts, ", ") + fmt.Sprintf(" in %.1f s", s.Duration.Seconds())
}

// safe is s on one line, with nothing in it that steers a terminal or hides.
func safe(s string) string {
	return string(format.Escape(nil, []byte(shorten(s, maxLine)), false))
}

// safeLines are the lines of s, made safe, at most maxLines of them.
func safeLines(s string) []string {
	list := strings.SplitAfterN(s, "\n", maxLines+1)
	for i, line := range list {
		if i == maxLines {
			list[i] = "… (" + plural.Of(strings.Count(line, "\n")+1, "more line") + ")"
			break
		}
		line = strings.TrimSuffix(line, "\n")
		list[i] = safe(strings.TrimSuffix(line, "\r"))
	}
	return list
}

// shorten is cut with a sign where something was left out.
func shorten(s string, n int) string {
	if short := match.Cut(s, n); short != s {
		return short + "…"
	}
	return s
}

// A comparison is a text difference as lines that stand under one another.
type comparison struct {
	lines []match.Line // made safe
	// Of a single line each, where they begin to differ: columns on a terminal, and offsets in the
	// texts of lines. -1 when there are several lines.
	wantAt, gotAt   int
	wantCut, gotCut int
}

// nearLine is how many bytes of a long single line are shown around where it differs.
const nearLine = 280

// hasTexts says whether a difference is between texts or bytes, which are shown beneath each other.
func hasTexts(d match.Difference) bool { return d.Path == "" && d.Want+d.Got != "" }

// tellsAll says whether the differences tell what was expected and what came, as a whole. One in
// words does not when it is the message itself.
func tellsAll(f *Failure) bool {
	if len(f.Differences) == 0 {
		return false
	}
	d := f.Differences[0]
	return hasTexts(d) || d.Path == "" && d.Note != messageOf(f)
}

// compareShown lays out a difference between texts.
func compareShown(d match.Difference) comparison {
	if !strings.Contains(d.Want+d.Got, "\n") {
		want, wantAt := match.Window(d.Want, d.WantAt, nearLine)
		got, gotAt := match.Window(d.Got, d.GotAt, nearLine)
		c := comparison{
			lines: []match.Line{{Op: '-', Text: visible(want)}, {Op: '+', Text: visible(got)}},
		}
		c.wantAt, c.wantCut = cutOf(want, wantAt)
		c.gotAt, c.gotCut = cutOf(got, gotAt)
		return c
	}
	c := comparison{wantAt: -1, gotAt: -1, wantCut: -1, gotCut: -1}
	all := match.Lines(strings.Split(d.Want, "\n"), strings.Split(d.Got, "\n"))
	for i, l := range all {
		near := false
		for j := max(0, i-2); j <= min(len(all)-1, i+2); j++ {
			near = near || all[j].Op != ' '
		}
		switch {
		case len(c.lines) >= maxLines:
			more := "… (" + plural.Of(len(all)-i, "more line") + ")"
			c.lines = append(c.lines, match.Line{Op: ' ', Text: more})
			return c
		case near:
			c.lines = append(c.lines, match.Line{Op: l.Op, Text: safe(l.Text)})
		case len(c.lines) == 0 || c.lines[len(c.lines)-1].Text != "…":
			c.lines = append(c.lines, match.Line{Op: ' ', Text: "…"})
		}
	}
	return c
}

// visible is safe with tabs that can be seen, and counted.
func visible(s string) string {
	return strings.ReplaceAll(safe(s), "\t", `\t`)
}

// cutOf is the column on a terminal, from 0, of an offset in a line that is shown visible, and the
// offset in what is shown; both are -1 for -1.
func cutOf(s string, at int) (column, offset int) {
	if at < 0 {
		return -1, -1
	}
	before := visible(s[:at])
	return runewidth.StringWidth(before), min(len(before), len(visible(s)))
}

// sourceMark is the first line of a script's source as it is shown, and blanks up to where a
// failure is in it.
func sourceMark(f *Failure) (line, blanks string) {
	source, _, _ := strings.Cut(f.Source, "\n")
	source = strings.ReplaceAll(source, "\t", " ")
	before := safe(source[:runeOffset(source, f.Pos.Column-1)])
	return safe(source), strings.Repeat(" ", runewidth.StringWidth(before))
}

// runeOffset is the offset of the character with the given number, from 0, or the end of s.
func runeOffset(s string, number int) int {
	for at := range s {
		if number <= 0 {
			return at
		}
		number--
	}
	return len(s)
}
