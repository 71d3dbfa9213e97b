package wst

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	v := vars(t, "dots=a...", `q=a"b`, "code=1001", "hex=0bad", "re=x+", "n=3")
	tests := []struct{ line, want string }{
		{"< ${q} ...", `text "a\"b ..."`},
		{"< ${dots} ...", `text "a... ..."`}, // what its dots mean TestValuesInPatterns shows
		{`< {"n": ${n}}`, `text "{\"n\": 3}"`},
		{`<text "${q}\x1b\n..."`, `text "a\"b\x1b\n..."`},
		{`<text ""`, `text ""`},
		{"<* hi", `any text "hi"`},
		{"<binary ${hex} f0", "binary [0badf0]"},
		{"<binary 00...01", "binary [00 01]"},
		{"<binary ...", "binary [ ]"},
		{"<binary", "binary []"},
		{"<binary base64:AAE=", "binary [0001]"},
		{"<binary 1 byte\n  00000000  ff  |.|", "binary [ff]"},
		{"<ping ${q}", `ping "a\"b"`},
		{"<pong", `pong ""`},
		{"<close", `close 1005 ""`},
		{"<close ${code} bye", `close 1001 "bye"`},
		{`<close 1000 "a\n"`, `close 1000 "a\n"`},
		{"<close ...", `close any "..."`},
		{"<close ... bye", `close any "bye"`},
		{"<refused", "refused any"},
		{"<refused ...", "refused any"},
		{"<refused 403", "refused 403"},
		{"<error ${q}...", `error "a\"b..."`},
		{"<error", `error ""`},
		{"<~ ^${re}$", "regexp ^x+$"},
		{"<? .n == ${n}", "query .n == 3"},
	}
	for _, tt := range tests {
		p, err := mustParse(t, tt.line+"\n").Lines[0].Pattern(v)
		if err != nil {
			t.Errorf("%s: %v", tt.line, err)
			continue
		}
		if got := shownPattern(p); got != tt.want {
			t.Errorf("%s is %s, want %s", tt.line, got, tt.want)
		}
	}
}

func shownPattern(p *Pattern) string {
	code := fmt.Sprint(p.Code)
	if p.AnyCode {
		code = "any"
	}
	text := ""
	if p.Any {
		text = "any "
	}
	switch p.Kind {
	case ExpectText:
		return text + fmt.Sprintf("text %q", p.Text.String())
	case ExpectBinary:
		return text + fmt.Sprintf("binary %x", p.Parts)
	case ExpectPing:
		return text + fmt.Sprintf("ping %q", p.Text.String())
	case ExpectPong:
		return text + fmt.Sprintf("pong %q", p.Text.String())
	case ExpectClose:
		return text + fmt.Sprintf("close %s %q", code, p.Text.String())
	case ExpectRefused:
		return text + "refused " + code
	case ExpectError:
		return text + fmt.Sprintf("error %q", p.Text.String())
	case ExpectRegexp:
		return text + "regexp " + p.Regexp.String()
	case ExpectQuery:
		return text + "query " + p.Query.String()
	}
	return text
}

func TestPatternErrors(t *testing.T) {
	v := vars(t, "bad=(", "word=xyz", "any=...", "b64=base64:AAE=")
	tests := []struct {
		line string
		at   Pos
		want string
	}{
		{"< a\n  ${x}", Pos{2, 3}, `the variable "x" has no value`},
		{"bob<~ a${bad}", Pos{1, 7},
			`the regular expression "a(" cannot be read: missing closing ) at "a("`},
		{"<binary ${word}", Pos{1, 9}, `"xyz" is not bytes`},
		{"<~ ${word}(?P<now>x)", Pos{1, 4}, "${now} is built in, and takes no value"},
		{"<binary 00${any}01", Pos{1, 9}, `"00...01" is not bytes`},
		{"<binary ${b64}", Pos{1, 9}, `"base64:AAE=" is not bytes`},
		{"<close ${any}", Pos{1, 8}, `"..." is not a code`},
		{"<close ${word} x", Pos{1, 8}, `"xyz" is not a code`},
		{"<close 1000 ${x}", Pos{1, 13}, `the variable "x" has no value`},
		{"<? ${bad}", Pos{1, 4}, ""},
		{"> /expect <close 1000 ${x}", Pos{1, 23}, `the variable "x" has no value`},
		{"> /expect a ${x}", Pos{1, 13}, `the variable "x" has no value`},
	}
	for _, tt := range tests {
		_, err := mustParse(t, tt.line+"\n").Lines[0].Pattern(v)
		wrong, ok := errors.AsType[*SyntaxError](err)
		if !ok || wrong.Pos != tt.at || wrong.Text != tt.want && tt.want != "" {
			t.Errorf("%s: %+v", tt.line, wrong)
		}
	}
}

func TestParseExpectation(t *testing.T) {
	e, err := ParseExpectation("*close 1000 x")
	if err != nil || e.Kind != ExpectClose || !e.Any || e.Code != "1000" || e.Text != "x" {
		t.Errorf("%+v, %v", e, err)
	}
	want := `1:1: "<pnig" is not a kind of thing that comes`
	if _, err := ParseExpectation("pnig"); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func TestCompare(t *testing.T) {
	tests := []struct{ line, got, want string }{
		{"< {\"a\": 1}", `{ "a":1.0 }`, ""},
		{"<text \"a...\\x1b\"", "abc\x1b", ""},
		{"<ping a", "a", ""},
		{"<ping", "", ""},
		{"<ping ...", "\xff", ""},
		{"<close 1000 bye...", "bye now", ""},
		{"<error no such host", "no such host", ""},
		{"<~ b+", "abbc", ""},
		{"<binary 00", "\x00", ""},
		{"<binary", "", ""},
		{"<binary ...", "", ""},
		{"<binary 00...", "\x00\x01", ""},
		{"<binary ...01", "\x00\x01", ""},
		{"<binary 00...01...02", "\x00\x01\x01\x02", ""},
		{"<binary 00...00", "\x00", "expected 00 at the end, got no bytes"},
		{"<binary 00...01...02", "\x00\x02\x02", "expected 01 behind what matches, got 0202"},
		{"<binary 00...", "\x01", "expected 00 at the beginning, got 01"},
		{"<binary ...00", strings.Repeat("x", 17),
			"expected 00 at the end, got 78787878787878787878787878787878…"},
	}
	for _, tt := range tests {
		p, err := mustParse(t, tt.line+"\n").Lines[0].Pattern(&Vars{})
		if err != nil {
			t.Fatal(err)
		}
		_, diff := p.Compare([]byte(tt.got))
		got := ""
		for _, d := range diff {
			got += d.String()
		}
		if got != tt.want {
			t.Errorf("%s and %q: %q, want %q", tt.line, tt.got, got, tt.want)
		}
	}
	p, err := mustParse(t, "<ping a\n").Lines[0].Pattern(&Vars{})
	if err != nil {
		t.Fatal(err)
	}
	if _, diff := p.Compare([]byte("b")); len(diff) != 1 {
		t.Errorf("a and b: %v", diff)
	}
	p, err = mustParse(t, "<~ (?P<n>\\d+)\n").Lines[0].Pattern(&Vars{})
	if err != nil {
		t.Fatal(err)
	}
	if groups, _ := p.Compare([]byte("x12")); groups["n"] != "12" {
		t.Errorf("the groups are %q", groups)
	}
}
