package match

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"wsline/internal/query"
)

// lines are the differences as a report shows them.
func lines(diffs []Difference) []string {
	var list []string
	for _, d := range diffs {
		list = append(list, d.String())
	}
	return list
}

func TestTextMatches(t *testing.T) {
	tests := []struct{ pattern, got string }{
		{``, ``},
		{`hello`, `hello`},
		{`...`, ``},
		{`...`, "any\nthing"},
		{`a...`, `a`},
		{`a...c`, `abc`},
		{`a...c`, "a\n\nc"},
		{`...b...`, `abc`},
		{`a...b...b`, `abb`},
		{`a......c`, `ac`},
		{`1....`, `1.`},
		{`wait\...`, `wait...`},
		{`\\...`, `\anything`},
		{`\\\...`, `\...`},
		{`a\b`, `a\b`},
		{`\......`, `...x`},

		{`{"a":1,"b":2}`, ` { "b" : 2, "a" : 1 } `},
		{`{"a":1,"a":2}`, `{"a":2}`},
		{`{"a":2}`, `{"a":1,"a":2}`},
		{`{"a":"..."}`, `{"a":{"b":[1]}}`},
		{`{"a":"..."}`, `{"a":null}`},
		{`{"a":1,"...":"..."}`, `{"a":1}`},
		{`{"a":1,"...":"..."}`, `{"a":1,"b":2,"c":3}`},
		{`{"...":"..."}`, `{}`},
		{`{"...":1}`, `{"...":1}`},
		{`{"\u002e..":"..."}`, `{"b":2}`},
		{`"..."`, `{"a":1}`},
		{`"..."`, `"b"`},
		{`["..."]`, `[]`},
		{`["..."]`, `[1,2]`},
		{`[1,"..."]`, `[1]`},
		{`[1,"...",9]`, `[1,9]`},
		{`[1,"...",9]`, `[1,2,3,9]`},
		{`["...",{"id":2,"...":"..."},"..."]`, `[{"id":1},{"id":2,"x":0},{"id":3}]`},
		{`["...",1,2,"...",1,"..."]`, `[1,1,2,2,1]`},
		{`["...","..."]`, `[1]`},
		{`{"text":"Hello, ..."}`, `{"text":"Hello, world"}`},
		{`{"text":"wait\\..."}`, `{"text":"wait..."}`},
		{`"a...c"`, `"a\nc"`},
		{`1.0`, `1`},
		{`[1e2, -0, 0.10, 1E+2, 0e9]`, `[100, 0, 1e-1, 100.00, 0.000]`},
		{`12345678901234567890.1`, `1234567890123456789.01e1`},
		{`1e999999999`, `10e999999998`},
		{`1e999999999999999999999`, `1e999999999999999999999`},
		{`[true,false,null]`, `[true,false,null]`},
		{`{"a": ...}`, `{"a": 1}`},
		{strings.Repeat("[", 1001) + strings.Repeat("]", 1001),
			strings.Repeat("[", 1001) + strings.Repeat("]", 1001)},
	}
	for _, tt := range tests {
		if diffs := Text([]byte(tt.pattern), []byte(tt.got)); diffs != nil {
			t.Errorf("Text(%s, %s) = %q", tt.pattern, tt.got, lines(diffs))
		}
	}
}

