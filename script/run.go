package script

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/internal/name"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

const (
	// leaveTime is how long the closing handshakes at the end of a run may take.
	leaveTime = 2 * time.Second
	// settleTime is how long the end of a connection may take that takes nothing more.
	settleTime = time.Second
	// maxSteps is how many lines a run may do, those of /repeat each time anew.
	maxSteps = 1_000_000
	// noBound is the time of an expectation that no /within is about; one of 0 wants what has come.
	noBound = time.Duration(-1)
)

// A Runner runs conversations against live endpoints. Its fields are not changed while it runs; Run
// may be called concurrently.
type Runner struct {
	// Connect opens a connection; args are the words behind /connect without --as, nil when a line
	// needs a connection that no /connect has opened.
	Connect command.Connector
	Vars    func() *wst.Vars // for each run its own
	// Between is shown the variables before each line, and may give them other values; nil: nobody.
	Between func(*wst.Vars)
	Timeout time.Duration
	Sending func(op wire.Opcode, payload []byte) // told each message before it is sent; nil: nobody is
	// Exec runs a program for /exec and returns what it wrote, or the beginning of that; nil: it is
	// refused.
	Exec func(ctx context.Context, args []string) (output string, isCut bool, err error)
	// Describe says in plain words what an error of Connect is, and its exit code.
	Describe func(err error) (message, hint string, code int)
	// Explain is what to try after a connection ended that should not have, "" for nothing; nil: nothing.
	Explain func(end *session.End) string
	// Update makes the lines that do not match pass, and Result.Updated the text in which they do.
	Update bool
}

// run is one run of one conversation. All fields are those of the goroutine that runs.
type run struct {
	*Runner
	ctx     context.Context
	vars    *wst.Vars
	res     *report.Result
	peers   map[string]*peer
	refused map[string]error // of a /connect that an expectation is about
	timeout time.Duration
	within  time.Duration // of the next expectation, noBound for none
	server  bool          // it plays the server's part
	steps   int
	files   []string                // that include one another, the last is read
	updates map[*wst.Line]*wst.Line // what lines read now
	held    map[*wst.Line]bool      // lines that something has matched as they read now
}

// Run runs a conversation to its end, or to the first line that fails. When ctx ends, it ends at
// once.
func (r *Runner) Run(ctx context.Context, c *wst.Conversation) *report.Result {
	u := r.newRun(ctx, c)
	if u.timeout <= 0 {
		u.timeout = wst.DefaultTimeout
	}
	return u.run(c)
}

func (r *Runner) newRun(ctx context.Context, c *wst.Conversation) *run {
	return &run{
		Runner: r, ctx: ctx, vars: r.Vars(), peers: map[string]*peer{}, refused: map[string]error{},
		timeout: r.Timeout, within: noBound, files: []string{c.File},
		res: &report.Result{File: c.File, Start: time.Now()},
	}
}

func (u *run) run(c *wst.Conversation) *report.Result {
	u.finish(u.lines(c, 0, len(c.Lines)))
	u.res.Updated = u.updated(c)
	u.leave()
	u.res.Duration = time.Since(u.res.Start)
	return u.res
}

// leave closes the connections that are left, all at once.
func (u *run) leave() {
	code := wire.StatusNormalClosure
	if cause := context.Cause(u.ctx); cause == exit.ErrTerminated || cause == exit.ErrHungUp {
		code = wire.StatusGoingAway
	}
	done := make(chan struct{})
	for _, p := range u.peers {
		go func() {
			p.leave(code, leaveTime)
			done <- struct{}{}
		}()
	}
	for range u.peers {
		<-done
	}
}

// errSkip ends a run that is not a failure.
var errSkip = errors.New("skipped")

// lines does the lines from the one with that index up to another.
func (u *run) lines(c *wst.Conversation, from, to int) error {
	for i := from; i < to; {
		l := c.Lines[i]
		next := i + 1
		if u.steps++; u.steps > maxSteps {
			return u.fail(l, report.LimitFailure,
				fmt.Sprintf("more than %d lines were run", maxSteps))
		}
		if err := u.ctx.Err(); err != nil {
			return err
		}
		if u.Between != nil {
			u.Between(u.vars)
		}
		var err error
		switch {
		case l.Kind == wst.LineTyped && isBlock(l):
			next = l.Block + 1
			err = u.block(c, i)
		case u.server && l.Kind == wst.LineTyped:
			err = u.await(c, i)
		case u.server && l.Kind == wst.LineExpect:
			err = u.play(l)
		case l.Kind == wst.LineTyped:
			err = u.typed(c, i)
		case l.Kind == wst.LineExpect:
			err = u.expect(l)
		}
		if err != nil {
			return err
		}
		i = next
	}
	return nil
}

func isBlock(l *wst.Line) bool { return l.Command == "repeat" || l.Command == "unordered" }

