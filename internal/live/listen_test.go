//go:build unix

package live

import (
	"bufio"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// listening starts "wsline listen" with a free port and returns its address.
func listening(t *testing.T, args ...string) string {
	t.Helper()
	cmd := command(append([]string{"listen", "0"}, args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := cmd.StdinPipe() // stays open
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(stderr)
	in.Scan()
	address, ok := strings.CutPrefix(in.Text(), "* listening on ")
	if !ok {
		t.Fatalf("wsline listen said %q", in.Text())
	}
	go func() {
		for in.Scan() {
		}
	}()
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	return address
}

// TestBrowserListen has a real browser talk with wsline as the server.
func TestBrowserListen(t *testing.T) {
	page := "../../testdata/scripts/listen/page.wst"
	for name, args := range map[string][]string{
		"demo": {"--demo"}, "script": {"--script", page},
	} {
		t.Run(name, func(t *testing.T) {
			address := listening(t, args...)
			wantTalk(t, browse(t, "client.html", url.Values{"url": {address}}), "open - -\n")
		})
	}
}

// TestListenScript has both sides of one file talk with each other.
func TestListenScript(t *testing.T) {
	page := "../../testdata/scripts/listen/page.wst"
	address := listening(t, "--script", page)
	r := pipe(t, "", "test", "--repeat", "3", "--url", address, page)
	if r.code != 0 {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
