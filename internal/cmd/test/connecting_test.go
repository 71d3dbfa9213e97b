package test

import (
	"testing"

	"wsline/internal/exit"
)

type refusal exit.Fault

func (r refusal) Error() string     { return r.Message }
func (r refusal) Fault() exit.Fault { return exit.Fault(r) }

// What a server says may end like a sentence.
func TestDescribeConnecting(t *testing.T) {
	for says, want := range map[string]string{
		"":               "try -o X",
		"Not allowed.":   "the server says: Not allowed; try -o X",
		"Why not?":       "the server says: Why not?; try -o X",
		"no such thing:": "the server says: no such thing; try -o X",
	} {
		r := refusal{Message: "refused", Hint: "try -o X", Code: 5}
		if says != "" {
			r.Detail = []string{says}
		}
		if _, hint, _ := describeConnecting(r); hint != want {
			t.Errorf("%q: %q, want %q", says, hint, want)
		}
	}
}
