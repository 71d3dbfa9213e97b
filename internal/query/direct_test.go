package query

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
)

// reference is Run, and True where there is no error, by encoding/json and gojq alone.
func reference(t *testing.T, q *Query, payload []byte) (out [][]byte, isTrue bool, err error) {
	in := json.NewDecoder(bytes.NewReader(payload))
	in.UseNumber()
	var doc any
	if in.Decode(&doc) != nil {
		return nil, false, ErrNotJSON
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, false, ErrNotJSON
	}
	limits, size := newLimits(t.Context()), 0
	for iter := q.code.RunWithContext(limits, doc); ; {
		v, ok := iter.Next()
		if !ok {
			return out, isTrue, nil
		}
		if err, failed := v.(error); failed {
			return out, false, q.runError(limits, err)
		}
		if len(out) == MaxOutputs {
			return out, false, q.failure(" makes more than %d values", MaxOutputs)
		}
		text, _ := gojq.Marshal(v)
		if same(doc, v) {
			var compact bytes.Buffer
			_ = json.Compact(&compact, payload)
			text = compact.Bytes()
		}
		if size += len(text); size > MaxOutput {
			return out, false, q.failure(" makes more than %d bytes", MaxOutput)
		}
		out, isTrue = append(out, text), v != nil && v != false
	}
}

// checkEqual compares Run and True with the reference.
func checkEqual(t *testing.T, q *Query, payload []byte) {
	want, wantTrue, wantErr := reference(t, q, payload)
	if wantErr != nil && strings.Contains(wantErr.Error(), " takes ") {
		return // where that is seen varies
	}
	given := bytes.Clone(payload)
	got, err := q.Run(t.Context(), payload)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) || !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%.300s on %.300q: %.300q, %v; want %.300q, %v",
			q, payload, got, err, want, wantErr)
	}
	if !bytes.Equal(payload, given) {
		t.Errorf("%.300s on %.300q changes the message to %.300q", q, given, payload)
	}
	isTrue, err := q.True(t.Context(), payload)
	if wantErr == nil && (err != nil || isTrue != wantTrue) {
		t.Errorf("%.300s on %.300q: true %v, %v; want %v", q, payload, isTrue, err, wantTrue)
	}
}

var messages = []string{
	`{"id":7,"type":"x","a":{"b":[1,2,3]},"items":[{"id":1},{"id":2.50,"x":null},{}]}`,
	` { "type" : "x" , "a" : null , "b" : [ ] , "c" : { } } `, `{"a":1,"a":2,"\u0061":3}`,
	`{"a":{"z":1,"a":2,"z":3},"b":"\u00e9\/\n"}`, `[{"a":1},{"a":"x"},[],null]`, `[[1],[2,[3]]]`,
	`{"a":12345678901234567890123,"b":1e1000,"c":-0,"d":1.0,"e":1E5}`, `{"a":false,"b":"false"}`,
	`"\ud800 \ud83d\ude00"`, "{\"a\":\"\xff\x7f\"}", `null`, `true`, `[]`, `{}`, `[ ]`, `1.50`, `x`,
	`{"a":`, `{} {}`, `{"a":"b","b":"a!","c":"a"}`, `{"a":9007199254740993,"b":9007199254740992.0}`,
}

// large are messages at the limits.
var large = []string{
	strings.Repeat(`{"a":`, 9_950) + "[2]" + strings.Repeat("}", 9_950),
	strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
	`{"a":"` + strings.Repeat("x", MaxOutput) + `","b":1}`,
	`[` + strings.Repeat("1,", MaxOutputs) + `1]`,
	`[` + strings.Repeat(`"`+strings.Repeat("x", 1000)+`",`, 1200) + `1]`,
}

