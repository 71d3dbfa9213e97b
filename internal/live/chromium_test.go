//go:build unix

package live

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// browse opens a page of testdata/pages in a headless browser and returns what the page posts to /log.
func browse(t *testing.T, page string, query url.Values) string {
	t.Helper()
	posted := make(chan string, 1)
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir("../../testdata/pages")))
	mux.HandleFunc("POST /log", func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case posted <- string(body):
		default:
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	chromium(t, server.URL+"/"+page+"?"+query.Encode())
	select {
	case log := <-posted:
		return log
	case <-time.After(60 * time.Second):
		t.Fatal("the page posted nothing")
		return ""
	}
}

// chromium starts a headless browser with a page and a debugging port, and returns the folder of
// its profile.
func chromium(t *testing.T, page string) (profile string) {
	t.Helper()
	path := program(t, "chromium", "chromium-browser", "google-chrome")
	profile, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--user-data-dir="+profile, "--remote-debugging-port=0", page)
	cmd.Env = append(os.Environ(), "TMPDIR="+profile) // its sockets go with the profile
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its children too
		cmd.Wait()
		os.RemoveAll(profile) // a child that ends later may write in it yet
	})
	return profile
}

// debugging is the address of the debugging port of a browser with that profile, and the path of
// the browser's own WebSocket there.
func debugging(t *testing.T, profile string) (addr, path string) {
	t.Helper()
	for range 1000 {
		src, _ := os.ReadFile(profile + "/DevToolsActivePort")
		if port, path, ok := strings.Cut(string(src), "\n"); ok && path != "" {
			return "127.0.0.1:" + port, path
		}
		time.Sleep(30 * time.Millisecond)
	}
	t.Fatal("the browser opens no debugging port")
	return "", ""
}

// TestBrowser shows that the walkthrough's page does with its server what it should.
func TestBrowser(t *testing.T) {
	server := node(t)
	got := browse(t, "client.html", url.Values{"url": {"ws://" + server.addr}})
	wantTalk(t, got, "open - -\n")
}

// wantTalk checks what the page says of the walkthrough's conversation.
func wantTalk(t *testing.T, got, open string) {
	t.Helper()
	want := regexp.MustCompile(`\A` + regexp.QuoteMeta(open) +
		`< \{"type":"welcome","message":"Connected to [^"]*"\}` + "\n" +
		`> \{"text":"hello, server!"\}` + "\n" +
		`< \{"type":"echo","message":"Server echo: HELLO, SERVER!","timestamp":"[^"]*"\}` + "\n" +
		"> not json\n" +
		`< \{"type":"error","message":"Invalid JSON format"\}` + "\n" +
		`close 1000 (done|-) true\z`)
	if !want.MatchString(got) {
		t.Errorf("the page said\n%s\nwant\n%s", got, want)
	}
}
