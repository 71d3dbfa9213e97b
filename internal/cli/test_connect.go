package cli

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"wsline/internal/dial"
	"wsline/repl"
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
func newDialer(ctx context.Context, env *Env, t *typed, screen *screen) (*dialer, error) {
	d := &dialer{env: env, base: t.suite.url, asker: &asker{answers: map[string]answered{}}}
	d.asker.ask = func(prompt string) (string, error) {
		defer screen.hold()()
		return env.ask(ctx, prompt)
	}
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

// open is the script's repl.Connector.
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

var _ repl.Connector = (*fileDialer)(nil).open

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

// address is where a /connect leads: a whole URL as it is, a path of the base, or the base, or where
// the last one led.
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
	if slices.ContainsFunc(own.given, func(g givenFlag) bool { return g.family() == "authorization" }) {
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

// with reads the words of a /connect, with the defaults before them that they leave in place.
func (d *dialer) with(words []string, address string) (*typed, error) {
	own, err := parse(words, connectGroups())
	if err != nil {
		return nil, err
	}
	taken, err := own.families()
	if err != nil {
		return nil, err
	}
	if u, socket, err := dial.ParseURL(address); err == nil {
		if u.User != nil {
			taken["authorization"] = ""
		}
		if socket != "" {
			taken["--way"] = ""
		}
	} else if name, _ := endpointName(address); name != "" {
		taken["--way"] = ""
	}
	var args []string
	for _, g := range d.defaults {
		if by, isTaken := taken[g.family()]; isTaken && !(by == g.flag.name && g.adds()) {
			continue
		}
		args = append(args, "--"+g.flag.name+"="+g.arg)
	}
	t, err := parse(append(args, words...), connectGroups())
	if err != nil {
		return nil, err
	}
	t.subprotocols = withoutTwice(t.subprotocols, own.subprotocols)
	return t, checkConflicts(t)
}

// withoutTwice leaves out of all, which end with own, what own says again.
func withoutTwice(all, own []string) []string {
	var list []string
	again := strings.Split(strings.Join(own, ","), ",")
	for _, given := range all[:len(all)-len(own)] {
		for _, name := range strings.Split(given, ",") {
			if !slices.Contains(again, strings.TrimSpace(name)) {
				list = append(list, name)
			}
		}
	}
	return append(list, own...)
}

// families are the families of the flags that were given, and a flag of each.
func (t *typed) families() (map[string]string, error) {
	taken := map[string]string{}
	for _, g := range t.given {
		if t.cert == "" && (g.flag.name == "key" || g.flag.name == "passphrase") {
			continue // they are for a certificate that is a default
		}
		if g.flag.name != "header" {
			taken[g.family()] = g.flag.name
			continue
		}
		fields, err := givenFields([]string{g.arg})
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			taken[strings.ToLower(f.Name)] = g.flag.name
		}
	}
	return taken, nil
}

// family is what a flag is about: of several with the same family, those of a line win over those
// of the command line.
func (g givenFlag) family() string {
	switch g.flag.name {
	case "header":
		name, _, _ := strings.Cut(g.arg, ":")
		return strings.ToLower(strings.TrimSpace(name))
	case "auth", "bearer":
		return "authorization"
	case "subprotocol":
		return "sec-websocket-protocol"
	case "ipv4", "ipv6":
		return "--network"
	case "unix-socket", "proxy":
		return "--way"
	case "no-pong", "pong-delay":
		return "--pong"
	case "cert", "key", "passphrase":
		return "--cert"
	case "origin", "host", "user-agent", "cookie":
		return g.flag.name
	}
	return "--" + g.flag.name
}

// adds tells whether a flag that is given twice adds to what it says, but for fields: of the same
// name the line's win.
func (g givenFlag) adds() bool {
	switch g.flag.name {
	case "cookie", "subprotocol", "resolve", "raw-header":
		return true
	}
	return false
}
