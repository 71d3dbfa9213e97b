package doctor_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"wsline/internal/cli"
	"wsline/internal/doctor"
	"wsline/internal/env/envtest"
	"wsline/internal/exit"
	"wsline/internal/wstest"
)

var update = flag.Bool("update", false, "write the expected texts anew")

const doctorFile = "../../testdata/doctor.txtar"

// TestDoctor holds, for each broken server, what the program prints: testdata/doctor.txtar is to be
// read as a page of help. What is of a software is in testdata/world. Every row of the table but
// those that need no server has one, here or there.
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
	seen := worldRows(t)
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
	for _, name := range doctor.RowNames() {
		if needsNoServer := slices.Contains(withoutServer(), name); seen[name] == needsNoServer {
			t.Errorf("the row %q: has a server %v", name, seen[name])
		}
	}
}

const doctorComment = `What wsline says of servers and networks that do not let it in, one after another.
Made by: go test ./internal/doctor -run Doctor -update

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
	proxy func(*testing.T) string // a proxy's URL
	code  int                     // exit code; 0 means 5
}

// run starts the server, runs the program against it, and returns the exit code and what it printed.
func (c *brokenServer) run(t *testing.T) string {
	t.Helper()
	url := c.serve(t)
	e := envtest.At("")
	var stdout, stderr strings.Builder
	e.Stdin, e.Stdout, e.Stderr = strings.NewReader(""), &stdout, &stderr
	e.Args = append(slices.Clone(c.args), url)
	if c.proxy != nil {
		e.Args = append(e.Args, "--proxy", c.proxy(t))
	}
	if c.more != nil {
		e.Args = append(e.Args, c.more()...)
	}
	code := cli.Run(context.Background(), e)
	if want := cmp.Or(c.code, exit.Handshake); code != want {
		t.Errorf("exit code %d, want %d", code, want)
	}
	if stdout.Len() > 0 {
		t.Errorf("stdout: %q", stdout.String())
	}
	return fmt.Sprintf("%s(exit code %d)\n\n", wstest.Stable(stderr.String()), code)
}
