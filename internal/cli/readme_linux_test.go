package cli_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"wsline/internal/exit"
	"wsline/internal/wstest"
)

const root = "../.."

// A page is README.md or another page for its readers, by its path from the root.
type page struct {
	path, text string
}

func readPage(t *testing.T, path string) page {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return page{path, string(b)}
}

// pages are README.md, the pages of docs and those beside README.md.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d pages, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			path, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, readPage(t, path))
		}
	}
	return all
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)[^\n]*\n(.*?)^```$")

// blocks are the code blocks of a language.
func (p page) blocks(language string) []string {
	var blocks []string
	for _, m := range fence.FindAllStringSubmatch(p.text, -1) {
		if m[1] == language {
			blocks = append(blocks, m[2])
		}
	}
	return blocks
}

// files are the wst blocks whose first line is a comment with a name.
func (p page) files() map[string]string {
	files := map[string]string{}
	for _, block := range p.blocks("wst") {
		first, _, _ := strings.Cut(block, "\n")
		if name, ok := strings.CutPrefix(first, "# "); ok && strings.HasSuffix(name, ".wst") {
			files[name] = block
		}
	}
	return files
}

// shell runs a command line as a reader of a page would, in a folder and without a terminal.
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

// Every line of the pages' sh blocks that does not begin with "go" works, has nothing to complain
// of, and does what its comment says: "prints TEXT", or "exit code N". The lines of one block are
// run one after the other, in a folder of their own that has the files which the page shows, a token
// and certificates. They spend most of their time waiting, so several blocks run at once.
func TestReadmeExamples(t *testing.T) {
	t.Parallel()
	given := exampleFiles(t)
	var running sync.WaitGroup
	defer running.Wait()
	slots := make(chan struct{}, 8)
	for _, page := range pages(t) {
		files := page.files()
		maps.Copy(files, given)
		for _, block := range page.blocks("sh") {
			dir := t.TempDir()
			slots <- struct{}{}
			running.Go(func() {
				defer func() { <-slots }()
				if err := runExamples(dir, files, block); err != nil {
					t.Errorf("%s: %v", page.path, err)
				}
			})
		}
	}
}

func exampleFiles(t *testing.T) map[string]string {
	t.Helper()
	ca := wstest.NewCA(t)
	server, client := ca.Server(t), ca.Client(t)
	return map[string]string{
		"token.txt":  "abc\n",
		"ca.pem":     string(ca.PEM()),
		"server.pem": string(wstest.CertPEM(server)),
		"server.key": string(wstest.KeyPEM(t, server)),
		"me.pem":     string(wstest.CertPEM(client)),
		"me.key":     string(wstest.KeyPEM(t, client)),
	}
}

var (
	listens     = regexp.MustCompile(`^(wsline listen .*) (808\d) &`)
	elsewhere   = regexp.MustCompile(`wsline (.* )?'?wss://example\.com`)
	asksNothing = regexp.MustCompile(`--dry-run|--as-`)
	saysOutput  = regexp.MustCompile(`#.* prints (.+)`)
	saysCode    = regexp.MustCompile(`#.* exit code (\d+)`)
)

// runExamples runs the lines of a block. A server that they start gets a free port, and
// for a connection to example.com --dry-run makes the request and does not send it.
func runExamples(dir string, files map[string]string, block string) error {
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	var ports []string // what stands in the lines, and what is used instead
	for line := range strings.Lines(block) {
		if m := listens.FindStringSubmatch(line); m != nil {
			server := exec.Command("bash", "-c", "exec "+m[1]+" 0")
			server.Dir = dir
			stderr, err := server.StderrPipe()
			if err != nil {
				return err
			}
			says, stop, err := startHelper(server, stderr)
			if err != nil {
				return err
			}
			defer stop()
			_, after, _ := strings.Cut(says, "://127.0.0.1:")
			ports = append(ports, ":"+m[2], ":"+strings.Trim(after, "/"))
			continue
		}
		line = strings.NewReplacer(ports...).Replace(line)
		line = notSent(line)
		if strings.HasPrefix(line, "go ") {
			continue
		}
		if err := runExample(dir, line); err != nil {
			return err
		}
	}
	return nil
}

