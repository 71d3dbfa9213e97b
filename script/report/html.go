package report

import (
	"fmt"
	"strings"
)

// What the page shows; all text in it has been made safe to look at.
type (
	htmlResult struct {
		Title, Status, Duration, Notes string
		Reason                         string // in short, beside the title
		Open                           bool
		Failures                       []htmlFailure
		Before                         int // entries left out
		Entries                        []htmlEntry
		LeftOut                        bool
	}
	htmlFailure struct {
		Where, Message, Kind, Hint string
		Source, Caret              string
		Expected, Got              string
		Paths                      []htmlPath
		Texts                      []htmlText
		Meanwhile                  []htmlEntry
		Missed                     int
	}
	htmlPath struct{ Path, Note string }
	htmlText struct {
		Lines []htmlLine
		Note  string
	}
	htmlLine struct {
		Class            string
		Op, Same, Differ string // the text up to where it differs, and from there on
	}
	htmlEntry struct {
		Line, Class, Mark, Elapsed, Text string
	}
)

func htmlOf(r *Result, left *int) htmlResult {
	h := htmlResult{
		Title: safe(r.Title()), Status: r.Status.String(),
		Duration: durationText(r.Duration), Before: r.Omitted,
		Open: r.Status != Passed && r.Status != Skipped,
	}
	if r.Attempts > 1 {
		h.Notes = fmt.Sprintf("attempt %d", r.Attempts)
	}
	if r.Status != Passed {
		h.Reason = safe(shorten(reasonOf(r), 200))
	}
	for _, f := range r.Failures {
		h.Failures = append(h.Failures, htmlFailureOf(r, f))
	}
	for _, e := range r.Transcript {
		if h.LeftOut = *left <= 0; h.LeftOut {
			break
		}
		entry := htmlEntryOf(e)
		*left -= len(entry.Text)
		h.Entries = append(h.Entries, entry)
	}
	return h
}

func htmlFailureOf(r *Result, f *Failure) htmlFailure {
	h := htmlFailure{
		Where: safe(f.Where(r.File)), Message: safe(messageOf(f)), Kind: f.Kind.String(),
		Hint: safe(f.Hint), Missed: f.Missed,
	}
	if source, blanks := sourceMark(f); source != "" && f.Kind == SyntaxFailure {
		h.Source, h.Caret = source, blanks+"^"
	}
	if !tellsAll(f) {
		h.Expected = strings.Join(safeLines(f.Expected), "\n")
		h.Got = strings.Join(safeLines(f.Got), "\n")
	}
	for _, d := range f.Differences {
		if !hasTexts(d) {
			if d.Path != "" || d.Note != messageOf(f) {
				h.Paths = append(h.Paths, htmlPath{safe(d.Path), safe(d.Note)})
			}
			continue
		}
		text := htmlText{Lines: htmlLines(compareShown(d))}
		if d.Note != messageOf(f) {
			text.Note = safe(d.Note)
		}
		h.Texts = append(h.Texts, text)
	}
	for _, text := range f.Meanwhile {
		h.Meanwhile = append(h.Meanwhile, htmlEntryOf(Entry{Kind: EntryReceived, Text: text}))
	}
	return h
}

func htmlLines(c comparison) []htmlLine {
	var list []htmlLine
	for i, l := range c.lines {
		line := htmlLine{Op: string(l.Op), Same: l.Text}
		at := -1
		switch l.Op {
		case '-':
			line.Class, at = "want", c.wantCut
		case '+':
			line.Class, at = "got", c.gotCut
		}
		if i < 2 && at >= 0 {
			line.Same, line.Differ = l.Text[:at], l.Text[at:]
		}
		list = append(list, line)
	}
	return list
}

func htmlEntryOf(e Entry) htmlEntry {
	h := htmlEntry{Class: e.Kind.String(), Text: strings.Join(safeLines(e.Text), "\n")}
	if e.Kind == EntryStatus {
		h.Class = "status-line" // a result has a status, too
	}
	if e.Pos.Line > 0 {
		h.Line = fmt.Sprint(e.Pos.Line)
	}
	if e.Elapsed > 0 {
		h.Elapsed = "+" + durationText(e.Elapsed)
	}
	switch e.Mark {
	case Matched:
		h.Mark = "✓"
	case Differs:
		h.Mark, h.Class = "✗", h.Class+" differs"
	case PassedOver:
		h.Mark = "·"
	}
	return h
}
