package clitest

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wsline/internal/cli"
	"wsline/internal/env/envtest"
)

// Run runs the program with a terminal at these streams, as envtest.At has them, and returns what it
// printed there, with ADDR for each address of this machine.
func Run(t *testing.T, terminals, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	e := envtest.At(terminals)
	e.Args, e.Stdin, e.Stdout, e.Stderr = args, strings.NewReader(stdin), &out, &errs
	code = cli.Run(context.Background(), e)
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	hide := func(s string) string { return address.ReplaceAllString(s, "ADDR") }
	return code, hide(out.String()), hide(errs.String())
}

// Golden compares with a file, which update writes.
func Golden(t *testing.T, path, got string, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got = filepath.ToSlash(got); got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
