package test

import (
	"cmp"
	"context"
	"sync"

	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/profile"
	"wsline/internal/target"
	"wsline/repl/command"
	"wsline/script/wst"
	"wsline/session"
)

// A dialer opens the connections of conversations: what the command line says is a default for the
// words of each /connect. It may be used concurrently.
type dialer struct {
	env      *env.Env
	base     string // "" for none
	defaults *target.Defaults
	profiles *profile.Book
	asker    *asker
	vars     *wst.Vars // a script may expect the value of a secret: reports hide it
}

// newDialer checks the flags about connecting, and asks for the secrets that they lack.
func newDialer(
	e *env.Env, o *options, vars *wst.Vars, ask func(prompt string) (string, error),
) (*dialer, error) {
	defaults, err := o.conn.Defaults()
	if err != nil {
		return nil, err
	}
	d := &dialer{env: e, base: o.url, defaults: defaults, profiles: o.profiles, vars: vars}
	d.asker = &asker{ask: ask, answers: map[string]answered{}}
	trial, err := d.defaults.With(target.New(), "")
	if err != nil {
		return nil, err
	}
	r := d.resolver()
	defer r.Close()
	_, err = r.Target(trial, cmp.Or(d.base, "ws://localhost/"))
	return d, err
}

func (d *dialer) resolver() *target.Resolver {
	return &target.Resolver{
		Getenv: d.env.Getenv, Ask: d.asker.secret, NetDial: d.env.Dial,
		Hides: func(value string) bool { return d.vars.Redact(value) != value },
	}
}

// An asker asks for each secret once.
type asker struct {
	ask func(prompt string) (string, error)

	mu      sync.Mutex
	answers map[string]answered
}

type answered struct {
	text string
	err  error
}

func (a *asker) secret(prompt string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.answers[prompt]
	if !ok {
		known.text, known.err = a.ask(prompt)
		a.answers[prompt] = known
	}
	return known.text, known.err
}

// A fileDialer opens the connections of one run of one file, one at a time.
type fileDialer struct {
	*dialer
	conn cmd.Connector
}

func (d *dialer) forFile() *fileDialer {
	return &fileDialer{d, cmd.Connector{Connector: target.Connector{Resolver: d.resolver()}}}
}

func (f *fileDialer) close() { f.conn.Close() }

// open is the script's command.Connector.
func (f *fileDialer) open(ctx context.Context, words []string, handle func(*session.Event)) (
	*session.Session, error) {
	if len(words) > 0 || f.conn.Target == nil || f.base != "" {
		t, err := f.target(ctx, words)
		if err != nil {
			return nil, err
		}
		f.conn.Target = t
	}
	return f.conn.Open(ctx, handle)
}

var _ command.Connector = (*fileDialer)(nil).open

func (f *fileDialer) target(ctx context.Context, words []string) (*target.Target, error) {
	own, err := target.ReadConnect(ctx, f.profiles, false, words)
	if err != nil {
		return nil, err
	}
	typed, err := own.OneAddress()
	if err != nil {
		return nil, err
	}
	address, err := f.address(typed, own)
	if err != nil {
		return nil, err
	}
	o, err := f.defaults.With(own, typed)
	if err != nil {
		return nil, err
	}
	t, err := f.conn.Resolver.Target(o, address)
	return t, o.Discreet(err)
}

// address is where a /connect leads: a whole URL as it is, a path of the base, or the base, or
// where the last one led.
func (f *fileDialer) address(typed string, own *target.Options) (string, error) {
	base := f.base
	if base == "" && f.conn.Target != nil {
		base = f.conn.Target.Address
	}
	isPath := target.IsPath(typed)
	switch {
	case typed != "" && !isPath:
		return typed, nil
	case base == "" && isPath:
		return "", exit.Usagef("--url URL says the rest", "%q is a path, and no URL", typed)
	case base == "":
		return "", exit.Usagef("--url URL says where, or /connect URL before this line",
			"there is nothing to connect to")
	}
	return target.PathAt(base, typed, own)
}
