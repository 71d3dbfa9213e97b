package test_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/wstest"
)

func writeScripts(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A service that is starting is waited for.
func TestRetryUntilItWorks(t *testing.T) {
	var asked atomic.Int32
	s := wstest.Serve(t, func(p *wstest.Peer) {
		if asked.Add(1) < 3 {
			p.Refuse(503, nil, "")
			return
		}
		p.Accept()
		p.Echo()
	})
	dir := t.TempDir()
	writeScripts(t, dir, map[string]string{"a.wst": "> hi\n< hi\n"})
	code, stdout, stderr := clitest.Run(t, "", "",
		"test", "--retry", "5", "--retry-delay", "1ms", "--url", s.URL(), dir)
	want := "ok     DIR/a.wst  TIME, attempt 3\n1 passed in TIME\n"
	if got := shown(stdout, dir); code != 0 || got != want || stderr != "" {
		t.Errorf("exit code %d, %q, %q", code, got, stderr)
	}
}

// shown is what was printed, without what is another every time.
func shown(stdout, dir string) string {
	return filepath.ToSlash(withoutTimes(strings.ReplaceAll(stdout, dir, "DIR")))
}

// The first file ends after the second, so they run at once, and is the first that is told of.
func TestFilesAtOnceInOrder(t *testing.T) {
	ended := make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		isFirst := p.Request().URL.Path == "/first"
		p.Accept()
		p.ReadFrame()
		if isFirst {
			<-ended
			p.Text("ready")
			p.ReadFrame()
			return
		}
		p.Text("ready")
		p.ReadFrame()
		close(ended)
	})
	dir := t.TempDir()
	writeScripts(t, dir, map[string]string{
		"a.wst": "> /connect /first\n> go\n< ready\n",
		"b.wst": "> /connect /second\n> go\n< ready\n> /skip it is done\n",
	})
	_, stdout, _ := clitest.Run(t, "", "", "test", "-j", "2", "--url", s.URL(), dir)
	want := "ok     DIR/a.wst  TIME\nskip   DIR/b.wst  TIME  it is done\n" +
		"1 passed, 1 skipped in TIME\n"
	if got := shown(stdout, dir); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
