package find

import (
	"strings"
	"testing"
)

func compiled(t *testing.T, expr string, show Show) *Pattern {
	t.Helper()
	p, err := Compile(expr, false, show)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMark(t *testing.T) {
	for _, tt := range []struct{ name, expr, in, want string }{
		{"plain", "b+", "a bb c\nb\n", "a \x1b[7mbb\x1b[0m c\n\x1b[7mb\x1b[0m\n"},
		{"nothing", "x", "a\n", "a\n"},
		{"empty", "x*", "ab\n", "ab\n"},
		{"whole line", ".*", "ab\n", "\x1b[7mab\x1b[0m\n"},
		{"ends", "^a|c$", "abc\n", "\x1b[7ma\x1b[0mb\x1b[7mc\x1b[0m\n"},
		{"within a colour", "b", "\x1b[36mabc\x1b[0m\n",
			"\x1b[36ma\x1b[0m\x1b[7mb\x1b[0m\x1b[36mc\x1b[0m\n"},
		{"over colours", "a: 1", "\x1b[94ma\x1b[0m: \x1b[33m12\x1b[0m\n",
			"\x1b[94m\x1b[0m\x1b[7ma: 1\x1b[0m\x1b[33m2\x1b[0m\n"},
		{"up to the end of a colour", "b", "\x1b[2mab\x1b[22m c\n",
			"\x1b[2ma\x1b[0m\x1b[7mb\x1b[0m c\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(compiled(t, tt.expr, ShowAll).Mark([]byte("before\n"+tt.in), len("before\n")))
			if want := "before\n" + tt.want; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// Hostile text makes neither marks without end nor other text.
func TestMarksAreBounded(t *testing.T) {
	in := strings.Repeat("ab\n", 2*maxMarks)
	got := compiled(t, "a", ShowOnly).Mark([]byte(in), 0)
	if n := strings.Count(string(got), markOn); n != maxMarks {
		t.Errorf("%d marks", n)
	}
	if seen := strings.NewReplacer(markOn, "", markOff, "").Replace(string(got)); seen != in {
		t.Error("the text is another")
	}
}

func TestPasses(t *testing.T) {
	const message, lines = `{"a":1}`, " {\x1b[94m\"a\"\x1b[0m: \x1b[33m1\x1b[0m}\n"
	for _, tt := range []struct {
		expr            string
		all, only, rest bool
	}{
		{`"a":1`, true, true, false},
		{`"a": 1`, true, true, false}, // as it is seen
		{`^\s*\{"a": 1}$`, true, true, false},
		{`b`, true, false, true},
		{`\[94m`, true, false, true},
	} {
		for show, want := range map[Show]bool{ShowAll: tt.all, ShowOnly: tt.only, ShowOthers: tt.rest} {
			if got := compiled(t, tt.expr, show).Passes([]byte(message), []byte(lines)); got != want {
				t.Errorf("%s, %d: %v", tt.expr, show, got)
			}
		}
	}
	if p, err := Compile("A", true, ShowOnly); err != nil || !p.Passes([]byte("a"), nil) || !p.Hides() {
		t.Error("case is not ignored")
	}
	if _, err := Compile("(", false, ShowAll); err == nil {
		t.Error("no error")
	}
}
