package cli

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"wsline/internal/flags"
)

func TestHelpFits(t *testing.T) {
	root, _ := find(nil)
	help := root.helpText()
	for line := range strings.Lines(help) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("ends with a space: %q", line)
		}
	}
	for _, name := range flags.Names(root.groups()) {
		if !strings.Contains(help, "--"+name) {
			t.Errorf("--%s is not in the help", name)
		}
	}
	for _, code := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "130", "143"} {
		if !strings.Contains(strings.ReplaceAll(helpEnd, "\n", " "), " "+code+" ") {
			t.Errorf("the exit code %s is not in the help", code)
		}
	}
	if first := strings.Index(help, "wsline demo:"); first > strings.Index(help, "\nConnecting\n") {
		t.Error("the examples do not come first")
	}
}

func TestReference(t *testing.T) {
	const path = "../../docs/flags.md"
	want := FlagReference()
	if *Update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/flags.md is stale: go test ./internal/cli -run Reference -update")
	}
}
