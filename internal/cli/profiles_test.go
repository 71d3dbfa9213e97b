package cli

import (
	"strings"
	"testing"
)

// Profiles stand where an address does, and before the files of test.
func TestCompleteProfiles(t *testing.T) {
	names := []string{"staging", "two words", "bad\tname"}
	for _, before := range [][]string{nil, {"-v"}, {"test"}, {"test", "@staging"}} {
		got := answerTo(before, "@", names).String()
		want := "@staging\tprofile\n@two words\tprofile\n"
		if !strings.Contains(got, want) || strings.Contains(got, "bad") {
			t.Errorf("%q: got %q", before, got)
		}
	}
	if got := answerTo([]string{"demo:"}, "@", names); len(got.Words) > 0 {
		t.Errorf("a message may be %q", got.Words)
	}
}
