package fit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// plain is a style without colour, in which each character of a string takes a column.
func plain(room, first int) *Style {
	return &Style{
		Margin: "  ", Room: room, First: first, Limit: 64 << 10,
		Safe:  func(dst, s []byte) []byte { return append(dst, s...) },
		Cells: utf8.RuneCount,
	}
}

func TestAppend(t *testing.T) {
	const order = `{"id":1,"items":[{"a":1},{"b":[ 2 ,3]}],"none":{},"e":[ ]}`
	for _, tt := range []struct {
		name, in    string
		room, first int
		want        string
	}{
		{"fits", order, 80, 2, `{"id": 1, "items": [{"a": 1}, {"b": [2, 3]}], "none": {}, "e": []}`},
		{"fits exactly", order, 68, 2, `{"id": 1, "items": [{"a": 1}, {"b": [2, 3]}], "none": {}, "e": []}`},
		{"without blanks", order, 67, 2, `{"id":1,"items":[{"a":1},{"b":[2,3]}],"none":{},"e":[]}`},
		{"without blanks exactly", order, 57, 2, `{"id":1,"items":[{"a":1},{"b":[2,3]}],"none":{},"e":[]}`},
		{"one column too narrow", order, 56, 2, `{
    "id": 1,
    "items": [{"a": 1}, {"b": [2, 3]}],
    "none": {},
    "e": []
  }`},
		{"a comma needs room", order, 39, 0, `{
    "id": 1,
    "items": [{"a": 1}, {"b": [2, 3]}],
    "none": {},
    "e": []
  }`},
		{"and a member none", order, 38, 0, `{
    "id": 1,
    "items": [{"a":1},{"b":[2,3]}],
    "none": {},
    "e": []
  }`},
		{"and has none", order, 34, 0, `{
    "id": 1,
    "items": [
      {"a": 1},
      {"b": [2, 3]}
    ],
    "none": {},
    "e": []
  }`},
		{"no room to keep to", `{"a":[1]}`, 0, 0, "{\n    \"a\": [\n      1\n    ]\n  }"},
		{"a member longer than a row", `["0123456789012345678901234567890",[1]]`, 20, 0,
			"[\n    \"0123456789012345678901234567890\",\n    [1]\n  ]"},
		{"laid out before", "{\n \"a\" : [\r\n\t1 ,2 ]\n}", 80, 0, `{"a": [1, 2]}`},
		{"wide", `["ä","ö"]`, 10, 0, `["ä", "ö"]`},
		{"numbers and escapes as they were", `[1.0e+5,-0,"\u0041\/",1e400]`, 80, 0, `[1.0e+5, -0, "\u0041\/", 1e400]`},
		{"duplicates", `{"a":1,"a":2}`, 80, 0, `{"a": 1, "a": 2}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := plain(tt.room, tt.first).Append([]byte("before"), []byte(tt.in))
			if !ok || string(got) != "before"+tt.want {
				t.Errorf("got %v\n%s\nwant\n%s", ok, got, tt.want)
			}
		})
	}
}

func TestPaint(t *testing.T) {
	s := plain(80, 0)
	s.Key, s.String = Paint{"K", "k"}, Paint{"S", "s"}
	s.Number, s.Literal = Paint{"N", "n"}, Paint{"L", "l"}
	got, _ := s.Append(nil, []byte(`{"a":["b",1,null]}`))
	if want := `{K"a"k: [S"b"s, N1n, LnullL]}`; string(got) != strings.Replace(want, "nullL", "nulll", 1) {
		t.Errorf("%s", got)
	}
}

// What cannot be laid out leaves what stood before as it was.
func TestLimits(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth) + "1" + strings.Repeat("]", MaxDepth)
	for name, in := range map[string]string{
		"depth": "[" + deep + "]",
		"size":  "[" + strings.Repeat(deep+",", 20) + "1]",
	} {
		for _, room := range []int{0, 10} {
			if got, ok := plain(room, 0).Append([]byte("before"), []byte(in)); ok || string(got) != "before" {
				t.Errorf("%s, room %d: %v, %d bytes", name, room, ok, len(got))
			}
		}
	}
	if _, ok := plain(1<<20, 0).Append(nil, []byte(deep)); !ok {
		t.Error("what is nested as deep as may be is not laid out")
	}
}

// Tokens, their order and their text stay, and no row is longer than there is room unless what stands
// on it cannot be broken.
func FuzzAppend(f *testing.F) {
	for _, in := range []string{
		`{"a":[1,{"b":"c"},[]],"d":null}`, `[[[[1,2],[3]],{}],"x"]`, `{"":{"":{"":[true,false]}}}`,
	} {
		for _, room := range []uint8{0, 1, 8, 20, 80} {
			f.Add([]byte(in), room)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, room uint8) {
		in = bytes.TrimSpace(in)
		if len(in) == 0 || in[0] != '{' && in[0] != '[' || !json.Valid(in) || !utf8.Valid(in) {
			t.Skip()
		}
		got, ok := plain(int(room), 0).Append(nil, in)
		if !ok {
			return
		}
		var before, after bytes.Buffer
		if json.Compact(&before, in) != nil || json.Compact(&after, got) != nil || before.String() != after.String() {
			t.Fatalf("%s is laid out as\n%s", in, got)
		}
		for row := range bytes.Lines(got) {
			row = bytes.TrimRight(row, ",\n")
			if n := utf8.RuneCount(row); room > 0 && n > int(room) && isBreakable(row) {
				t.Fatalf("%d of %d columns: %s", n, room, row)
			}
		}
	})
}

// isBreakable reports whether a whole object or array that is not empty stands on a row, with its name
// or without.
func isBreakable(row []byte) bool {
	row = bytes.TrimSpace(row)
	var named map[string]json.RawMessage
	if json.Unmarshal([]byte("{"+string(row)+"}"), &named) == nil && len(named) == 1 {
		for _, value := range named {
			row = value
		}
	}
	return json.Valid(row) && len(row) > len("[]") && (row[0] == '[' || row[0] == '{')
}

// A list of lists, each of which is as wide as it can be without standing on one row, takes no longer
// for each byte than a flat one does.
func BenchmarkNested(b *testing.B) {
	for name, in := range map[string]string{
		"flat":   "[" + strings.Repeat("1,", 4<<10) + "1]",
		"nested": "[" + strings.Repeat(strings.Repeat("[", 90)+"1"+strings.Repeat("]", 90)+",", 45) + "1]",
	} {
		b.Run(name, func(b *testing.B) {
			s := plain(100, 0)
			s.Limit = 1 << 30
			var dst []byte
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				dst, _ = s.Append(dst[:0], []byte(in))
			}
		})
	}
}
