package query

import (
	"strings"
	"testing"

	"github.com/itchyny/gojq"
)

func TestLooked(t *testing.T) {
	tests := []struct{ expr, want string }{
		{".a + 1", "a"}, {".a + .b.c", "a b"}, {".a | keys", "a"}, {".", ""}, {"1", ""},
		{`select(.a | test("x"))`, "a"}, {"select(.a // .b) | .c | length", "a b c"}, {".a?.b[]", "a"},
		{"[.a, .b[]]", "a b"}, {"{a, b: .c[0], (.d): 1}", "a c d"}, {`{"a", $__loc__}`, "a $__loc__"},
		{`"\(.a) \(.b)"`, "a b"}, {`@uri "\(.a)"`, "a"}, {`@json`, "all"}, {".a, .b", "a b"}, {"-.a", "a"},
		{"if .a then .b elif .c then .d else .e end", "a b c d e"}, {"if . then .a end", "a"},
		{"select(.) | select(.a)", "a"}, {".a as $x | $x", "all"}, {"try .a catch .", "a"},
		{".a[.b]", "a b"}, {".a[.b:.c]", "a b c"}, {".a[.:]", "all"}, {".[.a]", "all"}, {".[0]", "all"},
		{"(. | .a).b", "a"}, {"(.).a", "a"}, {"type", ""}, {".a == .", "all"}, {"[.]", "all"},
		{"{a: .}", "all"}, {".[]", "all"}, {"..", "all"}, {"keys", "all"}, {"map(.a)", "all"},
		{"to_entries", "all"}, {".a = 1", "all"}, {"def f: .a; f", "all"}, {"has(\"a\")", "all"},
		{"select(.a)[]", "all"}, {`{"\(.a)"}`, "all"}, {`."\(.a)"`, "all"}, {`."a"`, "a"}, {`.["a"]`, "all"},
		{"try error catch .a", "all"}, {"if keys then 1 else 2 end", "all"}, {"keys and .a", "all"},
		{".a+.b+.c+.d+.e+.f+.g+.h+.i+.j+.k+.l+.m+.n+.o+.p+.q", "all"},
	}
	for _, tt := range tests {
		q, err := gojq.Parse(tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		got := "all"
		if names := lookedAt(q); names != nil {
			got = strings.Join(names, " ")
		}
		if got != tt.want {
			t.Errorf("%s looks at %q, want %q", tt.expr, got, tt.want)
		}
	}
}
