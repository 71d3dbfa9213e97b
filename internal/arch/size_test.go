package arch

import (
	"path"
	"strings"
	"testing"
)

const (
	mostLines  = 3000 // of a package, without tests
	mostOfRoot = 6000 // of those at the top, which were there before there were rooms
)

// A package that has grown past what one can know is split.
func TestSizeOfPackages(t *testing.T) {
	lines := map[string]int{}
	files(t, func(file string, text []byte) {
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			lines[path.Dir(file)] += strings.Count(string(text), "\n")
		}
	})
	if len(lines) == 0 {
		t.Error("no package was found")
	}
	for name, n := range lines {
		most := mostLines
		switch strings.TrimPrefix(name, root+"/") {
		case "repl", "script", "format", "session":
			most = mostOfRoot
		}
		if n > most {
			t.Errorf("%s has %d lines without tests, at most %d are allowed", name, n, most)
		}
	}
}
