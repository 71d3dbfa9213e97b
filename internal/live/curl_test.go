//go:build unix

package live

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What the developer tools of Chromium copy as cURL, pasted behind the word wsline, connects and asks for
// the same: in bash, and in their quoting for the command prompt of Windows.
func TestCopiedCurl(t *testing.T) {
	bash := program(t, "bash")
	behind, err := url.Parse(strings.Replace(listening(t, "--echo", "-s", "chat.v2"), "ws://", "http://", 1))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fields := r.Header.Clone()
		fields.Del("Sec-Websocket-Key")
		fields.Del("Accept-Encoding")
		text := r.RequestURI
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			text += "\n" + name + ": " + strings.Join(fields[name], " | ")
		}
		asked = append(asked, text)
		proxy.ServeHTTP(w, r)
	}))
	defer server.Close()

	archive := filepath.Join(t.TempDir(), "talk.har")
	address := strings.Replace(server.URL, "http://", "ws://", 1)
	pipe(t, "", "--record", archive, "--show-secrets", "--count", "1", "-s", "chat.v2", "-o", "http://a.example",
		"-H", `X-Quoting: it's 100%PATH% "q" \ ^&|<>!$HOME`, "--cookie", `a=b!c; d="e"`, "--compress",
		"--user-agent", "Mozilla/5.0 (X11)", address+`/a?b=[1,2]&c={"d"}&e=%25PATH%25`, "hi").want(t, 0, "hi\n")

	line := strings.TrimSuffix(devToolsScript(t, "curl.mjs", archive, "unix"), "\n")
	shell := exec.Command(bash, "-c", `wsline() { "$0" "$@"; }; wsline `+line+` -- --count 1 hi`, wsline)
	shell.Env = command().Env
	if out, err := shell.Output(); string(out) != "hi\n" {
		t.Errorf("%s\nsays %q, %v", line, out, err)
	}
	line = devToolsScript(t, "curl.mjs", archive, "win")
	pipe(t, line, "curl", "--", "--count", "1", "hi").want(t, 0, "hi\n")

	if len(asked) != 3 || asked[1] != asked[0] || asked[2] != asked[0] {
		t.Errorf("asked for:\n%s", strings.Join(asked, "\n\n"))
	}
}
