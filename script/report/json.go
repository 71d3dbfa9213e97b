package report

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"wsline/format"
)

// Version is the version of the JSON report: it changes when a reader has to.
const Version = 1

// The JSON report, as docs/reports.md specifies it.
type (
	jsonReport struct {
		Version  int          `json:"version"`
		Start    string       `json:"start"`
		Duration float64      `json:"duration"`
		Code     int          `json:"code"`
		Counts   jsonCounts   `json:"counts"`
		Results  []jsonResult `json:"results"`
	}
	jsonCounts struct {
		Total    int `json:"total"`
		Passed   int `json:"passed"`
		Failed   int `json:"failed"`
		Errored  int `json:"errored"`
		Skipped  int `json:"skipped"`
		Invalid  int `json:"invalid"`
		Canceled int `json:"canceled"`
	}
	jsonResult struct {
		File       string        `json:"file"`
		Name       string        `json:"name,omitempty"`
		Status     string        `json:"status"`
		Start      string        `json:"start,omitempty"`
		Duration   float64       `json:"duration"`
		Attempts   int           `json:"attempts"`
		Code       int           `json:"code"`
		SkipReason string        `json:"skip_reason,omitempty"`
		Failures   []jsonFailure `json:"failures,omitempty"`
		Transcript []jsonEntry   `json:"transcript,omitempty"`
		Omitted    int           `json:"omitted,omitempty"`
	}
	jsonFailure struct {
		File        string           `json:"file"`
		Line        int              `json:"line,omitempty"`
		Column      int              `json:"column,omitempty"`
		Source      string           `json:"source,omitempty"`
		Kind        string           `json:"kind"`
		Message     string           `json:"message"`
		Hint        string           `json:"hint,omitempty"`
		Expected    string           `json:"expected,omitempty"`
		Got         string           `json:"got,omitempty"`
		Differences []jsonDifference `json:"differences,omitempty"`
		Meanwhile   []string         `json:"meanwhile,omitempty"`
		Missed      int              `json:"missed,omitempty"`
		Code        int              `json:"code,omitempty"`
	}
	jsonDifference struct {
		Path     string `json:"path,omitempty"`
		Expected string `json:"expected,omitempty"`
		Got      string `json:"got,omitempty"`
		Note     string `json:"note"`
	}
	jsonEntry struct {
		Line    int     `json:"line,omitempty"`
		Kind    string  `json:"kind"`
		Text    string  `json:"text"`
		Mark    string  `json:"mark,omitempty"`
		Elapsed float64 `json:"elapsed"`
	}
)

// WriteJSON writes the whole suite as one JSON document, specified in docs/reports.md, with what
// could steer a terminal as \uHHHH.
func WriteJSON(w io.Writer, s *Suite) error {
	doc := jsonReport{
		Version: Version, Start: jsonTime(s.Start), Duration: s.Duration.Seconds(),
		Code: s.Code(), Counts: jsonCounts(s.Counts()), Results: []jsonResult{},
	}
	for _, r := range s.Results {
		doc.Results = append(doc.Results, jsonOf(r))
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	// It is read on terminals too, where what a peer sent must not steer anything.
	_, err := w.Write(format.EscapeJSON(nil, text.Bytes()))
	return err
}

func jsonOf(r *Result) jsonResult {
	j := jsonResult{
		File: r.File, Name: r.Name, Status: r.Status.String(), Start: jsonTime(r.Start),
		Duration: r.Duration.Seconds(), Attempts: max(1, r.Attempts), Code: r.Code(),
		SkipReason: r.SkipReason, Omitted: r.Omitted,
	}
	for _, f := range r.Failures {
		j.Failures = append(j.Failures, jsonFailureOf(r, f))
	}
	for _, e := range r.Transcript {
		j.Transcript = append(j.Transcript, jsonEntry{
			Line: e.Pos.Line, Kind: e.Kind.String(), Text: e.Text, Mark: e.Mark.String(),
			Elapsed: e.Elapsed.Seconds(),
		})
	}
	return j
}

func jsonFailureOf(r *Result, f *Failure) jsonFailure {
	j := jsonFailure{
		File: f.File, Line: f.Pos.Line, Column: f.Pos.Column, Source: f.Source,
		Kind: f.Kind.String(), Message: messageOf(f), Hint: f.Hint,
		Expected: f.Expected, Got: f.Got, Meanwhile: f.Meanwhile, Missed: f.Missed, Code: f.Code,
	}
	if j.File == "" {
		j.File = r.File
	}
	for _, d := range f.Differences {
		j.Differences = append(j.Differences, jsonDifference{d.Path, d.Want, d.Got, d.Note})
	}
	return j
}

// jsonTime is t in RFC 3339, UTC, to the millisecond; "" for no time.
func jsonTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
