//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/clitest"
)

// TestFirstTest is how the README makes a first test: a talk, /save, wsline test. The recording that is
// made beside it is shown again in every form.
func TestFirstTest(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	p := clitest.AtTerminal(t, "--record", file("talk.har"), "--pretty", "never", "demo:")
	p.Sees(`"Connected to the demo server"}`)
	p.Types(`{"text":"hello"}` + "\r")
	p.Sees("Server echo: HELLO")
	p.Types("/ping are you there\r")
	p.Sees("<pong are you there")
	p.Types("/save " + file("hello.wst") + "\r")
	p.Sees("saved")
	p.Types("/quit\r")
	p.Leaves(0)

	out := wslineOutput(t, "test", file("hello.wst"))
	if !strings.HasPrefix(out, "ok     "+file("hello.wst")) {
		t.Errorf("the test said %q", out)
	}
	saved, err := os.ReadFile(file("hello.wst"))
	if err != nil || !strings.Contains(string(saved), `"timestamp":"..."`) {
		t.Errorf("saved: %v\n%s", err, saved)
	}
	for _, args := range [][]string{{}, {"--json"}, {"-o", file("again.wst")}, {"-o", file("again.jsonl")}} {
		out := wslineOutput(t, append([]string{"show", file("talk.har")}, args...)...)
		if len(args) < 2 && !strings.Contains(out, "Server echo: HELLO") {
			t.Errorf("show %v: %s", args, out)
		}
	}
	if out := wslineOutput(t, "show", file("again.jsonl")); !strings.Contains(out, "Server echo: HELLO") {
		t.Errorf("shown again: %s", out)
	}
	if out := wslineOutput(t, "fmt", file("again.wst")); !strings.Contains(out, "Server echo: HELLO") {
		t.Errorf("laid out: %s", out)
	}
}

// wslineOutput runs the program, which must succeed, and returns its stdout.
func wslineOutput(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("wsline", args...).Output()
	if err != nil {
		t.Fatalf("wsline %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