func TestTextDiffers(t *testing.T) {
	tests := []struct {
		pattern, got string
		want         []string
	}{
		{`hello`, `help`, []string{`character 4: expected "lo", got "p"`}},
		{`hello`, `hello!`, []string{`character 6: expected nothing more, got "!"`}},
		{`hello`, `hell`, []string{`character 5: expected "o", got no more`}},
		{``, `x`, []string{`character 1: expected nothing more, got "x"`}},
		{"a\nb", "a\nc", []string{`line 2, character 1: expected "b", got "c"`}},
		{`größe`, `größte`, []string{`character 5: expected "e", got "te"`}},
		{"\u00e9", "\u00e8", []string{`character 1: expected "é", got "è"`}},
		{`a...c...d`, `abd`, []string{`expected "c", from character 2 on: "bd"`}},
		{`a...d`, `abc`, []string{`expected "d" at the end, from character 2 on: "bc"`}},
		{`a...d`, `ad!`, []string{`character 3: expected nothing more, got "!"`}},
		{`...Grüße...`, `Grüsse`, []string{`character 4: expected "ße", got "sse"`}},
		{"...\nb\nc", "a\nb\nx", []string{`line 3, character 1: expected "c", got "x"`}},
		{`x\...y`, `x...z`, []string{`character 5: expected "y", got "z"`}},
		{`aab...ba`, `aaba`, []string{`expected "ba" at the end, from character 4 on: "a"`}},
		{`hello`, "hel\x1b[2J", []string{`character 4: expected "lo", got "\x1b[2J"`}},
		{`{"a": 1, ...}`, `{"b":1}`, []string{`character 3: expected "a\": 1, ...}", ` +
			`got "b\":1}"; the pattern is not JSON, so it was compared as text`}},

		{`{"items":[1,2,{"price":3}]}`, `{"items":[1,2,{"price":4}]}`,
			[]string{`.items[2].price: expected 3, got 4`}},
		{`{"a":1,"b":2}`, `{"b":3,"c":4}`, []string{
			`.a: missing, expected 1`, `.b: expected 2, got 3`, `.c: not expected, got 4`}},
		{`{"a":"..."}`, `{}`, []string{`.a: missing, expected "..."`}},
		{`{"a":1,"...":"..."}`, `{"a":2,"b":1}`, []string{`.a: expected 1, got 2`}},
		{`{"a b":{"c":1}}`, `{"a b":{"c":"1"}}`, []string{`.["a b"].c: expected 1, got "1"`}},
		{`{"x":{"a b":1}}`, `{"x":{"a b":2}}`, []string{`.x["a b"]: expected 1, got 2`}},
		{`[1]`, `{"a":1}`, []string{`.: expected [1], got {"a":1}`}},
		{`[[1]]`, `[[2]]`, []string{`.[0][0]: expected 1, got 2`}},
		{`[1,2]`, `[1]`, []string{`.[1]: missing, expected 2`}},
		{`[1]`, `[1,2]`, []string{`.[1]: not expected, got 2`}},
		{`[1,"...",9]`, `[2,3,8]`, []string{`.[0]: expected 1, got 2`, `.[2]: expected 9, got 8`}},
		{`[1,"...",1]`, `[1]`, []string{`.: expected at least 2 elements, got 1`}},
		{`[1,"...",5,6,"..."]`, `[1,5,5]`, []string{`.: no 5,6 in [1,5,5]`}},
		{`null`, `{}`, []string{`.: expected null, got {}`}},
		{`"null"`, `null`, []string{`.: expected "null", got null`}},
		{`9007199254740993`, `9007199254740992`,
			[]string{`.: expected 9007199254740993, got 9007199254740992`}},
		{`{"a":1}`, `oops`, []string{`.: expected an object, got text that is not JSON: "oops"`}},
		{`5`, `5 apples`, []string{`character 2: expected nothing more, got " apples"`}},
		{`{"t":"Hello, ..."}`, `{"t":"Bye"}`, []string{`.t: expected "Hello, ...", got "Bye"`}},
	}
	for _, tt := range tests {
		diffs := Text([]byte(tt.pattern), []byte(tt.got))
		if got := lines(diffs); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Text(%s, %s)\n got %q\nwant %q", tt.pattern, tt.got, got, tt.want)
		}
	}
}

