package cli_test

import (
	"strings"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/version"
)

// A word that was probably meant as a command is no host.
func TestWordsThatAreNoHosts(t *testing.T) {
	for _, c := range []struct{ args, text, hint string }{
		{"completions bash", `wsline has no command "completions"`,
			"did you mean wsline completion? A host of that name is ws://completions"},
		{"usage", `wsline has no command "usage"`,
			"wsline --help shows what there is; a host of that name is ws://usage"},
		{"shwo a.jsonl", `wsline has no command "shwo"`,
			"did you mean wsline show? A host of that name is ws://shwo"},
		{"verison", `wsline has no command "verison"`,
			"did you mean wsline version? A host of that name is ws://verison"},
		{"slow", `wsline has no command "slow"`,
			"did you mean wsline show? A host of that name is ws://slow"},
		{"-w 1s rest hi", `wsline has no command "rest"`,
			"did you mean wsline test? A host of that name is ws://rest"},
		{"-v tests", `wsline has no command "tests"`,
			"did you mean wsline test? A host of that name is ws://tests"},
		{"version 2", `version is given with "2"`, "a host of that name is ws://version"},
		{"-v show a.jsonl", `"show" stands behind a flag: a command comes first`,
			"wsline show ...; a host of that name is ws://show"},
	} {
		code, stdout, stderr := clitest.Run(t, "", "", strings.Fields(c.args)...)
		want := "wsline: error: " + c.text + "\nwsline: hint: " + c.hint + "\n"
		if code != 2 || stdout != "" || stderr != want {
			t.Errorf("%s: got %d, %q,\n%s\nwant\n%s", c.args, code, stdout, stderr, want)
		}
	}
	code, stdout, stderr := clitest.Run(t, "", "", "version")
	if code != 0 || stdout != version.Program()+"\n" || stderr != "" {
		t.Errorf("version: got %d, %q, %q", code, stdout, stderr)
	}
	for _, args := range []string{ // other words are hosts, and these too where they are said to be
		"tset.", "test:1", "ws://show", "-c man", "-c ws://a show", "localhost", "proxy",
	} {
		code, _, stderr := clitest.Run(t, "", "", append(strings.Fields(args), "--dry-run")...)
		if code != 0 {
			t.Errorf("%s: got %d, %q", args, code, stderr)
		}
	}
}
