//go:build unix

package converse_test

import (
	"os"
	"path/filepath"
	"testing"

	"wsline/internal/clitest"
)

// A talk shows frames and filters when it is told to, and records everything meanwhile.
func TestTalkWatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "talk.wst")
	p := clitest.AtTerminal(t, "-v", "--record", path, "-H", "X-A: one two", "echo:")
	p.Sees("> GET / HTTP/1.1")
	p.Sees("< HTTP/1.1 101 Switching Protocols")
	p.Sees("* connected")
	p.Types("one\r")
	p.Sees("< one")
	p.Types("/frames on\rtwo\r")
	p.Sees(`> text         FIN         3 bytes`)
	p.Sees("< two")
	p.Types("/frames off\r/filter .a\r")
	p.Types(`{"a":"made"}` + "\r")
	p.Sees(`< "made"`)
	p.Types("/filter off\r/stats\r")
	p.Sees("message size")
	p.Types("/headers\r")
	p.Sees("> X-A: one two")
	p.Types("/connect --compress\r")
	p.Sees("* connected")
	p.Types("three\r")
	p.Sees("< three")
	p.Types("/quit\r")
	p.Leaves(0)

	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const want = `> /connect echo: --header 'X-A: one two'
> one
< one
> two
< two
> {"a":"made"}
< {"a":"made"}
> /close 1000
<close 1000
> /connect echo: --compress
> three
< three
> /close 1000
<close 1000
`
	if string(got) != want {
		t.Errorf("recorded\n%s\nwant\n%s", got, want)
	}
}

// With --json a terminal's lines are read as those of a pipe.
func TestJSONAtTerminal(t *testing.T) {
	p := clitest.AtTerminal(t, "--json", "--count", "1", "echo:")
	p.Sees(`{"type":"open"`)
	p.Types("hi\n")
	p.Sees(`"dir":"in","opcode":"text","text":"hi","length":2}`)
	p.Sees(`{"type":"end"`)
	p.Leaves(0)
}
