package converse

import (
	"regexp"
	"time"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/answer"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/name"
	"wsline/internal/query"
	"wsline/internal/reconnect"
	"wsline/internal/record"
	"wsline/internal/target"
	"wsline/internal/view"
	"wsline/script/transcript"
)

// A mode is a way in.
type mode uint8

const (
	modeTalk    mode = iota + 1 // lines are typed
	modePipe                    // lines are read from stdin
	modeOneShot                 // what to send stands on the command line; stdin is not read
)

// forever is a --wait that ends with the connection.
const forever = -1

// A config is what was meant by the command line. It never changes.
type config struct {
	mode   mode
	target *target.Target
	look   view.Look

	execute, onOpen   []string
	as                string // the name of the connection; "": it has none
	binary, whole     bool
	fragment          int           // bytes of a frame that is sent; 0: any size
	slash             bool          // commands are understood
	delim             byte          // between messages, in stdin and on stdout
	lineEnd           string        // of each text message that is sent
	raw               bool          // nothing between messages on stdout
	wait, timeout     time.Duration // wait < 0: for ever; timeout 0: none
	waitGiven         bool
	count             int64
	jsonIn            bool // what is read are objects
	filter            *query.Query
	record            *record.File // nil: none
	opening           transcript.Opening
	given             *target.Options
	under             flags.Under // what of profiles stood under it
	answer            string      // the flag that wants something else printed; "": none
	frames            *view.Frames
	sieve             *view.Sieve
	json              bool // events are printed
	expect            *regexp.Regexp
	echo, exitOnClose bool

	policy *reconnect.Policy // of connections that follow one another; nil: there is one
	resend bool
	resume *resuming // nil: each is opened as the one before

	rules        *answer.Rules // what is answered, also by /on
	quietReplies bool
}

// resolve makes of what was typed what was meant, or says what is wrong with it.
func (o *options) resolve(e *env.Env, r *target.Resolver) (*config, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	url, messages, err := o.conn.Address()
	if err != nil {
		return nil, err
	}
	c := &config{
		as:      o.as,
		execute: append(append([]string(nil), o.execute...), messages...), onOpen: o.onOpen,
		binary: o.binary, whole: o.whole, delim: '\n', raw: o.raw, lineEnd: lineEnds[o.eol],
		count: o.count, expect: o.expect, echo: o.echo, exitOnClose: o.exitOnClose,
		json: o.view.JSON, jsonIn: o.input == "json", filter: o.view.Filter, given: o.conn, under: o.line.Under,
		frames: &view.Frames{}, sieve: &view.Sieve{}, rules: &answer.Rules{},
		look: o.view.Look(e),
	}
	if c.record, err = record.NewFile("--record", o.record, o.view.Secrets); err != nil {
		return nil, err
	}
	c.frames.Set(o.view.Frames)
	if c.answer = answerOf(o); c.answer != "" {
		return c, c.resolveTarget(o, r, url)
	}
	c.mode = modeOf(o, c, e)
	if err := c.checkMode(o); err != nil {
		return nil, err
	}
	c.slash = c.mode == modeTalk && !o.noSlash || o.slash
	if o.null {
		c.delim = 0
	}
	if err := c.checkText(); err != nil {
		return nil, err
	}
	c.setTimes(o)
	c.fragment = fragmentOf(o)
	if err = c.resolveTarget(o, r, url); err != nil {
		return nil, err
	}
	c.target.Session.Echo = o.echo
	c.policy, c.resend = o.stay.policy(), o.stay.resend
	c.stay(&c.target.Session)
	c.alive(&o.alive, &c.target.Session)
	c.watch(e)
	if c.record != nil {
		c.record.Opening, c.record.Exact = c.opening, o.exact
	}
	if c.passesOn(e) && !o.alive.looks() {
		c.target.Session.Stream = true
		if o.conn.MaxMessage == nil {
			c.target.Session.MaxMessage = 0
		}
	}
	return c, nil
}

