// Package converse is what wsline does without the name of a command: a conversation that is typed
// at a terminal, read from a pipe, or given on the command line; or the answer to a question about
// the connection. What was typed is resolved once to a config, which does not change.
package converse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/record"
	"wsline/internal/resume"
	"wsline/internal/target"
	"wsline/internal/view"
	"wsline/script/transcript"
	"wsline/session"
)

// options are the flags, as they were typed.
type options struct {
	conn     *target.Options
	view     view.Options
	line     *flags.Line // as it was typed
	profiles *profile.Book

	// To look closely.
	diagnose, dryRun, asCurl, asWebsocat bool
	asWsline                             bool // of the command curl alone

	// To record and to show.
	record    string
	exact     bool
	null, raw bool

	// To send and to leave.
	input          string // "lines" or "json"
	eol            string // "crlf", "lf" or "nul", "" for none
	binary, whole  bool
	fragment       *int64
	execute        []string
	onOpen         []string
	as             string // the name of the connection
	slash, noSlash bool
	echo           bool
	wait, timeout  *time.Duration
	count          int64
	expect         *regexp.Regexp
	exitOnClose    bool

	stay    stayOptions
	alive   aliveOptions
	resumes resumeOptions
}

func newOptions() *options {
	return &options{
		conn: target.New(), view: view.New(), line: &flags.Line{}, profiles: &profile.Book{}, input: "lines",
	}
}

// New is the command.
func New() *cmd.Command {
	o := newOptions()
	return &cmd.Command{View: &o.view, Groups: o.groups, Profiles: o.profiles, IsTalk: true, Run: o.run}
}

func (o *options) groups() []flags.Group {
	return append(o.conn.Groups(),
		flags.Group{Title: "Looking closely", Rows: o.debuggingRows()},
		flags.Group{Title: "Sending", Rows: o.sendingRows()},
		flags.Group{Title: "Receiving", Rows: o.receivingRows()},
		flags.Group{Title: "Leaving", Rows: o.leavingRows()},
		flags.Group{Title: "Staying", Rows: slices.Concat(o.stay.rows(), o.alive.rows(), o.resumes.rows())},
	)
}

// run does what was typed.
func (o *options) run(ctx context.Context, e *env.Env, line *flags.Line) error {
	o.conn.Take(line)
	o.line = line
	r := &target.Resolver{Getenv: e.Getenv, NetDial: e.Dial}
	c, err := o.prepare(e, r)
	if err != nil {
		return err
	}
	conn := &connection{Connector: cmd.Connector{Connector: target.Connector{
		Resolver: r, Target: c.target, Secrets: c.look.Secrets, Prefer: c.policy != nil, Profiles: o.profiles,
	}}, resume: c.resume}
	defer conn.Close()
	switch c.answer {
	case "":
	case "--diagnose":
		return cmd.Bounded(e, func(e *env.Env) error { return c.runDiagnosis(ctx, e) })
	default:
		return cmd.Interruptible(e, func() error { return c.answerTo(e) })
	}
	conn.Watch = func(s *session.Config) {
		s.LineEnd = c.lineEnd
		c.stay(s)
		first := &c.target.Session
		s.Watch, s.Stream = first.Watch, first.Stream
		s.Heartbeat, s.Respond = first.Heartbeat, first.Respond
		if c.resume != nil {
			c.resume.hideIn(&s.Dial)
		}
		s.Frames = s.Watch && (c.frames.Now() != format.FramesOff || c.record.KeepsFrames())
	}
	t := &talking{env: e, config: c, conn: conn}
	if err := t.keepState(); err != nil {
		return err
	}
	recorder, err := c.record.Start()
	if err != nil {
		return t.state.Finish(err)
	}
	t.recorder, t.keeper = recorder, newKeeper(c, recorder)
	finish := func(err error) error { return t.state.Finish(recorder.Finish(err)) }
	conn.keeper = t.keeper
	conn.recorder, conn.name = recorder, c.as
	conn.Retargeted = conn.retargeted(c.as)
	conn.Retargeted(target.Opening(c.opening))
	if c.mode == modeTalk {
		return cmd.Finish(e, t.talk(ctx), finish)
	}
	return cmd.Bounded(e, func(e *env.Env) error {
		t.env = e
		return finish(t.pipe(ctx, o.view.Events()))
	})
}

// prepare resolves what was typed, and asks for the secrets that are missing. A signal ends it.
func (o *options) prepare(e *env.Env, r *target.Resolver) (*config, error) {
	var c *config
	err := e.Until(func(ask func(prompt string) (string, error)) (err error) {
		r.Ask = ask
		if c, err = o.resolve(e, r); err != nil {
			r.Close()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// A talking is one conversation, from its connections to what is recorded of it.
type talking struct {
	*config
	env      *env.Env
	conn     *connection
	recorder *record.Recorder // nil: none
	keeper   *keeper          // nil: none
	state    *resume.State    // nil: none
}

// A connection is a connector whose keeper is told of each session, and of what comes of a /connect,
// which may be expected. It has others beside it for connections with names.
type connection struct {
	cmd.Connector
	keeper   *keeper          // nil: none
	recorder *record.Recorder // nil: none
	resume   *resuming        // of the first; nil: each is opened as the one before
	name     string           // of the first
	named    map[string]*cmd.Connector
}

// of is the connector of a name.
func (c *connection) of(name string) *cmd.Connector {
	if name == c.name {
		return &c.Connector
	}
	other := c.named[name]
	if other == nil {
		if c.named == nil {
			c.named = map[string]*cmd.Connector{}
		}
		other = c.Beside()
		other.Retargeted = c.retargeted(name)
		c.named[name] = other
	}
	return other
}

// retargeted has a script open the connection of a name as it is opened from now on.
func (c *connection) retargeted(name string) func(o target.Opening) {
	return func(o target.Opening) {
		c.recorder.Open(name, transcript.Opening(o))
		c.keeper.open(name, transcript.Opening(o))
	}
}

func (c *connection) open(ctx context.Context, handle func(*session.Event)) (
	*session.Session, error) {
	s, err := c.connect(ctx, c.name, nil, handle)
	if err == nil {
		c.keeper.opened(c.name, s)
	}
	return s, err
}

// connect is Command of the connection of a name.
func (c *connection) connect(
	ctx context.Context, name string, words []string, handle func(*session.Event),
) (*session.Session, error) {
	if c.resume != nil && name == c.name {
		return c.resumed(ctx, words, handle)
	}
	return c.of(name).Command(ctx, words, handle)
}

func (c *connection) command(
	ctx context.Context, name string, words []string, handle func(*session.Event),
) (*session.Session, error) {
	s, err := c.connect(ctx, name, words, handle)
	if err != nil {
		c.keeper.refused(name, err)
		return nil, err
	}
	c.keeper.opened(name, s)
	return s, nil
}

// place stands for where the connection of a name leads to, in a file that is not to name it: the
// address without login and query, as a hash.
func (c *connection) place(name string) string {
	address, _, _ := strings.Cut(c.of(name).Address(), "?")
	if scheme, rest, isURL := strings.Cut(address, "://"); isURL {
		authority, path, _ := strings.Cut(rest, "/")
		address = scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:] + "/" + path
	}
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:6])
}

// check says what is wrong with the words of /connect.
func (c *connection) check(name string, words []string) error { return c.of(name).Check(words) }
