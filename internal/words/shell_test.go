package words

import (
	"testing"
)

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{
		"": "''", "a-b_c.d/e:f=@%+,": "a-b_c.d/e:f=@%+,", "a b": "'a b'", "it's": `'it'\''s'`,
		"$HOME": "'$HOME'", "~": "'~'", "a&b": "'a&b'", "\n": "'\n'", "ü": "'ü'", "{a}": "'{a}'",
	} {
		if got := ShellQuote(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
