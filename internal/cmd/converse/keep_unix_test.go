//go:build unix

package converse_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/clitest"
)

// The first test of a new user: a talk, /save, wsline test.
func TestTalkBecomesTest(t *testing.T) {
	file := filepath.Join(t.TempDir(), "first test.wst")
	p := clitest.AtTerminal(t, "demo:")
	p.Sees(`"welcome"`)
	p.Types("/set name Ann\r" + `{"text":"${name} and ${other}"}` + "\r")
	p.Sees(`Server echo: ANN AND ${OTHER}`)
	p.Types(`/expect {"type":"echo","message":"no","...":"..."}` + "\r")
	p.Sees(`wsline: error: .message: expected "no", got "Server echo: ANN AND ${OTHER}"`)
	p.Types(`/expect {"type":"echo","...":"..."}` + "\r")
	p.Sees("* as expected")
	p.Types("/capture at .timestamp\r")
	p.Sees("* at is 20")
	p.Types("/help save\r")
	p.Sees("/save FILE.wst [--exact]")
	p.Types("/sa\t" + file + "\r") // Tab completes it
	p.Sees("* saved; wsline test '" + file + "' checks it again")
	p.Types("/wait 1h\r")
	p.Sees("* waiting for 1h0m0s; Ctrl-C ends it")
	p.Types("\x03")
	p.Sees("interrupted")
	p.Types("\x04")
	p.Leaves(0)

	const want = `> /connect demo:
< {"type":"welcome","message":"Connected to the demo server"}
> /set name Ann
> {"text":"${name} and $${other}"}
# another time these differ: .timestamp
< {"type":"echo","message":"Server echo: ANN AND $${OTHER}","timestamp":"..."}
> /capture at .timestamp
`
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	out, err := exec.Command("wsline", "test", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "1 passed") {
		t.Errorf("%v\n%s", err, out)
	}
}
