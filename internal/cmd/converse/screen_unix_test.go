//go:build unix

package converse_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/wstest"
)

// A long message is folded on the screen, and whole in the pager, on the screen again, and in what is
// saved.
func TestFoldedMessageIsWhole(t *testing.T) {
	var big bytes.Buffer
	for n := range 9000 { // more than 64 KiB
		fmt.Fprintf(&big, "%s{\"n\":%d}", map[bool]string{true: "[", false: ","}[n == 0], n)
	}
	big.WriteString("]")
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.Text(`{"a":[1,{"b":2}]}`)
		p.Text(big.String())
		p.Binary(bytes.Repeat([]byte("abcdefgh"), 4<<10))
		p.Echo()
	})
	paged, saved := filepath.Join(t.TempDir(), "paged"), filepath.Join(t.TempDir(), "whole.wst")
	t.Setenv("PAGER", "sh -c 'cat >\"$0\"' "+paged)
	p := clitest.AtTerminal(t, s.URL())
	p.Sees("< {\"a\": [1, {\"b\": 2}]}\r\n")
	p.Sees("\r\n* … ")
	p.Sees(" more lines, /last shows all")
	p.Sees("<binary 32768 bytes\r\n  00000000  61 62 63 64 65 66 67 68")
	p.Sees("\r\n* … 237 more lines, /last shows all")
	p.Types("/last\r/last 2\rdone\r")
	p.Sees("< done")
	text, err := os.ReadFile(paged)
	if err != nil || strings.Count(string(text), "\n") != 9002 ||
		!strings.Contains(string(text), "\n    {\"n\": 8999}\n") {
		t.Errorf("the pager got %.200q, %v", text, err)
	}
	p.Types("/last 2\r")
	p.Sees("> ")
	p.Types("/save " + saved + "\r")
	p.Sees("saved")
	if text, err = os.ReadFile(paged); err != nil || strings.Count(string(text), "\n") != 1+(32<<10)/16 {
		t.Errorf("the pager got %.200q, %v", text, err)
	}
	if text, err = os.ReadFile(saved); err != nil || !bytes.Contains(text, []byte(`{"n":8999}]`)) {
		t.Errorf("saved was %.200q, %v", text, err)
	}
	p.Types("\x04")
	p.Leaves(0)
}

// What is shown is laid out, stamped and looked for as was asked for while it goes on.
func TestScreenCommands(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.Echo()
	})
	p := clitest.AtTerminal(t, "--color", "always", s.URL())
	p.Types("[1]\r")
	p.Sees("<\x1b[0m [\x1b[33m1\x1b[0m]\r\n")
	p.Types("/pretty always\r[2]\r")
	p.Sees("[\r\n    \x1b[33m2\x1b[0m\r\n  ]\r\n")
	p.Types("/pretty never\r/grep b+\rabbc\r")
	p.Sees("\x1b[36ma\x1b[0m\x1b[7mbb\x1b[0m\x1b[36mc\x1b[0m\r\n")
	p.Types("/grep -v b\rabbc\rno\r")
	p.Sees("\x1b[36mno\x1b[0m\r\n")
	p.Types("/grep (\r")
	p.Sees("the pattern is no regular expression: missing closing ): (")
	p.Types("/timestamps delta\r/grep off\rlast\r")
	p.Sees("+0.0")
	p.Types("\x04")
	p.Leaves(0)
}
