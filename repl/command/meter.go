package command

import (
	"context"
	"fmt"
	"io"
	"time"

	"wsline/internal/plural"
)

const progressTime = time.Second // between two words on how a transfer goes

// meter reads a file, tells how it goes when it takes long, and stops when its context is done.
type meter struct {
	ctx         context.Context
	in          io.Reader
	tell        func(text string) // nil: nobody
	what, name  string
	size, done  int64
	start, told time.Time
}

func newMeter(
	ctx context.Context, env *Env, in io.Reader, what, name string, size int64,
) *meter {
	now := time.Now()
	return &meter{
		ctx: ctx, in: in, tell: env.Progress, what: what, name: name, size: size, start: now, told: now,
	}
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	if now := time.Now(); m.tell != nil && now.Sub(m.told) >= progressTime {
		m.told = now
		m.tell(fmt.Sprintf("%s %q: %s", m.what, m.name, ProgressText(m.done, m.size, now.Sub(m.start))))
	}
	n, err := m.in.Read(p)
	m.done += int64(n)
	return n, err
}

// end tells of the end when there was a word before it.
func (m *meter) end(what string) {
	if m.told == m.start {
		return
	}
	passed := time.Since(m.start)
	m.tell(fmt.Sprintf("%s %q: %s in %s", what, m.name, sizeText(m.done),
		passed.Round(100*time.Millisecond)))
}

// ProgressText is like "12.0 MiB of 4.0 GiB, 350.0 MiB/s, 12s left".
func ProgressText(sent, total int64, took time.Duration) string {
	text := sizeText(sent)
	if total > 0 {
		text += " of " + sizeText(total)
	}
	rate := float64(sent) / max(took.Seconds(), 1e-3)
	text += ", " + sizeText(int64(rate)) + "/s"
	if left := total - sent; total > 0 && left >= 0 && rate > 0 {
		text += fmt.Sprintf(", %s left", time.Duration(float64(left)/rate*1e9).Round(time.Second))
	}
	return text
}

// sizeText is a number of bytes as people read it, "999 bytes", "1.5 KiB", "4.0 GiB".
func sizeText(n int64) string {
	if n < 1<<10 {
		return plural.Of(n, "byte")
	}
	f, unit := float64(n)/(1<<10), 0
	for f >= 1000 && unit < 3 {
		f, unit = f/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %s", f, [...]string{"KiB", "MiB", "GiB", "TiB"}[unit])
}
