//go:build unix

package converse_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/exit"
)

// The first connection may have a name, too.
func TestFirstHasName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.wst")
	p := clitest.AtTerminal(t, "--as", "alice", "--on-open", "first", "--record", file, "echo:")
	p.Sees("alice* connected to")
	p.Sees("alice> first")
	p.Sees("alice< first")
	p.Types("/connect --as bob\r")
	p.Sees("bob* connected to")
	p.Types("/to bob\rhi\r")
	p.Sees("bob< hi")
	p.Types("/to\r${line} and ${random 3}\r")
	p.Sees("alice< 5 and ")
	p.Types("\x03")
	p.Leaves(exit.Interrupted)
	want := "alice> /connect --as alice echo:\nalice> first\nalice< first\nbob> /connect --as bob echo:\n" +
		"bob> hi\nbob< hi\nalice> 5 and "
	if got, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(got), want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	out, err := exec.Command("wsline", "test", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "1 passed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Two connections of one talk: each line has its name, and what is saved or recorded passes.
func TestTwoConnections(t *testing.T) {
	dir := t.TempDir()
	recorded := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"r.wst", "r.jsonl", "r.har"} {
		p := clitest.AtTerminal(t, "--record", recorded(name), "demo:")
		p.Sees(`"welcome"`)
		p.Types("/connect --as bob echo:\r")
		p.Sees("bob* connected to")
		p.Types("/set word hello\rbob> ${word} there\r")
		p.Sees("bob< hello there")
		p.Types("bob> /expect ${word} there\r")
		p.Sees("* as expected")
		p.Types("/to bob\r")
		p.Sees("bob> ")
		p.Types("by default\r")
		p.Sees("bob< by default")
		p.Types("/capture it ~(.*)\r")
		p.Sees("* it is by default")
		p.Types("/silence 10ms\r")
		p.Sees("* nothing came")
		p.Types("/close bob 4000 done\r")
		p.Sees("bob<close 4000 done")
		p.Types("/to\rto the first\r")
		p.Sees("Invalid JSON format")
		p.Types("bob> again\r")
		p.Sees("* bob is not connected: connecting again")
		p.Sees("bob< again")
		p.Types("/save " + recorded("s.wst") + "\r")
		p.Sees("* saved")
		p.Types("\x04")
		p.Leaves(0)
	}
	const want = `> /connect demo:
< {"type":"welcome","message":"Connected to the demo server"}
bob> /connect --as bob echo:
> /set word hello
bob> ${word} there
bob< ${word} there
bob> by default
bob< by default
bob> /capture it ~(.*)
bob> /silence 10ms
bob> /close 4000 done
bob<close 4000 done
> to the first
< {"type":"error","message":"Invalid JSON format"}
bob> /connect --as bob echo:
bob> again
bob< again
`
	for _, name := range []string{"s.wst", "r.wst"} {
		got, err := os.ReadFile(recorded(name))
		if err != nil || !strings.HasPrefix(strings.ReplaceAll(string(got), "bob< hello", "bob< ${word}"), want) {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
		out, err := exec.Command("wsline", "test", recorded(name)).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "1 passed") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for _, name := range []string{"r.jsonl", "r.har"} {
		out, err := exec.Command("wsline", "show", recorded(name)).CombinedOutput()
		for _, line := range []string{"bob> by default\n", "bob< by default\n", "\n> to the first\n"} {
			if err != nil || !strings.Contains(string(out), line) {
				t.Errorf("%s: %v\n%s\nwithout %s", name, err, out, line)
			}
		}
	}
	text, err := os.ReadFile(recorded("r.jsonl"))
	const line = `"conn":"bob","dir":"out","opcode":"text","text":"by default"`
	if err != nil || !strings.Contains(string(text), line) {
		t.Errorf("%v\n%s", err, text)
	}
}