// expressions are followed in the text, unless they are said not to be.
var expressions = []struct {
	expr   string
	direct bool
}{
	{".", true}, {".id", true}, {".a.b", true}, {`."a"`, true}, {`.["a"].b[0]`, true},
	{".[-1]", true}, {".a.b[1]", true}, {".[]", true}, {".items[].id", true}, {".[].a?", true},
	{".a?", true}, {".[]?", true}, {".a?.b?", true}, {".[0]", true}, {".a | .b", true},
	{".id > 5", true}, {`.type == "x"`, true}, {".a == .b", true}, {"1 < .a", true},
	{".a == -1", true},
	{".a < 1e10", true}, {`.a != "b"`, true}, {".a <= 1.5", true}, {".a >= {}", true},
	{". == .", true},
	{"select(.id > 5)", true}, {`select(.type=="x")`, true}, {"select(.a | not)", true},
	{`select(.type == "x" and .id > 5) | .a`, true}, {"select(.a or .b).c", true},
	{".items[] | select(.id == 2)", true}, {".[] | select(.a > 0) | {a}", true},
	{"{id, t: .type}", true}, {`{"x y": .a, b: {c: .b}, d: 5, e: "\u007f"}`, true}, {"{}", true},
	{"{a: .}", true}, {"{a: .} | select(.a)", true}, {"{a: (.a == 1)}", true}, {"null", true},
	{"(.a).b", true}, {`"x"`, true}, {"1.0", true}, {".a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p", true},

	{"map({a, b: .c})", true}, {"map(select(.a > 1)) | select(. != [])", true}, {"[]", true},
	{".items | map(.id)", true}, {"[.items[].id, .a]", true}, {"[[.], .]", true}, {"[]?", false},
	{"{a: [.b[]?]}", true}, {".items[] | .id, .x", true}, {".a, (.b, .c)", true},
	{"(.a, .b) | .c", false}, {"[.] | .[0]", false}, {"[.][0]", false}, {"map(.) | .[]", false},
	{"{a: [.]} | .a", false}, {"def map(f): 1; map(.a)", false}, {"map(.a + 1)", false},

	{".a + 1", false}, {"map(.x)", true}, {"to_entries", false}, {".a, .b", true}, {"..", false},
	{"{a: .} | .a", false}, {"{a: .}.a", false}, {"{a: .a[]}", false}, {".[1:]", false},
	{"{(.a): 1}", false}, {"{$__loc__}", false}, {"{a, a: 1}", false}, {".a as $x | $x", false},
	{"def select(f): 1; select(.a)", false}, {"(def not: 5; .a) | not", false}, {".[.a]", false},
	{`"\(.a)"`, false}, {".a == 12345678901234567890", false}, {".a == 1e17", false},
	{".[1.5]", false},
	{".[0]?", false}, {"(.a | .b)?", false}, {"select(.a)?", false}, {".a??", false},
	{"-.a", false},
	{"(.a,.b) == 1", false}, {"select(.a, .b)", false}, {"select(.a?)", false}, {".a // 1", false},
	{".a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", false}, {"1e1000", false}, {"not(1)?", false},
	{`select(.a | test("x"))`, false}, {".a = 1", false}, {"try .a", false}, {"[.a]", true},
}

func TestDirect(t *testing.T) {
	for _, tt := range expressions {
		q, err := Compile(tt.expr)
		if err != nil {
			if tt.direct {
				t.Error(err)
			}
			continue
		}
		if got := q.direct != nil; got != tt.direct {
			t.Errorf("%s is followed in the text: %v, want %v", tt.expr, got, tt.direct)
		}
		for _, m := range messages {
			checkEqual(t, q, []byte(m))
		}
	}
}

func TestLarge(t *testing.T) {
	for _, expr := range []string{
		".", ".a", ".b", "{a}", "{b: {a}, c: .a}", ".[]", "select(.a)", ".a == .a", ".[] | {c: .}",
		".[-1]",
	} {
		q, err := Compile(expr)
		if err != nil || q.direct == nil {
			t.Fatal(expr, err)
		}
		for _, m := range large {
			checkEqual(t, q, []byte(m))
		}
	}
}

// A writer writes expressions and messages as its choices have it; without any more it ends them.
type writer struct {
	choices []byte
	depth   int
}

// pick returns a number below n.
func (w *writer) pick(n int) int {
	if len(w.choices) == 0 {
		return 0
	}
	c := w.choices[0]
	w.choices = w.choices[1:]
	return int(c) % n
}

// one writes one of the forms, in which E, C, K and M are replaced; from a depth of 5 on it is the
// first.
func (w *writer) one(forms ...string) string {
	form := forms[0]
	if i := w.pick(len(forms)); w.depth < 5 {
		form = forms[i]
	}
	w.depth++
	defer func() { w.depth-- }()
	var s strings.Builder
	for _, c := range form {
		switch c {
		case 'E':
			s.WriteString(w.expression())
		case 'C':
			s.WriteString(w.constant())
		case 'K':
			s.WriteString(w.one("a", "b", "c"))
		case 'M':
			s.WriteString(w.message())
		default:
			s.WriteRune(c)
		}
	}
	return s.String()
}

