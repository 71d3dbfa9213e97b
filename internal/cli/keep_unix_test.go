//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The first test of a new user: a talk, /save, wsline test.
func TestTalkBecomesTest(t *testing.T) {
	file := filepath.Join(t.TempDir(), "first test.wst")
	p := atTerminal(t, "demo:")
	p.sees(`"welcome"`)
	p.types("/set name Ann\r" + `{"text":"${name} and ${other}"}` + "\r")
	p.sees(`Server echo: ANN AND ${OTHER}`)
	p.types(`/expect {"type":"echo","message":"no","...":"..."}` + "\r")
	p.sees(`wsline: error: .message: expected "no", got "Server echo: ANN AND ${OTHER}"`)
	p.types(`/expect {"type":"echo","...":"..."}` + "\r")
	p.sees("* as expected")
	p.types("/capture at .timestamp\r")
	p.sees("* at is 20")
	p.types("/help save\r")
	p.sees("/save FILE.wst [--exact]")
	p.types("/sa\t" + file + "\r") // Tab completes it
	p.sees("* saved; wsline test '" + file + "' checks it again")
	p.types("/wait 1h\r")
	p.sees("* waiting for 1h0m0s; Ctrl-C ends it")
	p.types("\x03")
	p.sees("interrupted")
	p.types("\x04")
	p.leaves(0)

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
