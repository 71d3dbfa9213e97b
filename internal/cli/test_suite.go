package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wsline/format"
	"wsline/script"
)

// A suite is a run of files. Its workers run conversations; all else, what is printed too, is the
// business of the goroutine that calls run.
type suite struct {
	env     *Env
	t       *typed
	vars    *script.Vars
	dialer  *dialer
	files   []*script.Conversation
	errors  []fileErrors
	reports reports
	screen  *screen

	failed error // of writing to the terminal
}

type fileErrors struct {
	file string
	list script.Errors
}

// A job is a file that is run once.
type job struct {
	file *script.Conversation
	name string // "2 of 5"
}

// read parses all files, and tells whether it could.
func (s *suite) read(files []string) bool {
	for _, path := range files {
		c, err := openScript(path)
		if err != nil {
			s.errors = append(s.errors, fileErrors{path, syntaxErrors(err)})
			continue
		}
		s.files = append(s.files, c)
	}
	return len(s.errors) == 0
}

// invalid tells what is wrong with files that could not be read. None is run.
func (s *suite) invalid() error {
	talk := format.NewTalk(format.Style{Color: wantsColor(s.t, s.env, s.env.StderrTerminal)})
	all := &script.Suite{Start: time.Now()}
	for _, e := range s.errors {
		text := appendSyntaxErrors(nil, talk, e.list)
		if _, err := io.WriteString(s.env.Stderr, s.vars.Redact(string(text))); err != nil {
			break // nobody reads it
		}
		r := &script.Result{File: s.vars.Redact(e.file), Status: script.Invalid, Start: all.Start}
		r.Failures = script.SyntaxFailures(e.list)
		for _, f := range r.Failures {
			f.File = ""
			f.Source, f.Message = s.vars.Redact(f.Source), s.vars.Redact(f.Message)
		}
		all.Results = append(all.Results, r)
	}
	for _, c := range s.files {
		all.Results = append(all.Results, &script.Result{
			File: s.vars.Redact(c.File), Status: script.Skipped, Start: all.Start,
			SkipReason: "not run: another file cannot be read",
		})
	}
	if err := s.reports.write(s.env, all); err != nil {
		return err
	}
	return exitCode(exitUsage)
}

// list is what --dry-run prints.
func (s *suite) list() string {
	var b strings.Builder
	for _, c := range s.files {
		typed, expected := 0, 0
		for _, l := range c.Lines {
			switch l.Kind {
			case script.LineTyped:
				typed++
			case script.LineExpect:
				expected++
			}
		}
		title := format.Escape(nil, []byte(s.vars.Redact(c.File)), false)
		fmt.Fprintf(&b, "%s  %d typed, %d expected\n", title, typed, expected)
	}
	return b.String()
}

func (s *suite) jobs() (jobs []job) {
	repeat := int(max(1, s.t.suite.repeat))
	for _, c := range s.files {
		for i := range repeat {
			jobs = append(jobs, job{c, of(i+1, repeat)})
		}
	}
	return jobs
}

// title is how a job is named to people.
func (s *suite) title(j job) string {
	return s.vars.Redact((&script.Result{File: j.file.File, Name: j.name}).Title())
}

// A progress is what a worker tells: that it begins with a job, or its result.
type progress struct {
	job    int
	result *script.Result // nil: it begins
}

// run runs all jobs and tells of them in their order.
func (s *suite) run(ctx context.Context) error {
	jobs := s.jobs()
	all := &script.Suite{Start: time.Now(), Results: make([]*script.Result, len(jobs))}
	failing, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told := make(chan progress)
	workers := s.start(failing, jobs, told)
	defer workers.Wait()
	text := s.textReport()
	printed := 0
	s.screen.begin(len(jobs))
	tick := s.screen.ticks()
	defer tick.Stop()
	for left := len(jobs); left > 0; {
		select {
		case <-tick.C:
			s.screen.draw()
		case p := <-told:
			if p.result == nil {
				s.screen.started(p.job, s.title(jobs[p.job]))
				continue
			}
			left--
			s.finished(jobs[p.job], p.result)
			s.screen.finished(p.job, p.result)
			all.Results[p.job] = p.result
			if s.t.suite.failFast && p.result.Code() != exitOK && failing.Err() == nil {
				cancel(&failedFirst{s.title(jobs[p.job])})
			}
			for printed < len(jobs) && all.Results[printed] != nil {
				s.print(ctx, text, all.Results[printed])
				printed++
			}
		}
	}
	all.Duration = time.Since(all.Start)
	s.screen.clear()
	s.write(text.AppendSummary(nil, all))
	if err := s.reports.write(s.env, all); err != nil {
		return err
	}
	switch code := all.Code(); {
	case s.failed != nil:
		return s.failed
	case code != exitOK:
		return exitCode(code)
	}
	return nil
}

// failedFirst is why the others are stopped with --fail-fast.
type failedFirst struct{ title string }

func (e *failedFirst) Error() string { return e.title + " failed" }

func (s *suite) textReport() *script.TextReport {
	terminal := s.env.StdoutTerminal
	if s.reports.toStdout() {
		terminal = s.env.StderrTerminal
	}
	return &script.TextReport{
		Palette: format.NewPalette(wantsColor(s.t, s.env, terminal)), Verbose: s.t.verbose,
	}
}

