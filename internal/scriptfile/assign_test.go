package scriptfile

import (
	"strings"
	"testing"

	"wsline/script/wst"
)

func TestAssignErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a", "there is no = between a name and a value"},
		{"=x", `"" is not the name of a variable: letters, digits, _ and - are`},
		{"1a=x", `"1a" is not the name of a variable: it begins with a letter or _`},
		{"a b=x", `"a b" is not the name of a variable: letters, digits, _ and - are`},
		{"now=x", "${now} is built in, and takes no value"},
	}
	for _, tt := range tests {
		if err := assign(new(wst.Vars).Set, tt.text); err == nil || err.Error() != tt.want {
			t.Errorf("%q: %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestAssignFile(t *testing.T) {
	v := &wst.Vars{}
	text := "\uFEFF# x\r\n\r\nA=1\r\nexport B = two words # not this\n" +
		"C='a\\n # b'\nD=\"a\\n\\\"\\$\\x\" # c\nE=\nF=a#b\nG=#x\n"
	if err := assignFile(v, "env", []byte(text)); err != nil {
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

func TestAssignFileErrors(t *testing.T) {
	v := &wst.Vars{}
	err := assignFile(v, "env", []byte("ok=1\nno\na b=1\nx='secret\ny=\"s\" t\nz=\xff\n"))
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

func TestAssignEnviron(t *testing.T) {
	v := &wst.Vars{}
	environ := []string{"HOME=/x", "WSLINE_VAR_TOKEN=a=b", "WSLINE_VAR_x="}
	if err := assignEnviron(v, environ); err != nil {
		t.Fatal(err)
	}
	if got, _ := v.Lookup("TOKEN"); got != "a=b" {
		t.Errorf("TOKEN is %q", got)
	}
	err := assignEnviron(v, []string{"WSLINE_VAR_a.b=1"})
	want := `in the environment, "WSLINE_VAR_a.b": "a.b" is not the name of a variable: ` +
		"letters, digits, _ and - are"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}
