//go:build unix

package test_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// What a program writes is kept up to a limit, which may be within a secret.
func TestSecretAtLimitOfExec(t *testing.T) {
	const secret = "s3cr3t-0123456789-abcdefghij"
	dir := t.TempDir()
	long := filepath.Join(dir, "long")
	text := strings.Repeat("line\n", 64<<10/5-10)
	text += strings.Repeat("x", 64<<10-14-len(text)) + secret + "\n"
	if err := os.WriteFile(long, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	writeScripts(t, dir, map[string]string{"a.wst": "> /exec cat " + long + "\n"})
	report := filepath.Join(dir, "out.json")
	code, _, _ := clitest.Run(t, "", "", "test", "--allow-exec", "--secret", "k="+secret,
		"--report-json", report, filepath.Join(dir, "a.wst"))
	got, err := os.ReadFile(report)
	if code != 0 || err != nil || strings.Contains(string(got), secret[:5]) ||
		!strings.Contains(string(got), "xx<secret k>") {
		t.Errorf("exit %d, %v: the report has a part of the secret", code, err)
	}
}

// A signal closes the connections, and what is known is told.
func TestSuiteInterrupted(t *testing.T) {
	for signal, want := range map[syscall.Signal]struct {
		code   int
		status wire.StatusCode
	}{
		syscall.SIGINT: {130, 1000}, syscall.SIGTERM: {143, 1001}, syscall.SIGHUP: {129, 1001},
	} {
		closed := make(chan wire.StatusCode, 1)
		waiting := make(chan struct{})
		s := wstest.Serve(t, func(p *wstest.Peer) {
			if p.Request().URL.Path == "/second" { // what the first has to send is sent
				close(waiting)
				p.Stall(nil)
				return
			}
			p.Accept()
			p.ReadFrame()
			_, payload, _ := p.ReadFrame()
			status, _, _ := wire.ParseClose(payload)
			closed <- status
			p.Close(status, "")
		})
		dir := t.TempDir()
		writeScripts(t, dir, map[string]string{
			"a.wst": "> /connect echo:\n", "b.wst": "> hi\nbob> /connect /second\n", "c.wst": "> never\n",
		})
		report := filepath.Join(dir, "out.tap")
		cmd, stdout, stderr := clitest.Start(t, "test", "-j", "1", "--url", s.URL(),
			"--report-tap", report, dir)
		<-waiting
		cmd.Process.Signal(signal)
		if got := <-closed; got != want.status {
			t.Errorf("%v: closed with %d, want %d", signal, got, want.status)
		}
		printed, _ := io.ReadAll(stdout)
		clitest.WantExit(t, cmd, stdout, stderr, want.code)
		lines := "ok     DIR/a.wst  TIME\nstop   DIR/b.wst  TIME  the run was interrupted\n" +
			"1 passed, 1 skipped, 1 canceled in TIME\n"
		if got := withoutTimes(strings.ReplaceAll(string(printed), dir, "DIR")); got != lines {
			t.Errorf("printed %q, want %q", got, lines)
		}
		tap, _ := os.ReadFile(report)
		if !strings.Contains(string(tap), "# SKIP not run: the run was interrupted") {
			t.Errorf("the report is %s", tap)
		}
	}
}

// The second Ctrl-C does not wait for anything.
func TestSuiteInterruptedTwice(t *testing.T) {
	waiting, closing := make(chan struct{}), make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.ReadFrame()
		close(waiting)
		p.ReadFrame()
		close(closing)
		p.Stall(nil)
	})
	dir := t.TempDir()
	writeScripts(t, dir, map[string]string{"a.wst": "> hi\n< never\n"})
	cmd, stdout, stderr := clitest.Start(t, "test", "--url", s.URL(), "--close-timeout", "1h", dir)
	<-waiting
	cmd.Process.Signal(syscall.SIGINT)
	<-closing
	cmd.Process.Signal(syscall.SIGINT)
	clitest.WantExit(t, cmd, stdout, stderr, 130)
}

// A file to be read may be a named pipe that nobody writes to.
func TestSuiteInterruptedWhileReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.wst")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, stdout, stderr := clitest.Start(t, "test", path)
	writer, err := os.OpenFile(path, os.O_WRONLY, 0) // waits for a reader
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	cmd.Process.Signal(syscall.SIGINT)
	clitest.WantExit(t, cmd, stdout, stderr, 130)
}

// On a terminal a line tells how far it is, and is gone at the end. A password is asked for once.
func TestSuiteOnATerminal(t *testing.T) {
	next := make(chan struct{})
	s := wstest.Serve(t, func(p *wstest.Peer) {
		if _, password, _ := p.Request().BasicAuth(); password != "secret" {
			p.Refuse(401, nil, "")
			return
		}
		p.Accept()
		<-next
		p.Echo()
	})
	dir := t.TempDir()
	writeScripts(t, dir, map[string]string{"a.wst": "> hi\n< hi\n", "b.wst": "> ho\n< ho\n"})
	p := clitest.AtTerminal(t, "test", "-j", "1", "--url", s.URL(), "--auth", "user",
		filepath.Join(dir, "a.wst"), filepath.Join(dir, "b.wst"))
	p.Sees("password of user: ")
	p.Types("secret\r")
	p.Sees("0/2  1 running: ")
	next <- struct{}{}
	p.Sees("\rok     ")
	p.Sees("1/2  1 running: ")
	next <- struct{}{}
	p.Sees("\rok     ")
	p.Sees("2 passed in ")
	p.Leaves(0)
}

// A file keeps its permissions, and a folder that cannot be written keeps the file.
func TestUpdateKeepsThePermissions(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.wst")
	writeScripts(t, dir, map[string]string{"a.wst": "> /connect echo:\n> hi\n< ho\n"})
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("wsline", "test", "--update", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left are %v", left)
	}
}

// What somebody wrote while the file ran is not lost.
func TestUpdateLeavesOthersChanges(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.wst")
	server := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		writeScripts(t, dir, map[string]string{"a.wst": "# mine\n> hi\n< ho\n"})
		p.Echo()
	})
	writeScripts(t, dir, map[string]string{"a.wst": "> hi\n< ho\n"})
	code, stdout, _ := clitest.Run(t, "", "", "test", "--update", "--url", server.URL(), path)
	if code != 1 || !strings.Contains(stdout, "the file was changed while it ran: it is not updated") {
		t.Errorf("exit code %d, %s", code, stdout)
	}
	if got, _ := os.ReadFile(path); string(got) != "# mine\n> hi\n< ho\n" {
		t.Errorf("the file is %q", got)
	}
}
