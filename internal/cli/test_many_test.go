package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"wsline/internal/listen"
	"wsline/script/report"
)

// manyFiles are files with five connections each.
func manyFiles(t testing.TB, n int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := range n {
		var b strings.Builder
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			fmt.Fprintf(&b, "> /connect --as %s\n", name)
		}
		for round := range 3 {
			for _, name := range []string{"e", "d", "c", "b", "a"} {
				fmt.Fprintf(&b, "%s> {\"file\":%d,\"round\":%d,\"id\":\"${uuid}\"}\n", name, i, round)
				fmt.Fprintf(&b, "%s< {\"file\":%d,\"round\":%d,\"...\":\"...\"}\n", name, i, round)
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("%03d.wst", i))
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Results come in the order of the files, whatever is finished first.
func TestManyFiles(t *testing.T) {
	const files = 200
	server, err := listen.Start("echo:")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := manyFiles(t, files)
	began := time.Now()
	code, stdout, stderr := runWith(t, "", "", "test", "-j", "8", "--url", server.URL().String(), dir)
	t.Logf("%d files took %v", files, time.Since(began))
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	found := regexp.MustCompile(`(?m)^ok     .*[/\\](\d+)\.wst  `).FindAllStringSubmatch(stdout, -1)
	if len(found) != files || !strings.Contains(stdout, "\n200 passed in ") {
		t.Fatalf("%d results: %s", len(found), stdout)
	}
	for i, m := range found {
		if n, _ := strconv.Atoi(m[1]); n != i {
			t.Fatalf("the result %d is of the file %d", i, n)
		}
	}
}

// The line of the progress fits, hides nothing that steers a terminal, and is gone at the end.
func TestScreen(t *testing.T) {
	var out strings.Builder
	s := newScreen(at("e"), newTyped())
	s.to = &out
	line := func() string {
		out.Reset()
		s.draw()
		return out.String()
	}
	if got := line(); got != "" {
		t.Errorf("before the beginning: %q", got)
	}
	s.begin(200)
	if got := line(); got != "0/200" {
		t.Errorf("got %q", got)
	}
	s.started(0, "a.wst")
	s.started(1, "b\x1b[2J.wst")
	if got, want := line(), "\r     \r0/200  2 running: a.wst b\\x1b[2J.wst"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := line(); got != "" {
		t.Errorf("nothing has changed, but: %q", got)
	}
	s.finished(0, &report.Result{Status: report.Failed})
	s.started(2, strings.Repeat("日本", 40))
	got := line()
	if !strings.Contains(got, "1/200  1 failed  2 running: b\\x1b[2J.wst 日本") || s.width > 79 {
		t.Errorf("%d columns: %q", s.width, got)
	}
	out.Reset()
	width := s.width
	s.clear()
	s.clear()
	if got, want := out.String(), "\r"+strings.Repeat(" ", width)+"\r"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
