// Package live runs the built program against servers that others wrote: Node's ws,
// python3-websockets, nginx and lighttpd. A server whose program is missing is skipped, unless
// WSLINE_REQUIRE_LIVE is 1.
package live

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "wsline/internal/cli" // a change of the program is a change of this test: no cached result
)

// wsline is the path of the program, set by TestMain.
var wsline string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "wsline")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	wsline = filepath.Join(dir, "wsline.exe") // Windows wants the name, no other system minds
	build := exec.Command("go", "build", "-o", wsline, "../..")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return 1
	}
	return m.Run()
}

// result is what the program did.
type result struct {
	stdout, stderr string
	code           int
}

func command(args ...string) *exec.Cmd {
	cmd := exec.Command(wsline, args...)
	// Of the environment only what programs need: no proxy, no key log, no colour.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(wsline)}
	return cmd
}

func pipe(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	code := exitCode(t, cmd.Run())
	return result{stdout.String(), stderr.String(), code}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// want checks the exit code, all of stdout against a regular expression, and stderr for each of
// the parts.
func (r result) want(t *testing.T, code int, stdout string, stderr ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	if !regexp.MustCompile(`\A(?:` + stdout + `)\z`).MatchString(r.stdout) {
		t.Errorf("stdout %q, want %q", r.stdout, stdout)
	}
	for _, part := range stderr {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("stderr has no %q", part)
		}
	}
	if code == 0 && strings.Contains(r.stderr, "error:") {
		t.Error("an error is told, and the exit code is 0")
	}
	if t.Failed() {
		t.Logf("stderr: %s", r.stderr)
	}
}

const (
	greeting = `\{"type": ?"welcome","message":"Connected to [^"]*"\}` + "\n"
	hello    = `\{"type":"echo","message":"Server echo: HELLO","timestamp":"20\d\d-\d\d-\d\dT` +
		`\d\d:\d\d:\d\d\.\d{3}Z"\}` + "\n"
	invalid = `\{"type":"error","message":"Invalid JSON format"\}` + "\n"
	lines   = `{"text":"hello"}` + "\nnope\n"
)

func TestNode(t *testing.T) {
	url := "ws://" + node(t).addr
	// The same with an end by silence, and by the number of messages.
	pipe(t, lines, url).want(t, 0, greeting+hello+invalid)
	pipe(t, lines, "--count", "3", url+"/any/path").want(t, 0, greeting+hello+invalid)
	// One-shot: stdin is not read.
	pipe(t, "not sent\n", "--count", "2", url, `{"text":"hello"}`).want(t, 0, greeting+hello)
	pipe(t, "", "--expect", "INVALID|Invalid", "-x", "nope", url).want(t, 0, greeting+invalid)
}

func TestNodeLargeMessage(t *testing.T) {
	text := strings.Repeat("abcdefgh", 1<<17)
	stdin := `{"text":"` + text + `"}` + "\n"
	r := pipe(t, stdin, "--count", "2", "ws://"+node(t).addr)
	if r.code != 0 || !strings.Contains(r.stdout, `"Server echo: `+strings.ToUpper(text)+`"`) {
		t.Errorf("exit code %d, %d bytes: %.200q", r.code, len(r.stdout), r.stderr)
	}
}

func TestNodeKilled(t *testing.T) {
	server := node(t)
	cmd := command("--wait", "-1", "ws://"+server.addr)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	conversation := startReading(t, cmd)
	server.cmd.Process.Kill()
	rest := conversation()
	code := exitCode(t, cmd.Wait())
	result{rest, stderr.String(), code}.want(t, 7, "", "wsline: error: ")
}

// startReading starts a command that stays connected, waits for the server's first line, and
// returns a function that reads the rest of its output.
func startReading(t *testing.T, cmd *exec.Cmd) (rest func() string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := cmd.StdinPipe() // stays open
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close() })
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	line := make([]byte, 1<<10)
	if n, err := out.Read(line); err != nil || line[n-1] != '\n' {
		t.Fatalf("first output %q, %v", line[:n], err)
	}
	return func() string {
		var b bytes.Buffer
		b.ReadFrom(out)
		return b.String()
	}
}