func (w *writer) expression() string {
	return w.one(".", ".K", ".K", ".K.K", ".[]", ".K[]", ".K?", ".[]?", ".[].K?", `."K"`, `.["K"]`,
		".[0]", ".[-1]", ".[1]", ".K[0]", ".[]?.K", "C", "(E)", "(E).K", "(E)[]", "(E)?", "E | E",
		"E | E", "E == E", "E != E", "E < C", "E <= E", "E > C", "E >= E", ".K == C", "E and E",
		"E or E", "E | not", "select(E)", "select(.K == C)", ".[]? | select(.K > C)", "{K}",
		"{K: E}",
		"{K, K: E}", `{"K": .K, d: E}`, "E, E", "E // E", "[E]", "length", "E + E", "{K: .K} | E",
		"def not: E; E", "..", ".[E]", "-E", "C as $x | E", ".K + C", "if E then E else E end",
		"if .K then E end", "if .K then .K elif E then E else E end", "try E catch E", "E | length",
		`"\(E)"`, `@json "x\(.K)"`, "@text", "type", "empty", "[.K, E]", ".K[.K]", ".K[.K:E]", "{(E): E}",
		`{"K": E}`, `{"x\(.K)"}`, "E as $x | $x", "E as {K: $x} | E", "reduce E as $x (E; E)", "E = E",
		"map(E)", "map(.K)", "[]", "[.[] | E]", ".K, E", "E |= E",
		"label $x | E, break $x", "path(E)", "[paths]", "error(E)", "{$__loc__}", `."\(E)"`)
}

func (w *writer) constant() string {
	return w.one("1", "0", "-1", "2.5", "1.0", "null", "true", "false", `"a"`, `"b!"`, `"\u00e9"`,
		`"\n"`, "9007199254740993", "9007199254740992.0", "1e3", "1e17", "100000000000000000000",
		"1e1000", `""`, `"\ud800"`, "[1]", "{}")
}

func (w *writer) message() string {
	return w.one("null", "1", "0", "-0", "2.5", "1.0", "1e3", "true", "false", `"a"`, `"b!"`, `"é"`,
		`"\n"`, `"\u00e9\/"`, `"\ud800"`, "\"\xff\"", "\"\x7f\"", "9007199254740993", "1e1000",
		"100000000000000000000", "[]", "[M]", "[M,M]", "[ M , M,M]", "{}", `{"K":M}`, `{"K":M}`,
		`{"K":M,"K":M}`, `{ "K" : M,"K":M,"K":M }`, `{"\u0061":M,"K":M}`, `{"c":M,"b":M,"a":M}`,
		` M `, "M M", "[M", `{"K":}`)
}

func checkWritten(t *testing.T, choices []byte) {
	w := writer{choices: choices}
	expr := w.expression()
	if q, err := Compile(expr); err == nil {
		for range 3 {
			checkEqual(t, q, []byte(w.message()))
		}
	}
}

func TestWritten(t *testing.T) {
	rng := rand.NewChaCha8([32]byte{1})
	choices := make([]byte, 60)
	for range 3_000 {
		_, _ = rng.Read(choices)
		checkWritten(t, choices)
	}
}

// FuzzWritten compares what is written with the reference.
func FuzzWritten(f *testing.F) {
	rng := rand.NewChaCha8([32]byte{2})
	for range 50 {
		choices := make([]byte, 60)
		_, _ = rng.Read(choices)
		f.Add(choices)
	}
	f.Fuzz(checkWritten)
}

// FuzzDirect compares the expressions on any message with the reference.
func FuzzDirect(f *testing.F) {
	for i := range expressions {
		f.Add(uint8(i), []byte(messages[i%len(messages)]))
	}
	f.Fuzz(func(t *testing.T, i uint8, message []byte) {
		if q, err := Compile(expressions[int(i)%len(expressions)].expr); err == nil {
			checkEqual(t, q, message)
		}
	})
}

// A part of a message is shown as it stands there.
func TestAllocDirect(t *testing.T) {
	message := []byte(`{"id":7,"type":"x","a":{"b":[1,2,3]}}`)
	for expr, want := range map[string]float64{
		".id": 1, ".a.b[1]": 1, `select(.type == "x")`: 1, `select(.id > 7)`: 0, ".id > 5": 1,
	} {
		q, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		got := testing.AllocsPerRun(100, func() { _, _ = q.Run(t.Context(), message) })
		if got > want {
			t.Errorf("%s allocates %v times, want %v", expr, got, want)
		}
	}
}
