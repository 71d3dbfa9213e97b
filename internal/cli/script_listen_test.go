package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// listenProcess is the "wsline listen" of a script, one at a time.
type listenProcess struct {
	cmd    *exec.Cmd
	out    bytes.Buffer
	err    bytes.Buffer
	copied chan struct{} // closed when all of stderr has been read
}

type listenKey struct{}

// startListen is "listen FLAGS...": it starts "wsline listen FLAGS... 0", with the file "in" as
// stdin if there is one, and sets URL, ADDR and PORT when it listens.
func startListen(ts *testscript.TestScript, neg bool, args []string) {
	l := ts.Value(listenKey{}).(*listenProcess)
	if neg || l.cmd != nil {
		ts.Fatalf("usage: listen [FLAGS...], and listened before the next")
	}
	*l = listenProcess{copied: make(chan struct{})}
	l.cmd = exec.Command("wsline", append(append([]string{"listen"}, args...), "0")...)
	l.cmd.Dir, l.cmd.Stdout = ts.MkAbs("."), &l.out
	if in, err := os.Open(ts.MkAbs("in")); err == nil {
		defer in.Close()
		l.cmd.Stdin = in
	}
	pipe, err := l.cmd.StderrPipe()
	ts.Check(err)
	ts.Check(l.cmd.Start())
	ts.Defer(func() {
		if l.cmd != nil {
			l.cmd.Process.Kill()
			<-l.copied
			l.cmd.Wait()
		}
	})
	r := bufio.NewReader(io.TeeReader(pipe, &l.err))
	line, err := r.ReadString('\n')
	go func() {
		defer close(l.copied)
		io.Copy(io.Discard, r)
	}()
	_, address, ok := strings.Cut(strings.TrimSpace(line), "listening on ")
	u, _ := url.Parse(address)
	if err != nil || !ok || u == nil {
		ts.Fatalf("it does not listen: %q, %v", line, err)
	}
	setAddress(ts, u.String(), u.Host)
}

// endListen is "listened CODE [SIGNAL]": it sends the signal, interrupt, terminate or hangup, waits for
// the end, and writes what went to stdout and stderr to the files listen.out and listen.err.
func endListen(ts *testscript.TestScript, neg bool, args []string) {
	l := ts.Value(listenKey{}).(*listenProcess)
	if neg || len(args) < 1 || l.cmd == nil {
		ts.Fatalf("usage: listen, then listened CODE [SIGNAL]")
	}
	if len(args) > 1 {
		signals := map[string]os.Signal{
			"interrupt": os.Interrupt, "terminate": syscall.SIGTERM, "hangup": syscall.SIGHUP,
		}
		ts.Check(l.cmd.Process.Signal(signals[args[1]]))
	}
	<-l.copied
	err := l.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	code := l.cmd.ProcessState.ExitCode()
	ts.Check(os.WriteFile(ts.MkAbs("listen.out"), l.out.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("listen.err"), l.err.Bytes(), 0o600))
	l.cmd = nil
	if want, _ := strconv.Atoi(args[0]); code != want {
		ts.Fatalf("exit code %d, want %d; stderr:\n%s", code, want, l.err.String())
	}
}
