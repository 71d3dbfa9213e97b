package cli

import (
	"regexp"
	"time"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/query"
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
	target *target
	look   look

	execute, onOpen   []string
	binary, whole     bool
	fragment          int           // bytes of a frame that is sent; 0: any size
	slash             bool          // commands are understood
	delim             byte          // between messages, in stdin and on stdout
	raw               bool          // nothing between messages on stdout
	wait, timeout     time.Duration // wait < 0: for ever; timeout 0: none
	count             int64
	jsonIn            bool // what is read are objects
	filter            *query.Query
	record            *recording // nil: none
	recorder          *recorder  // of record, once it has begun
	keeper            *keeper    // once the conversation begins
	opening           transcript.Opening
	given             []givenFlag // flags about connecting, as they were typed
	answer            string      // the flag that wants something else printed; "": none
	frames            *frameMode
	sieve             *sieve
	json              bool // events are printed
	expect            *regexp.Regexp
	echo, exitOnClose bool
}

// resolve makes of what was typed what was meant, or says what is wrong with it.
func resolve(t *typed, env *Env, r *resolver) (*config, error) {
	if err := checkConflicts(t); err != nil {
		return nil, err
	}
	url, messages, err := t.arguments()
	if err != nil {
		return nil, err
	}
	c := &config{
		execute: append(append([]string(nil), t.execute...), messages...), onOpen: t.onOpen,
		binary: t.binary, whole: t.whole, delim: '\n', raw: t.raw,
		count: t.count, expect: t.expect, echo: t.echo, exitOnClose: t.exitOnClose,
		json: t.json, jsonIn: t.input == "json", filter: t.filter, given: t.given,
		frames: &frameMode{}, sieve: &sieve{},
		look: lookOf(t, env),
	}
	if c.record, err = recordingOf(t); err != nil {
		return nil, err
	}
	c.frames.set(t.frames)
	if c.answer = answerOf(t); c.answer != "" {
		c.target, err = r.target(t, url)
		return c, err
	}
	c.mode = modeOf(t, c, env)
	if err := c.checkMode(t); err != nil {
		return nil, err
	}
	c.slash = c.mode == modeTalk && !t.noSlash || t.slash
	if t.null {
		c.delim = 0
	}
	if err := c.checkText(); err != nil {
		return nil, err
	}
	c.setTimes(t)
	c.fragment = fragmentOf(t)
	if c.target, err = r.target(t, url); err != nil {
		return nil, err
	}
	c.watch()
	c.opening = openingOf(url, t.given)
	if c.record != nil {
		c.record.opening = c.opening
	}
	if c.passesOn(env) {
		c.target.session.Stream = true
		if t.maxMessage == nil {
			c.target.session.MaxMessage = 0
		}
	}
	return c, nil
}

// fragmentOf is the size of the frames that a message is sent in, 0 for one of any size.
func fragmentOf(t *typed) int {
	switch {
	case t.fragment != nil:
		return int(min(*t.fragment, 1<<30))
	case t.whole:
		return 64 << 10
	}
	return 0
}

// watch has the session tell of what is sent too, where somebody wants to know.
func (c *config) watch() {
	s := &c.target.session
	s.Frames = c.frames.now() != format.FramesOff || c.keepsFrames()
	s.Watch = s.Frames || c.mode == modeTalk || c.json || c.record != nil || c.slash || c.jsonIn
}

// answerOf is the flag that wants something else than a conversation, "" for none.
func answerOf(t *typed) string {
	switch {
	case t.dryRun:
		return "--dry-run"
	case t.asCurl:
		return "--as-curl"
	case t.asWebsocat:
		return "--as-websocat"
	case t.diagnose:
		return "--diagnose"
	}
	return ""
}

// passesOn tells whether a message can be written as it comes, and need not be held whole.
func (c *config) passesOn(env *Env) bool {
	return c.mode != modeTalk && !env.StdoutTerminal && c.expect == nil && !c.echo &&
		!c.json && c.filter == nil && c.record == nil &&
		c.look.pretty != format.PrettyAlways && c.look.binaryOut != format.BinaryBase64
}

// arguments parts the URL from the messages.
func (t *typed) arguments() (url string, messages []string, err error) {
	switch {
	case t.connect != "":
		return t.connect, t.positional, nil
	case len(t.positional) == 0:
		return "", nil, usagef(
			"wsline demo: talks with an endpoint inside wsline; --help shows more", "no URL is given")
	}
	return t.positional[0], t.positional[1:], nil
}

func modeOf(t *typed, c *config, env *Env) mode {
	switch {
	case len(c.execute) > 0 || c.echo:
		return modeOneShot
	case !env.StdinTerminal || t.json || t.input == "json":
		return modePipe
	case t.wait != nil || t.count > 0 || t.expect != nil:
		return modeOneShot
	case env.StdoutTerminal || env.StderrTerminal:
		return modeTalk
	}
	return modePipe
}

// checkMode refuses flags for stdin where stdin is not read as a pipe.
func (c *config) checkMode(t *typed) error {
	switch {
	case c.mode == modePipe:
	case c.jsonIn && c.mode == modeOneShot:
		return usagef("", "--input json reads stdin, which is not read here")
	case t.whole:
		return usagef("", "--whole sends all of stdin, which is not read here")
	case c.mode == modeTalk && t.slash:
		return usagef("in a talk commands are understood anyway",
			"--slash is for a pipe, but stdin is a terminal")
	case c.mode == modeTalk && t.binary:
		return usagef("in a talk /binary sends a binary message",
			"--binary is for lines from a pipe, but stdin is a terminal")
	}
	return nil
}

// checkText refuses messages that no text frame may carry (RFC 6455 §5.6).
func (c *config) checkText() error {
	for _, m := range append(append([]string(nil), c.onOpen...), c.execute...) {
		if !c.binary && !utf8.ValidString(m) {
			return usagef("-b sends it as a binary message", "the message %q is not valid UTF-8", m)
		}
	}
	return nil
}

func (c *config) setTimes(t *typed) {
	switch {
	case t.wait != nil:
		c.wait = *t.wait
	case c.echo || c.expect != nil || c.count > 0:
		c.wait = forever
	default:
		c.wait = time.Second
	}
	switch {
	case t.timeout != nil:
		c.timeout = *t.timeout
	case c.expect != nil && t.wait == nil:
		c.timeout = 10 * time.Second
	}
}
