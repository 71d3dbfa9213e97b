package words

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// with is a text in which each ${} is the next of some values.
func with(text string, values ...string) Text {
	var b Builder
	for i, written := range strings.Split(text, "${}") {
		if i > 0 {
			b.Put(Value{values[i-1], "${}"})
		}
		b.Write(written)
	}
	return b.Text()
}

func TestTextParts(t *testing.T) {
	text := with(" @${}\x00 b${} ", "x y", "")
	if got := text.String(); got != " @x y\x00 b " {
		t.Errorf("%q", got)
	}
	if got := text.Source(); got != " @${}\x00 b${} " {
		t.Errorf("%q", got)
	}
	word, rest := text.TrimSpace().CutWord()
	if word.String() != "@x y\x00" || rest.String() != "b" {
		t.Errorf("%q, %q", word.String(), rest.String())
	}
	if name, ok := word.CutPrefix("@"); !ok || name.String() != "x y\x00" {
		t.Errorf("%q, %t", name.String(), ok)
	}
	if _, ok := with("${}", "@x").CutPrefix("@"); ok {
		t.Error("a value is a prefix")
	}
	for _, quoted := range []Text{with("${}", `"a"`), with(`${}a"`, `"`), with(`"a${}`, `"`), with(`${}"a"`, "")} {
		if quoted.IsQuoted() {
			t.Errorf("%q is quoted", quoted.String())
		}
	}
	got, err := with(`"a\n${}"`, `"\n`).Unquote(func(s string) ([]byte, error) {
		text, err := strconv.Unquote(s)
		return []byte(text), err
	})
	if err != nil || got.String() != "a\n\"\\n" {
		t.Errorf("%q, %v", got.String(), err)
	}
}

func TestSplitKeepsValues(t *testing.T) {
	text := with(`-H '${}: 1' "${}${}" ${} a\ ${}`, "a b", `c"`, "'", "--k", " ")
	got, err := text.Strings()
	want := []string{"-H", "a b: 1", `c"'`, "--k", "a  "}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	args, err := text.Arguments()
	want[1], want[2], want[3], want[4] = "\x00a b: 1", "\x00c\"\x00'", "\x00--k", "a \x00 "
	if err != nil || !reflect.DeepEqual(args, want) {
		t.Errorf("%q, %v, want %q", args, err, want)
	}
	if _, err := with("a ${}", "\x00").Arguments(); err != ErrNUL {
		t.Errorf("a NUL: %v", err)
	}
}

func TestJSON(t *testing.T) {
	tests := []struct {
		text   string
		values []string
		want   string
	}{
		{`{"a":"${}"}`, []string{`"\` + "\n<"}, `{"a":"\"\\\n<"}`},
		{`{"${}":${}}`, []string{`"`, "5"}, `{"\"":5}`},
		{`[-${}, 1${}, "x${}y"]`, []string{"1", "2", `"`}, `[-1, 12, "x\"y"]`},
		{`{"a":"${}", ${}}`, []string{`"`, `"b":1`}, `{"a":"\"", "b":1}`},
		{`"${}"`, []string{`"`}, `"\""`},
		{`[info] "${}"`, []string{`"`}, `[info] """`},
		{`say "${}"`, []string{`"`}, `say """`},
		{`{"a":"${}"}`, []string{"\"\xff\n"}, "{\"a\":\"\\\"\xff\\n\"}"}, // whose bytes stay
		{`{"a":"\${}"}`, []string{"n"}, `{"a":"\n"}`},                    // half an escape: no JSON
		{"{\"a\":\"\x00${}\"}", []string{`"`}, "{\"a\":\"\x00\"\"}"},
		{"${}", []string{`{"a":1}`}, `{"a":1}`},
	}
	for _, tt := range tests {
		if got := with(tt.text, tt.values...).JSON(); got != tt.want {
			t.Errorf("%s with %q is %s, want %s", tt.text, tt.values, got, tt.want)
		}
	}
}

// FuzzValues: whatever a value holds, it stays in its string of JSON and in its word, also when it is
// written out.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"", "a b", `"`, `'`, `\`, "--x", "@f", "${x}", "\x00", "é\n", "`$", "hex:00"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		var decoded map[string]any
		err := json.Unmarshal([]byte(with(`{"a":"<${}>","b":["${}"]}`, a, b).JSON()), &decoded)
		want := map[string]any{"a": "<" + a + ">", "b": []any{b}}
		if err != nil || !reflect.DeepEqual(decoded, want) {
			t.Errorf("%q, %q: %v, %v", a, b, decoded, err)
		}
		text := with(`x ${} '${}' "${}" "\${}"y --z=${}`, a, b, a, b, a)
		words, err := text.Strings()
		if err != nil || !reflect.DeepEqual(words, []string{"x", a, b, a, b + "y", "--z=" + a}) {
			t.Errorf("%q, %q: %q, %v", a, b, words, err)
		}
		again, err := Strings(text.Shell(nil))
		if err != nil || !reflect.DeepEqual(again, words) {
			t.Errorf("%q written as %q: %q, %v", words, text.Shell(nil), again, err)
		}
	})
}
