package cli_test

import (
	"bufio"
	"errors"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"wsline/internal/exit"
)

const root = "../.."

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// shell runs a command line as a reader of the README would, in a folder and without a terminal.
func shell(dir, line string) (code int, output string, err error) {
	cmd := exec.Command("bash", "-o", "pipefail", "-c", line)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out), nil
	}
	return 0, string(out), err
}

// Every line of the README's sh blocks that begins with no "go" works, and has nothing to complain
// of. The lines of one block are run one after the other, in a folder of their own.
func TestReadmeExamples(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readme(t), -1)
	ran := 0
	for i, block := range blocks {
		ran += strings.Count(block[1], "\n")
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			runExamples(t, strings.Lines(block[1]))
		})
	}
	if ran < 20 {
		t.Errorf("found only %d examples", ran)
	}
}

func runExamples(t *testing.T, lines iter.Seq[string]) {
	dir := t.TempDir()
	for line := range lines {
		if strings.HasPrefix(line, "go ") {
			continue
		}
		code, output, err := shell(dir, line)
		if err != nil || code != 0 || output == "" || strings.Contains(output, "wsline: ") {
			t.Errorf("%sexit code %d, %v: %s", line, code, err, output)
		}
	}
}

func TestReadmeExitCodes(t *testing.T) {
	ws, wss := startFaults(t)
	row := regexp.MustCompile("(?m)^\\| (\\d+) \\| .* \\| `(.*)` \\|$")
	addresses := strings.NewReplacer("ws://127.0.0.1:8480", ws, "wss://127.0.0.1:8443", wss)
	seen := map[int]bool{}
	for _, row := range row.FindAllStringSubmatch(readme(t), -1) {
		want, _ := strconv.Atoi(row[1])
		seen[want] = true
		line := addresses.Replace(row[2])
		t.Run(row[1], func(t *testing.T) {
			t.Parallel()
			code, output, err := shell(t.TempDir(), line)
			if err != nil || code != want {
				t.Errorf("%s: exit code %d, %v, want %d: %s", line, code, err, want, output)
			}
		})
	}
	for _, code := range []int{
		exit.OK, exit.Own, exit.Usage, exit.Connect, exit.TLS, exit.Handshake, exit.Timeout, exit.Broken,
		exit.Closed, exit.Expectation, exit.Interrupted, exit.Terminated,
	} {
		if !seen[code] {
			t.Errorf("%d is not in the table", code)
		}
	}
}

// startFaults starts the server that the README names, on free ports.
func startFaults(t *testing.T) (ws, wss string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "faults")
	build := exec.Command("go", "build", "-o", path, "./testdata/servers/faults")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(path, "127.0.0.1:0", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	ws, wss, ok := strings.Cut(strings.TrimSpace(line), " ")
	if err != nil || !ok {
		t.Fatalf("the server says %q, %v", line, err)
	}
	return ws, wss
}

// Every file of the project that the README links to is there.
func TestReadmeLinks(t *testing.T) {
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(readme(t), -1) {
		if strings.Contains(m[1], "://") {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
	}
}
