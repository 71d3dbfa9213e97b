package wst

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/wire"
	"wsline/session"
)

func TestFormat(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "\n \n", ""},
		{"what is laid out", "# x\n> hi\n< a\n", "# x\n> hi\n< a\n"},
		{"blank lines", "\n\n> a\n\n  \n\n< b\n\n", "> a\n\n< b\n"},
		{"line ends", "\uFEFF> a\r\n  b\r\n< c", "> a\n  b\n< c\n"},
		{"times and prompts", "15:04:05.123 < a\nbob not connected> /connect\n> \n",
			"< a\nbob> /connect\n"},
		{"ends of comments", "# x \t\n* y  \n", "# x\n* y\n"},
		{"text stays", "> hi \n< hi  \n> /text  x \n", "> hi \n< hi  \n> /text  x \n"},
		{"commands", "> /wait   5s  \n> /drop \n> /binary  00 \n", "> /wait 5s\n> /drop\n> /binary 00\n"},
		{"words", "> /exec  printf x\\  \n> /frame text ' a ' \n> /connect \n",
			"> /exec printf x\\ \n> /frame text ' a '\n> /connect\n"},
		{"JSON on a line", "<  {\"a\":[1, 2]}  \n", "< {\"a\":[1, 2]}\n"},
		{"JSON on lines", "< {\"a\":[1,\n      2],\n  \n    \"b\":{}}\n",
			"< {\n    \"a\": [\n      1,\n      2\n    ],\n    \"b\": {}\n  }\n"},
		{"nearly JSON", "< {\"a\": ${n},\n     \"b\": 1}\n", "< {\"a\": ${n},\n     \"b\": 1}\n"},
		{"quoted", "<text  \"a\"\n", "<text  \"a\"\n"},
		{"quoted, with blanks behind", "<ping \"a\"  \n", "<ping \"a\"\n"},
		{"any", "bob<* {\"a\":\n  1}\n", "bob<* {\n    \"a\": 1\n  }\n"},
		{"expect", "> /expect   {\"a\":\n  1}\n", "> /expect {\n    \"a\": 1\n  }\n"},
		{"a hexdump", "<binary 1 byte\n  00000000  61   |a|\n", "<binary 1 byte\n  00000000  61   |a|\n"},
		{"unsafe", "# \x1b[2J\u202ex\n* \u009b1m\n> a\x1b[2Jb ${v} \"\n> /text a\u200bb\n",
			"# \\x1b[2J\\u202ex\n* \\u009b1m\n> /text \"a\\x1b[2Jb ${v} \\\"\"\n" +
				"> /text \"a\\u200bb\"\n"},
		{"unsafe commands", "> /ping \x1bx\n> /close 1000 \u202ex\n" +
			"> /text \"\u202ex\\n\"\n> /set a \x1b\n",
			"> /ping \"\\x1bx\"\n> /close 1000 \"\\u202ex\"\n> /text \"\\u202ex\\n\"\n" +
				"> /set a \"\\x1b\"\n"},
		{"unsafe expectations", "< a\x1b\n  b...\n<* a\u202e\n" +
			"bob<text \u202e\n<pong \u202e\n<close 1000 \u202e\n",
			"<text \"a\\x1b\\nb...\"\n<*text \"a\\u202e\"\nbob<text \"\\u202e\"\n" +
				"<pong \"\\u202e\"\n<close 1000 \"\\u202e\"\n"},
		{"unsafe JSON", "< {\"a\":\"\u202e...\"}\n<? .a == \"\u202e\"\n<~ a[\u202e]\x1b\n",
			"< {\"a\":\"\\u202e...\"}\n<? .a == \"\\u202e\"\n<~ a[\\x{202e}]\\x{1b}\n"},
		{"safe all the same", "< 👨\u200d👩 é\n", "< 👨\u200d👩 é\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(mustParse(t, tt.text).Format()); got != tt.want {
				t.Errorf("%q is laid out as\n%q, want\n%q", tt.text, got, tt.want)
			}
		})
	}
}

// TestFormatIsBounded: deep nesting does not make a long file of a short one.
func TestFormatIsBounded(t *testing.T) {
	text := "< " + strings.Repeat("[\n  ", 9000) + strings.Repeat("]", 9000) + "\n"
	c := mustParse(t, text)
	if got := c.Format(); len(got) > 10*len(text) {
		t.Errorf("%d bytes are laid out as %d", len(text), len(got))
	}
}

