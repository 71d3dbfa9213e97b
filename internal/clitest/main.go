// Package clitest runs the program for tests: within the test, as a process of its own, and at a
// terminal. Tests alone import it.
package clitest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"wsline/internal/cli"
	"wsline/internal/env"
)

// leakCheck runs the tests and then looks for goroutines that they left.
type leakCheck struct{ m *testing.M }

func (l leakCheck) Run() int {
	// What a developer's own profiles say of all connections is none of the tests' business.
	os.Setenv("XDG_CONFIG_HOME", filepath.Join(os.TempDir(), "no-config-of-wsline"))
	code := l.m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// RaceOptions are for the program under the race detector, which else sleeps a second before it
// exits.
const RaceOptions = "atexit_sleep_ms=0"

// Main is a TestMain after which "wsline" is this test's own binary as the program.
func Main(m *testing.M) {
	os.Setenv("GORACE", RaceOptions)
	testscript.Main(leakCheck{m}, map[string]func(){"wsline": program})
}

// program is what main.go does.
func program() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, env.Endings(signal.Ignored)...)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	e := env.New(os.Stdin, os.Stdout, os.Stderr)
	e.Args, e.Getenv, e.Environ = os.Args[1:], os.Getenv, os.Environ
	e.Signals, e.Notify = env.Once(signals), signal.Notify
	if !signal.Ignored(syscall.SIGQUIT) {
		e.Reset = signal.Reset
	}
	os.Exit(cli.Run(context.Background(), e))
}
