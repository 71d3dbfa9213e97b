// Package test is the command that runs saved conversations, many at a time, and reports how they
// went. What a conversation is, and what passes, is script's.
package test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"

	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/scriptfile"
	"wsline/internal/target"
	"wsline/internal/view"
)

const (
	maxJobs           = 8 // at once, unless --jobs says otherwise
	defaultRetryDelay = time.Second
	defaultMaxTime    = 5 * time.Minute
)

// options are the flags, as they were typed.
type options struct {
	view view.Options
	conn *target.Options // defaults for each /connect
	vars scriptfile.VarOptions

	profiles *profile.Book

	jobs, retry, repeat    int64
	retryDelay, maxTime    *time.Duration
	timeout                *time.Duration
	failFast, dryRun       bool
	url                    string
	allowExec, update      bool
	junit, tap, json, html string
}

// New is the command.
func New() *cmd.Command {
	o := &options{view: view.New(), conn: target.New(), profiles: &profile.Book{}}
	return &cmd.Command{
		Name: "test", Args: "FILE|DIR...", Summary: "run saved conversations",
		Detail: `  wsline test greeting.wst                       one conversation
  wsline test -j 4 scripts                       all *.wst below a folder
  wsline test --url ws://localhost:8080 scripts  for each /connect /path
  wsline test --retry 20 --report-junit out.xml scripts     in CI
  wsline test --update greeting.wst              take what comes for right

A flag about connecting is a default for each /connect. What stands on the line
itself wins; header fields of other names, cookies and subprotocols are added.

Exit codes: 0 all passed, 2 a file cannot be read or parsed (nothing is run),
3 to 8 a connection failed, 9 an expectation failed, 130 Ctrl-C.
`,
		View: &o.view, Groups: o.groups, Profiles: o.profiles, Address: "url", Run: o.run,
	}
}

func (o *options) groups() []flags.Group {
	return append([]flags.Group{
		{Title: "Running", Rows: o.runningRows()},
		{Title: "Variables", Rows: o.vars.Rows()},
		{Title: "Reports", Rows: o.reportRows()},
	}, o.conn.DefaultGroups()...)
}

func (o *options) runningRows() []flags.Row {
	return []flags.Row{
		{Name: "url", Arg: "URL", Summary: "base for a /connect with a path, or with nothing",
			Detail: "Of `/connect /chat` it is the scheme, the host and a login; `/connect`, and a file " +
				"without one, use it whole. A whole URL in a file stays what it is.",
			Value: flags.Text(&o.url)},
		{Name: "jobs", Short: "j", Arg: "N", Summary: "run N files at once (CPUs, at most 8)",
			Value: flags.Count(&o.jobs, 1)},
		{Name: "retry", Arg: "N", Summary: "try a file that fails up to N times more",
			Detail: "From its beginning, for a server that is starting. A file that cannot succeed, " +
				"because a command in it is wrong, is not tried again.",
			Value: flags.Count(&o.retry, 0)},
		{Name: "retry-delay", Arg: "TIME", Summary: "wait so long before that (1s)",
			Value: flags.Duration(&o.retryDelay, false)},
		{Name: "repeat", Arg: "N", Summary: "run each file N times",
			Value: flags.Count(&o.repeat, 1)},
		{Name: "fail-fast", Summary: "stop all when one fails",
			Detail: "Those that were not finished are reported as skipped.",
			Value:  flags.Switch(&o.failFast)},
		{Name: "timeout", Arg: "TIME", Summary: "how long each expectation waits (5s)",
			Detail: "Until `/timeout` in the file says otherwise.",
			Value:  flags.Duration(&o.timeout, false)},
		{Name: "max-time", Arg: "TIME", Summary: "how long a file may take, retries too (5m)",
			Detail: "A file that takes longer is ended with 6. 0 is no limit.",
			Value:  flags.Duration(&o.maxTime, false)},
		{Name: "allow-exec", Summary: "let /exec run programs",
			Value: flags.Switch(&o.allowExec)},
		{Name: "update", Summary: "change lines that differ to what came",
			Detail: "Wildcards that still match, captures, comments and the layout stay. Regular " +
				"expressions, queries and included files are not changed: they fail as ever.",
			Value: flags.Switch(&o.update)},
		{Name: "dry-run", Summary: "read the files, list what would run",
			Value: flags.Switch(&o.dryRun)},
	}
}

