package cli_test

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"wsline/internal/cli"
	"wsline/internal/clitest"
	"wsline/internal/env/envtest"
	"wsline/internal/exit"
	"wsline/internal/version"
)

// A terminal gets the conversation, in order, and a pipe the payloads.
func TestTerminalGetsTheConversation(t *testing.T) {
	args := []string{"--count", "2", "--on-open", "login", "echo:", `{"a":1}`}
	code, stdout, stderr := clitest.Run(t, "oe", "", append([]string{"--no-color"}, args...)...)
	want := `* connected to ws://ADDR/
> login
> {"a":1}
< login
< {"a": 1}
<close 1000
* closed: 1000 (normal closure)
`
	if code != 0 || stdout != want || stderr != "" {
		t.Errorf("got %d,\n%s\nand %q, want\n%s", code, stdout, stderr, want)
	}
	code, stdout, stderr = clitest.Run(t, "oe", "", args...)
	plain := regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(stdout, "")
	if code != 0 || plain != want || plain == stdout {
		t.Errorf("in colour: got %d,\n%s\nand %q", code, stdout, stderr)
	}
}

func TestPipeGetsThePayloads(t *testing.T) {
	code, stdout, stderr := clitest.Run(t, "", "one\ntwo\n", "--count", "2", "echo:")
	if code != 0 || stdout != "one\ntwo\n" || stderr != "" {
		t.Errorf("got %d, %q, %q", code, stdout, stderr)
	}
	code, stdout, stderr = clitest.Run(t, "e", "one\n", "--no-color", "--count", "1", "echo:")
	status := "* connected to ws://ADDR/\n<close 1000\n* closed: 1000 (normal closure)\n"
	if code != 0 || stdout != "one\n" || stderr != status {
		t.Errorf("with stderr on a terminal: got %d, %q, %q", code, stdout, stderr)
	}
}

func TestHelpAndVersion(t *testing.T) {
	code, stdout, stderr := clitest.Run(t, "", "", "-h")
	if code != 0 || stdout != cli.HelpText() || stderr != "" {
		t.Errorf("help: got %d, %q, %q", code, stdout, stderr)
	}
	code, stdout, stderr = clitest.Run(t, "", "", "-V")
	if code != 0 || stdout != "wsline "+version.String()+"\n" || stderr != "" {
		t.Errorf("version: got %d, %q, %q", code, stdout, stderr)
	}
}

// One error, one line: what a server chose to say cannot begin a line of its own.
func TestReportEscapes(t *testing.T) {
	var stderr strings.Builder
	e := envtest.At("")
	e.Args, e.Stdin = []string{"ws://\x1b[2J"}, strings.NewReader("")
	e.Stdout, e.Stderr = io.Discard, &stderr
	if code := cli.Run(context.Background(), e); code != exit.Usage {
		t.Errorf("exit code %d", code)
	}
	want := "wsline: error: the URL \"ws://\\x1b[2J\" holds a control character\n"
	if stderr.String() != want {
		t.Errorf("got %q, want %q", stderr.String(), want)
	}
}
