package wst

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// mustParse reads a file that has no errors, and holds that it prints to the same bytes.
func mustParse(t *testing.T, text string) *Conversation {
	t.Helper()
	c, err := Parse("a.wst", []byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if got := string(c.Bytes()); got != text {
		t.Errorf("%q prints as %q", text, got)
	}
	return c
}

// outline is what a conversation says, a line for each but blank ones.
func outline(c *Conversation) string {
	var b strings.Builder
	for _, l := range c.Lines {
		if l.Kind == LineBlank {
			continue
		}
		if l.Name != "" {
			fmt.Fprintf(&b, "%s: ", l.Name)
		}
		switch {
		case l.Kind == LineComment:
			fmt.Fprintf(&b, "comment %q", l.Text)
		case l.Kind == LineStatus:
			fmt.Fprintf(&b, "status %q", l.Text)
		case l.Kind == LineTyped && l.Command == "":
			fmt.Fprintf(&b, "send %q", l.Rest)
		case l.Kind == LineTyped:
			fmt.Fprintf(&b, "/%s %q", l.Command, l.Rest)
		}
		if e := l.Expect; e != nil {
			words := []string{
				"", "text", "binary", "ping", "pong", "close", "refused", "error", "~", "?",
			}
			fmt.Fprintf(&b, "expect %s %q %q", words[e.Kind], e.Code, e.Text)
			if e.Quoted {
				b.WriteString(" quoted")
			}
			if e.Any {
				b.WriteString(" any")
			}
			if e.isDump {
				fmt.Fprintf(&b, " %x", e.dump)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestParse(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"blank lines", "\n  \n\t\n", ""},
		{"a comment", "# x\n#y", "comment \" x\"\ncomment \"y\"\n"},
		{"status", "* connected\nbob* closed\n", "status \" connected\"\nbob: status \" closed\"\n"},
		{"a message", "> hi\n", "send \"hi\"\n"},
		{"blanks in a message", ">  hi \n", "send \" hi \"\n"},
		{"a message with a slash", "> //hi\n", "send \"/hi\"\n"},
		{"an empty prompt", ">\n> \nbob> \n", ""},
		{"a closed prompt", "not connected> hi\nbob not connected> hi\n",
			"send \"hi\"\nbob: send \"hi\"\n"},
		{"a connection called not", "not> hi\n", "not: send \"hi\"\n"},
		{"a command", "> /ping are you\n", "/ping \"are you\"\n"},
		{"lines", "> a\n  b\n    c\n", "send \"a\\nb\\n  c\"\n"},
		{"blank lines within", "< a\n  \n\n   \n  b\n\n", "expect text \"\" \"a\\n\\n\\n \\nb\"\n"},
		{"blank lines behind", "< a\n  \n# x\n", "expect text \"\" \"a\"\ncomment \" x\"\n"},
		{"a time", "15:04:05.123 bob< hi\n", "bob: expect text \"\" \"hi\"\n"},
		{"a time, lines below it", "15:04:05.123 bob< a\n               b\n\n                c\n  d\n",
			"bob: expect text \"\" \"a\\nb\\n\\n c\\nd\"\n"},
		{"CRLF", "> a\r\n  b\r\n< c\r\n", "send \"a\\nb\"\nexpect text \"\" \"c\"\n"},
		{"a mark of the byte order", "\uFEFF> a\n", "send \"a\"\n"},
		{"no last line end", "> a", "send \"a\"\n"},
		{"text", "< {\"a\": 1}\n", "expect text \"\" \"{\\\"a\\\": 1}\"\n"},
		{"quoted text", `<text "a\x1b..." `, "expect text \"\" \"a\\\\x1b...\" quoted\n"},
		{"text by its word", "<text hi\n", "expect text \"\" \"hi\"\n"},
		{"binary", "<binary 0bad F00D\n", "expect binary \"\" \"0bad F00D\"\n"},
		{"no bytes", "<binary\n", "expect binary \"\" \"\"\n"},
		{"a hexdump", "<binary 3 bytes\n  00000000  61 7c 0a                 |a|.|\n",
			"expect binary \"\" \"3 bytes\\n00000000  61 7c 0a                 |a|.|\" 617c0a\n"},
		{"no bytes, on the screen", "<binary 0 bytes\n", "expect binary \"\" \"0 bytes\" \n"},
		{"a ping", "<ping x y\n<ping\n<ping \"\\xff\"\n",
			"expect ping \"\" \"x y\"\nexpect ping \"\" \"\"\nexpect ping \"\" \"\\\\xff\" quoted\n"},
		{"a pong", "<pong ...\n", "expect pong \"\" \"...\"\n"},
		{"close", "<close 1000 bye now\n<close\n<close ...\n",
			"expect close \"1000\" \"bye now\"\nexpect close \"\" \"\"\nexpect close \"...\" \"\"\n"},
		{"close, quoted", "<close 1000 \" x\"\n", "expect close \"1000\" \" x\" quoted\n"},
		{"refused", "<refused 403\n<refused\n",
			"expect refused \"403\" \"\"\nexpect refused \"\" \"\"\n"},
		{"an error", "<error no such host\n", "expect error \"\" \"no such host\"\n"},
		{"a regexp", "<~ ^a (?P<n>\\d+)$\n", "expect ~ \"\" \"^a (?P<n>\\\\d+)$\"\n"},
		{"a query", "<? .a == 1\n  and .b\n", "expect ? \"\" \".a == 1\\nand .b\"\n"},
		{"any", "<* hi\n<*~ x\n<*? .a\n<*binary 00\n<*close 1000\n",
			"expect text \"\" \"hi\" any\nexpect ~ \"\" \"x\" any\nexpect ? \"\" \".a\" any\n" +
				"expect binary \"\" \"00\" any\nexpect close \"1000\" \"\" any\n"},
		{"any, of a connection", "alice<* hi\n", "alice: expect text \"\" \"hi\" any\n"},
		{"expect", "> /expect hi\n> /expect <ping x\n",
			"/expect \"hi\"expect text \"\" \"hi\"\n/expect \"<ping x\"expect ping \"\" \"x\"\n"},
		{"blocks", "> /repeat 2\n> hi\n> /unordered\n< a\n# x\n< b\n> /end\n> /end\n",
			"/repeat \"2\"\nsend \"hi\"\n/unordered \"\"\nexpect text \"\" \"a\"\ncomment \" x\"\n" +
				"expect text \"\" \"b\"\n/end \"\"\n/end \"\"\n"},
		{"variables are not read", "> ${x} $${y}\n<~ ${re}(\n<? ${q}(\n> /wait ${t}\n<close ${c} x\n",
			"send \"${x} $${y}\"\nexpect ~ \"\" \"${re}(\"\nexpect ? \"\" \"${q}(\"\n" +
				"/wait \"${t}\"\nexpect close \"${c}\" \"x\"\n"},
		{"a file that is not there", "> /binary @nowhere\n> /file nowhere\n",
			"/binary \"@nowhere\"\n/file \"nowhere\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := outline(mustParse(t, tt.text)); got != tt.want {
				t.Errorf("%q is\n%s, want\n%s", tt.text, got, tt.want)
			}
		})
	}
}

func TestBlocks(t *testing.T) {
	c := mustParse(t, "> /repeat 2\n> /repeat 3\n> hi\n> /end\n> /end\n")
	var got []int
	for _, l := range c.Lines {
		got = append(got, l.Block)
	}
	if want := "[4 3 0 1 0]"; fmt.Sprint(got) != want {
		t.Errorf("the blocks are %v, want %s", got, want)
	}
}

// TestSyntaxErrors holds what is said of each error against a file. -update is not there: the texts
// are read by people, and so they are written by them.
func TestSyntaxErrors(t *testing.T) {
	want, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(want), "\n----\n")
	if len(cases) < 40 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, both := range cases {
		text, want, _ := strings.Cut(both, "\n==\n")
		text = strings.NewReplacer("<FF>", "\xff", "<TAB>", "\t").Replace(text)
		_, err := Parse("a.wst", []byte(text+"\n"))
		if got := errorText(err); got != strings.TrimSuffix(want, "\n") {
			t.Errorf("%s\n==\n%s\nbut want\n%s", text, got, want)
		}
	}
}

// errorText is each error as a person sees it.
func errorText(err error) string {
	var errs Errors
	if !errors.As(err, &errs) {
		return fmt.Sprint(err)
	}
	var lines []string
	for _, e := range errs {
		lines = append(lines, e.Error(), e.Source, strings.Repeat(" ", e.Column-1)+"^")
		if e.Hint != "" {
			lines = append(lines, "hint: "+e.Hint)
		}
	}
	return strings.Join(lines, "\n")
}
