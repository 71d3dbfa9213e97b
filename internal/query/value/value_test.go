package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
)

// reference is what encoding/json makes of a text.
func reference(text []byte) (any, bool) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var v any
	if in.Decode(&v) != nil {
		return nil, false
	}
	_, err := in.Token()
	return v, errors.Is(err, io.EOF)
}

// check compares all that is done with a text with what encoding/json and gojq do.
func check(t *testing.T, text []byte) {
	want, valid := reference(text)
	doc, ok := Document(text)
	if ok != valid {
		t.Fatalf("%.300q: valid %v, want %v", text, ok, valid)
	}
	if !valid {
		return
	}
	got := Decode(doc)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%.300q: %.300v, want %.300v", text, got, want)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		t.Fatal(err)
	}
	if got := Compact(text); !bytes.Equal(got, compact.Bytes()) {
		t.Errorf("%.300q is compact as %.300q, want %.300q", text, got, compact.Bytes())
	}
	marshalled, _ := gojq.Marshal(want)
	for _, other := range [][]byte{compact.Bytes(), marshalled, text, compact.Bytes()[1:]} {
		if got := IsCompact(text, other); got != bytes.Equal(other, compact.Bytes()) {
			t.Errorf("%.300q is said to be compact as %.300q: %v", text, other, got)
		}
	}
	checkWritten(t, want, marshalled)
	whole, ok := AppendPart(nil, doc, len(marshalled))
	deep := bytes.Count(doc, []byte("["))+bytes.Count(doc, []byte("{")) > MaxDepth-spare
	if !ok && !deep || ok && !bytes.Equal(whole, marshalled) {
		t.Errorf("%.300q is written as %.300q, want %.300q", text, whole, marshalled)
	}
	checkParts(t, doc, want)
}

func checkWritten(t *testing.T, v any, want []byte) {
	t.Helper()
	if got, ok := Append([]byte("x"), v, len(want)+1); !ok || string(got) != "x"+string(want) {
		t.Errorf("%.300v is written as %.300q, want %.300q", v, got, want)
	}
	if got, ok := Append(nil, v, len(want)-1); ok {
		t.Errorf("%.300v is written as %.300q in less than %d bytes", v, got, len(want))
	}
}

func checkParts(t *testing.T, doc []byte, v any) {
	same := func(part []byte, want any) {
		if part == nil || !reflect.DeepEqual(Decode(part), want) {
			t.Errorf("%.300q has a part %.300q, want %.300v", doc, part, want)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		for part := range Each(doc) {
			if len(names) == 0 {
				t.Fatalf("%.300q has more than %d members", doc, len(v))
			}
			same(part, v[names[0]])
			names = names[1:]
		}
		if len(names) > 0 {
			t.Errorf("%.300q has no %q", doc, names)
		}
		for name, member := range v {
			same(Member(doc, name), member)
			other := name + "x"
			if _, has := v[other]; !has && Member(doc, other) != nil {
				t.Errorf("%.300q has a member %.300q", doc, other)
			}
		}
	case []any:
		n := 0
		for part := range Each(doc) {
			same(part, v[n])
			n++
		}
		if n != len(v) || Element(doc, n) != nil || Element(doc, -n-1) != nil {
			t.Errorf("%.300q has %d elements, want %d", doc, n, len(v))
		}
		for i := range min(n, 10) {
			same(Element(doc, i), v[i])
			same(Element(doc, i-n), v[i])
		}
	}
}

var texts = []string{
	"", " ", "x", "null", "true", "false", "nul", "truex", "  null\t\r\n", "null null", "1 x", "\v1",
	"0", "-0", "01", "-", "-x", "1.", "1.5", ".5", "1e", "1e5", "1E+5", "1e-05", "1e+", "+1", "1.0",
	"1e1000", "12345678901234567890123", "0x1", "1a", "NaN", "Infinity", "-Infinity",
	`""`, `"`, `"a`, `"a"b`, `"é"`, "\"\xff\"", "\"a\xe2\x82\"", "\"\x7f\"", "\"\x01\"", "\"\n\"",
	`"\"\\\/\b\f\n\r\t"`, `"\a"`, `"\`, `"\"`, `"\u0041"`, `"\u00e9\u20AC"`, `"\u12"`, `"\u123g"`,
	`"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx"`, `"\ud83d\n"`,
	`"\ud83d\u0041"`, `"\u0000"`, `"<>&` + "\u2028\u2029" + `"`, `"\ufffd"`, `"12345678"`,
	`"1234567\n"`, `"12345678"x`, "\"1234567\x1f\"", "\"12345678901234\xc3\xa9\"",
	"[]", "[ ]", "[1]", "[1,2 , 3]", "[1,]", "[,1]", "[1 2]", "[", "[1", "[1,", "]", "[]]", "[[]]",
	"[[],[[]],{}]", "[}", "{]",
	"{}", "{ }", `{"a":1}`, `{ "a" : 1 , "b" : [ ] }`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`,
	`{a:1}`, `{1:1}`, `{"a":1`, `{"a":1,"b"`, `{"a" 1}`, `{"a":1 "b":2}`, `{`, `{"`, `{"a":1}}`,
	`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"\u0061":2,"a":1}`, `{"":0}`, "{\"\xff\":1,\"\ufffd\":2}",
	`{"a\"b":1}`, `{"b":{"d":1,"c":2},"a":["]","}",{"x":"\"]}"}]}`, `{"é":1}`, `{"a\\":1,"b":2}`,
	"\ufeff{}", "{}\x00", "/**/1",
}

func TestTexts(t *testing.T) {
	for _, text := range texts {
		check(t, []byte(text))
	}
	for _, n := range []int{MaxDepth, MaxDepth + 1} {
		check(t, []byte(strings.Repeat("[", n)+strings.Repeat("]", n)))
		check(t, []byte(strings.Repeat(`{"a":`, n-1)+"[1]"+strings.Repeat("}", n-1)))
	}
}

func TestAppend(t *testing.T) {
	big := new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil)
	for _, v := range []any{
		nil, true, 0, -5, math.MaxInt, 0.0, math.Copysign(0, -1), 1.5, 1e-6, 1e-7, 1e-10, -1e-9, 1e20,
		1e21, -1e300, math.NaN(), math.Inf(1), math.Inf(-1), big, json.Number("1.50"), "\x00\xffé",
		[]any{1, "a", []any{}}, map[string]any{"b": 1, "a": map[string]any{}, "\n": big},
	} {
		want, _ := gojq.Marshal(v)
		checkWritten(t, v, want)
	}
	var deep any
	for range MaxDepth + 1 {
		deep = []any{deep}
	}
	if _, ok := Append(nil, deep, 1<<20); ok {
		t.Error("a value that is too deep is written")
	}
}

func FuzzText(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(check)
}

func BenchmarkDecode(b *testing.B) {
	text := []byte(`{"id":1,"type":"x","a":{"b":1},"p":"qqqqqqqqqqqqqqqqqqqqq"}`)
	b.Run("Document", func(b *testing.B) {
		for b.Loop() {
			Document(text)
		}
	})
	b.Run("Decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Decode(text)
		}
	})
	b.Run("Member", func(b *testing.B) {
		for b.Loop() {
			Member(text, "p")
		}
	})
}
