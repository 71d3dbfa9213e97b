package cli

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"wsline/internal/dial"
	"wsline/repl/command"
	"wsline/session"
)

// A dialer opens the connections of conversations: what the command line says is a default for the
// words of each /connect. It may be used concurrently.
type dialer struct {
	env      *Env
	base     string // "" for none
	defaults []givenFlag
	asker    *asker
}

// newDialer checks the flags about connecting, and asks for the secrets that they lack.
func newDialer(env *Env, t *typed, ask func(prompt string) (string, error)) (*dialer, error) {
	d := &dialer{env: env, base: t.suite.url}
	d.asker = &asker{ask: ask, answers: map[string]answered{}}
	for _, g := range t.given {
		if g.flag.name != "header" {
			d.defaults = append(d.defaults, g)
			continue
		}
		fields, err := givenFields([]string{g.arg}) // a file is read once
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			d.defaults = append(d.defaults, givenFlag{g.flag, f.Name + ": " + f.Value})
		}
	}
	trial, err := d.with(nil, "")
	if err != nil {
		return nil, err
	}
	address := d.base
	if address == "" {
		address = "ws://localhost/"
	}
	r := d.resolver()
	defer r.close()
	_, err = r.target(trial, address)
	return d, err
}

func (d *dialer) resolver() *resolver {
	return &resolver{getenv: d.env.Getenv, ask: d.asker.secret}
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
	conn connector
}

func (d *dialer) forFile() *fileDialer {
	return &fileDialer{d, connector{resolver: d.resolver()}}
}

func (f *fileDialer) close() { f.conn.close() }

// open is the script's command.Connector.
func (f *fileDialer) open(ctx context.Context, words []string, handle func(*session.Event)) (
	*session.Session, error) {
	if len(words) > 0 || f.conn.target == nil || f.base != "" {
		target, err := f.target(words)
		if err != nil {
			return nil, err
		}
		f.conn.target = target
	}
	return f.conn.open(ctx, handle)
}

var _ command.Connector = (*fileDialer)(nil).open

func (f *fileDialer) target(words []string) (*target, error) {
	own, err := parse(words, connectGroups())
	if err != nil {
		return nil, err
	}
	typedAddress := ""
	if len(own.positional) > 0 || own.connect != "" {
		var more []string
		typedAddress, more, err = own.arguments()
		if err == nil && len(more) > 0 {
			err = usagef("quotes keep words together: -H 'Name: value'",
				"/connect takes one URL, but there is %q too", dial.WithoutPassword(more[0]))
		}
		if err != nil {
			return nil, err
		}
	}
	address, err := f.address(typedAddress, own)
	if err != nil {
		return nil, err
	}
	t, err := f.with(words, typedAddress)
	if err != nil {
		return nil, err
	}
	return f.conn.resolver.target(t, address)
}

// address is where a /connect leads: a whole URL as it is, a path of the base, or the base, or
// where the last one led.
func (f *fileDialer) address(typed string, own *typed) (string, error) {
	base := f.base
	if base == "" && f.conn.target != nil {
		base = f.conn.target.address
	}
	isPath := strings.HasPrefix(typed, "/") || strings.HasPrefix(typed, "?")
	switch {
	case typed != "" && !isPath:
		return typed, nil
	case base == "" && isPath:
		return "", usagef("--url URL says the rest", "%q is a path, and no URL", typed)
	case base == "":
		return "", usagef("--url URL says where, or /connect URL before this line",
			"there is nothing to connect to")
	}
	if name, err := endpointName(base); name != "" || err != nil {
		return base, err // whatever the path: it has but one
	}
	u, socket, err := dial.ParseURL(base)
	if err != nil {
		return "", err
	}
	logsIn := func(g givenFlag) bool { return g.family() == "authorization" }
	if slices.ContainsFunc(own.given, logsIn) {
		u.User = nil
	}
	if isPath {
		return joinURL(u, socket, typed), nil
	}
	return joinURL(u, socket, u.RequestURI()), nil
}

// joinURL is a path or a query at the server of a URL, as ParseURL reads it.
func joinURL(u *url.URL, socket, path string) string {
	if strings.HasPrefix(path, "?") {
		path = u.EscapedPath() + path
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if socket != "" {
		return u.Scheme + "+unix:" + socket + ":" + path
	}
	return (&url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}).String() + path
}
