package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// files calls f with the path from the root, and the contents, of each file that belongs to the
// project.
func files(t *testing.T, f func(path string, text []byte)) {
	t.Helper()
	skipped := []string{".git", "node_modules", "dist"}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(skipped, d.Name()) {
			return filepath.SkipDir
		}
		built := filepath.Join(root, module)
		if !d.Type().IsRegular() || path == built || path == built+".exe" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		f(filepath.ToSlash(rel), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fromMain are the parts of the process that main.go alone may touch, and hands to the rest.
var fromMain = regexp.MustCompile(`^(os\.(Exit|Args|Std(in|out|err)|` +
	`Getenv|LookupEnv|Environ|ExpandEnv)|signal\.Notify(Context)?)$`)

func TestOnlyMainTouchesTheProcess(t *testing.T) {
	used := 0
	files(t, func(path string, text []byte) {
		other := strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(path, "testdata/") || strings.HasPrefix(path, "bench/") ||
			strings.HasPrefix(path, "internal/clitest/") // which is main.go for tests
		if !strings.HasSuffix(path, ".go") || other {
			return
		}
		for _, name := range selectors(t, path, text) {
			switch {
			case !fromMain.MatchString(name):
			case path == "main.go":
				used++
			default:
				t.Errorf("%s uses %s", path, name)
			}
		}
	})
	if used == 0 {
		t.Error("nothing was found in main.go, so this test looks for the wrong things")
	}
}

// selectors are the names "package.Name" that a file uses, the package's name being the last
// part of its path, whatever it is called in the file.
func selectors(t *testing.T, path string, text []byte) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]string{}
	for _, spec := range file.Imports {
		base := filepath.Base(strings.Trim(spec.Path.Value, `"`))
		name := base
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = base
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && imported[x.Name] != "" {
				names = append(names, imported[x.Name]+"."+s.Sel.Name)
			}
		}
		return true
	})
	return names
}

func TestMainIsShort(t *testing.T) {
	text, err := os.ReadFile(root + "/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 30 {
		t.Errorf("main.go has %d lines, more than 30", n)
	}
}

// What the program accepts of certificates is a setting of main.go, and the tests of the program have
// the same.
func TestDebugSettings(t *testing.T) {
	for _, path := range []string{"/main.go", "/internal/cli/script_test.go"} {
		text, err := os.ReadFile(root + path)
		if err != nil || !strings.Contains(string(text), "\n//go:debug x509negativeserial=1\n") {
			t.Errorf("%s does not accept negative serial numbers: %v", path, err)
		}
	}
}

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

func TestFuzzTargetsHaveACorpus(t *testing.T) {
	targets := 0
	files(t, func(path string, text []byte) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, m := range fuzzTarget.FindAllSubmatch(text, -1) {
			targets++
			corpus := filepath.Join(root, filepath.Dir(path), "testdata/fuzz", string(m[1]))
			if list, err := os.ReadDir(corpus); err != nil || len(list) == 0 {
				t.Errorf("%s: %s has no stored corpus", path, m[1])
			}
		}
	})
	if targets == 0 {
		t.Error("no fuzz target was found")
	}
}

// The project speaks of itself alone. The patterns are written so that they do not match
// themselves.
var foreign = []*regexp.Regexp{
	regexp.MustCompile(`registry[.]npmjs|registry[.]yarnpkg|proxy[.]golang|sum[.]golang|` +
		`pypi[.]org|deb[.]debian|goproxy[.](io|cn)`),
	regexp.MustCompile(`(?i)\b(issue|ticket|bug|PR) ?#?[0-9]+\b|\b(fixes|closes|resolves) #[0-9]`),
	regexp.MustCompile(`/work[/](main|shared|[.])|/tmp[/]brief`),
}

func TestSpeaksOfItselfAlone(t *testing.T) {
	files(t, func(path string, text []byte) {
		for _, re := range foreign {
			if found := re.Find(text); found != nil {
				t.Errorf("%s says %q", path, found)
			}
		}
	})
}
