//go:build unix

package repl

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"wsline/internal/vt"
	"wsline/repl/line"
	"wsline/session"
)

// window is a real pseudoterminal and what is to be seen on it.
type window struct {
	t       *testing.T
	master  *os.File
	tty     *os.File
	vt      *vt.Terminal
	changed chan struct{}
}

func newWindow(t *testing.T) *window {
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	w := &window{t: t, master: master, tty: tty, vt: vt.New(60, 12), changed: make(chan struct{}, 1)}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 12, Cols: 60}); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p := make([]byte, 4096)
		for {
			n, err := master.Read(p)
			if err != nil {
				return
			}
			w.vt.Write(p[:n])
			select {
			case w.changed <- struct{}{}:
			default:
			}
		}
	}()
	t.Cleanup(func() {
		tty.Close()
		master.Close()
		<-done
	})
	return w
}

func (w *window) terminal() line.Terminal {
	in, err := line.NewInput(w.tty)
	if err != nil {
		w.t.Fatal(err)
	}
	size := func(i int) func() int {
		return func() int {
			width, height, err := term.GetSize(int(w.tty.Fd()))
			if err != nil {
				w.t.Error(err)
			}
			return []int{width, height}[i]
		}
	}
	return line.Terminal{
		In: in, Out: w.tty, Width: size(0), Height: size(1),
		MakeRaw: func() (func() error, error) {
			state, err := term.MakeRaw(int(w.tty.Fd()))
			return func() error { return term.Restore(int(w.tty.Fd()), state) }, err
		},
	}
}

func (w *window) press(keys string) {
	w.t.Helper()
	if _, err := io.WriteString(w.master, keys); err != nil {
		w.t.Fatal(err)
	}
}

// await waits until the screen is as it should be, and bracketed paste on or off.
func (w *window) await(want string, paste bool) {
	w.t.Helper()
	late := time.After(10 * time.Second)
	for {
		text, _ := w.vt.Screen()
		if text == want && w.vt.Pastes() == paste {
			return
		}
		select {
		case <-w.changed:
		case <-late:
			w.t.Fatalf("screen:\n%s\nwant:\n%s", text, want)
		}
	}
}

func (w *window) mode() *term.State {
	state, err := term.GetState(int(w.tty.Fd()))
	if err != nil {
		w.t.Fatal(err)
	}
	return state
}

