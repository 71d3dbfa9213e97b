package test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wsline/internal/doctor"
	"wsline/internal/exit"
	"wsline/script"
	"wsline/script/report"
	"wsline/script/wst"
)

// start begins the workers, which end when all jobs are done.
func (s *suite) start(ctx context.Context, told chan<- progress) *sync.WaitGroup {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(s.typed.jobsAtOnce(), len(s.list)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(s.list); i = int(next.Add(1)) - 1 {
				if ctx.Err() == nil {
					told <- progress{i, nil}
				}
				told <- progress{i, s.test(ctx, s.list[i])}
			}
		})
	}
	return &workers
}

// test runs a job, again where flags want that. It takes no longer than --max-time.
func (s *suite) test(ctx context.Context, j job) *report.Result {
	if ctx.Err() != nil {
		return s.notRun(ctx, &report.Result{File: j.file.File})
	}
	begun := time.Now()
	limit := orTime(s.typed.maxTime, defaultMaxTime)
	limited, cancel := ctx, context.CancelFunc(func() {})
	if limit > 0 {
		limited, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	delay := orTime(s.typed.retryDelay, defaultRetryDelay)
	var r *report.Result
	for tried := 1; ; tried++ {
		r = s.try(limited, j.file)
		r.Attempts = tried
		if !mayPass(r) || tried > int(s.typed.retry) || !pause(limited, delay) {
			break
		}
	}
	r.Start, r.Duration = begun, time.Since(begun)
	switch {
	case r.Status != report.Canceled:
	case ctx.Err() != nil:
		s.notRun(ctx, r)
	default:
		tooLong(r, j.file, limit)
	}
	return r
}

// mayPass tells whether a file that failed could pass another time.
func mayPass(r *report.Result) bool {
	return (r.Status == report.Failed || r.Status == report.Errored) && r.Code() != exit.Usage
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
func (s *suite) notRun(ctx context.Context, r *report.Result) *report.Result {
	var first *failedFirst
	switch {
	case errors.As(context.Cause(ctx), &first) && r.Start.IsZero():
		r.Status, r.SkipReason = report.Skipped, "not run: "+first.Error()
	case errors.As(context.Cause(ctx), &first):
		r.Status, r.SkipReason = report.Skipped, "stopped: "+first.Error()
	case r.Start.IsZero():
		r.Status, r.SkipReason = report.Skipped, "not run: the run was interrupted"
	default:
		r.Status = report.Canceled
	}
	return r
}

// tooLong makes r the result of a file that took longer than it may.
func tooLong(r *report.Result, c *wst.Conversation, limit time.Duration) {
	f := &report.Failure{
		Kind: report.TimeoutFailure, Code: exit.Timeout,
		Message: fmt.Sprintf("the file takes longer than %s", limit),
		Hint:    "--max-time TIME lets it run longer",
	}
	f.Pos = waitedAt(r, c)
	r.Status, r.Failures = report.Errored, []*report.Failure{f}
}

// waitedAt is the line at which a file was ended: an expectation behind what last happened, or else
// the line of that.
func waitedAt(r *report.Result, c *wst.Conversation) (last wst.Pos) {
	for _, e := range r.Transcript {
		if e.Pos.Line > 0 {
			last = e.Pos
		}
	}
	for _, l := range c.Lines {
		switch {
		case l.Pos.Line <= last.Line || l.Kind == wst.LineBlank || l.Kind == wst.LineComment ||
			l.Kind == wst.LineStatus:
		case l.Kind == wst.LineExpect:
			return l.Pos
		default:
			return last
		}
	}
	return last
}

// try runs a file once.
func (s *suite) try(ctx context.Context, c *wst.Conversation) *report.Result {
	d := s.dialer.forFile()
	defer d.close()
	r := &script.Runner{
		Connect:  d.open,
		Vars:     s.vars.Clone,
		Timeout:  orTime(s.typed.timeout, 0),
		Describe: describeConnecting, Explain: doctor.EndHint,
		Update: s.typed.update,
	}
	if s.typed.allowExec {
		r.Exec = runProgram
	}
	return r.Run(ctx, c)
}

// describeConnecting is what an error means, for a report: what the server said is part of the hint.
func describeConnecting(err error) (message, hint string, code int) {
	f := exit.FaultOf(err)
	if len(f.Detail) > 0 {
		hint = "the server says: " + f.Detail[0]
		if f.Hint != "" {
			hint = strings.TrimRight(hint, " .,:;") + "; " // it may end like a sentence
		}
	}
	return f.Message, hint + f.Hint, f.Code
}
