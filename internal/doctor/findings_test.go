package doctor

import (
	"strings"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/doctor/software"
)

// RFCKey is the key of the example in RFC 6455 §1.3.
const RFCKey = rfcKey

// RowNames are the rows of the table.
func RowNames() (names []string) {
	for _, f := range findings() {
		names = append(names, f.name)
	}
	for _, r := range software.Rows() {
		names = append(names, r.Software+", "+r.Name)
	}
	return append(names, "own request")
}

// RowOf is the row that applies.
func RowOf(e *dial.Error) string { return examine(e).name }

// What each finding says is one line without a full stop, and no row is named twice.
func TestFindings(t *testing.T) {
	names := map[string]bool{}
	e := &dial.Error{}
	for _, f := range findings() {
		if f.name == "" || names[f.name] || f.when == nil {
			t.Errorf("%+v", f)
		}
		names[f.name] = true
		for _, say := range []func(*dial.Error) string{f.cause, f.hint} {
			if say == nil {
				continue
			}
			if s := say(e); strings.HasSuffix(s, ".") || strings.Contains(s, "\n") {
				t.Errorf("%s: %q", f.name, s)
			}
		}
	}
}
