package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/script/wst"
)

func TestCheck(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("more", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"good.wst":        "> hi\n< hi\n",
		"wrong.wst":       "> hi\n> /wait long\n",
		"loop.wst":        "> /include ./loop.wst\n",
		"more/deep.wst":   "> /include ../good.wst\n> /include deeper.wst\n",
		"more/deeper.wst": "> /include gone.wst\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ text, want string }{
		{"> /include good.wst\n> /include good.wst\n> /connect ws://x\n", ""},
		{"# x\n> /include  gone.wst\n",
			`a.wst:2:13: cannot read "gone.wst": no such file or directory`},
		{"> /include ${file}\n> /connect ${url} bad\n", ""},
		{"> /include wrong.wst\n> /include wrong.wst\n",
			`wrong.wst:2:9: "long" is not a time such as 500ms, 2s or 1m`},
		{"> /include loop.wst\n", `loop.wst:1:12: "loop.wst" includes itself`},
		{"> /include a.wst\n", `a.wst:1:12: "a.wst" includes itself`},
		{"> /include more/deep.wst\n", "more/deeper.wst:1:12: cannot read " +
			`"more/gone.wst": no such file or directory`},
		{"> /connect bad\n> /connect --as '!' x\nbob> /connect --as ann x\n",
			"a.wst:1:12: bad is bad\n" +
				`a.wst:2:12: "!" is no name: letters, digits, - and _ are` + "\n" +
				`a.wst:3:15: the connection is named twice: "bob" and "ann"`},
		{"> /connect bad\n<error ...\n> /connect bad\n<refused\n", "a.wst:3:12: bad is bad"},
		{"> /skip it is not written yet\n> /include gone.wst\n> /connect bad\n", ""},
	}
	for _, test := range tests {
		c, err := wst.Parse("a.wst", []byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		k := &Checker{Connect: func(words []string) (text, hint string) {
			if words[0] == "bad" {
				return "bad is bad", "take another"
			}
			return "", ""
		}}
		var got []string
		for _, e := range k.Check(c) {
			got = append(got, filepath.ToSlash(e.Error()))
			if strings.HasSuffix(e.Text, "bad is bad") && e.Hint != "take another" {
				t.Errorf("%q: the hint is %q", test.text, e.Hint)
			}
		}
		if got := strings.Join(got, "\n"); got != test.want {
			t.Errorf("%q: got\n%s\nwant\n%s", test.text, got, test.want)
		}
	}
}
