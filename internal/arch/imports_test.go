// Package arch holds tests only: the rules of docs/architecture.md that a compiler does not
// check.
package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "wsline"

// arrows says which packages of ours each package may import. Those that may import session may
// also import the packages whose types its events and Config show, dial and wire.
var arrows = map[string][]string{
	"": {"internal/cli"},
	"internal/cli": {
		"script", "script/report", "script/transcript", "script/wst", "repl", "session", "format",
		"internal/listen", "internal/dial", "internal/query", "internal/wire",
	},
	"script": {
		"script/report", "script/wst", "script/match", "repl", "session", "format",
		"internal/dial", "internal/wire",
	},
	"script/report": {"script/wst", "script/match", "format"},
	"script/transcript": {
		"script/wst", "script/match", "session", "format", "internal/dial", "internal/wire",
	},
	"script/wst": {
		"script/match", "repl", "session", "format", "internal/query", "internal/wire",
	},
	"script/match":    {"format", "internal/query"},
	"internal/query":  {},
	"repl":            {"session", "internal/dial", "internal/wire"},
	"format":          {"session", "internal/dial", "internal/wire"},
	"session":         {"internal/dial", "internal/tap", "internal/wire"},
	"internal/listen": {"session", "internal/dial", "internal/tap", "internal/wire"},
	"internal/dial":   {"internal/tap", "internal/wire"},
	"internal/tap":    {"internal/wire"},
	"internal/wire":   {},
	"internal/wstest": {"internal/wire"}, // imported by tests alone
	"internal/arch":   {},
	"internal/live":   {},
	"bench/bare":      {}, // programs of their own, which measure ours
	"bench/run":       {},
	"bench/server":    {},
	"bench/tcp":       {},
}

// importers says which packages may import a module; those not named here may be imported by
// any package but wire, tap and wstest, which use the standard library and ours only.
var importers = map[string][]string{
	"github.com/coder/websocket":      {"session", "internal/dial", "internal/listen"},
	"github.com/chzyer/readline":      {"repl"},
	"github.com/fatih/color":          {"format"},
	"github.com/itchyny/gojq":         {"internal/query"},
	"github.com/spf13/pflag":          {"internal/cli", "repl"},
	"github.com/youmark/pkcs8":        {"internal/dial"},
	"golang.org/x/net":                {"internal/dial"},
	"github.com/creack/pty":           {}, // tests
	"github.com/rogpeppe/go-internal": {},
	"go.uber.org/goleak":              {},
}

var standardOnly = []string{
	"", "internal/wire", "internal/tap", "internal/wstest",
	"bench/bare", "bench/run", "bench/server", "bench/tcp",
}

type pkg struct {
	ImportPath, Dir string
	Imports         []string
}

// packages lists the module's packages as a build for the system sees them.
func packages(t *testing.T, goos string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports", "./...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	for in := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := in.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestImports(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
		list := packages(t, goos)
		if len(list) < 10 {
			t.Fatalf("%s: only %d packages", goos, len(list))
		}
		for _, p := range list {
			name := ours(p.ImportPath)
			if _, known := arrows[name]; !known {
				t.Errorf("the package %q has no arrows", name)
			}
			for _, path := range p.Imports {
				if why := forbidden(name, path); why != "" {
					t.Errorf("%s: %q imports %q: %s", goos, name, path, why)
				}
			}
		}
	}
}

// ours is a package's path in the module.
func ours(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

// forbidden says why a package may not import another, or "".
func forbidden(name, path string) string {
	if path == module || strings.HasPrefix(path, module+"/") {
		if !slices.Contains(arrows[name], ours(path)) {
			return "there is no such arrow"
		}
		return ""
	}
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") {
		return "" // the standard library
	}
	if slices.Contains(standardOnly, name) {
		return "it uses the standard library only"
	}
	for mod, allowed := range importers {
		if (path == mod || strings.HasPrefix(path, mod+"/")) && !slices.Contains(allowed, name) {
			return "only " + strings.Join(allowed, ", ") + " may"
		}
	}
	return ""
}

func TestForbidden(t *testing.T) {
	tests := []struct {
		name, path string
		ok         bool
	}{
		{"session", "wsline/internal/tap", true},
		{"internal/tap", "wsline/session", false},
		{"format", "wsline/repl", false},
		{"internal/cli", "wsline/internal/wstest", false},
		{"session", "github.com/coder/websocket", true},
		{"session", "github.com/coder/websocket/internal/xsync", true},
		{"repl", "github.com/coder/websocket", false},
		{"internal/wire", "golang.org/x/sys/cpu", false},
		{"internal/wire", "crypto/sha1", true},
		{"internal/cli", "go.uber.org/goleak", false},
		{"internal/cli", "golang.org/x/net/proxy", false},
	}
	for _, tt := range tests {
		if why := forbidden(tt.name, tt.path); (why == "") != tt.ok {
			t.Errorf("forbidden(%q, %q) = %q", tt.name, tt.path, why)
		}
	}
}
