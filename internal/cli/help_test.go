package cli

import (
	"flag"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the generated pages anew")

func TestHelpFits(t *testing.T) {
	help := helpText()
	for line := range strings.Lines(help) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > helpWidth {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("ends with a space: %q", line)
		}
	}
	for _, name := range longNames(flagTable()) {
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
	if *update {
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

func TestVersion(t *testing.T) {
	build := func(version, revision, modified string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		if revision != "" {
			info.Settings = []debug.BuildSetting{
				{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified},
			}
		}
		return info
	}
	for want, info := range map[string]*debug.BuildInfo{
		"1.2.3":                      build("v1.2.3", "0123456789abcdef", "false"),
		"devel-0123456789ab":         build("(devel)", "0123456789abcdef", "false"),
		"devel-0123456789ab+changed": build("", "0123456789abcdef", "true"),
		"devel":                      build("(devel)", "", ""),
	} {
		if got := versionOf(info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
