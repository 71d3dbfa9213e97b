package arch

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The systems that the program is released for, and that .ci/run builds it for.
var (
	systems       = []string{"darwin", "freebsd", "linux", "windows"}
	architectures = []string{"amd64", "arm64"}
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(root + "/" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReleaseTargets(t *testing.T) {
	text := read(t, ".goreleaser.yaml")
	if !strings.HasPrefix(text, "version: 2\n") {
		t.Error(".goreleaser.yaml is not of version 2")
	}
	if strings.Contains(text, "\t") {
		t.Error(".goreleaser.yaml has a tab, which YAML does not allow")
	}
	if got := sequence(text, "goos"); !slices.Equal(got, systems) {
		t.Errorf(".goreleaser.yaml builds for %q, want %q", got, systems)
	}
	if got := sequence(text, "goarch"); !slices.Equal(got, architectures) {
		t.Errorf(".goreleaser.yaml builds for %q, want %q", got, architectures)
	}
	if strings.Contains(text, "ignore:") {
		t.Error(".goreleaser.yaml leaves targets out")
	}
}

// sequence is the sorted elements of a YAML block sequence under a key.
func sequence(text, key string) []string {
	block := regexp.MustCompile(`(?m)^ *` + key + `:\n((?: *- .*\n)+)`).FindStringSubmatch(text)
	if block == nil {
		return nil
	}
	var list []string
	for line := range strings.Lines(block[1]) {
		list = append(list, strings.TrimPrefix(strings.TrimSpace(line), "- "))
	}
	slices.Sort(list)
	return list
}

func TestCIBuildsWhatIsReleased(t *testing.T) {
	text := read(t, ".ci/run")
	lists := map[string][]string{"systems": systems, "architectures": architectures}
	for name, want := range lists {
		m := regexp.MustCompile(`(?m)^` + name + `=\((.*)\)$`).FindStringSubmatch(text)
		if m == nil {
			t.Errorf(".ci/run has no %s", name)
			continue
		}
		got := strings.Fields(m[1])
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf(".ci/run builds for %q, want %q", got, want)
		}
	}
}
