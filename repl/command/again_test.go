package command

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/name"
	"wsline/internal/wire"
	"wsline/internal/words"
)

// typist types lines one after the other, and gathers what is sent, said and shown.
type typist struct {
	env  *Env
	told []string
	has  []string // of the history, the last first
}

func newTypist(t *testing.T) *typist {
	y := &typist{}
	tell := func(kind, text string) { y.told = append(y.told, kind+text) }
	y.env = &Env{
		Send: func(_ context.Context, op wire.Opcode, p []byte) error {
			tell(y.env.Conn+"> ", string(p))
			return nil
		},
		Say:   func(text string) { tell("* ", text) },
		Edit:  func(_ context.Context, text, ext string) (string, error) { return text + ext, nil },
		Names: func() []string { return []string{"bob"} },
		As: func(name string, do func() error) error {
			defer func(conn string) { y.env.Conn = conn }(y.env.Conn)
			y.env.Conn = name
			return do()
		},
		Redo:     func(ctx context.Context, line string) error { return y.env.Do(ctx, line) },
		History:  func() []string { return append([]string(nil), y.has...) },
		Snippets: filepath.Join(t.TempDir(), "config", "snippets"),
		Columns:  func() int { return 30 },
	}
	n := 0
	y.env.Extra.Expand = func(_ *Env, _, rest string) (words.Text, error) {
		if strings.Contains(rest, "${n}") {
			n++
		}
		return words.Plain(strings.ReplaceAll(rest, "${n}", strings.Repeat("n", n))), nil
	}
	return y
}

func (y *typist) types(line string) string {
	y.told = nil
	y.has = append([]string{line}, y.has...)
	conn, rest, err := name.CutAddress(line, y.env.Names())
	y.env.Conn, y.env.Named = conn, conn != ""
	if err == nil {
		err = y.env.Do(context.Background(), rest)
	}
	if err != nil {
		y.told = append(y.told, "error: "+err.Error())
	}
	return strings.Join(y.told, "\n")
}

func runTypist(t *testing.T, y *typist, steps [][2]string) {
	t.Helper()
	for _, step := range steps {
		if got := y.types(step[0]); got != step[1] {
			t.Errorf("%s\ngot\n%s\nwant\n%s", step[0], got, step[1])
		}
	}
}

func TestAgain(t *testing.T) {
	runTypist(t, newTypist(t), [][2]string{
		{"/again", "error: no message was sent yet: /again N does a line of /history"},
		{"/history", "* nothing was typed yet"},
		{"/edit last", "error: no message was sent yet"},
		{"a ${n}", "> a n"},
		{"/again", "> a nn"},
		{"bob> to bob", "bob> to bob"},
		{"/again", "bob> to bob"},
		{"//slash", "> /slash"},
		{"bob> /again", "bob> /slash"},
		{"/again", "bob> /slash"},
		{"/edit x", "> x.txt"},
		{"/edit last", "> x.txt.txt"},
		{`/edit {"a":1}`, `> {"a":1}.json`},
		{`/edit {"a":${n}}`, "> {\"a\":nnn}.json"},
		{"/binary 00", "> \x00"},
		{"/again", "> \x00"},
		{"/edit last", "error: the last message was not typed as text"},
		{"/text a\nvery long line that does not fit", "> a\nvery long line that does not fit"},
		{"/history 4", "* 4  /edit {\"a\":${n}}\n3  /binary 00\n2  /edit last\n1  /text a↵very long line tha…"},
		{"/again 4", "> {\"a\":nnnn}.json"},
		{"/again 3", "> \x00"},
		{"/again 99", `error: "99" is no line of /history, which has 11`},
		{"/again x", `error: "x" is no line of /history, which has 11`},
		{"/history 0", `error: "0" is not a number of lines`},
		{"/again 10", "> a nnnnn"},
		{"/again 9", "bob> to bob"},
		{"bob> /again 10", "bob> a nnnnnn"},
	})
}

func TestSnippets(t *testing.T) {
	y := newTypist(t)
	folder := y.env.Snippets
	c := &Completion{Snippets: folder}
	runTypist(t, y, [][2]string{
		{"/snippet", "* there are no snippets: /snippet save NAME makes one of the last message"},
		{"/snippet save a", "error: no message was sent yet: /snippet save a TEXT saves another"},
		{`{"id":"${n}"}`, `> {"id":"n"}`},
		{"/snippet save one", "* saved as " + filepath.Join(folder, "one.json")},
		{"/snippet save two //x ${n}", "* saved as " + filepath.Join(folder, "two.txt")},
		{"/snippet one", `> {"id":"nn"}`},
		{"/snippet two", "> //x nnn"},
		{"/again", "> //x nnnn"},
		{"bob> /snippet one", `bob> {"id":"nnnnn"}`},
		{"/snippet", "* one  {\"id\":\"${n}\"}\ntwo  //x ${n}"},
		{"/snippet save one text", "* saved as " + filepath.Join(folder, "one.txt")},
		{"/snippet one", "> text"},
		{"/snippet save save x", `error: "save" is no name of a snippet: letters, digits, - and _ are`},
		{"/snippet ../x", `error: "../x" is no name of a snippet: letters, digits, - and _ are`},
		{"/snippet save a/b x", `error: "a/b" is no name of a snippet: letters, digits, - and _ are`},
		{"/snippet two more", "error: nothing may stand behind /snippet two"},
		{"/snippet tow", `error: there is no snippet "tow": did you mean two?`},
		{"/snippet zzzzz", `error: there is no snippet "zzzzz": /snippet lists them`},
		{"/snippet save", "error: /snippet save needs a name"},
	})
	if words, start := c.Candidates("/snippet o"); start != 9 || strings.Join(words, ",") != "one" {
		t.Errorf("completed %q at %d", words, start)
	}
	for _, name := range []string{folder, filepath.Join(folder, "one.txt")} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 2 {
		t.Errorf("the folder has %v, %v", files, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "bad.txt"), []byte("\xff"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := y.types("/snippet bad"); !strings.HasSuffix(got, `bad.txt" has no text in UTF-8`) {
		t.Errorf("got %s", got)
	}
	y.env.Snippets = ""
	if got := y.types("/snippet"); got != "error: /snippet cannot be used here" {
		t.Errorf("got %s", got)
	}
}
