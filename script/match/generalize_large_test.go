package match

import (
	"bytes"
	"strings"
	"testing"
)

// What is very long stays as it came: looking through it would hold up what comes behind it.
func TestGeneralizeLarge(t *testing.T) {
	const id = "0f8fad5b-d9cb-469f-a165-70867728950e"
	for name, text := range map[string]string{"text": "x " + id, "JSON": `{"x":"` + id + `"}`} {
		if _, replaced := Generalize([]byte(text)); len(replaced) != 1 {
			t.Errorf("%s: %d values were replaced", name, len(replaced))
		}
		long := strings.Repeat(" ", largestGeneral) + text
		if pattern, replaced := Generalize([]byte(long)); len(replaced) > 0 ||
			!bytes.Contains(pattern, []byte(id)) {
			t.Errorf("a long %s: %d values were replaced", name, len(replaced))
		}
	}
}