// start begins the workers, which end when all jobs are done.
func (s *suite) start(ctx context.Context, jobs []job, told chan<- progress) *sync.WaitGroup {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(s.t.suite.jobsAtOnce(), len(jobs)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(jobs); i = int(next.Add(1)) - 1 {
				if ctx.Err() == nil {
					told <- progress{i, nil}
				}
				told <- progress{i, s.test(ctx, jobs[i])}
			}
		})
	}
	return &workers
}

// finished does what is to be done with a result, and leaves out of it what nobody will see.
func (s *suite) finished(j job, r *script.Result) {
	if r.Updated != "" && r.Status != script.Canceled {
		lines, err := updateFile(j.file, r.Updated)
		if err != nil {
			r.Status = script.Errored
			r.Failures = append([]*script.Failure{{
				Kind: script.InternalFailure, Message: s.vars.Redact(err.Error()), Code: exitOwn,
			}}, r.Failures...)
		}
		r.Updated = lines // for print
	}
	r.File, r.Name = s.vars.Redact(r.File), j.name
	for _, f := range r.Failures {
		f.File = s.vars.Redact(f.File)
	}
	if r.Status == script.Passed && !s.t.verbose && !s.reports.haveTranscripts() {
		r.Transcript = nil
	}
}

// print prints a result. What was not begun when a signal came is only counted.
func (s *suite) print(ctx context.Context, text *script.TextReport, r *script.Result) {
	if ctx.Err() == nil || !r.Start.IsZero() {
		s.screen.clear()
		dst := text.AppendResult(nil, r)
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
	if _, err := to.Write(text); err != nil && !readerGone(err) && s.failed == nil {
		s.failed = fmt.Errorf("the results cannot be written: %w", cause(err))
	}
}

// test runs a job, again where flags want that. It takes no longer than --max-time.
func (s *suite) test(ctx context.Context, j job) *script.Result {
	if ctx.Err() != nil {
		return s.notRun(ctx, &script.Result{File: j.file.File})
	}
	begun := time.Now()
	limit := orTime(s.t.suite.maxTime, defaultMaxTime)
	limited, cancel := ctx, context.CancelFunc(func() {})
	if limit > 0 {
		limited, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	delay := orTime(s.t.suite.retryDelay, defaultRetryDelay)
	var r *script.Result
	for tried := 1; ; tried++ {
		r = s.try(limited, j.file)
		r.Attempts = tried
		if !mayPass(r) || tried > int(s.t.suite.retry) || !pause(limited, delay) {
			break
		}
	}
	r.Start, r.Duration = begun, time.Since(begun)
	switch {
	case r.Status != script.Canceled:
	case ctx.Err() != nil:
		s.notRun(ctx, r)
	default:
		tooLong(r, j.file, limit)
	}
	return r
}

// mayPass tells whether a file that failed could pass another time.
func mayPass(r *script.Result) bool {
	return (r.Status == script.Failed || r.Status == script.Errored) && r.Code() != exitUsage
}

// pause waits, and tells whether it could to the end.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// notRun makes r the result of a file that was not run to its end: the run was ended.
func (s *suite) notRun(ctx context.Context, r *script.Result) *script.Result {
	var first *failedFirst
	switch {
	case errors.As(context.Cause(ctx), &first) && r.Start.IsZero():
		r.Status, r.SkipReason = script.Skipped, "not run: "+first.Error()
	case errors.As(context.Cause(ctx), &first):
		r.Status, r.SkipReason = script.Skipped, "stopped: "+first.Error()
	case r.Start.IsZero():
		r.Status, r.SkipReason = script.Skipped, "not run: the run was interrupted"
	default:
		r.Status = script.Canceled
	}
	return r
}

// tooLong makes r the result of a file that took longer than it may.
func tooLong(r *script.Result, c *script.Conversation, limit time.Duration) {
	f := &script.Failure{
		Kind: script.TimeoutFailure, Code: exitTimeout,
		Message: fmt.Sprintf("the file takes longer than %s", limit),
		Hint:    "--max-time TIME lets it run longer",
	}
	f.Pos = waitedAt(r, c)
	r.Status, r.Failures = script.Errored, []*script.Failure{f}
}

// waitedAt is the line at which a file was ended: an expectation behind what last happened, or else
// the line of that.
func waitedAt(r *script.Result, c *script.Conversation) (last script.Pos) {
	for _, e := range r.Transcript {
		if e.Pos.Line > 0 {
			last = e.Pos
		}
	}
	for _, l := range c.Lines {
		switch {
		case l.Pos.Line <= last.Line || l.Kind == script.LineBlank || l.Kind == script.LineComment ||
			l.Kind == script.LineStatus:
		case l.Kind == script.LineExpect:
			return l.Pos
		default:
			return last
		}
	}
	return last
}

// try runs a file once.
func (s *suite) try(ctx context.Context, c *script.Conversation) *script.Result {
	d := s.dialer.forFile()
	defer d.close()
	r := &script.Runner{
		Connect: d.open,
		Vars:    s.vars.Clone,
		Timeout: orTime(s.t.timeout, 0),
		Describe: func(err error) (message, hint string, code int) {
			f := describe(err)
			if f.hint == "" && len(f.lines) > 0 {
				f.hint = "the server says: " + f.lines[0]
			}
			return f.message, f.hint, f.code
		},
		Update: s.t.suite.update,
	}
	if s.t.suite.allowExec {
		r.Exec = runProgram
	}
	return r.Run(ctx, c)
}
