package report

import (
	"strings"
	"testing"

	"wsline/script/match"
	"wsline/script/wst"
)

// TestADifferenceInWordsIsToldOnce: one that has neither a path nor texts says nothing beside the
// message, so that the two lines themselves are what helps.
func TestADifferenceInWordsIsToldOnce(t *testing.T) {
	const words = "expected a binary message, got a text message"
	s := &Suite{Results: []*Result{{File: "kind.wst", Status: Failed, Failures: []*Failure{{
		Pos: wst.Pos{Line: 3, Column: 1}, Source: "<binary 00 01", Kind: MismatchFailure, Code: 9,
		Expected: "<binary 00 01", Got: "< hi", Differences: []match.Difference{{Note: words}},
	}}}}}
	want := "FAIL   kind.wst  0s\n\n  kind.wst:3: " + words + "\n\n" +
		"  expected <binary 00 01\n  got      < hi\n\n0 passed, 1 failed in 0.0 s\n"
	if got := string(written(t, "report.txt", s)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	page := string(written(t, "report.html", s))
	for _, part := range []string{
		`<tr class="want"><th>expected</th><td class="text">&lt;binary 00 01</td></tr>`,
		`<tr class="got"><th>got</th><td class="text">&lt; hi</td></tr>`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %s", part)
		}
	}
	if n := strings.Count(page, words+"</td>"); n != 0 {
		t.Errorf("the page has the message %d times in a table", n)
	}
}