func TestDifferencesAreBounded(t *testing.T) {
	want, got := strings.Repeat("1,", 50)+"1", strings.Repeat("2,", 50)+"2"
	diffs := Text([]byte("["+want+"]"), []byte("["+got+"]"))
	if n := len(diffs); n != maxDifferences+1 {
		t.Errorf("%d differences", n)
	}
	if last := diffs[len(diffs)-1].String(); last != "31 more differences" {
		t.Errorf("the last one is %q", last)
	}

	long := strings.Repeat("é", 100_000)
	d := Text([]byte(long+"a"), []byte(long+"b"))[0]
	if len(d.Want) > MaxShown+8 || d.Want[d.WantAt:] != "a" || d.Got[d.GotAt:] != "b" {
		t.Errorf("%d bytes, differing in %q, %q", len(d.Want), d.Want[d.WantAt:], d.Got[d.GotAt:])
	}
	d = Text([]byte(`{"k":"`+long+`a"}`), []byte(`{"k":"`+long+`b"}`))[0]
	if len(d.Note) > 400 || !strings.HasSuffix(d.Note, `éb"`) {
		t.Errorf("a long string differs: %s", d.Note)
	}
	deep := strings.Repeat(`{"a":`, 900)
	d = Text([]byte(deep+"1"+strings.Repeat("}", 900)),
		[]byte(deep+"2"+strings.Repeat("}", 900)))[0]
	if len(d.Path) > maxPath+8 || !strings.HasPrefix(d.Path, "….a") {
		t.Errorf("a deep path is %s", d.Path)
	}
}

func TestTextWork(t *testing.T) {
	pattern := `["...",` + strings.Repeat("1,", 3000) + `2,"..."]`
	got := `[` + strings.Repeat("1,", 20_000) + `1]`
	text := strings.Repeat("a...", 20_000) + "b"
	tests := []struct{ name, pattern, got string }{
		{"arrays", pattern, got},
		{"text", text, strings.Repeat("a", 1<<20)},
		{"string", `["...","` + text + `"]`, `["` + strings.Repeat(`aaaaaaaaaaaaaaaa","`, 1e5) + `"]`},
		{"number", `[1e99999999999999999]`, `[` + strings.Repeat("9", 1<<20) + `]`},
	}
	for _, tt := range tests {
		start := time.Now()
		if diffs := Text([]byte(tt.pattern), []byte(tt.got)); diffs == nil {
			t.Errorf("%s: a match", tt.name)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: %v", tt.name, d)
		}
	}
	diffs := Text([]byte(pattern), []byte(got))
	want := `.: the comparison was given up: elements "..." of arrays within arrays make it too long`
	if got := lines(diffs); len(got) != 1 || got[0] != want {
		t.Errorf("without an end: %q", got)
	}
}

func TestBinary(t *testing.T) {
	tests := []struct{ want, got, note string }{
		{"\x01\x02", "\x01\x02", ""},
		{"\x01\x02\xff", "\x01\x02\x80", "byte 2: expected ff, got 80"},
		{"\x01", "\x01\x02\x03", "expected 1 byte, got 2 more"},
		{"\x01\x02", "\x01", "expected 2 bytes, got only 1"},
		{"...", "abc", "byte 0: expected 2e, got 61"},
	}
	for _, tt := range tests {
		note := strings.Join(lines(Binary([]byte(tt.want), []byte(tt.got))), "|")
		if note != tt.note {
			t.Errorf("Binary(%x, %x) = %q, want %q", tt.want, tt.got, note, tt.note)
		}
	}
}

func TestRegexp(t *testing.T) {
	re := regexp.MustCompile(`id=(?P<id>\d+)(?: by (?P<who>\w+))?`)
	groups, diffs := Regexp(re, []byte("saved id=17"))
	if diffs != nil || !reflect.DeepEqual(groups, map[string]string{"id": "17", "who": ""}) {
		t.Errorf("got %q, %q", groups, lines(diffs))
	}
	groups, diffs = Regexp(regexp.MustCompile(`(?P<a>x)|(?P<a>y)`), []byte("x"))
	if diffs != nil || groups["a"] != "x" {
		t.Errorf("got %q, %q", groups, lines(diffs))
	}
	_, diffs = Regexp(re, []byte("lost"))
	want := []string{`no match of id=(?P<id>\d+)(?: by (?P<who>\w+))? in "lost"`}
	if got := lines(diffs); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestQuery(t *testing.T) {
	q, err := query.Compile(".a > 1")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		got  string
		want []string
	}{
		{`{"a":2}`, nil},
		{`{"a":1}`, []string{".a > 1 is not true"}},
		{`oops`, []string{"the message is not JSON"}},
	}
	for _, tt := range tests {
		got := lines(Query(t.Context(), q, []byte(tt.got)))
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.got, got, tt.want)
		}
	}
}

