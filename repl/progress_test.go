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

func TestProgressText(t *testing.T) {
	for _, tt := range []struct {
		sent, total int64
		took        time.Duration
		want        string
	}{
		{0, 1000, 0, "0 bytes of 1000 bytes, 0 bytes/s"},
		{512, 1024, time.Second, "512 bytes of 1.0 KiB, 512 bytes/s, 1s left"},
		{12 << 20, 4 << 30, time.Second, "12.0 MiB of 4.0 GiB, 12.0 MiB/s, 5m40s left"},
		{3 << 20, 0, 2 * time.Second, "3.0 MiB, 1.5 MiB/s"},
		{4 << 40, 2 << 40, time.Second, "4.0 TiB of 2.0 TiB, 4.0 TiB/s"}, // the file grew
		{1023 << 10, 0, time.Second, "1.0 MiB, 1.0 MiB/s"},
	} {
		if got := progressText(tt.sent, tt.total, tt.took); got != tt.want {
			t.Errorf("%d of %d in %v: %q, want %q", tt.sent, tt.total, tt.took, got, tt.want)
		}
	}
}

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
