// Package arch holds tests only: the rules of docs/architecture.md that a compiler does not
// check.
package arch

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "wsline"

// arrows says which packages of ours each package may import, besides leaves. Those that may import
// session may also import the packages whose types its events and Config show, dial and wire.
var arrows = map[string][]string{
	"": {"internal/cli", "internal/env"},
	"internal/cli": append([]string{
		"internal/cmd", "internal/complete", "internal/env", "internal/flags", "internal/profile",
		"internal/record", "internal/view", "repl/command", "format", "internal/dial",
	}, commands...),
	"internal/cmd": {
		"internal/doctor", "internal/env", "internal/flags", "internal/profile", "internal/target",
		"internal/view", "repl", "repl/line", "session",
	},
	"internal/record":     {"script/transcript", "session", "format", "internal/dial"},
	"internal/scriptfile": {"internal/env", "internal/flags", "script/wst", "format"},
	"internal/view": {
		"internal/env", "internal/flags", "repl", "repl/command", "session", "format",
		"format/find", "internal/query", "internal/query/value", "internal/dial",
	},
	"internal/target": {
		"internal/env", "internal/flags", "session", "internal/dial/uri", "internal/hide",
		"internal/listen", "internal/dial",
		"internal/dial/uri",
		"internal/profile",
		"internal/redact",
		"internal/target/fill",
		"internal/target/keyfile",
	},
	"internal/target/fill":    {"internal/dial/uri"},
	"internal/target/keyfile": {},
	"internal/profile":        {"internal/env", "internal/flags", "internal/redact"},
	"internal/curl":           {},
	"internal/collection":     {},
	"internal/complete":       {"internal/flags"},
	"internal/doctor": {
		"internal/doctor/software", "session", "internal/hide", "internal/dial", "internal/wire",
	},
	"internal/doctor/examine": {
		"internal/doctor", "internal/doctor/software", "session", "format", "internal/hide", "internal/dial",
	},
	"internal/doctor/software": {},
	"internal/env":             {"repl/line"},
	"internal/flags":           {},
	"script": {
		"script/report", "script/wst", "script/match", "repl/command", "session", "format", "internal/hide",
		"internal/name",
		"internal/dial", "internal/wire",
	},
	"script/check":  {"script/wst", "internal/name"},
	"script/report": {"script/wst", "script/match", "format"},
	"script/transcript": {
		"script/wst", "script/match", "session", "format", "internal/hide", "internal/dial", "internal/redact",
		"internal/wire",
	},
	"script/wst": {
		"internal/answer", "internal/name",
		"script/match", "repl/command", "session", "format", "internal/query", "internal/redact",
		"internal/wire",
	},
	"internal/answer": {"internal/query", "internal/wire"},
	"internal/reconnect": {
		"session", "internal/dial", "internal/wire",
	},
	"internal/resume": {
		"script/wst", "session", "internal/redact", "internal/wire",
	},
	"script/match":   {"format", "internal/query"},
	"internal/query": {"internal/query/value"},
	"repl": {
		"repl/command", "repl/line", "session", "internal/dial", "internal/name", "internal/wire",
	},
	"repl/command": {
		"session", "internal/dial", "internal/name", "internal/object", "internal/snippet", "internal/wire",
	},
	"repl/line":        {},
	"internal/name":    {},
	"internal/object":  {},
	"internal/snippet": {"internal/name"},
	"internal/redact":  {"session", "internal/dial", "internal/wire"},
	"format": {
		"format/find", "format/fit", "format/har", "internal/hide", "session", "internal/dial", "internal/wire",
	},
	"internal/hide":   {},
	"format/find":     {},
	"format/fit":      {},
	"format/har":      {},
	"format/stats":    {"session"},
	"session":         {"internal/deflate", "internal/dial", "internal/tap", "internal/wire"},
	"internal/listen": {"session", "internal/dial", "internal/tap", "internal/wire"},
	"internal/dial": {
		"internal/dial/addr", "internal/dial/cookies", "internal/dial/digest",
		"internal/dial/field", "internal/dial/phrase", "internal/dial/uri", "internal/tap",
	},
	"internal/dial/addr":    {},
	"internal/dial/cookies": {},
	"internal/dial/digest":  {"internal/dial/field"},
	"internal/dial/field":   {},
	"internal/dial/phrase":  {},
	"internal/dial/uri":     {},
	"internal/query/value":  {},
	"internal/deflate":      {},
	"internal/tap":          {"internal/wire"},
	"internal/wire":         {},

	"internal/arch":         {}, // tests, and what tests alone import
	"internal/live":         {},
	"internal/clitest":      {"internal/cli", "internal/env", "internal/env/envtest"},
	"internal/env/envtest":  {"internal/env"},
	"internal/vt":           {},
	"internal/wstest":       {"internal/wire"},
	"internal/wstest/world": {"internal/wire", "internal/wstest"},

	"bench/bare":      {}, // programs of their own, which measure ours
	"bench/plot":      {},
	"bench/conns":     {},
	"bench/run":       {},
	"bench/server":    {},
	"bench/stay":      {},
	"bench/tcp":       {},
	"bench/wine/keys": {},
}

