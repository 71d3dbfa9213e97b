package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"wsline/internal/wstest"
)

// leakCheck runs the tests and then looks for goroutines that they left.
type leakCheck struct{ m *testing.M }

func (l leakCheck) Run() int {
	code := l.m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// raceOptions are for the program under the race detector, which else sleeps a second before it
// exits.
const raceOptions = "atexit_sleep_ms=0"

// In a script, "wsline" runs this test's own binary as the program.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", raceOptions)
	testscript.Main(leakCheck{m}, map[string]func(){"wsline": program})
}

// program is what main.go does.
func program() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	env := NewEnv(os.Stdin, os.Stdout, os.Stderr)
	env.Args, env.Getenv, env.Environ = os.Args[1:], os.Getenv, os.Environ
	env.Signals = signals
	os.Exit(Run(context.Background(), env))
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Values[tKey{}] = env.T()
			env.Values[listenKey{}] = &listenProcess{}
			env.Setenv("GORACE", raceOptions)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"server":     startServer,
			"nowhere":    nowhere,
			"tlsserver":  startTLSServer,
			"proxy":      startProxy,
			"httpserver": startHTTPServer,
			"listen":     startListen,
			"listened":   endListen,
		},
	})
}

// tKey is the key of the script's own test among the script's values.
type tKey struct{}

func testOf(ts *testscript.TestScript) testing.TB { return ts.Value(tKey{}).(testing.TB) }

// exits CODE PROGRAM ARGS... runs a program, as exec does, that must end with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// nowhere sets ADDR and URL to a port of this machine that is closed.
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	s := wstest.Serve(testOf(ts), func(*wstest.Peer) {})
	s.Shut()
	setAddress(ts, s.URL(), s.Addr())
}

func setAddress(ts *testscript.TestScript, url, addr string) {
	ts.Setenv("URL", strings.TrimSuffix(url, "/"))
	ts.Setenv("ADDR", addr)
	_, port, _ := net.SplitHostPort(addr)
	ts.Setenv("PORT", port)
}
