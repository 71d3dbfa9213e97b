package live

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestDrive runs the program of the documentation that drives a session.
func TestDrive(t *testing.T) {
	var python string
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		check := "import sys; sys.exit(sys.version_info < (3, 10))"
		if exec.Command(name, "-c", check).Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		missing(t, "Python 3.10 is not installed")
	}
	source, err := os.ReadFile("../../docs/drive.py")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(source, []byte("\n")); n > 30 {
		t.Errorf("a program of %d lines is no example any more", n)
	}
	for _, url := range []string{"demo:", "ws://" + node(t).addr} {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(python, "../../docs/drive.py", wsline, url)
		cmd.Env = command().Env
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		code := exitCode(t, cmd.Run())
		if code != 0 || stdout.String() != "Server echo: HELLO\n" {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", url, code, &stdout, &stderr)
		}
		if !strings.Contains(stderr.String(), "round trip: ") {
			t.Errorf("%s: stderr %q tells no round trip", url, &stderr)
		}
	}
}
