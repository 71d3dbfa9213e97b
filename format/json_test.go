package format

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"wsline/format/fit"
)

func TestJSON(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty object", `{}`, `{}`},
		{"empty array", " [ \n] ", `[]`},
		{"member", `{"a":1}`, "{\n|  \"a\": 1\n|}"},
		{"elements", `[1,[],{}]`, "[\n|  1,\n|  [],\n|  {}\n|]"},
		{"nested", `[[[0]]]`, "[\n|  [\n|    [\n|      0\n|    ]\n|  ]\n|]"},
		{"literals", `[true,false,null]`, "[\n|  true,\n|  false,\n|  null\n|]"},
		{"space everywhere",
			" {\t\"a\" \r\n: [ 1 , 2 ] } ", "{\n|  \"a\": [\n|    1,\n|    2\n|  ]\n|}"},
		{"numbers as sent", `[1.0,-0,1E+2,12345678901234567890]`,
			"[\n|  1.0,\n|  -0,\n|  1E+2,\n|  12345678901234567890\n|]"},
		{"strings as sent", `["\u0041\/\"\\","{[,:]}","é"]`,
			"[\n|  \"\\u0041\\/\\\"\\\\\",\n|  \"{[,:]}\",\n|  \"é\"\n|]"},
		{"members as sent", `{"b":1,"a":2,"b":3}`,
			"{\n|  \"b\": 1,\n|  \"a\": 2,\n|  \"b\": 3\n|}"},
		{"unsafe characters", "[\"\x7f\u009b\u202e\U000e0041\"]",
			"[\n|  \"\\u007f\\u009b\\u202e\\udb40\\udc41\"\n|]"},
		{"escaped backslash before an unsafe one", "[\"\\\\\u202e\"]", "[\n|  \"\\\\\\u202e\"\n|]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := appendJSON([]byte("< "), []byte(tt.in), &Palette{}, rows{margin: "|"})
			if !ok || string(got) != "< "+tt.want {
				t.Errorf("got %t\n%s\nwant\n%s", ok, got, "< "+tt.want)
			}
		})
	}
}

func TestJSONIsNotLaidOut(t *testing.T) {
	tests := []struct{ name, in string }{
		{"nothing", ""},
		{"space", " \n"},
		{"text", "hello"},
		{"string", `"a"`},
		{"number", "1"},
		{"literal", "null"},
		{"two values", "{} {}"},
		{"rest", "[1]x"},
		{"unfinished", `{"a":`},
		{"trailing comma", "[1,]"},
		{"raw control character", "[\"\x1b\"]"},
		{"not UTF-8", "[\"\xff\"]"},
		{"no-break space", "\u00a0[1]"},
		{"byte order mark", "\ufeff[1]"},
		{"too deep", "[" + strings.Repeat("1,", 50000) + deepList(fit.MaxDepth, 1) + "]"},
		{"too long", deepList(fit.MaxDepth, 30000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := appendJSON([]byte("< "), []byte(tt.in), &Palette{}, rows{margin: "  "})
			if ok || string(got) != "< " {
				t.Errorf("got %t and %d bytes", ok, len(got))
			}
		})
	}
}

// deepList is n ones in an array inside arrays, depth in all.
func deepList(depth, n int) string {
	list := strings.TrimSuffix(strings.Repeat("1,", n), ",")
	return strings.Repeat("[", depth) + list + strings.Repeat("]", depth)
}

func TestJSONDeepest(t *testing.T) {
	tests := []struct {
		name, in string
		want     bool
	}{
		{"100 levels", deepList(100, 1), true},
		{"1000 levels", deepList(fit.MaxDepth, 1), false},
		{"1000 levels, and space around that earns nothing",
			strings.Repeat(" ", 1<<16) + deepList(fit.MaxDepth, 1), false},
		{"1000 levels in much else",
			"[" + strings.Repeat("1,", 50000) + deepList(fit.MaxDepth-1, 1) + "]", true},
	}
	for _, tt := range tests {
		if got, ok := appendJSON(nil, []byte(tt.in), &Palette{}, rows{}); ok != tt.want {
			t.Errorf("%s: %t, %d bytes from %d", tt.name, ok, len(got), len(tt.in))
		}
	}
}

// Large data is laid out, and what is made to grow is given up before it fills the memory.
func TestJSONLarge(t *testing.T) {
	pal := NewPalette(true)
	if _, ok := appendJSON(nil, []byte(deepList(3, 1<<20)), &pal, rows{margin: "  "}); !ok {
		t.Error("a list of 2 MiB was not laid out")
	}
	bomb := []byte(deepList(fit.MaxDepth, 1<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, ok := appendJSON(nil, bomb, &pal, rows{margin: "  "}); ok {
		t.Error("a list of 2 MiB, 1000 levels deep, was laid out")
	}
	runtime.ReadMemStats(&after)
	// A slice that grows by a quarter each time costs five times its length.
	if used := after.TotalAlloc - before.TotalAlloc; used > 6*(bulkGrowth+3)*uint64(len(bomb)) {
		t.Errorf("%d bytes took %d", len(bomb), used)
	}
}

// TestJSONHuge would not end in its time if any part of the work were not linear.
func TestJSONHuge(t *testing.T) {
	for _, in := range []string{
		strings.Repeat("[", 64<<20),
		"[" + strings.Repeat(" ", 8<<20) + "]",
		"[" + strings.Repeat("[],", 1<<20) + "[]]",
		`["` + strings.Repeat(`\\`, 8<<20) + `"]`,
	} {
		got, _ := appendJSON(nil, []byte(in), &Palette{}, rows{})
		if limit := maxGrowth*len(in) + 2*freeBytes; len(got) > limit {
			t.Errorf("%.8s…: %d bytes became %d", in, len(in), len(got))
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2.5e3,"\u00e9\\"],"b":{},"a":null}`))
	f.Add([]byte("[[[[\"\u202e\U000e0041\"]]], {\"k\" : true}]\n"))
	f.Fuzz(func(t *testing.T, p []byte) {
		var plain Palette
		got, ok := appendJSON(nil, p, &plain, rows{margin: "  "})
		if !ok {
			return
		}
		if !json.Valid(p) || !utf8.Valid(p) {
			t.Fatalf("laid out what is not JSON: %q", p)
		}
		if r, bad := unsafeIn(strings.ReplaceAll(string(got), "\n", "")); bad {
			t.Errorf("%U in %q", r, got)
		}
		if want, got := tokens(t, p), tokens(t, got); !reflect.DeepEqual(got, want) {
			t.Errorf("%q has become %q", want, got)
		}
	})
}

// tokens is JSON as its tokens, numbers as they are written.
func tokens(t *testing.T, p []byte) []json.Token {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(p))
	d.UseNumber()
	var all []json.Token
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%q: %v", p, err)
		}
		all = append(all, token)
	}
}
