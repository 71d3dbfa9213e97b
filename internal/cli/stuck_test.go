package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wsline/internal/cli"
	"wsline/internal/env/envtest"
)

// A dam is a stream that nobody reads, or that brings nothing, until it is opened.
type dam struct {
	reached chan struct{} // closed when somebody waits
	opened  chan struct{}
	once    sync.Once
}

func newDam(t *testing.T) *dam {
	d := &dam{reached: make(chan struct{}), opened: make(chan struct{})}
	t.Cleanup(func() { close(d.opened) })
	return d
}

func (d *dam) wait(int) (int, error) {
	d.once.Do(func() { close(d.reached) })
	<-d.opened
	return 0, os.ErrClosed
}

func (d *dam) Write(p []byte) (int, error) { return d.wait(len(p)) }
func (d *dam) Read(p []byte) (int, error)  { return d.wait(len(p)) }

// What has nothing to bring to an end is ended by the first signal, whatever it waits for.
func TestFirstSignalEndsWhatIsStuck(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	talk := file("talk.jsonl", `{"type":"schema","time":"2026-01-31T12:00:00Z","at":0,"version":1,`+
		`"program":"wsline 1.0.0"}`+"\n")
	for _, c := range []struct{ stuck, args string }{
		{"o", "--help"},
		{"o", "--version"},
		{"o", "help listen"},
		{"o", "--as-curl ws://a.example"},
		{"o", "--dry-run ws://a.example"},
		{"i", "show -"},
		{"e", "show --frames " + talk},
		{"i", "fmt -"},
		{"o", "fmt " + file("a.wst", "> /connect echo:\n")},
		{"e", "fmt " + file("b.wst", "> /nope\n")},
	} {
		t.Run(c.args, func(t *testing.T) {
			stuck, signals := newDam(t), make(chan os.Signal, 1)
			e := envtest.At("")
			e.Args, e.Signals = strings.Fields(c.args), signals
			e.Stdin, e.Stdout, e.Stderr = strings.NewReader(""), new(strings.Builder), new(strings.Builder)
			switch c.stuck {
			case "i":
				e.Stdin = stuck
			case "o":
				e.Stdout = stuck
			case "e":
				e.Stderr = stuck
			}
			code := make(chan int, 1)
			go func() { code <- cli.Run(context.Background(), e) }()
			select {
			case <-stuck.reached:
			case got := <-code:
				t.Fatalf("exit code %d: it was not stuck", got)
			}
			signals <- syscall.SIGTERM
			select {
			case got := <-code:
				if got != 143 {
					t.Errorf("exit code %d", got)
				}
			case <-time.After(10 * time.Second):
				t.Error("it is still there")
			}
		})
	}
}
