package cli

import (
	"context"
	"regexp"
	"strings"
	"testing"
)

// runWith runs the program with a terminal at these streams and returns what it printed there.
func runWith(t *testing.T, terminals, stdin string, args ...string) (
	code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	env := at(terminals)
	env.Args, env.Stdin, env.Stdout, env.Stderr = args, strings.NewReader(stdin), &out, &errs
	code = Run(context.Background(), env)
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	hide := func(s string) string { return address.ReplaceAllString(s, "ADDR") }
	return code, hide(out.String()), hide(errs.String())
}

// A terminal gets the conversation, in order, and a pipe the payloads.
func TestTerminalGetsTheConversation(t *testing.T) {
	args := []string{"--count", "2", "--on-open", "login", "echo:", `{"a":1}`}
	code, stdout, stderr := runWith(t, "oe", "", append([]string{"--no-color"}, args...)...)
	want := `* connected to ws://ADDR/
> login
> {"a":1}
< login
< {
    "a": 1
  }
<close 1000
* closed: 1000 (normal closure)
`
	if code != 0 || stdout != want || stderr != "" {
		t.Errorf("got %d,\n%s\nand %q, want\n%s", code, stdout, stderr, want)
	}
	code, stdout, stderr = runWith(t, "oe", "", args...)
	plain := regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(stdout, "")
	if code != 0 || plain != want || plain == stdout {
		t.Errorf("in colour: got %d,\n%s\nand %q", code, stdout, stderr)
	}
}

func TestPipeGetsThePayloads(t *testing.T) {
	code, stdout, stderr := runWith(t, "", "one\ntwo\n", "--count", "2", "echo:")
	if code != 0 || stdout != "one\ntwo\n" || stderr != "" {
		t.Errorf("got %d, %q, %q", code, stdout, stderr)
	}
	code, stdout, stderr = runWith(t, "e", "one\n", "--no-color", "--count", "1", "echo:")
	status := "* connected to ws://ADDR/\n<close 1000\n* closed: 1000 (normal closure)\n"
	if code != 0 || stdout != "one\n" || stderr != status {
		t.Errorf("with stderr on a terminal: got %d, %q, %q", code, stdout, stderr)
	}
}

func TestHelpAndVersion(t *testing.T) {
	code, stdout, stderr := runWith(t, "", "", "-h")
	if code != 0 || stdout != helpText() || stderr != "" {
		t.Errorf("help: got %d, %q, %q", code, stdout, stderr)
	}
	code, stdout, stderr = runWith(t, "", "", "-V")
	if code != 0 || stdout != "wsline "+version()+"\n" || stderr != "" {
		t.Errorf("version: got %d, %q, %q", code, stdout, stderr)
	}
}