func (o *options) reportRows() []flags.Row {
	return append([]flags.Row{
		{Name: "report-junit", Arg: "FILE", Summary: "write a JUnit report; - is stdout",
			Detail: "What people read goes to stderr then. So it is for all reports; see " +
				"[reports.md](reports.md).",
			Value: flags.Text(&o.junit)},
		{Name: "report-tap", Arg: "FILE", Summary: "write a TAP report",
			Value: flags.Text(&o.tap)},
		{Name: "report-json", Arg: "FILE", Summary: "write a report as JSON",
			Value: flags.Text(&o.json)},
		{Name: "report-html", Arg: "FILE", Summary: "write a page with the conversations",
			Value: flags.Text(&o.html)},
		{Name: "verbose", Short: "v", Summary: "print what passed, too",
			Value: flags.Switch(&o.view.Verbose)},
	}, o.view.ColorRows()...)
}

// run runs conversations until all are done, or a signal comes: then it tells what is known. A
// second signal ends it at once, whatever still runs, and so does the first as long as nothing
// does: a file that is read may be a named pipe without a writer.
func (o *options) run(ctx context.Context, e *env.Env, line *flags.Line) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o.conn.Take(line)
	s := &suite{typed: o, env: e, screen: newScreen(e, o)}
	done := make(chan error, 1)
	go func() { done <- s.do(ctx, line.Args) }()
	var first os.Signal
	for {
		select {
		case signal := <-e.Signals:
			cancel(env.Ended(signal))
			if first != nil || !s.isRunning.Load() {
				s.asking.Lock() // for good: nothing more is asked
				return env.Ended(signal)
			}
			first = signal
		case err := <-done:
			return ended(first, err)
		}
	}
}

// ended is the error of a run that a signal has ended, nil for none. After SIGHUP the terminal that
// the results cannot be written to is gone.
func ended(by os.Signal, err error) error {
	if by == nil {
		return err
	}
	end := env.Ended(by)
	if _, told := err.(exit.Told); err == nil || told || errors.Is(end, exit.ErrHungUp) {
		return end
	}
	return err
}

// do is all of it, from the flags to the reports.
func (s *suite) do(ctx context.Context, args []string) error {
	if err := s.typed.check(args); err != nil {
		return err
	}
	files, err := scriptfile.Find(args)
	if err != nil {
		return err
	}
	if s.vars, err = s.typed.vars.Vars(s.env); err != nil {
		return err
	}
	if s.reports, err = s.typed.openReports(); err != nil {
		return err
	}
	defer s.reports.close()
	if !s.read(files) {
		return s.invalid()
	}
	if s.typed.dryRun {
		return s.env.Print(s.listing())
	}
	ask := func(prompt string) (string, error) {
		s.asking.Lock()
		defer s.asking.Unlock()
		defer s.screen.hold()()
		return s.env.Ask(ctx, prompt)
	}
	if s.dialer, err = newDialer(s.env, s.typed, s.vars, ask); err != nil {
		return err
	}
	s.isRunning.Store(true)
	return s.run(ctx)
}

// check refuses what cannot be meant.
func (o *options) check(args []string) error {
	stdout := 0
	for _, r := range o.wantedReports() {
		if r.path == "-" {
			stdout++
		}
	}
	switch {
	case len(args) == 0:
		return exit.Usagef("wsline test FILE; of a folder all *.wst are run", "no file is given")
	case profile.IsName(args[0]) && isMissing(args[0]):
		return exit.Usagef("wsline test --url "+args[0]+" FILE", "%s is a profile, and no file", args[0])
	case o.update && o.repeat > 1:
		return exit.Usagef("leave one out", "--update and --repeat do not go together")
	case o.update && o.dryRun:
		return exit.Usagef("leave one out", "--update and --dry-run do not go together")
	case stdout > 1:
		return exit.Usagef("give the others a file", "only one report can go to stdout")
	case o.timeout != nil && *o.timeout == 0:
		return exit.Usagef("give a time such as 500ms", "--timeout 0 would wait for nothing")
	}
	return nil
}

func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// orTime is the time that a flag gives, or else another.
func orTime(d *time.Duration, otherwise time.Duration) time.Duration {
	if d == nil {
		return otherwise
	}
	return *d
}

func (o *options) jobsAtOnce() int {
	if o.jobs == 0 {
		return min(runtime.NumCPU(), maxJobs)
	}
	return int(min(o.jobs, 1000))
}

// of is "2 of 5", or "" for the only one.
func of(i, n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("%d of %d", i, n)
}
