package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"wsline/format"
	"wsline/internal/dial"
)

const doctorFile = "../../testdata/doctor.txtar"

// TestDoctor holds, for each broken server, what the program prints: testdata/doctor.txtar is to be
// read as a page of help. Every row of the table but those that need no server has one.
func TestDoctor(t *testing.T) {
	known := map[string]string{}
	archive, err := txtar.ParseFile(doctorFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if err == nil {
		for _, f := range archive.Files {
			known[f.Name] = string(f.Data)
		}
	}
	seen := map[string]bool{}
	var all txtar.Archive
	all.Comment = []byte(doctorComment)
	for _, c := range brokenServers() {
		t.Run(c.name, func(t *testing.T) {
			got := c.run(t)
			all.Files = append(all.Files, txtar.File{Name: c.name, Data: []byte(got)})
			if got != known[c.name] && !*update {
				t.Errorf("got\n%swant\n%s", got, known[c.name])
			}
		})
		seen[c.row] = true
	}
	if *update {
		if err := os.WriteFile(doctorFile, txtar.Format(&all), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range findings() {
		if needsNoServer := slices.Contains(withoutServer(), f.name); seen[f.name] == needsNoServer {
			t.Errorf("the row %q: has a server %v", f.name, seen[f.name])
		}
	}
}

const doctorComment = `What wsline says of servers and networks that do not let it in, one after another.
Made by: go test ./internal/cli -run Doctor -update

`

// withoutServer are the rows that say nothing of a server, or that no server of a test can bring
// about; TestEveryReasonHasAHint and the scripts have them.
func withoutServer() []string {
	return []string{
		"late DNS", "late", "no such name", "DNS", "port closed", "no route", "no socket",
		"proxy out of reach", "redirect from a socket",
	}
}

// A brokenServer is a server that does not let a client in, and what the client is told.
type brokenServer struct {
	name  string
	row   string // of the doctor's table
	serve func(t *testing.T) (url string)
	args  []string
	more  func() []string         // arguments that are known when the server runs
	raw   []dial.Field            // sent as they stand
	proxy func(*testing.T) string // a proxy's URL
	code  int                     // exit code; 0 means 5
}

// run starts the server, runs the program against it, and returns the exit code and what it printed.
func (c *brokenServer) run(t *testing.T) string {
	t.Helper()
	url := c.serve(t)
	env := at("")
	var stdout, stderr strings.Builder
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), &stdout, &stderr
	env.Args = append(slices.Clone(c.args), url)
	if c.proxy != nil {
		env.Args = append(env.Args, "--proxy", c.proxy(t))
	}
	if c.more != nil {
		env.Args = append(env.Args, c.more()...)
	}
	code := 0
	if c.raw == nil {
		code = Run(context.Background(), env)
	} else {
		code = dialRaw(t, url, c.raw, &stderr)
	}
	if want := cmp.Or(c.code, exitHandshake); code != want {
		t.Errorf("exit code %d, want %d", code, want)
	}
	if stdout.Len() > 0 {
		t.Errorf("stdout: %q", stdout.String())
	}
	return fmt.Sprintf("%s(exit code %d)\n\n", stable(stderr.String()), code)
}

// dialRaw is the program with raw fields.
func dialRaw(t *testing.T, url string, raw []dial.Field, stderr io.Writer) int {
	t.Helper()
	u, _, err := dial.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = dial.Dial(t.Context(), &dial.Config{URL: u, RawHeader: raw})
	return (&reporter{to: stderr, talk: format.NewTalk(format.Style{})}).report(err)
}

// stable replaces what differs from run to run.
func stable(text string) string {
	for _, r := range []struct{ pattern, with string }{
		{`127\.0\.0\.1:\d+`, "example.com"},
		{`[^ "]*/ws\d+/s\b`, "/run/app.sock"},
		{`\b\d{4}-\d\d-\d\d\b`, "DATE"},
		{`"[A-Za-z0-9+/]{27}="`, `"ACCEPT="`},
		{`"[A-Za-z0-9+/]{22}=="`, `"KEY=="`},
		{`"[0-9a-f]{40}"`, `"HEX"`},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	return text
}

// What each finding says is one line without a full stop, and no row is named twice.
func TestFindings(t *testing.T) {
	names := map[string]bool{}
	e := &dial.Error{}
	for _, f := range findings() {
		if f.name == "" || names[f.name] || f.when == nil {
			t.Errorf("%+v", f)
		}
		names[f.name] = true
		for _, say := range []func(*dial.Error) string{f.cause, f.hint} {
			if say == nil {
				continue
			}
			if s := say(e); strings.HasSuffix(s, ".") || strings.Contains(s, "\n") {
				t.Errorf("%s: %q", f.name, s)
			}
		}
	}
}
