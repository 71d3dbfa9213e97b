//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// A talk shows frames and filters when it is told to, and records everything meanwhile.
func TestTalkWatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "talk.wst")
	p := atTerminal(t, "-v", "--record", path, "-H", "X-A: one two", "echo:")
	p.sees("> GET / HTTP/1.1")
	p.sees("< HTTP/1.1 101 Switching Protocols")
	p.sees("* connected")
	p.types("one\r")
	p.sees("< one")
	p.types("/frames on\rtwo\r")
	p.sees(`> text         FIN         3 bytes`)
	p.sees("< two")
	p.types("/frames off\r/filter .a\r")
	p.types(`{"a":"made"}` + "\r")
	p.sees(`< "made"`)
	p.types("/filter off\r/stats\r")
	p.sees("message size")
	p.types("/headers\r")
	p.sees("> X-A: one two")
	p.types("/connect --compress\r")
	p.sees("* connected")
	p.types("three\r")
	p.sees("< three")
	p.types("/quit\r")
	p.leaves(0)

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
	p := atTerminal(t, "--json", "--count", "1", "echo:")
	p.sees(`{"type":"open"`)
	p.types("hi\n")
	p.sees(`"dir":"in","opcode":"text","text":"hi","length":2}`)
	p.sees(`{"type":"end"`)
	p.leaves(0)
}