// notSent has a line for example.com make the request alone.
func notSent(line string) string {
	switch {
	case !elsewhere.MatchString(line) || asksNothing.MatchString(line):
		return line
	case !strings.HasPrefix(line, "wsline curl "):
		return strings.Replace(line, "wsline ", "wsline --dry-run ", 1)
	case strings.Contains(line, " -- "):
		return strings.Replace(line, " -- ", " -- --dry-run ", 1)
	}
	command, comment, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " #")
	return command + " -- --dry-run #" + comment + "\n"
}

func runExample(dir, line string) error {
	code, output, err := shell(dir, line)
	want := 0
	if m := saysCode.FindStringSubmatch(line); m != nil {
		want, _ = strconv.Atoi(m[1])
	}
	if err != nil || code != want || output == "" {
		return fmt.Errorf("%sexit code %d, %v, want %d: %s", line, code, err, want, output)
	}
	if want == 0 && strings.Contains(output, "wsline: ") {
		return fmt.Errorf("%scomplains: %s", line, output)
	}
	if m := saysOutput.FindStringSubmatch(line); m != nil && output != m[1]+"\n" {
		return fmt.Errorf("%sprints %q", line, output)
	}
	return nil
}

// startHelper starts a program that runs until it is stopped, and returns its first line.
func startHelper(cmd *exec.Cmd, output io.Reader) (says string, stop func(), err error) {
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("%s says %q: %w", cmd, line, err)
	}
	return strings.TrimSpace(line), stop, nil
}

// All commands in README.md are run: it shows none outside of the sh blocks.
func TestReadmeIsRun(t *testing.T) {
	readme := readPage(t, "README.md")
	command := regexp.MustCompile(`(?m)^(\$ .*|wsline .*)$`)
	for _, m := range fence.FindAllStringSubmatch(readme.text, -1) {
		if line := command.FindString(m[2]); m[1] != "sh" && line != "" {
			t.Errorf("%q is not in an sh block", line)
		}
	}
	ran := strings.Count(strings.Join(readme.blocks("sh"), ""), "\n")
	if ran < 15 {
		t.Errorf("found only %d commands", ran)
	}
}

// README.md is read in a few minutes. More belongs in docs, and it links to each page there.
func TestReadmeIsShort(t *testing.T) {
	readme := readPage(t, "README.md")
	if lines := strings.Count(readme.text, "\n"); lines > 150 {
		t.Errorf("README.md has %d lines, more than 150", lines)
	}
	for _, page := range pages(t) {
		if page.path != readme.path && !strings.Contains(readme.text, "("+page.path+")") {
			t.Errorf("README.md does not link to %s", page.path)
		}
	}
}

func TestReadmeExitCodes(t *testing.T) {
	ws, wss := startFaults(t)
	row := regexp.MustCompile("(?m)^\\| (\\d+) \\| .* \\| `(.*)` \\|$")
	addresses := strings.NewReplacer("ws://127.0.0.1:8480", ws, "wss://127.0.0.1:8443", wss)
	seen := map[int]bool{}
	for _, row := range row.FindAllStringSubmatch(readPage(t, "docs/exit-codes.md").text, -1) {
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
		exit.Closed, exit.Expectation, exit.HungUp, exit.Interrupted, exit.Terminated,
	} {
		if !seen[code] {
			t.Errorf("%d is not in the table", code)
		}
	}
}

// startFaults starts the server that the page names, on free ports.
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
	says, stop, err := startHelper(cmd, stdout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	ws, wss, ok := strings.Cut(says, " ")
	if !ok {
		t.Fatalf("the server says %q", says)
	}
	return ws, wss
}

// Every file of the project that a page links to is there, and so is the heading.
func TestReadmeLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(page.text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			path, anchor, _ := strings.Cut(m[1], "#")
			target := page.path
			if path != "" {
				target = filepath.Join(filepath.Dir(page.path), path)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s: %v", page.path, err)
			} else if anchor != "" && !slices.Contains(readPage(t, target).anchors(), anchor) {
				t.Errorf("%s: %s has no heading #%s", page.path, target, anchor)
			}
		}
	}
}

// anchors are those that GitHub gives the headings.
func (p page) anchors() []string {
	var anchors []string
	seen := map[string]int{}
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
		anchor := regexp.MustCompile(`[^\pL\pN _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		anchor = strings.ReplaceAll(anchor, " ", "-")
		n := seen[anchor]
		seen[anchor]++
		if n > 0 {
			anchor += "-" + strconv.Itoa(n)
		}
		anchors = append(anchors, anchor)
	}
	return anchors
}
