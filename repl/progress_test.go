package repl

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wstest"
)

// slow is an input that takes a tenth of a second for each read.
type slow struct{ io.Reader }

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(100 * time.Millisecond)
	return s.Reader.Read(p)
}

func TestPipeTellsHowItGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		p, _ := pipe(t, slow{strings.NewReader(strings.Repeat("x", 5000))}, func(p *wstest.Peer) { p.Echo() })
		p.Whole, p.Fragment, p.Size = true, 1000, 5000
		p.Progress = func(text string) { told = append(told, text) }
		if res := p.Run(t.Context()); res.Err != nil {
			t.Fatal(res.Err)
		}
		want := []string{"2.9 KiB of 4.9 KiB, 14.6 KiB/s, 0s left", "4.9 KiB of 4.9 KiB, 12.2 KiB/s, 0s left", ""}
		if fmt.Sprint(told) != fmt.Sprint(want) {
			t.Errorf("%q", told)
		}
	})
}
