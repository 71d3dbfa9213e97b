package live

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// devTools has the code of others check archives, and returns what it says of them.
func devTools(t *testing.T, archives ...string) string {
	t.Helper()
	return devToolsScript(t, "check.mjs", archives...)
}

// devToolsScript runs a script beside that code.
func devToolsScript(t *testing.T, name string, args ...string) string {
	t.Helper()
	const dir = "../../testdata/har"
	path := program(t, "node")
	if _, err := os.Stat(dir + "/node_modules"); err != nil {
		missing(t, "npm ci has not been run in testdata/har")
	}
	out, err := exec.Command(path, append([]string{dir + "/" + name}, args...)...).Output()
	if code := exitCode(t, err); code != 0 {
		t.Errorf("exit code %d", code)
	}
	return string(out)
}

// What is recorded is HAR 1.2, and the developer tools of Chromium take it as it was; what they make
// of it again says the same.
func TestHARInDevTools(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no entry", http.StatusForbidden)
	}))
	defer server.Close()
	refuses := strings.TrimPrefix(server.URL, "http://")
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }

	pipe(t, "", "--record", file("talk.har"), "--count", "1", "echo:", `{"a":"ä"}`).want(t, 0,
		`{"a":"ä"}`+"\n")
	pipe(t, "\x00\x01", "--record", file("binary.har"), "--whole", "--binary", "--count", "1",
		"-H", "Cookie: a=b", "echo:").want(t, 0, "\x00\x01")
	pipe(t, "", "--record", file("refused.har"), "-H", "X-Api-Key: s3cret",
		"ws://me:pw@"+refuses+"/a?token=s3cret", "hi").want(t, 5, "", "403")
	pipe(t, "", "--record", file("nobody.har"), "ws://127.0.0.1:1/", "hi").want(t, 3, "", "refused")

	said := devTools(t, file("talk.har"), file("binary.har"), file("refused.har"), file("nobody.har"))
	address := `127\.0\.0\.1:\d+`
	want := `GET ws://` + address + `/ 101 websocket ` + address + ` timed ""
  send 1 dated \{"a":"ä"\}
  receive 1 dated \{"a":"ä"\}
GET ws://` + address + `/ 101 websocket ` + address + ` timed ""
  send 2 dated AAE=
  receive 2 dated AAE=
GET ws://%3Chidden%3E@` + address + `/a\?token=%3C6%20bytes%20hidden%3E 403 websocket ` + address +
		` timed "no entry\\n"
GET ws://127\.0\.0\.1:1/ 0 websocket :80 timed ""
  error -1 dated connection refused by 127\.0\.0\.1:1
`
	if !regexp.MustCompile(`\A` + want + `\z`).MatchString(said) {
		t.Errorf("they say\n%s\nwant\n%s", said, want)
	}
	for name, want := range map[string]string{
		"talk":    `{"a":"ä"}` + "\n",
		"binary":  "\x00\x01\n",
		"refused": "",
		"nobody":  "",
	} {
		pipe(t, "", "show", "--messages", file(name+".har.again")).want(t, 0, want)
	}
	pipe(t, "", "show", file("refused.har.again")).want(t, 0,
		"wsline: error: ws://<hidden>@"+address+"/a.token=<6 bytes hidden> answered 403[^\n]*\n")
	pipe(t, "", "show", file("nobody.har.again")).want(t, 0, "wsline: error: no connection to "+
		`ws://127\.0\.0\.1:1/: connection refused by 127\.0\.0\.1:1`+"\n")
}

// What others wrote is HAR 1.2 when it has been written again.
func TestForeignHARInDevTools(t *testing.T) {
	dir := t.TempDir()
	files, err := filepath.Glob("../../format/testdata/har/*.har")
	if err != nil || len(files) == 0 {
		t.Fatalf("%q, %v", files, err)
	}
	var again []string
	for _, f := range files {
		to := filepath.Join(dir, filepath.Base(f))
		again = append(again, to)
		if r := pipe(t, "", "show", "-o", to, f); r.code != 0 && r.code != 2 {
			t.Errorf("%s: exit code %d: %s", f, r.code, r.stderr)
		}
	}
	said := devTools(t, again...)
	for _, want := range []string{
		"GET ws://127.0.0.1:9002/chat?room=1 101 websocket",
		"  error -1 dated Error in connection establishment: net::ERR_CONNECTION_REFUSED\n",
		"GET wss://app.example/other 403 websocket :80 timed \"not from there\\n\"\n",
		"GET wss://app.example/chat 101 websocket 192.0.2.7:443 timed \"\"\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("they say\n%s\nwithout %s", said, want)
		}
	}
}
