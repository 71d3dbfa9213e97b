package repl

import (
	"context"
	"fmt"
	"io"
	"time"
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
		m.tell(fmt.Sprintf("%s %q: %s", m.what, m.name, progressText(m.done, m.size, now.Sub(m.start))))
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
