//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsline/internal/clitest"
	"wsline/internal/wstest"
)

// ownProfiles are the profiles of a user that the program runs for.
func ownProfiles(t *testing.T, text string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", "")
	if err := os.MkdirAll(filepath.Join(dir, ".config", "wsline"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".config", "wsline", "config"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A talk goes on to a profile, whose secrets are in nothing that it shows or saves.
func TestConnectToProfile(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.Echo()
	})
	ownProfiles(t, "allow-exec\n[here]\n"+s.URL()+"\n-H \"X-Odd: $(echo odd-command)\"\n"+
		"--bearer $(echo from-command)\n[fails]\necho:\n--bearer $(echo no such entry >&2; exit 3)\n")
	file := filepath.Join(t.TempDir(), "talk.wst")
	p := clitest.AtTerminal(t, "-v", "--record", file, "echo:")
	p.Sees("connected")
	p.Types("/connect @h\t\r")
	p.Sees("/connect @here")
	p.Sees("X-Odd: <11 bytes hidden>")
	p.Sees("connected")
	p.Types("hi\r")
	p.Sees("< hi")
	p.Types("/connect @her\r")
	p.Sees("did you mean @here?")
	p.Types("/connect @fails\r")
	p.Sees("config:8: $(echo no such entry >&2; exit 3) fail")
	p.Types("\x04")
	p.Leaves(0)
	saved, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := " --header 'X-Odd: ${x-odd}' --bearer '${token}'\n"; !strings.Contains(string(saved), want) {
		t.Errorf("no %q in\n%s", want, saved)
	}
	for _, text := range []string{p.All(), string(saved)} {
		if strings.Contains(text, "odd-command") || strings.Contains(text, "from-command") {
			t.Errorf("a secret is in %s", text)
		}
	}
}

// A signal ends the command that a start waits for, and the program.
func TestSignalEndsCommand(t *testing.T) {
	ownProfiles(t, "allow-exec\n[slow]\necho:\n--bearer $(echo >started; exec sleep 60)\n")
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		cmd := exec.Command("wsline", "@slow", "hi")
		cmd.Dir = t.TempDir()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		for {
			if _, err := os.Stat(filepath.Join(cmd.Dir, "started")); err == nil {
				break
			}
			if time.Since(begun) > 20*time.Second {
				t.Fatal("the command was not run")
			}
			time.Sleep(5 * time.Millisecond)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("%v: exit code %d, want %d", signal, got, code)
		}
	}
}
