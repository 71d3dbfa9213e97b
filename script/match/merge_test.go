package match

import (
	"bytes"
	"strings"
	"testing"
)

// escaped is a text in which nothing is a variable.
func escaped(s string) string { return strings.ReplaceAll(s, "${", "$${") }

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
	}
	expand := func(s string) string { return strings.ReplaceAll(s, "${id}", "7") }
	for _, tt := range tests {
		got, ok := Merge([]byte(tt.pattern), []byte(tt.got), expand, escaped)
		if !ok || string(got) != tt.want {
			t.Errorf("Merge(%s, %s) = %s, %t, want %s", tt.pattern, tt.got, got, ok, tt.want)
		}
		if diff := Text([]byte(expand(string(got))), []byte(tt.got)); diff != nil {
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
		merged, ok := Merge(pattern, got, func(s string) string { return s }, escaped)
		if !ok {
			return
		}
		merged = bytes.ReplaceAll(merged, []byte("$${"), []byte("${"))
		if diff := Text(merged, got); diff != nil {
			t.Errorf("Merge(%q, %q) = %q: %v", pattern, got, merged, diff)
		}
	})
}