func TestExactAndPlain(t *testing.T) {
	if d := Plain([]byte(`{"a": ...}`), []byte(`{"a": 1}`)); d != nil {
		t.Error(lines(d))
	}
	if Plain([]byte(`{"a":1}`), []byte(`{"a": 1}`)) == nil {
		t.Error("plain text was compared as JSON")
	}
	if d := Exact([]byte(`a...\...`), []byte(`a...\...`)); d != nil {
		t.Error(lines(d))
	}
	if Exact([]byte(`a...`), []byte(`ab`)) == nil {
		t.Error("an exact text has a wildcard")
	}
}

func TestLiteral(t *testing.T) {
	tests := []struct{ in, want string }{
		{`hello...`, `hello\...`},
		{`\...`, `\\\...`},
		{`......`, `\...\...`},
		{`{"a": "...", "...": 1}`, `{"a": "\\...", "...": 1}`},
		{`{"...":"\u002e.."}`, `{"...":"\\..."}`},
		{`["<b>...","é."]`, `["<b>\\...","é."]`},
		{`{"a":1.5e3}`, `{"a":1.5e3}`},
	}
	for _, tt := range tests {
		if got := string(Literal([]byte(tt.in))); got != tt.want {
			t.Errorf("Literal(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func FuzzLiteral(f *testing.F) {
	for _, s := range []string{
		`wait...`, `\\...\`, `....`, `{"...":"..."}`, `["...", "a...\\..."]`, `"\u002e..\ud800"`,
		"\xff...", `{"a":[1e5,{}],"b":null}`,
	} {
		f.Add([]byte(s), []byte(`x`))
	}
	f.Fuzz(func(t *testing.T, p, other []byte) {
		pattern := Literal(p)
		if diffs := Text(pattern, p); diffs != nil {
			t.Errorf("Literal(%q) = %q: %q", p, pattern, lines(diffs))
		}
		_, pJSON := decode(p)
		if _, otherJSON := decode(other); !pJSON && !otherJSON && string(p) != string(other) {
			if Text(pattern, other) == nil {
				t.Errorf("Literal(%q) = %q matches %q", p, pattern, other)
			}
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range [][2]string{
		{`a...b`, `ab`}, {`{"a":"...","...":"..."}`, `{"a":[]}`},
		{`[1,"...",[2,"..."],"..."]`, `[1,[2]]`},
		{`[1e400,-0.0]`, `[10e399,0]`}, {`{"a b":"x...y"}`, `{"a b":"xz"}`}, {`\...é`, "...\xc3"},
		{`["...",["...",["...",1]]]`, `[[[1,[2]]],3]`},
	} {
		f.Add([]byte(s[0]), []byte(s[1]))
	}
	f.Fuzz(func(t *testing.T, pattern, got []byte) {
		diffs := Text(pattern, got)
		want, wantJSON := decode(pattern)
		came, gotJSON := decode(got)
		if wantJSON && gotJSON {
			c := comparer{work: maxWork}
			if c.match(want, came) != (diffs == nil) {
				t.Errorf("%q and %q: match and compare disagree: %q", pattern, got, lines(diffs))
			}
		}
		for _, d := range diffs {
			if d.WantAt > len(d.Want) || d.GotAt > len(d.Got) || d.Note == "" {
				t.Errorf("%+v", d)
			}
		}
	})
}
