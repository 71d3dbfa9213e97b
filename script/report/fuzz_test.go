package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"wsline/script/match"
	"wsline/script/wst"
)

var tapLine = regexp.MustCompile(`^(TAP version 14|1\.\.1|(not )?ok 1 - .*|  .*)$`)

// FuzzReports puts what a peer may send everywhere, and wants each report to stay what it is.
func FuzzReports(f *testing.F) {
	f.Add(hostile, "...", 3)
	f.Add("a\r\n  ...\nok 2", "\t'\"\\", 0)
	f.Add("]]>&#0;{{.}}\u2028", "\xf0\x9f", -1)
	f.Fuzz(func(t *testing.T, a, b string, at int) {
		r := &Result{File: a, Name: b, Status: Failed, SkipReason: a}
		r.Add(Entry{Kind: EntryReceived, Text: a, Mark: Differs})
		failure := &Failure{
			File: b, Pos: wst.Pos{Line: at, Column: at}, Source: a, Kind: SyntaxFailure,
			Message: b, Hint: a,
			Expected: a, Got: b, Differences: match.Text([]byte(a), []byte(b)),
		}
		failure.Passing(b)
		other := *failure
		other.Kind = MismatchFailure
		r.Failures = []*Failure{failure, &other}
		s := &Suite{Results: []*Result{r}}

		checkXML(t, written(t, "report.xml", s))
		if !json.Valid(written(t, "report.json", s)) {
			t.Error("the JSON report is not JSON")
		}
		for line := range strings.Lines(string(written(t, "report.tap", s))) {
			if !tapLine.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("in TAP: %q", line)
			}
		}
		for _, name := range []string{"report.txt", "report.xml", "report.tap", "report.html"} {
			text := written(t, name, s)
			if m := unsafeText.Find(text); m != nil && !strings.Contains(a+b, "\ufffd") {
				t.Errorf("%s has %q", name, m)
			}
		}
		page := written(t, "report.html", s)
		empty := written(t, "report.html", &Suite{})
		for _, tag := range []string{"<script", "<img", "<style", "<meta", "<!"} {
			if bytes.Count(page, []byte(tag)) != bytes.Count(empty, []byte(tag)) {
				t.Errorf("the page has more %s", tag)
			}
		}
	})
}

func checkXML(t *testing.T, text []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
