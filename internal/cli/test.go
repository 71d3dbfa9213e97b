package cli

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"
)

const (
	maxJobs           = 8 // at once, unless --jobs says otherwise
	defaultRetryDelay = time.Second
	defaultMaxTime    = 5 * time.Minute
)

// suiteFlags are the flags of test alone.
type suiteFlags struct {
	jobs, retry, repeat    int64
	retryDelay, maxTime    *time.Duration
	failFast               bool
	url                    string
	vars, files, secrets   []string
	allowExec, update      bool
	junit, tap, json, html string
}

func testCommand() subcommand {
	return subcommand{
		name: "test", args: "FILE|DIR...", summary: "run saved conversations",
		detail: `  wsline test greeting.wst                       one conversation
  wsline test -j 4 scripts                       all *.wst below a folder
  wsline test --url ws://localhost:8080 scripts  for each /connect /path
  wsline test --retry 20 --report-junit out.xml scripts     in CI
  wsline test --update greeting.wst              take what comes for right

A flag about connecting is a default for each /connect. What stands on the line
itself wins; header fields of other names, cookies and subprotocols are added.

Exit codes: 0 all passed, 2 a file cannot be read or parsed (nothing is run),
3 to 8 a connection failed, 9 an expectation failed, 130 Ctrl-C.
`,
		flags: testFlags, run: runTest,
	}
}

func testFlags() []flagGroup {
	groups := []flagGroup{
		{"Running", false, runningFlags()},
		{"Variables", false, variableFlags()},
		{"Reports", false, reportFlags()},
	}
	for _, g := range connectGroups() {
		var rows []flagRow
		for _, f := range g.flags {
			if f.name != "connect" {
				rows = append(rows, f)
			}
		}
		groups = append(groups, flagGroup{g.title, true, rows})
	}
	return append(groups, flagGroup{"Help", false, helpFlags()})
}

func runningFlags() []flagRow {
	return []flagRow{
		{name: "url", arg: "URL", summary: "base for a /connect with a path, or with nothing",
			detail: "Of `/connect /chat` it is the scheme, the host and a login; `/connect`, and a file " +
				"without one, use it whole. A whole URL in a file stays what it is.",
			value: func(t *typed) *value { return text(&t.suite.url) }},
		{name: "jobs", short: "j", arg: "N", summary: "run N files at once (CPUs, at most 8)",
			value: func(t *typed) *value { return count(&t.suite.jobs, 1) }},
		{name: "retry", arg: "N", summary: "try a file that fails up to N times more",
			detail: "From its beginning, for a server that is starting. A file that cannot succeed, " +
				"because a command in it is wrong, is not tried again.",
			value: func(t *typed) *value { return count(&t.suite.retry, 0) }},
		{name: "retry-delay", arg: "TIME", summary: "wait so long before that (1s)",
			value: func(t *typed) *value { return duration(&t.suite.retryDelay, false) }},
		{name: "repeat", arg: "N", summary: "run each file N times",
			value: func(t *typed) *value { return count(&t.suite.repeat, 1) }},
		{name: "fail-fast", summary: "stop all when one fails",
			detail: "Those that were not finished are reported as skipped.",
			value:  func(t *typed) *value { return onOff(&t.suite.failFast) }},
		{name: "timeout", arg: "TIME", summary: "how long each expectation waits (5s)",
			detail: "Until `/timeout` in the file says otherwise.",
			value:  func(t *typed) *value { return duration(&t.timeout, false) }},
		{name: "max-time", arg: "TIME", summary: "how long a file may take, retries too (5m)",
			detail: "A file that takes longer is ended with 6. 0 is no limit.",
			value:  func(t *typed) *value { return duration(&t.suite.maxTime, false) }},
		{name: "allow-exec", summary: "let /exec run programs",
			value: func(t *typed) *value { return onOff(&t.suite.allowExec) }},
		{name: "update", summary: "change lines that differ to what came",
			detail: "Wildcards that still match, captures, comments and the layout stay. Regular " +
				"expressions, queries and included files are not changed: they fail as ever.",
			value: func(t *typed) *value { return onOff(&t.suite.update) }},
		{name: "dry-run", summary: "read the files, list what would run",
			value: func(t *typed) *value { return onOff(&t.dryRun) }},
	}
}