// leaves import nothing of ours, and may be imported by every package but those of the standard
// library only.
var leaves = []string{
	"internal/crowd", "internal/exit", "internal/head", "internal/lazy", "internal/plural",
	"internal/roff", "internal/secret", "internal/suggest", "internal/version", "internal/words",
}

// commands are the folders of the commands. Each may import commandArrows, and none another.
var commands = foldersIn("internal/cmd")

func foldersIn(dir string) (names []string) {
	entries, _ := os.ReadDir(root + "/" + dir) // without any, the table lacks its commands
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, dir+"/"+e.Name())
		}
	}
	return names
}

var commandArrows = []string{
	"internal/answer", "internal/cmd", "internal/collection", "internal/curl", "internal/doctor",
	"internal/doctor/examine", "internal/env", "internal/flags",
	"internal/name", "internal/profile", "internal/record", "internal/scriptfile", "internal/target",
	"internal/target/fill", "internal/view",
	"script", "script/check", "script/report", "script/transcript", "script/wst",
	"repl", "repl/command", "session", "format", "format/stats", "internal/hide", "internal/listen", "internal/dial",
	"internal/dial/uri",
	"internal/query", "internal/reconnect", "internal/redact", "internal/resume", "internal/wire",
}

// importers says which packages may import a module; those not named here may be imported by
// any package but wire, tap and wstest, which use the standard library and ours only.
var importers = map[string][]string{
	"github.com/coder/websocket": {"internal/dial"},
	"github.com/chzyer/readline": {"repl/line"},
	"github.com/fatih/color":     {"format"},
	"github.com/itchyny/gojq":    {"internal/query"},
	"github.com/spf13/pflag":     {"internal/flags"},
	"golang.org/x/crypto":        {"internal/target/keyfile"},
	"golang.org/x/net": {
		"internal/dial", "internal/dial/cookies", "internal/dial/uri", "internal/target",
	},
	"go.yaml.in/yaml/v3":                 {"internal/collection"},
	"software.sslmate.com/src/go-pkcs12": {"internal/target/keyfile"},
	"github.com/creack/pty":              {"internal/clitest"},
	"github.com/rogpeppe/go-internal":    {"internal/clitest", "internal/wstest/world"},
	"go.uber.org/goleak":                 {"internal/clitest"},
}

var standardOnly = []string{
	"", "internal/wire", "internal/tap", "internal/wstest",
	"bench/bare", "bench/conns", "bench/plot", "bench/run", "bench/server", "bench/tcp",
}

// allowed are the packages of ours that a package may import; ok is false for one that is not in
// the picture.
func allowed(name string) (list []string, ok bool) {
	switch {
	case slices.Contains(leaves, name):
		return nil, true
	case slices.Contains(commands, name):
		return slices.Concat(commandArrows, leaves), true
	}
	list, ok = arrows[name]
	if !slices.Contains(standardOnly, name) {
		list = slices.Concat(list, leaves)
	}
	return list, ok
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
			if _, known := allowed(name); !known {
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

// An arrow that nothing follows is taken out of the picture.
func TestArrowsAreUsed(t *testing.T) {
	used := map[[2]string]bool{}
	for _, p := range packages(t, "linux") {
		for _, path := range p.Imports {
			from := ours(p.ImportPath)
			if slices.Contains(commands, from) {
				from = "commands"
			}
			used[[2]string{from, ours(path)}] = true
		}
	}
	all := maps.Clone(arrows)
	all["commands"] = commandArrows
	for from, list := range all {
		for _, to := range list {
			if !used[[2]string{from, to}] {
				t.Errorf("%q imports no %q", from, to)
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
		if list, _ := allowed(name); !slices.Contains(list, ours(path)) {
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
	for mod, some := range importers {
		if (path == mod || strings.HasPrefix(path, mod+"/")) && !slices.Contains(some, name) {
			return "only " + strings.Join(some, ", ") + " may"
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
		{"script", "wsline/repl", false},
		{"repl/command", "wsline/repl/line", false},
		{"internal/cli", "wsline/internal/wstest", false},
		{"internal/cli", "wsline/internal/cmd/show", true},
		{"internal/cmd/show", "wsline/internal/cmd/test", false},
		{"internal/cmd/show", "wsline/internal/exit", true},
		{"internal/exit", "wsline/internal/version", false},
		{"internal/doctor", "wsline/internal/target", false},
		{"internal/target", "wsline/internal/doctor", false},
		{"internal/wire", "wsline/internal/exit", false},
		{"repl", "wsline/internal/vt", false},
		{"internal/dial", "github.com/coder/websocket", true},
		{"internal/dial", "github.com/coder/websocket/internal/xsync", true},
		{"session", "github.com/coder/websocket", false},
		{"repl", "github.com/coder/websocket", false},
		{"repl", "github.com/chzyer/readline", false},
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

// A template may name any method, so that a program with one keeps every exported method that it
// has: a seventh of its size, which each start pays for.
func TestNoTemplates(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if path == "text/template" || path == "html/template" {
			t.Errorf("the program has %s", path)
		}
	}
}
