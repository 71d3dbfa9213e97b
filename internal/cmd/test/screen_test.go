package test

import (
	"strings"
	"testing"

	"wsline/internal/env/envtest"
	"wsline/script/report"
)

// The line of the progress fits, hides nothing that steers a terminal, and is gone at the end.
func TestScreen(t *testing.T) {
	var out strings.Builder
	s := newScreen(envtest.At("e"), &options{})
	s.to = &out
	line := func() string {
		out.Reset()
		s.draw()
		return out.String()
	}
	if got := line(); got != "" {
		t.Errorf("before the beginning: %q", got)
	}
	s.begin(200)
	if got := line(); got != "0/200" {
		t.Errorf("got %q", got)
	}
	s.started(0, "a.wst")
	s.started(1, "b\x1b[2J.wst")
	if got, want := line(), "\r     \r0/200  2 running: a.wst b\\x1b[2J.wst"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := line(); got != "" {
		t.Errorf("nothing has changed, but: %q", got)
	}
	s.finished(0, &report.Result{Status: report.Failed})
	s.started(2, strings.Repeat("日本", 40))
	got := line()
	if !strings.Contains(got, "1/200  1 failed  2 running: b\\x1b[2J.wst 日本") || s.width > 79 {
		t.Errorf("%d columns: %q", s.width, got)
	}
	out.Reset()
	width := s.width
	s.clear()
	s.clear()
	if got, want := out.String(), "\r"+strings.Repeat(" ", width)+"\r"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
