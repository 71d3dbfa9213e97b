package wst

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
)

func vars(t *testing.T, assignments ...string) *Vars {
	t.Helper()
	v := &Vars{}
	for _, a := range assignments {
		name, value, _ := strings.Cut(a, "=")
		if err := v.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func TestExpand(t *testing.T) {
	v := vars(t, "a=1", "b-2=x y", "nest=${a}", "empty=", "eq=a=b")
	tests := []struct{ text, want string }{
		{"", ""}, {"plain $ { }", "plain $ { }"},
		{"${a}", "1"}, {"<${a}${b-2}>", "<1x y>"}, {"${nest}", "${a}"},
		{"[${empty}]", "[]"}, {"${eq}", "a=b"},
		{"$${a}", "${a}"}, {"$$${a}", "$${a}"}, {"$a", "$a"}, {"$$", "$$"}, {"$${", "${"},
		{`{"n": ${a}, "s": "${a}"}`, `{"n": 1, "s": "1"}`},
		{"${line}", "7"},
	}
	for _, tt := range tests {
		if got, err := v.Expand(tt.text, Pos{7, 1}); err != nil || got.String() != tt.want {
			t.Errorf("%q is %q, %v, want %q", tt.text, got.String(), err, tt.want)
		}
	}
}

func TestExpandUndone(t *testing.T) {
	v := &Vars{}
	for _, text := range []string{"${a}", "$${a}", "$$${a}", "${", "$", "$$", "$${", "{$", "a${b}c"} {
		if got, err := v.Expand(EscapeReferences(text), Pos{1, 1}); err != nil || got.String() != text {
			t.Errorf("%q, escaped and expanded, is %q, %v", text, got.String(), err)
		}
	}
}

func TestBuiltIn(t *testing.T) {
	v := &Vars{}
	tests := []struct{ text, want string }{
		{"${uuid}", `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
		{"${random 8}", `^[a-z0-9]{8}$`},
		{"${random 1024}", `^[a-z0-9]{512}[a-z0-9]{512}$`},
	}
	for _, tt := range tests {
		got, err := v.Expand(tt.text, Pos{1, 1})
		if err != nil || !regexp.MustCompile(tt.want).MatchString(got.String()) {
			t.Errorf("%s is %q, %v", tt.text, got.String(), err)
		}
		if again, _ := v.Expand(tt.text, Pos{1, 1}); again.String() == got.String() {
			t.Errorf("%s is %q twice", tt.text, got.String())
		}
	}
}

func TestNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := new(Vars).Expand("${now} ${now +90m} ${now -24h}", Pos{1, 1})
		want := "2000-01-01T00:00:00Z 2000-01-01T01:30:00Z 1999-12-31T00:00:00Z"
		if err != nil || got.String() != want {
			t.Errorf("%q, %v, want %q", got.String(), err, want)
		}
	})
}

func TestExpandErrors(t *testing.T) {
	v := vars(t, "token=x", "user=y")
	tests := []struct {
		text       string
		offset     int
		want, hint string
	}{
		{"a ${nope}", 2, `the variable "nope" has no value`,
			"give it one: --var nope=VALUE, or /set nope VALUE before this line"},
		{"a ${tokn}", 2, `the variable "tokn" has no value`, "did you mean ${token}?"},
		{"${zzzzzz}", 0, `the variable "zzzzzz" has no value`,
			"give it one: --var zzzzzz=VALUE, or /set zzzzzz VALUE before this line"},
		{"${uid}", 0, `the variable "uid" has no value`, "did you mean ${uuid}?"},
		{"é${", 2, `no "}" ends the variable`, "$${ stands for ${ itself"},
		{"${user x}", 0, `"${user x}" is not a variable`,
			"only ${now} and ${random} take something behind their name; $${ stands for ${ itself"},
		{"${random}", 0, "${random} says no length from 1 to 1024", "${random 8} does"},
	}
	for _, tt := range tests {
		_, err := v.Expand(tt.text, Pos{3, 9})
		wrong, ok := errors.AsType[*VariableError](err)
		if !ok {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		if wrong.Offset != tt.offset || wrong.Text != tt.want || wrong.Hint != tt.hint ||
			wrong.Pos != (Pos{3, 9}) {
			t.Errorf("%q: %+v", tt.text, wrong)
		}
	}
}

func TestExpandIsBounded(t *testing.T) {
	v := vars(t, "big="+strings.Repeat("x", 1<<20))
	_, err := v.Expand(strings.Repeat("${big}", 100), Pos{1, 1})
	if want := "with its variables the text has more than 64 MiB"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestSetErrors(t *testing.T) {
	for name, want := range map[string]string{
		"":    `"" is not the name of a variable: letters, digits, _ and - are`,
		"1a":  `"1a" is not the name of a variable: it begins with a letter or _`,
		"a b": `"a b" is not the name of a variable: letters, digits, _ and - are`,
		"now": "${now} is built in, and takes no value",
	} {
		if err := new(Vars).Set(name, "x"); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

func TestSecrets(t *testing.T) {
	v := vars(t, "user=ann")
	for _, s := range []string{"key=abc", "long=abcdef", "odd=a\"b<\n", "none="} {
		name, value, _ := strings.Cut(s, "=")
		if err := v.SetSecret(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Set("key", "new"); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ text, want string }{
		{"ann", "ann"},
		{"abc", "<secret key>"}, {"new", "<secret key>"},
		{"xabcdefx abcde", "x<secret long>x <secret key>de"},
		{"a\"b<\n", "<secret odd>"},
		{`<text "a\"b<\n"`, `<text "<secret odd>"`},
		{`{"x":"a\"b\u003c\n"}`, `{"x":"<secret odd>"}`},
		{"", ""},
	}
	for _, tt := range tests {
		if got := v.Redact(tt.text); got != tt.want {
			t.Errorf("%q is shown as %q, want %q", tt.text, got, tt.want)
		}
	}
	if !v.Secret("key") || v.Secret("user") {
		t.Error("Secret does not tell")
	}
	c := v.Clone()
	if err := c.SetSecret("mine", "ann"); err != nil {
		t.Fatal(err)
	}
	if got := v.Redact("ann"); got != "ann" {
		t.Errorf("a clone's secret is hidden: %q", got)
	}
	if got := c.Redact("ann abc"); got != "<secret mine> <secret key>" {
		t.Errorf("in a clone: %q", got)
	}
}

func TestExpandLine(t *testing.T) {
	v := vars(t, `q=a"b c\`, "n=5", "file=x.bin", "hex=hex:00")
	tests := []struct{ line, want string }{
		{"${q}!", `a"b c\!`},
		{"//${n}", "/5"},
		{"/text ${q}", `a"b c\`},
		{`/text "${q}\n"`, `"a\"b c\\\n"`},
		{`/ping  "${q}"`, ` "a\"b c\\"`},
		{`/close ${n}000 "${q}"`, `5000 "a\"b c\\"`},
		{"/close 1000 ${q}", `1000 a"b c\`},
		{"/wait ${n}s", "5s"},
		{"/connect -H 'X: ${q}' ${n}", `-H 'X: a"b c\' 5`},
		{`/exec echo "${q}" 'it''s'`, `echo "a\"b c\\" 'it''s'`},
		{"/frame text ${q} --no-fin", `text 'a"b c\' --no-fin`},
		{"/binary @${file}", "@x.bin"},
		{`/frame text "${q}\n"`, `text "a\"b c\\\n"`},
		{`/connect --header=${q} ${file}`, `--header='a"b c\' x.bin`},
		{"/text ${hex}", `"hex:00"`},
		{"/fragment 1 ${hex}", `1 "hex:00"`},
		{"/fragment 1 hex:${n}0", "1 hex:50"},
		{`{"q": "${q}", "n": ${n}, "j": ${json q}}`, `{"q": "a\"b c\\", "n": 5, "j": "a\"b c\\"}`},
		{`/text {"q": "${q}"}`, `{"q": "a\"b c\\"}`},
		{`/set x "${q}"`, `x "a\"b c\\"`},
	}
	for _, tt := range tests {
		l := mustParse(t, "> "+tt.line+"\n").Lines[0]
		rest, err := l.Expand(v)
		if got := Written(l.Command, rest); err != nil || got != tt.want {
			t.Errorf("%s is %s, %v, want %s", tt.line, got, err, tt.want)
		}
	}
}

func TestExpandLineError(t *testing.T) {
	tests := []struct {
		line string
		at   Pos
	}{
		{"bob> /text a ${x}\n", Pos{1, 14}},
		{"> a\n  b ${x}\n", Pos{2, 5}},
		{`> /ping "é ${x}"`, Pos{1, 12}},
		{"> /connect -H 'a: ${x}' b\n", Pos{1, 19}},
	}
	for _, tt := range tests {
		_, err := mustParse(t, tt.line).Lines[0].Expand(&Vars{})
		wrong, ok := errors.AsType[*SyntaxError](err)
		if !ok || wrong.Pos != tt.at || wrong.Text != `the variable "x" has no value` {
			t.Errorf("%q: %+v", tt.line, wrong)
		}
	}
}

func TestParseSet(t *testing.T) {
	v := vars(t, `q="a`, "n=x")
	tests := []struct{ line, name, value string }{
		{"/set a b  c ", "a", "b  c"},
		{`/set a " b\n"`, "a", " b\n"},
		{"/set a ${q}", "a", `"a`},
		{`/set a "${q}!"`, "a", `"a!`},
		{"/set ${n} y", "x", "y"},
	}
	for _, tt := range tests {
		rest, _ := mustParse(t, "> "+tt.line+"\n").Lines[0].Expand(v)
		name, value, err := ParseSet(rest)
		if name != tt.name || value != tt.value || err != nil {
			t.Errorf("%s sets %q to %q, %v", tt.line, name, value, err)
		}
	}
	rest, _ := mustParse(t, "> /set ${q} y\n").Lines[0].Expand(v)
	if _, _, err := ParseSet(rest); err == nil {
		t.Error("a quotation mark is a name")
	}
}