func variableFlags() []flagRow {
	return []flagRow{
		{name: "var", arg: "NAME=VALUE", summary: "set ${NAME}; repeatable",
			detail: "Wins over `--vars`, which wins over `WSLINE_VAR_NAME` in the environment.",
			value:  func(t *typed) *value { return list(&t.suite.vars) }},
		{name: "vars", arg: "FILE", summary: "set variables from lines NAME=VALUE",
			value: func(t *typed) *value { return list(&t.suite.files) }},
		{name: "secret", arg: "NAME=VALUE", summary: "set ${NAME}, and show its value nowhere",
			detail: "Not on the terminal and in no report: `<secret NAME>` stands there. Repeatable. " +
				"Other users of the machine may see arguments of a program: where that matters, set " +
				"`WSLINE_VAR_NAME` and give `--secret NAME`, which takes the value from there.",
			value: func(t *typed) *value { return list(&t.suite.secrets) }},
	}
}

func reportFlags() []flagRow {
	return []flagRow{
		{name: "report-junit", arg: "FILE", summary: "write a JUnit report; - is stdout",
			detail: "What people read goes to stderr then. So it is for all reports; see " +
				"[reports.md](reports.md).",
			value: func(t *typed) *value { return text(&t.suite.junit) }},
		{name: "report-tap", arg: "FILE", summary: "write a TAP report",
			value: func(t *typed) *value { return text(&t.suite.tap) }},
		{name: "report-json", arg: "FILE", summary: "write a report as JSON",
			value: func(t *typed) *value { return text(&t.suite.json) }},
		{name: "report-html", arg: "FILE", summary: "write a page with the conversations",
			value: func(t *typed) *value { return text(&t.suite.html) }},
		{name: "verbose", short: "v", summary: "print what passed, too",
			value: func(t *typed) *value { return onOff(&t.verbose) }},
		colorFlag(), noColorFlag(),
	}
}

func colorFlag() flagRow   { return lookFlag("color") }
func noColorFlag() flagRow { return lookFlag("no-color") }

func lookFlag(name string) flagRow {
	return *findFlag([]flagGroup{{flags: lookFlags()}}, name)
}

// runTest runs conversations until all are done, or a signal comes: then it tells what is known. A
// second signal ends it at once, whatever still runs, and so does the first as long as nothing
// does: a file that is read may be a named pipe without a writer.
func runTest(ctx context.Context, env *Env, t *typed) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &suite{env: env, t: t, screen: newScreen(env, t)}
	done := make(chan error, 1)
	go func() { done <- s.do(ctx) }()
	var first os.Signal
	for {
		select {
		case signal := <-env.Signals:
			cancel()
			if first != nil || !s.isRunning.Load() {
				s.asking.Lock() // for good: nothing more is asked
				return signalError(signal)
			}
			first = signal
		case err := <-done:
			if _, told := err.(exitCode); first != nil && (err == nil || told) {
				return signalError(first)
			}
			return err
		}
	}
}

// do is all of it, from the flags to the reports.
func (s *suite) do(ctx context.Context) error {
	if err := checkTest(s.t); err != nil {
		return err
	}
	files, err := findScripts(s.t.positional)
	if err != nil {
		return err
	}
	if s.vars, err = suiteVars(s.env, &s.t.suite); err != nil {
		return err
	}
	if s.reports, err = openReports(s.t); err != nil {
		return err
	}
	defer s.reports.close()
	if !s.read(files) {
		return s.invalid()
	}
	if s.t.dryRun {
		return write(s.env.Stdout, s.listing())
	}
	ask := func(prompt string) (string, error) {
		s.asking.Lock()
		defer s.asking.Unlock()
		defer s.screen.hold()()
		return s.env.ask(ctx, prompt)
	}
	if s.dialer, err = newDialer(s.env, s.t, ask); err != nil {
		return err
	}
	s.isRunning.Store(true)
	return s.run(ctx)
}

func checkTest(t *typed) error {
	f := &t.suite
	stdout := 0
	for _, r := range f.reports() {
		if r.path == "-" {
			stdout++
		}
	}
	switch {
	case len(t.positional) == 0:
		return usagef("wsline test FILE; of a folder all *.wst are run", "no file is given")
	case f.update && f.repeat > 1:
		return usagef("leave one out", "--update and --repeat do not go together")
	case f.update && t.dryRun:
		return usagef("leave one out", "--update and --dry-run do not go together")
	case stdout > 1:
		return usagef("give the others a file", "only one report can go to stdout")
	case t.timeout != nil && *t.timeout == 0:
		return usagef("give a time such as 500ms", "--timeout 0 would wait for nothing")
	}
	return nil
}

// orTime is the time that a flag gives, or else another.
func orTime(d *time.Duration, otherwise time.Duration) time.Duration {
	if d == nil {
		return otherwise
	}
	return *d
}

func (f *suiteFlags) jobsAtOnce() int {
	if f.jobs == 0 {
		return min(runtime.NumCPU(), maxJobs)
	}
	return int(min(f.jobs, 1000))
}

// of is "2 of 5", or "" for the only one.
func of(i, n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("%d of %d", i, n)
}