// lineEnds are what --eol names.
var lineEnds = map[string]string{"crlf": "\r\n", "lf": "\n", "nul": "\x00"}

// fragmentOf is the size of the frames that a message is sent in, 0 for one of any size.
func fragmentOf(o *options) int {
	switch {
	case o.fragment != nil:
		return int(min(*o.fragment, 1<<30))
	case o.whole:
		return 64 << 10
	}
	return 0
}

// watch has the session tell of what is sent too, where somebody wants to know: on a terminal also
// of pings, whose pongs may be late.
func (c *config) watch(e *env.Env) {
	s := &c.target.Session
	s.Frames = c.frames.Now() != format.FramesOff || c.record.KeepsFrames()
	s.Watch = s.Frames || c.mode == modeTalk || c.json || c.record != nil || c.slash || c.jsonIn ||
		s.PingInterval > 0 && (e.StdoutTerminal || e.StderrTerminal) || s.Respond != nil && e.StdoutTerminal
}

// answerOf is the flag that wants something else than a conversation, "" for none.
func answerOf(o *options) string {
	switch {
	case o.asWsline:
		return "--as-wsline"
	case o.dryRun:
		return "--dry-run"
	case o.asCurl:
		return "--as-curl"
	case o.asWebsocat:
		return "--as-websocat"
	case o.diagnose:
		return "--diagnose"
	}
	return ""
}

// passesOn tells whether a message can be written as it comes, and need not be held whole.
func (c *config) passesOn(e *env.Env) bool {
	return c.mode != modeTalk && !e.StdoutTerminal && c.expect == nil && !c.echo && c.resume == nil &&
		!c.json && c.filter == nil && c.record == nil &&
		c.look.Pretty != format.PrettyAlways && c.look.BinaryOut != format.BinaryBase64
}

func modeOf(o *options, c *config, e *env.Env) mode {
	switch {
	case len(c.execute) > 0 || c.echo:
		return modeOneShot
	case !e.StdinTerminal || o.view.JSON || o.input == "json":
		return modePipe
	case o.wait != nil || o.count > 0 || o.expect != nil:
		return modeOneShot
	case e.StdoutTerminal || e.StderrTerminal:
		return modeTalk
	}
	return modePipe
}

// checkMode refuses flags for stdin where stdin is not read as a pipe.
func (c *config) checkMode(o *options) error {
	switch {
	case c.as != "" && c.mode != modeTalk:
		return exit.Usagef("", "--as names a connection of a talk, and this is none")
	case c.as != "" && !name.Is(c.as):
		return exit.Usagef("", "--as: %q is no name: letters, digits, - and _ are", c.as)
	case c.mode == modePipe:
	case c.jsonIn && c.mode == modeOneShot:
		return exit.Usagef("", "--input json reads stdin, which is not read here")
	case o.whole:
		return exit.Usagef("", "--whole sends all of stdin, which is not read here")
	case c.mode == modeTalk && o.slash:
		return exit.Usagef("in a talk commands are understood anyway",
			"--slash is for a pipe, but stdin is a terminal")
	case c.mode == modeTalk && o.binary:
		return exit.Usagef("in a talk /binary sends a binary message",
			"--binary is for lines from a pipe, but stdin is a terminal")
	}
	return nil
}

// checkText refuses messages that no text frame may carry (RFC 6455 §5.6).
func (c *config) checkText() error {
	for _, m := range append(append([]string(nil), c.onOpen...), c.execute...) {
		if !c.binary && !utf8.ValidString(m) {
			return exit.Usagef("-b sends it as a binary message", "the message %q is not valid UTF-8", m)
		}
	}
	return nil
}

func (c *config) setTimes(o *options) {
	switch {
	case o.wait != nil:
		c.wait, c.waitGiven = *o.wait, true
	case c.echo || c.expect != nil || c.count > 0:
		c.wait = forever
	default:
		c.wait = time.Second
	}
	switch {
	case o.timeout != nil:
		c.timeout = *o.timeout
	case c.expect != nil && o.wait == nil:
		c.timeout = 10 * time.Second
	}
}