func TestRealTerminal(t *testing.T) {
	w := newWindow(t)
	before := w.mode()
	editor := filepath.Join(t.TempDir(), "my editor")
	script := "#!/bin/sh\ncat \"$2\"; " +
		"printf 'line: '; read line; printf '%s\\nsecond\\n' \"$line\" >\"$2\"\n"
	if err := os.WriteFile(editor, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	var c *fakeConn
	talk := &Talk{Term: w.terminal(), Look: testLook(), Editor: "'" + editor + "' --wait"}
	done := make(chan Result)
	go func() {
		done <- talk.run(t.Context(), func(_ context.Context, _ string, _ []string, handle handler) (conn, error) {
			c = &fakeConn{handle: handle, done: make(chan struct{}), telling: make(chan struct{}, 1), echo: true}
			handle(&session.Event{Kind: session.KindOpen})
			return c, nil
		})
	}()
	w.await("* connected\n>", true)
	w.press("héllo\r")
	shown := "* connected\n> héllo\n< héllo\n"
	w.await(shown+">", true)
	w.press("/edit begin \r")
	shown += "> /edit begin\nbegin line:"
	w.await(shown, false)
	if !reflect.DeepEqual(w.mode(), before) {
		t.Error("the editor got the terminal in raw mode")
	}
	c.message("while it is edited")
	w.press("composed\n")
	shown += " composed\n< while it is edited\n> composed\n  second\n< composed\nsecond\n"
	w.await(shown+">", true)
	w.press("\x1b[200~half\x1b[201~\x03\x04")
	w.await(shown+"* ended: 1000", false)
	if res := <-done; res.End == nil || res.Err != nil {
		t.Errorf("result %+v", res)
	}
	if !reflect.DeepEqual(w.mode(), before) {
		t.Error("the terminal was left in another mode")
	}
	if want := `text "héllo"; text "composed\nsecond"; close 1000 ""`; c.sent() != want {
		t.Errorf("sent %s, want %s", c.sent(), want)
	}
	if strange := w.vt.Strange(); strange != nil {
		t.Errorf("unknown sequences %q", strange)
	}
}

func TestEditorErrors(t *testing.T) {
	for _, tt := range []struct{ editor, want string }{
		{"false", `error: the editor "false" ended with exit status 1: nothing was sent`},
		{"true", "* nothing was composed, and nothing sent"},
		{"no-such-editor", `error: there is no editor "no-such-editor": set VISUAL or EDITOR`},
		{`sh -c 'printf "\\344" >"$0"'`, "error: what was composed is not valid UTF-8: nothing was sent"},
		{"'", `error: the editor "'": the quote ' is not closed`},
	} {
		w := newWindow(t)
		talk := &Talk{Term: w.terminal(), Look: testLook(), Editor: tt.editor}
		done := make(chan Result)
		c := &fakeConn{done: make(chan struct{}), telling: make(chan struct{}, 1)}
		go func() {
			done <- talk.run(t.Context(), func(_ context.Context, _ string, _ []string, handle handler) (conn, error) {
				c.handle = handle
				handle(&session.Event{Kind: session.KindOpen})
				return c, nil
			})
		}()
		w.await("* connected\n>", true)
		w.press("/edit\r")
		expected := vt.New(60, 12)
		io.WriteString(expected, tt.want)
		shown, _ := expected.Screen()
		w.await("* connected\n> /edit\n"+shown+"\n>", true)
		w.press("\x04")
		<-done
		if c.sent() != `close 1000 ""` {
			t.Errorf("%s: sent %s", tt.editor, c.sent())
		}
	}
}

// A pager gets the whole message and the terminal as it was found, and gives it back.
func TestPager(t *testing.T) {
	w := newWindow(t)
	before := w.mode()
	pager := filepath.Join(t.TempDir(), "my pager")
	script := "#!/bin/sh\nprintf '%s ' \"$1 $LESS\"; cat; printf 'key: '; read line <&2\n"
	if err := os.WriteFile(pager, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LESS", "")
	os.Unsetenv("LESS")
	talk := &Talk{Term: w.terminal(), Look: testLook(), Pager: "'" + pager + "' -x"}
	talk.Look.Whole = func(dst []byte, ev *session.Event, pager bool) []byte {
		return fmt.Appendf(dst, "whole %s, %v\n", ev.Payload, pager)
	}
	c := &fakeConn{done: make(chan struct{}), telling: make(chan struct{}, 1)}
	done := make(chan Result)
	go func() {
		done <- talk.run(t.Context(), func(_ context.Context, _ string, _ []string, handle handler) (conn, error) {
			c.handle = handle
			handle(&session.Event{Kind: session.KindOpen})
			return c, nil
		})
	}()
	w.await("* connected\n>", true)
	c.message("one")
	w.await("* connected\n< one\n>", true)
	w.press("/last\r")
	shown := "* connected\n< one\n> /last\n-x R whole one, true\nkey:"
	w.await(shown, false)
	if !reflect.DeepEqual(w.mode(), before) {
		t.Error("the pager got the terminal in raw mode")
	}
	c.message("while it is read")
	w.press("q\n")
	shown += " q\n< while it is read\n"
	w.await(shown+">", true)
	w.press("\x04")
	<-done
	if !reflect.DeepEqual(w.mode(), before) {
		t.Error("the terminal was left in another mode")
	}
}

func TestPagerErrors(t *testing.T) {
	for _, tt := range []struct{ pager, path, want string }{
		{"sh -c 'exit 3'", "", `error: the pager "sh" ended with exit status 3`},
		{"true", "", ""},
		{"cat", "", "< one"},
		{"no-such-pager", "", `error: there is no pager "no-such-pager": set PAGER`},
		{"'", "", `error: the pager "'": the quote ' is not closed`},
		{"", "/nowhere", "< one"},
	} {
		if tt.path != "" {
			t.Setenv("PATH", tt.path)
		}
		w := newWindow(t)
		talk := &Talk{Term: w.terminal(), Look: testLook(), Pager: tt.pager}
		c := &fakeConn{done: make(chan struct{}), telling: make(chan struct{}, 1)}
		done := make(chan Result)
		go func() {
			done <- talk.run(t.Context(), func(_ context.Context, _ string, _ []string, handle handler) (conn, error) {
				c.handle = handle
				handle(&session.Event{Kind: session.KindOpen})
				return c, nil
			})
		}()
		w.await("* connected\n>", true)
		c.message("one")
		w.await("* connected\n< one\n>", true)
		w.press("/last\r")
		if tt.want != "" {
			tt.want += "\n"
		}
		w.await("* connected\n< one\n> /last\n"+tt.want+">", true)
		w.press("\x04")
		<-done
	}
}