// block does what stands between the line i and its /end.
func (u *run) block(c *wst.Conversation, i int) error {
	l := c.Lines[i]
	u.note(l, u.vars.Redact(l.Source()))
	switch {
	case l.Command == "unordered" && u.server:
		return u.lines(c, i+1, l.Block)
	case l.Command == "unordered":
		return u.unordered(c, i+1, l.Block)
	}
	rest, err := l.Expand(u.vars)
	if err != nil {
		return u.failed(l, report.VariableFailure, err)
	}
	n, err := wst.ParseRepeat(rest.String())
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	for range n {
		if err := u.lines(c, i+1, l.Block); err != nil {
			return err
		}
	}
	return nil
}

// typed does a line that is typed: a message, a command of the terminal, or one of scripts.
func (u *run) typed(c *wst.Conversation, i int) error {
	l := c.Lines[i]
	rest, err := l.Expand(u.vars)
	if err != nil {
		return u.failed(l, report.VariableFailure, err)
	}
	u.note(l, prompt(l, rest.Map(u.vars.Redact)))
	switch l.Command {
	case "connect":
		return u.connect(c, i, rest)
	case "to": // each line says whom it is for
		return nil
	}
	if done, err := u.command(l, rest); done {
		return err
	}
	p, err := u.connected(l)
	if err != nil {
		return err
	}
	env := command.SessionEnv(p.s, func(text string) { u.status(text) })
	env.Unquote = format.Unquote
	if send := env.Send; u.Sending != nil {
		env.Send = func(ctx context.Context, op wire.Opcode, payload []byte) error {
			u.Sending(op, payload)
			return send(ctx, op, payload)
		}
	}
	err = p.send(u.ctx, u.sendTime(), func() error { return env.Run(u.ctx, l.Command, rest) })
	if err != nil {
		return u.unsent(l, p, err)
	}
	return nil
}

// sendTime is how long the server may take to read what is typed. A short time for an expectation is
// not meant for that.
func (u *run) sendTime() time.Duration {
	return max(u.timeout, cmp.Or(max(0, u.Timeout), wst.DefaultTimeout))
}

// prompt is a line as it stands on the screen, its variables expanded.
func prompt(l *wst.Line, rest words.Text) string {
	text := wst.Written(l.Command, rest)
	if l.Command != "" {
		text = strings.TrimRight("/"+l.Command+" "+text, " ")
	} else if strings.HasPrefix(text, "/") {
		text = "/" + text
	}
	return l.Name + "> " + wst.IndentLines(text)
}

// connected is the connection of a line. One that no /connect has opened is opened now.
func (u *run) connected(l *wst.Line) (*peer, error) {
	if p := u.peers[l.Name]; p != nil {
		return p, nil
	}
	if err := u.open(l.Name, nil); err != nil {
		return nil, u.failed(l, report.ConnectFailure, err)
	}
	return u.peers[l.Name], nil
}

// open opens a connection with that name; one that is open is closed before.
func (u *run) open(name string, args []string) error {
	if old := u.peers[name]; old != nil {
		old.leave(wire.StatusNormalClosure, leaveTime)
		delete(u.peers, name)
	}
	p := newPeer(name)
	s, err := u.Connect(u.ctx, args, p.event)
	if err != nil {
		return err
	}
	p.s = s
	u.peers[name] = p
	return nil
}

// connect is /connect. When an expectation of a refusal or an error is next, a failure is for that.
func (u *run) connect(c *wst.Conversation, i int, rest words.Text) error {
	l := c.Lines[i]
	args, err := rest.Arguments()
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	conn, args, err := name.OfConnect(l.Name, args)
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	err = u.open(conn, args)
	if u.ctx.Err() != nil {
		return u.ctx.Err()
	}
	next := c.ExpectationAfter(i, conn)
	isExpected := next != nil && (next.Kind == wst.ExpectRefused || next.Kind == wst.ExpectError)
	switch {
	case err == nil && isExpected:
		return u.fail(l, report.AcceptedFailure,
			"the connection was opened, but "+next.Kind.String()+" was expected")
	case isExpected:
		u.refused[conn] = err
		return nil
	case err != nil:
		return u.failed(l, report.ConnectFailure, err)
	}
	return nil
}

// include is /include: the lines of another file, as if they stood here.
func (u *run) include(l *wst.Line, rest words.Text) error {
	path := rest.TrimSpace().String()
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(u.files[len(u.files)-1]), path)
	}
	switch {
	case slices.Contains(u.files, path):
		return u.fail(l, report.CommandFailure, fmt.Sprintf("%q includes itself", path))
	case len(u.files) > wst.MaxIncludes:
		return u.fail(l, report.LimitFailure,
			fmt.Sprintf("more than %d files include one another", wst.MaxIncludes))
	}
	src, err := wst.ReadFile(path)
	if err != nil {
		return u.fail(l, report.CommandFailure, fmt.Sprintf("cannot read %q: %v", path, err))
	}
	c, err := wst.Parse(path, src)
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	u.files = append(u.files, path)
	defer func() { u.files = u.files[:len(u.files)-1] }()
	return u.lines(c, 0, len(c.Lines))
}
