package format

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", `""`},
		{"plain", `"plain"`},
		{`"\`, `"\"\\"`},
		{`say "hi\n" now`, `"say \"hi\\n\" now"`},
		{"\n\r\t", `"\n\r\t"`},
		{"\x00\x1b\x7f", `"\x00\x1b\x7f"`},
		{"\xff\xc3", `"\xff\xc3"`},
		{"\u009b\u202e\ufeff", `"\u009b\u202e\ufeff"`},
		{"\U000e0041", `"\U000e0041"`},
		{"日本語 é 👩‍👧", `"日本語 é 👩‍👧"`},
	}
	for _, tt := range tests {
		if got := string(Quote([]byte("x"), []byte(tt.in))); got != "x"+tt.want {
			t.Errorf("Quote(%q) = %s, want %s", tt.in, got, "x"+tt.want)
		}
		if got, err := Unquote(tt.want); err != nil || string(got) != tt.in {
			t.Errorf("Unquote(%s) = %q, %v; want %q", tt.want, got, err, tt.in)
		}
	}
}

func TestUnquote(t *testing.T) {
	const noEscape = ` is not an escape: \\ \" \n \r \t \xHH \uHHHH \UHHHHHHHH are`
	tests := []struct{ in, want, err string }{
		{in: `"\x41\u0042\U00000043"`, want: "ABC"},
		{in: `"\xFF\u00E9"`, want: "\xffé"},
		{in: "\"a\ttab\"", want: "a\ttab"},
		{in: "\"\x1b\xff\"", want: "\x1b\xff"},
		{in: ``, err: ` is not a quoted string`},
		{in: `"`, err: `" is not a quoted string`},
		{in: `abc`, err: `abc is not a quoted string`},
		{in: `"abc`, err: `no quotation mark ends "abc`},
		{in: `"abc\"`, err: `no quotation mark ends "abc\"`},
		{in: `"abc\`, err: `nothing after the last backslash of a quoted string`},
		{in: `"a" b`, err: ` b after the end of a quoted string`},
		{in: "\"a\nb\"", err: `a line ends inside a quoted string`},
		{in: `"\q"`, err: `\q` + noEscape},
		{in: "\"\\\x1b\"", err: `\\x1b` + noEscape},
		{in: `"\x4"`, err: `no 2 hexadecimal digits after \x`},
		{in: `"\x+4"`, err: `no 2 hexadecimal digits after \x`},
		{in: `"\u12g4"`, err: `no 4 hexadecimal digits after \u`},
		{in: `"\U0001_000"`, err: `no 8 hexadecimal digits after \U`},
		{in: `"\ud800"`, err: `\ud800 is not a character`},
		{in: `"\U00110000"`, err: `\U00110000 is not a character`},
		{in: `"\Uffffffff"`, err: `\Uffffffff is not a character`},
		{
			in:  `x` + strings.Repeat("日", 50),
			err: `x` + strings.Repeat("日", 39) + `… is not a quoted string`,
		},
	}
	for _, tt := range tests {
		got, err := Unquote(tt.in)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("Unquote(%s): error %v, want %s", tt.in, err, tt.err)
			}
			continue
		}
		if err != nil || string(got) != tt.want {
			t.Errorf("Unquote(%s) = %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	tests := []struct {
		in          string
		plain, word bool
	}{
		{"", false, false},
		{"a", true, true},
		{"two words", true, true},
		{"a\ttab", true, true},
		{"日本語", true, true},
		{`"quoted"`, true, false},
		{"two\nlines", true, false},
		{"a\n\nb", true, false},
		{"a\n  b", true, false},
		{" a", false, false},
		{"\ta", false, false},
		{"\u00a0a", false, false},
		{"\na", false, false},
		{"a ", false, false},
		{"a\n", false, false},
		{"a\u3000", false, false},
		{"a \nb", false, false},
		{"a\t\nb", false, false},
		{"a\n \nb", false, false},
		{"a\rb", false, false},
		{"a\x1bb", false, false},
		{"a\u2028b", false, false},
		{"a\xff", false, false},
	}
	for _, tt := range tests {
		if got := plain([]byte(tt.in)); got != tt.plain {
			t.Errorf("plain(%q) is %t", tt.in, got)
		}
		if got := plainWord([]byte(tt.in)); got != tt.word {
			t.Errorf("plainWord(%q) is %t", tt.in, got)
		}
	}
}

func FuzzQuote(f *testing.F) {
	f.Add([]byte("a\x1bb\\\"\xff\u202e\n\t"))
	f.Add([]byte(`\x41`))
	f.Fuzz(func(t *testing.T, p []byte) {
		s := string(Quote(nil, p))
		if r, bad := unsafeIn(s); bad {
			t.Errorf("%U in %q", r, s)
		}
		got, err := Unquote(s)
		if err != nil || !bytes.Equal(got, p) {
			t.Errorf("%q came back as %q, %v", p, got, err)
		}
		if _, err := strconv.Unquote(s); err != nil { // the escapes mean what they do in Go
			t.Errorf("not a string of Go: %s", s)
		}
	})
}

func FuzzUnquote(f *testing.F) {
	f.Add(`"a\x1b\u202e\U000e0041\n"`)
	f.Add(`"\`)
	f.Add(`"\u12`)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Unquote(s)
		if err != nil {
			if r, bad := unsafeIn(strings.ReplaceAll(err.Error(), "\t", "")); bad {
				t.Errorf("%U in the error %q", r, err)
			}
			return
		}
		if again, err := Unquote(string(Quote(nil, p))); err != nil || !bytes.Equal(again, p) {
			t.Errorf("%q came back as %q, %v", p, again, err)
		}
	})
}
