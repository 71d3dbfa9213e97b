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
		if err := v.SetFrom(a); err != nil {
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
	tests := []struct{ text, want string }{
		{"a", "there is no = between a name and a value"},
		{"=x", `"" is not the name of a variable: letters, digits, _ and - are`},
		{"1a=x", `"1a" is not the name of a variable: it begins with a letter or _`},
		{"a b=x", `"a b" is not the name of a variable: letters, digits, _ and - are`},
		{"now=x", "${now} is built in, and takes no value"},
	}
	for _, tt := range tests {
		if err := new(Vars).SetFrom(tt.text); err == nil || err.Error() != tt.want {
			t.Errorf("%q: %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestSecrets(t *testing.T) {
	v := vars(t, "user=ann")
	for _, s := range []string{"key=abc", "long=abcdef", "odd=a\"b<\n", "none="} {
		if err := v.SetSecretFrom(s); err != nil {
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

func TestSetFile(t *testing.T) {
	v := &Vars{}
	text := "\uFEFF# x\r\n\r\nA=1\r\nexport B = two words # not this\n" +
		"C='a\\n # b'\nD=\"a\\n\\\"\\$\\x\" # c\nE=\nF=a#b\nG=#x\n"
	if err := v.SetFile("env", []byte(text)); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"A": "1", "B": "two words", "C": `a\n # b`, "D": "a\n\"$\\x", "E": "", "F": "a#b", "G": "",
	}
	for name, value := range want {
		if got, ok := v.Lookup(name); !ok || got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if got := strings.Join(v.Names(), ""); got != "ABCDEFG" {
		t.Errorf("the names are %s", got)
	}
}

func TestSetFileErrors(t *testing.T) {
	v := &Vars{}
	err := v.SetFile("env", []byte("ok=1\nno\na b=1\nx='secret\ny=\"s\" t\nz=\xff\n"))
	want := `env:2:1: there is no = between a name and a value
env:3:1: "a b" is not the name of a variable: letters, digits, _ and - are
env:4:1: no ' ends the value
env:5:1: something stands behind the closing quote
env:6:1: the line is not UTF-8`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
	if len(v.Names()) > 0 {
		t.Errorf("%q have been set", v.Names())
	}
}

func TestSetEnviron(t *testing.T) {
	v := &Vars{}
	if err := v.SetEnviron([]string{"HOME=/x", "WSLINE_VAR_TOKEN=a=b", "WSLINE_VAR_x="}); err != nil {
		t.Fatal(err)
	}
	if got, _ := v.Lookup("TOKEN"); got != "a=b" {
		t.Errorf("TOKEN is %q", got)
	}
	err := v.SetEnviron([]string{"WSLINE_VAR_a.b=1"})
	want := `in the environment, "WSLINE_VAR_a.b": "a.b" is not the name of a variable: ` +
		"letters, digits, _ and - are"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
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
