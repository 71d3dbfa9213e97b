package wst

import (
	"fmt"
	"testing"

	"wsline/internal/words"
)

func TestEvery(t *testing.T) {
	for in, want := range map[string]string{
		"20s ping":        "20s text ping",
		" 0.5  two words": "500ms text  two words",
		`1m "a\x00b"`:     "1m0s text a\x00b",
		"10ms @hex:0bad":  "10ms binary \x0b\xad",
		"off":             "0s continuation ",
		"":                "error: /every needs a time and a message, or off",
		"20s":             "error: /every needs a message behind the time",
		"soon x":          `error: "soon" is not a time such as 500ms, 2s or 1m`,
		"9ms x":           `error: "9ms" is shorter than 10ms`,
		"0 x":             `error: "0" is shorter than 10ms`,
		"off x":           `error: /every off takes no argument, but "x" was given`,
		"1s @hex:xy":      `error: "xy" is not hexadecimal, two digits for each byte`,
	} {
		e, err := ParseEvery(words.Plain(in))
		got := fmt.Sprintf("%v %v %s", e.Time, e.Message.Opcode, e.Message.Payload)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
