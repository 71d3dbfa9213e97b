//go:build unix

package profile

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for command, want := range map[string]string{
		`printf 'a b\n'`:               "a b\n",
		"cat; echo x":                  "x\n",
		"echo said >&2; exit 3":        `error failed: exit status 3: "said"`,
		"exit 1":                       "error failed: exit status 1",
		"kill -9 $$":                   "error failed: signal: killed",
		"head -c 70000 /dev/zero":      "error wrote more than 65536 bytes",
		"printf '\\033[1m\\n' >&2;! :": `error failed: exit status 1: "\x1b[1m"`,
	} {
		got, err := system{}.Run(t.Context(), command)
		if err != nil {
			got = "error " + err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (system{}).Run(ctx, "sleep 20"); err != context.Canceled {
		t.Errorf("canceled: %v", err)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{
		0o600: "", 0o400: "",
		0o644: "commands are run from a file of mode 600 alone, and this one has 644",
		0o660: "commands are run from a file of mode 600 alone, and this one has 660",
		0o602: "commands are run from a file of mode 600 alone, and this one has 602",
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		text, distrust, err := system{}.Read(path)
		if string(text) != "x" || distrust != want || err != nil {
			t.Errorf("%o: %q, %q, %v", mode, text, distrust, err)
		}
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(path, 65534, -1); err != nil {
			t.Fatal(err)
		}
		if _, distrust, _ := (system{}).Read(path); distrust != "commands are run from a file of your own alone" {
			t.Errorf("of somebody else: %q", distrust)
		}
	}
	if _, distrust, _ := (system{}).Read("/dev/null"); !strings.Contains(distrust, "regular") {
		t.Errorf("a device: %q", distrust)
	}
	if err := os.WriteFile(path, make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := (system{}).Read(path); err == nil || err.Error() != "it is larger than 1 MiB" {
		t.Errorf("a large one: %v", err)
	}
}
