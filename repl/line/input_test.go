//go:build unix

package line

import (
	"io"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

func TestInput(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	defer master.Close()
	if _, err := term.MakeRaw(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	press := func(keys string) {
		t.Helper()
		if _, err := io.WriteString(master, keys); err != nil {
			t.Fatal(err)
		}
	}
	in, err := NewInput(tty)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		defer close(got)
		p := make([]byte, 10)
		for {
			n, err := in.Read(p)
			if err != nil {
				got <- err.Error()
				return
			}
			got <- string(p[:n])
		}
	}()
	press("a")
	if s := <-got; s != "a" {
		t.Errorf("got %q", s)
	}
	in.Pause()
	press("b")
	p := make([]byte, 10)
	if n, err := tty.Read(p); string(p[:n]) != "b" { // somebody else reads
		t.Errorf("got %q, %v", p[:n], err)
	}
	press("c")
	in.Resume()
	if s := <-got; s != "c" {
		t.Errorf("got %q", s)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if s := <-got; s != "EOF" {
		t.Errorf("got %q", s)
	}
	<-got
}