func TestNginx(t *testing.T) {
	server := node(t)
	addr, ca := nginx(t, server)
	url, login := "wss://"+addr, user+":"+password
	conversation := greeting + hello + invalid

	pipe(t, lines, "--count=3", "--cacert", ca, "--auth", login, url).want(t, 0, conversation)
	pipe(t, lines, "--count=3", "-k", "--auth", login, url).want(t, 0, conversation)
	pipe(t, lines, "--count=3", "--ca", ca, "wss://"+login+"@"+addr).want(t, 0, conversation)
	pipe(t, lines, "--count=3", "--ca", ca, "https://"+login+"@"+addr+"/chat").want(t, 0,
		conversation)

	pipe(t, lines, "--cacert", ca, url).want(t, 5, "", "wsline: error: ", "401",
		"wsline: hint: ", "--auth")
	pipe(t, lines, "--cacert", ca, "--auth", user+":wrong", url).want(t, 5, "", "401")
	pipe(t, lines, "--auth", login, url).want(t, 4, "", "wsline: error: ", "wsline: hint: ",
		"--ca FILE")
	pipe(t, lines, "--cacert", ca, "--tls-min", "1.3", "--servername", "elsewhere.example",
		"--auth", login, url).want(t, 4, "", "elsewhere.example")
	pipe(t, lines, "ws://"+addr).want(t, 5, "", "wsline: hint: ", "wss")
	pipe(t, lines, "wss://"+server.addr).want(t, 4, "", "wsline: hint: ", "ws://")
}

func TestPython(t *testing.T) {
	server := python(t)
	url := "ws://" + server.addr
	pipe(t, lines, "--count", "3", url+"/demo").want(t, 0,
		spaced(greeting)+spaced(hello)+spaced(invalid))
	server.closed(t, "closed 1000 ")

	pipe(t, "", "--count", "1", "--wait", "-1", url+"/handshake").want(t, 0,
		`\{"subprotocol": null, "extensions": \[\]\}`+"\n")
	server.closed(t, "closed 1000 ")
	pipe(t, "", "--count", "1", "--compress", "-s", "nope,superchat", url+"/handshake").want(t, 0,
		`\{"subprotocol": "superchat", "extensions": \["permessage-deflate"\]\}`+"\n")
	server.closed(t, "closed 1000 ")
}

// spaced is a pattern of JSON as Python writes it.
func spaced(pattern string) string {
	return strings.NewReplacer(`":"`, `": "`, `","`, `", "`).Replace(pattern)
}

// closed waits for the next line that the server says of an ended connection.
func (p *peer) closed(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-p.lines:
		if got != want {
			t.Errorf("the server saw %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("the server saw nothing, want %q", want)
	}
}

func TestPythonEcho(t *testing.T) {
	url := "ws://" + python(t).addr + "/echo"
	var b strings.Builder
	for i := range 3000 {
		b.WriteString("line " + strings.Repeat("äöü ", i%40) + "\n")
	}
	b.WriteString(strings.Repeat("0123456789abcdef", 1<<16) + "\n\n")
	text := b.String()
	binary := strings.ReplaceAll(text, "ä", "\xff\x00")

	for _, compress := range []string{"", "--compress"} {
		args := append(strings.Fields(compress), "--count", "3002", url)
		for name, stdin := range map[string]string{"text": text, "binary": binary} {
			if name == "binary" {
				args = append(args, "--binary")
			} else {
				args = args[:len(args):len(args)]
			}
			r := pipe(t, stdin, args...)
			if r.code != 0 || r.stdout != stdin {
				t.Errorf("%s %s: exit code %d, %d bytes of %d: %s", name, compress, r.code,
					len(r.stdout), len(stdin), r.stderr)
			}
		}
	}
}

func TestPythonCloses(t *testing.T) {
	server := python(t)
	tests := []struct {
		path   string
		code   int
		stderr []string
		closed string
	}{
		{"1000/bye", 0, nil, "closed 1000 "},
		{"1001", 0, nil, "closed 1001 "},
		{"1011/oops", 8, []string{"1011", "oops"}, "closed 1011 "},
		{"1013", 8, []string{"1013"}, "closed 1013 "},
		{"3000/x", 8, []string{"3000"}, "closed 3000 "},
		{"4999/oh%20n%C3%B6", 8, []string{"4999", "oh nö"}, "closed 4999 "},
	}
	for _, tt := range tests {
		pipe(t, "", "--wait", "-1", "ws://"+server.addr+"/close/"+tt.path).want(t, tt.code, "",
			tt.stderr...)
		server.closed(t, tt.closed)
	}
}

func TestPythonCommands(t *testing.T) {
	server := python(t)
	pipe(t, "/ping x\n/close 4001 so long\n", "--slash", "ws://"+server.addr).want(t, 0, "")
	server.closed(t, "closed 4001 so long")
}
