// As main.go has it.
//
//go:debug x509negativeserial=1

package cli_test

import (
	"errors"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wsline/internal/cli"
	"wsline/internal/clitest"
	"wsline/internal/wstest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *cli.Update,
		Setup: func(env *testscript.Env) error {
			env.Values[tKey{}] = env.T()
			env.Values[listenKey{}] = &listenProcess{}
			env.Setenv("GORACE", clitest.RaceOptions)
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
