package test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"

	"wsline/format"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/script/report"
)

// redraw is how often the line of a screen may change.
const redraw = 100 * time.Millisecond

// A screen is the line on a terminal that tells how far a run is. On anything else it is nothing.
// It may be used concurrently.
type screen struct {
	to      io.Writer
	on      bool
	columns func() (columns, rows int)

	mu            sync.Mutex
	total, done   int
	failed        int
	running       []int // jobs, in the order in which they began
	titles        map[int]string
	width         int // columns that the line has now
	begun, change bool
}

func newScreen(e *env.Env, o *options) *screen {
	return &screen{
		to: e.Stderr, on: e.StderrTerminal && !o.dryRun, columns: e.Size,
		titles: map[int]string{},
	}
}

func (s *screen) ticks() *time.Ticker {
	t := time.NewTicker(redraw)
	if !s.on {
		t.Stop()
	}
	return t
}

func (s *screen) begin(total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total, s.begun, s.change = total, true, true
}

func (s *screen) started(job int, title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running, s.titles[job], s.change = append(s.running, job), title, true
}

func (s *screen) finished(job int, r *report.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.running, job); i >= 0 {
		s.running = slices.Delete(s.running, i, i+1)
	}
	delete(s.titles, job)
	s.done, s.change = s.done+1, true
	if r.Code() != exit.OK {
		s.failed++
	}
}

// draw writes the line where something has changed.
func (s *screen) draw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on || !s.begun || !s.change {
		return
	}
	columns, _ := s.columns()
	if columns <= 0 {
		columns = 80
	}
	line := runewidth.Truncate(s.text(), columns-1, "…")
	s.erase()
	s.width, s.change = runewidth.StringWidth(line), false
	_, _ = io.WriteString(s.to, line)
}

// text is "12/200  1 failed  3 running: a.wst b.wst …". What matters comes first, as the end may
// not fit.
func (s *screen) text() string {
	text := fmt.Sprintf("%d/%d", s.done, s.total)
	if s.failed > 0 {
		text += fmt.Sprintf("  %d failed", s.failed)
	}
	if len(s.running) > 0 {
		text += fmt.Sprintf("  %d running:", len(s.running))
	}
	for _, job := range s.running {
		text += " " + string(format.Escape(nil, []byte(s.titles[job]), false))
	}
	return text
}

// erase empties the line; not every terminal knows an escape sequence for that.
func (s *screen) erase() {
	if s.width > 0 {
		_, _ = io.WriteString(s.to, "\r"+strings.Repeat(" ", s.width)+"\r")
	}
	s.width = 0
}

// clear takes the line away, before something else is printed.
func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on && s.width > 0 {
		s.erase()
		s.change = true
	}
}

// hold keeps the line away until what it returns is called.
func (s *screen) hold() (release func()) {
	s.clear()
	s.mu.Lock()
	return s.mu.Unlock
}
