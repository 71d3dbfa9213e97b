package match

import (
	"bytes"
	"strings"
	"testing"

	"wsline/internal/words"
)

// escaped is a text in which nothing is a variable.
func escaped(s string) string { return strings.ReplaceAll(s, "${", "$${") }

// withID is a text in which "${id}" has a value.
func withID(s, value string) words.Text {
	var b words.Builder
	for i, written := range strings.Split(s, "${id}") {
		if i > 0 {
			b.Put(words.Value{Text: value, Source: "${id}"})
		}
		b.Write(written)
	}
	return b.Text()
}

func expandID(s string) words.Text { return withID(s, "7") }

func TestMerge(t *testing.T) {
	tests := []struct{ pattern, got, want string }{
		{`{"a":1,"b":"..."}`, `{"a":2,"b":3}`, `{"a":2,"b":"..."}`},
		{`{"b": "...", "a": 1}`, `{"a":1,"c":[1],"b":"x"}`, `{"b": "...", "a": 1, "c": [1]}`},
		{`{"a":1,"...":"..."}`, `{"a":2,"b":3}`, `{"a":2,"...":"..."}`},
		{`{"a":1,"gone":2}`, `{"a":1}`, `{"a":1}`},
		{`[1,"...",9]`, `[2,3,4,8]`, `[2,"...",8]`},
		{`[1,2]`, `[1,3,4]`, `[1,3,4]`},
		{`{"m":"Hello, ...","id":"${id}"}`, `{"m":"Hello, you","id":"7","t":"2026-01-31T12:00:00Z"}`,
			`{"m":"Hello, ...","id":"${id}","t":"..."}`},
		{`{"m":"Hello, ..."}`, `{"m":"Bye ..."}`, `{"m":"Bye \\..."}`},
		{"{\n  \"a\": [\n    1\n  ]\n}", `{"a":[2,{}],"b":[]}`,
			"{\n  \"a\": [\n    2,\n    {}\n  ],\n  \"b\": []\n}"},
		{`{"n":1.0}`, `{"n":1}`, `{"n":1.0}`},
		{`1`, `"x"`, `"x"`},
		{`{"n": ${id}, "m": 1}`, `{"n":7,"m":2}`, `{"n": ${id}, "m": 2}`},
		{`{"n": ${id}, "m": 1}`, `{"n":8,"m":1}`, `{"n": 8, "m": 1}`},
		{`{"${id}": 1, "m": 1}`, `{"7":1,"m":2}`, `{"${id}": 1, "m": 2}`},
		{`[${id}, -${id}, 1]`, `[7,-7,2]`, `[${id}, -${id}, 2]`},
		{"{\n    \"a\": [1, 2],\n    \"b\" : {\"c\":  \"...\"},  \"d\":1\n  }", `{"a":[1,2,3],"b":{"c":5},"d":2,"e":{"f":1}}`,
			"{\n    \"a\": [1, 2, 3],\n    \"b\" : {\"c\":  \"...\"},  \"d\":2,  \"e\":{\n        \"f\": 1\n    }\n  }"},
	}
	for _, tt := range tests {
		got, ok := Merge(withID(tt.pattern, "${id}"), []byte(tt.got), expandID, escaped)
		if !ok || string(got) != tt.want {
			t.Errorf("Merge(%s, %s) = %s, %t, want %s", tt.pattern, tt.got, got, ok, tt.want)
		}
		if diff := TextWith(expandID(string(got)), []byte(tt.got)); diff != nil {
			t.Errorf("%s does not match %s: %v", got, tt.got, diff)
		}
	}
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte(`{"a":[1,"...",{"b":"x..."}],"...":"..."}`), []byte(`{"a":[1,2,3],"c":"..."}`))
	f.Add([]byte(`{"a":1}`), []byte(`{"a":"${x}","$${y}":"..."}`))
	f.Add([]byte(`[["..."],1e2]`), []byte(`[[],100]`))
	f.Fuzz(func(t *testing.T, pattern, got []byte) {
		if bytes.Contains(pattern, []byte("${")) {
			return
		}
		merged, ok := Merge(words.Plain(string(pattern)), got, words.Plain, escaped)
		if !ok {
			return
		}
		merged = bytes.ReplaceAll(merged, []byte("$${"), []byte("${"))
		if diff := Text(merged, got); diff != nil {
			t.Errorf("Merge(%q, %q) = %q: %v", pattern, got, merged, diff)
		}
	})
}
