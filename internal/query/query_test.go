package query

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func run(t *testing.T, expr, payload string) (string, error) {
	t.Helper()
	q, err := Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	if q.String() != expr {
		t.Errorf("String: %q, want %q", q.String(), expr)
	}
	out, err := q.Run(t.Context(), []byte(payload))
	var lines []string
	for _, o := range out {
		lines = append(lines, string(o))
	}
	return strings.Join(lines, "\n"), err
}

func TestRun(t *testing.T) {
	tests := []struct{ expr, payload, want string }{
		{".", `{"b": 1, "a": [ 2 ]}`, `{"b":1,"a":[2]}`},
		{`select(.type == "x")`, `{"type":"x","a":1}`, `{"type":"x","a":1}`},
		{`select(.type == "x")`, `{"type":"y"}`, ""},
		{".text", `{"text":"a\"b\n"}`, `"a\"b\n"`},
		{".[]", `[1,null,"é"]`, "1\nnull\n\"é\""},
		{"{b: .x, a: .y}", `{"x":1,"y":[]}`, `{"a":[],"b":1}`},
		{".id", `{"id":12345678901234567890123}`, "12345678901234567890123"},
		{".id + 1", `{"id":12345678901234567890123}`, "12345678901234567890124"},
		{".price", `{"price":1.50}`, "1.50"},
		{".", `1e1000`, "1e1000"},
		{".a += 1", `{"b":0,"a":1}`, `{"a":2,"b":0}`},
		{"$ENV, env", "{}", "{}\n{}"},
		{"input_filename", "{}", "null"},
		{"debug, debug(1), stderr", `"x"`, "\"x\"\n\"x\"\n\"x\""},
		{"1, halt, 2", "{}", "1"},
		{"empty", "{}", ""},
		{".", "[]", "[]"},
	}
	for _, tt := range tests {
		if got, err := run(t, tt.expr, tt.payload); got != tt.want || err != nil {
			t.Errorf("%s on %s: %q, %v; want %q", tt.expr, tt.payload, got, err, tt.want)
		}
	}
}

func TestTrue(t *testing.T) {
	tests := []struct {
		expr, payload string
		want          bool
	}{
		{".a == 1", `{"a":1}`, true},
		{".a == 1", `{"a":2}`, false},
		{".a", `{}`, false},
		{".a", `{"a":0}`, true},
		{"empty", `{}`, false},
		{"true, false", `{}`, false},
		{"false, true", `{}`, true},
		{"select(.a)", `{"a":true}`, true},
	}
	for _, tt := range tests {
		q, err := Compile(tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := q.True(t.Context(), []byte(tt.payload)); got != tt.want || err != nil {
			t.Errorf("%s on %s: %v, %v", tt.expr, tt.payload, got, err)
		}
	}
}

func TestNotJSON(t *testing.T) {
	for _, payload := range []string{
		"", " ", "hello", "{", "{} {}", "1 x", "\xff", `"\x"`, strings.Repeat("[", 20000),
	} {
		if got, err := run(t, ".", payload); !errors.Is(err, ErrNotJSON) || got != "" {
			t.Errorf("%q: %q, %v", payload, got, err)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct{ expr, want string }{
		{".a |", `the jq expression ".a |" ends too early`},
		{"", `the jq expression "" cannot be used: missing query (try ".")`},
		{".a ] b", `the jq expression ".a ] b" is wrong at character 4: unexpected token "]"`},
		{`"é" ] b`, `the jq expression "\"é\" ] b" is wrong at character 5: unexpected token "]"`},
		{`"abc`, `the jq expression "\"abc" ends too early`},
		{"foo(1)", `the jq expression "foo(1)" cannot be used: function not defined: foo/1`},
		{"input", `the jq expression "input" cannot be used: input(s)/0 is not allowed`},
		{`import "a" as a; .`, `the jq expression "import \"a\" as a; ." cannot be used: ` +
			`cannot load module: "a"`},
		{"$x", `the jq expression "$x" cannot be used: variable not defined: $x`},
	}
	for _, tt := range tests {
		text := ""
		if _, err := Compile(tt.expr); err != nil {
			text = err.Error()
		}
		if text != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.expr, text, tt.want)
		}
	}
	if _, err := Compile(strings.Repeat(" ", maxLength) + "."); err == nil {
		t.Error("an expression of more than 64 KiB is taken")
	}
}

func TestRunErrors(t *testing.T) {
	tests := []struct{ expr, payload, out, want string }{
		{".[0]", `{}`, "", `the jq expression ".[0]" does not work on this message: ` +
			`expected an array but got: object ({})`},
		{`1, error("no")`, `{}`, "1",
			`the jq expression "1, error(\"no\")" does not work on this message: error: no`},
	}
	for _, tt := range tests {
		out, err := run(t, tt.expr, tt.payload)
		if err == nil || err.Error() != tt.want || out != tt.out {
			t.Errorf("%s: %q, %v", tt.expr, out, err)
		}
	}
}

// Whatever an expression does, it comes to an end.
func TestLimits(t *testing.T) {
	tests := []struct{ expr, want string }{
		{"last(range(1e12))", "takes longer than 1s"},
		{"def f: f; f", "takes longer than 1s"},
		{"[limit(1e9; repeat(1))]", "memory|takes longer"},
		{"def f: 1 + f; f", "memory|takes longer"},
		{`[limit(1e9; repeat("x" * 1000 + "y"))]`, "memory|takes longer"},
		{"range(1e9)", "makes more than 10000 values"},
		{"repeat(1)", "makes more than 10000 values"},
		{`"x" * 2e6`, "makes more than 1048576 bytes"},
		{`repeat("x" * 1000)`, "makes more than 1048576 bytes"},
		{"reduce range(60) as $i (1; [., .])", "makes more than 1048576 bytes"},
		{"reduce range(200000) as $i (1; [.])", "makes more than 1048576 bytes|takes longer"},
		{"reduce range(40) as $i (1; {a: ., b: .})", "makes more than 1048576 bytes"},
	}
	for _, tt := range tests {
		start := time.Now()
		_, err := run(t, tt.expr, "{}")
		if err == nil || !oneOf(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.expr, err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", tt.expr, took)
		}
	}
}

func oneOf(text, want string) bool {
	for part := range strings.SplitSeq(want, "|") {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func TestContext(t *testing.T) {
	q, err := Compile("def f: f; f")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.Run(ctx, []byte("1")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzRun(f *testing.F) {
	f.Add(".a | .[]", `{"a":[1,2]}`)
	f.Add("..", `[[{}]]`)
	f.Add(`"\(.)"`, `1.0`)
	f.Fuzz(func(t *testing.T, expr, payload string) {
		q, err := Compile(expr)
		if err != nil {
			return
		}
		_, _ = q.Run(t.Context(), []byte(payload))
	})
}

func BenchmarkSelect(b *testing.B) {
	q, err := Compile(`select(.type == "trade") | .price`)
	if err != nil {
		b.Fatal(err)
	}
	payload := []byte(`{"type":"trade","price":12.5,"size":3,"time":"2026-01-02T03:04:05Z"}`)
	for b.Loop() {
		if _, err := q.Run(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}
