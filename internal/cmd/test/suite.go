package test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"wsline/format"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/view"
	"wsline/script/report"
	"wsline/script/wst"
)

// A suite is a run of files. Its workers run conversations; all else, what is printed too, is the
// business of the goroutine that calls run.
type suite struct {
	typed   *options
	env     *env.Env
	vars    *wst.Vars
	dialer  *dialer
	files   []*wst.Conversation
	errors  []fileErrors
	reports reports
	screen  *screen

	isRunning atomic.Bool
	asking    sync.Mutex // held while the terminal is in another mode

	// Of run.
	ctx    context.Context // ends with a signal
	list   []job
	all    *report.Suite
	text   *report.Text
	failed error // of writing text
}

// A job is a file that is run once.
type job struct {
	file *wst.Conversation
	name string // "2 of 5"
}

func (s *suite) jobs() (jobs []job) {
	repeat := int(max(1, s.typed.repeat))
	for _, c := range s.files {
		for i := range repeat {
			jobs = append(jobs, job{c, of(i+1, repeat)})
		}
	}
	return jobs
}

// title is how a job is named to people.
func (s *suite) title(j job) string {
	return s.vars.Redact((&report.Result{File: j.file.File, Name: j.name}).Title())
}

// A progress is what a worker tells: that it begins with a job, or its result.
type progress struct {
	job    int
	result *report.Result // nil: it begins
}

// run runs all jobs and tells of them in their order.
func (s *suite) run(ctx context.Context) error {
	s.ctx, s.list = ctx, s.jobs()
	s.all = &report.Suite{Start: time.Now(), Results: make([]*report.Result, len(s.list))}
	s.text = s.textReport()
	failing, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told := make(chan progress)
	workers := s.start(failing, told)
	s.collect(told, cancel)
	workers.Wait()
	s.all.Duration = time.Since(s.all.Start)
	s.screen.clear()
	s.write(s.text.AppendSummary(nil, s.all))
	if err := s.reports.write(s.env, s.all); err != nil {
		return err
	}
	switch code := s.all.Code(); {
	case s.failed != nil:
		return s.failed
	case code != exit.OK:
		return exit.Told(code)
	}
	return nil
}

// collect takes the results of all jobs and prints them.
func (s *suite) collect(told <-chan progress, cancel context.CancelCauseFunc) {
	s.screen.begin(len(s.list))
	tick := s.screen.ticks()
	defer tick.Stop()
	for printed := 0; printed < len(s.list); {
		select {
		case <-tick.C:
			s.screen.draw()
			continue
		case p := <-told:
			if p.result == nil {
				s.screen.started(p.job, s.title(s.list[p.job]))
				continue
			}
			s.finished(p)
			if s.typed.failFast && p.result.Code() != exit.OK {
				cancel(&failedFirst{s.title(s.list[p.job])}) // the first call counts
			}
		}
		for printed < len(s.list) && s.all.Results[printed] != nil {
			s.print(s.all.Results[printed])
			printed++
		}
	}
}

// failedFirst is why the others are stopped with --fail-fast.
type failedFirst struct{ title string }

func (e *failedFirst) Error() string { return e.title + " failed" }

func (s *suite) textReport() *report.Text {
	terminal := s.env.StdoutTerminal
	if s.reports.toStdout() {
		terminal = s.env.StderrTerminal
	}
	return &report.Text{
		Palette: format.NewPalette(s.typed.view.WantsColor(s.env, terminal)),
		Verbose: s.typed.view.Verbose, Wrap: view.Columns(s.env, terminal),
	}
}

// finished does what is to be done with a result, and leaves out of it what nobody will see.
func (s *suite) finished(p progress) {
	j, r := s.list[p.job], p.result
	s.all.Results[p.job] = r
	if r.Updated != "" && r.Status != report.Canceled {
		lines, err := updateFile(j.file, r.Updated)
		if err != nil {
			r.Status = report.Errored
			r.Failures = append([]*report.Failure{{
				Kind: report.InternalFailure, Message: s.vars.Redact(err.Error()), Code: exit.Own,
			}}, r.Failures...)
		}
		r.Updated = lines // for print
	}
	r.File, r.Name = s.vars.Redact(r.File), j.name
	for _, f := range r.Failures {
		f.File = s.vars.Redact(f.File)
	}
	if r.Status == report.Passed && !s.typed.view.Verbose && !s.reports.haveTranscripts() {
		r.Transcript = nil
	}
	s.screen.finished(p.job, r)
}

// print prints a result. What was not begun when a signal came is only counted.
func (s *suite) print(r *report.Result) {
	if s.ctx.Err() == nil || !r.Start.IsZero() {
		s.screen.clear()
		dst := s.text.AppendResult(nil, r)
		if r.Updated != "" {
			dst = append(dst, "       updated "+r.Updated+"\n"...)
		}
		s.write(dst)
	}
	r.Updated = ""
	if !s.reports.any() {
		r.Transcript = nil
	}
}

// write writes what people read.
func (s *suite) write(text []byte) {
	to := s.env.Stdout
	if s.reports.toStdout() {
		to = s.env.Stderr
	}
	if _, err := to.Write(text); err != nil && !env.ReaderGone(err) && s.failed == nil {
		s.failed = fmt.Errorf("the results cannot be written: %w", exit.Cause(err))
	}
}
