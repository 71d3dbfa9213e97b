package line

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestAskSecret(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		err      error
		rest     string
	}{
		{"geheim\rrest", "geheim", nil, "rest"},
		{"x\x15a\x7fb\x1b[Dc\n", "bc", nil, ""},
		{"abc\x03", "abc", ErrInterrupted, ""},
		{"\x04", "", io.EOF, ""},
		{"ab", "", io.EOF, ""},
	} {
		in, raw := strings.NewReader(tt.in), 0
		var out bytes.Buffer
		got, err := AskSecret(Terminal{
			In: io.NopCloser(in), Out: &out,
			MakeRaw: func() (func() error, error) { raw++; return func() error { raw--; return nil }, nil },
		}, "password: ")
		rest, _ := io.ReadAll(in)
		if got != tt.want || !errors.Is(err, tt.err) || string(rest) != tt.rest || raw != 0 {
			t.Errorf("%q: got %q, %v, rest %q, raw %d", tt.in, got, err, rest, raw)
		}
		if s := out.String(); strings.TrimSuffix(s, "\r\n") != "password: " {
			t.Errorf("%q: shown %q", tt.in, s)
		}
	}
}