func TestReplace(t *testing.T) {
	c := mustParse(t, "# x\r\n15:04:05.123 bob< a\r\n  b\r\n> c")
	c.Lines[1].Replace(" {\n}")
	c.Lines[2].Replace("d")
	if got, want := string(c.Bytes()), "# x\r\n15:04:05.123 bob< {\r\n  }\r\n> d"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestReplaceEvent(t *testing.T) {
	c := mustParse(t, "bob< a\n  b\n<binary 00\n<close\n> c\n")
	events := []*session.Event{
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("x\n  y\n\nz${v}")},
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("")},
		{Kind: session.KindClose, Code: 1000, Reason: "bye"},
	}
	for i, ev := range events {
		c.Lines[i].ReplaceEvent(ev)
	}
	want := "bob< x\n    y\n  \n  z$${v}\n<text \"\"\n<close 1000 bye\n> c\n"
	if got := string(c.Bytes()); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for i, m := range Messages(mustParse(t, want))[:3] {
		if !sameEvent(&m.Event, events[i]) {
			t.Errorf("%+v, not %+v", m.Event, *events[i])
		}
	}
}

// summary is what a conversation says, whatever its layout.
func summary(c *Conversation) string {
	for _, l := range c.Lines {
		l.Rest, l.Text = trimBare(l), strings.TrimRight(l.Text, " \t\r")
		if e := l.Expect; e != nil {
			e.Text = compacted(e.Text)
			if l.Kind == LineTyped {
				l.Rest = ""
			}
			if e.Kind == ExpectBinary || e.Kind == ExpectQuery {
				e.Text = strings.TrimSpace(e.Text)
			}
		}
	}
	return outline(c)
}

func trimBare(l *Line) string {
	if l.words {
		return strings.TrimSpace(trimWords(l.Rest))
	}
	if l.bare {
		return strings.TrimSpace(l.Rest)
	}
	return l.Rest
}

func compacted(text string) string {
	if bare := strings.TrimSpace(text); bare != "" && (bare[0] == '{' || bare[0] == '[') {
		var b bytes.Buffer
		if json.Compact(&b, []byte(bare)) == nil {
			return b.String()
		}
	}
	return text
}

// FuzzParse: whatever the bytes, a file reads without a panic and prints to the same bytes; one
// without errors is the same conversation when it is laid out, and stays as it is laid out.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "\n----\n") {
			source, _, _ := strings.Cut(part, "\n==\n")
			f.Add([]byte(source + "\n"))
		}
	}
	f.Add([]byte("# a\n> /connect echo:\n> hi\n< hi\n" +
		"<* {\"a\":\n  [1, \"...\"]}\nbob<close 1000 x\n\n\n> ${a}"))
	f.Add([]byte("# \u009b\n> a\x1b ${v}\n< b\u202e...\n<* {\"a\":\"\u200b\"}\n<~ \u202e\n" +
		"> /set a \u202e\n> /expect <ping \x1b\n> /close 1000 \u202e\n<close 1000 \"\u202e\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("a.wst", text)
		if len(c.Lines) > 0 && err == nil && !bytes.Equal(c.Bytes(), text) {
			t.Errorf("%q prints as %q", text, c.Bytes())
		}
		laid := c.Format()
		if err != nil {
			return
		}
		again, err := Parse("a.wst", laid)
		if err != nil {
			t.Fatalf("%q is laid out as %q: %v", text, laid, err)
		}
		if twice := again.Format(); !bytes.Equal(twice, laid) {
			t.Errorf("%q is laid out as %q, and that as %q", text, laid, twice)
		}
		if !isSafe(string(text)) { // written otherwise, it says the same
			sameMessages(t, c, again)
			return
		}
		if got, want := summary(again), summary(c); got != want {
			t.Errorf("%q is laid out as %q:\n%s, want\n%s", text, laid, got, want)
		}
	})
}

// sameMessages holds what two conversations send and expect against each other.
func sameMessages(t *testing.T, a, b *Conversation) {
	t.Helper()
	was, is := Messages(a), Messages(b)
	if len(was) != len(is) {
		t.Fatalf("%q has %d messages, %q %d", a.Bytes(), len(was), b.Bytes(), len(is))
	}
	for i := range was {
		if was[i].Dir == session.In && json.Valid(was[i].Payload) && json.Valid(is[i].Payload) {
			continue // its strings may have escapes
		}
		if !sameEvent(&was[i].Event, &is[i].Event) {
			t.Errorf("%q, not %q", is[i].Payload, was[i].Payload)
		}
	}
}
