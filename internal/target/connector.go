package target

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"wsline/internal/crowd"
	"wsline/internal/dial"
	"wsline/internal/exit"
	"wsline/internal/hide"
	"wsline/internal/listen"
	"wsline/internal/profile"
	"wsline/internal/redact"
	"wsline/session"
)

// A Connector opens the connections of one run of the program. It is used by one goroutine at a
// time. Its endpoints are closed by Close.
type Connector struct {
	Resolver *Resolver
	Target   *Target // of the next connection; nil before the first of one that is Beside another
	Secrets  bool    // shown in notices, and where a server repeats them
	// Watch sets what is told of every connection, whatever its target; nil: nothing more.
	Watch func(*session.Config)
	// Retargeted is told how the next connection is typed, without secrets; nil: nobody.
	Retargeted func(o Opening)
	// Prefer has the next connection to the same target begin with the address that was good last.
	Prefer bool
	// Profiles are what a /connect @name names; nil: there are none.
	Profiles *profile.Book

	last      string // the address of the last connection to the target
	address   string // that words without one are about, while there is no target
	endpoints *endpoints
}

// endpoints are those inside this program, by their names. They are of all connectors of a run.
type endpoints struct {
	mu     sync.Mutex
	byName map[string]*listen.Endpoint
}

// Beside is a Connector for another connection. Of this one it has but the address, for words that
// name none, or a path: no credential goes where it was not meant to. Close is this one's.
func (c *Connector) Beside() *Connector {
	if c.endpoints == nil {
		c.endpoints = &endpoints{}
	}
	return &Connector{
		Resolver: c.Resolver, Secrets: c.Secrets, Watch: c.Watch, Profiles: c.Profiles, Prefer: c.Prefer,
		address: c.Address(), endpoints: c.endpoints,
	}
}

// Address is that of the next connection, as it was typed.
func (c *Connector) Address() string {
	if c.Target == nil {
		return c.address
	}
	return c.Target.Address
}

// Open connects to the target. What the user should know goes to the handler as KindNotice.
func (c *Connector) Open(ctx context.Context, handle func(*session.Event)) (
	*session.Session, error) {
	cfg := c.Target.Session
	if name := c.Target.Endpoint; name != "" {
		e, err := c.endpoint(name)
		if err != nil {
			return nil, err
		}
		cfg.Dial.URL = e.URL()
	}
	cfg.Dial.Notice = func(text string) {
		handle(&session.Event{Kind: session.KindNotice, Time: time.Now(), Text: text})
	}
	for _, text := range c.Target.notices {
		cfg.Dial.Notice(text)
	}
	cfg.Dial.Timeout, cfg.Dial.Prefer = c.Target.ConnectTimeout, c.last
	cfg.Dial.ShowURL = hide.URL
	secrets := c.Target.secrets
	switch {
	case c.Secrets:
		cfg.Dial.ShowURL, cfg.Dial.Hide = nil, nil
	case secrets != nil:
		cfg.Dial.ShowURL = func(u *url.URL) string { return secrets.Hide(hide.URL(u)) }
		handle = hiding(secrets, handle)
	}
	cfg.Dial.IsToken = hiddenProtocols
	if c.Watch != nil {
		c.Watch(&cfg)
	}
	s, err := session.Open(ctx, &cfg, handle)
	var failed *dial.Error
	switch {
	case err == nil:
		crowd.Came()
		if remote := s.Handshake().Remote; c.Prefer && remote != nil {
			c.last = remote.String()
		}
	case !c.Secrets && errors.As(err, &failed):
		failed.Handshake = secrets.Handshake(failed.Handshake)
	}
	return s, err
}

// hiding hides secrets in what is told of a connection, but for what it carries.
func hiding(r *redact.Redactor, handle func(*session.Event)) func(*session.Event) {
	return func(ev *session.Event) {
		if ev.Handshake != nil || ev.End != nil || ev.Kind == session.KindNotice {
			ev = r.Event(ev)
		}
		handle(ev)
	}
}

// Command is /connect: without words the same target again, else what the words say. They are read
// as a command line of their own: nothing is carried over but the URL when they name none, or its
// server when they name a path, so that no credential goes where it was not meant to.
func (c *Connector) Command(ctx context.Context, words []string, handle func(*session.Event)) (
	*session.Session, error) {
	if c.Target == nil && words == nil {
		return nil, exit.Usagef("/connect --as NAME URL does", "it was never said where to connect to")
	}
	if len(words) > 0 || c.Target == nil {
		if err := c.retarget(ctx, words); err != nil {
			return nil, err
		}
	}
	return c.Open(ctx, handle)
}

func (c *Connector) retarget(ctx context.Context, words []string) error {
	o, url, err := c.words(ctx, words)
	if err != nil {
		return err
	}
	target, err := c.Resolver.Target(o, url)
	if err != nil {
		return o.Discreet(err)
	}
	c.Target, c.last = target, ""
	if c.Retargeted != nil {
		c.Retargeted(c.Resolver.Opening(o, url))
	}
	return nil
}

// Check says what is wrong with the words of /connect, before anything is done for them. It asks
// for no secret, and runs no command of a profile.
func (c *Connector) Check(words []string) error {
	if c.Profiles != nil {
		c.Profiles.Forget()
	}
	if hasCommands, err := CheckProfile(c.Profiles, words); err != nil || hasCommands {
		return err
	}
	o, url, err := c.words(context.Background(), words)
	if err != nil {
		return err
	}
	r := *c.Resolver
	r.Ask = func(string) (string, error) { return "", errLater }
	_, err = r.Target(o, url)
	c.Resolver.keyLog = r.keyLog
	if errors.Is(err, errLater) {
		return nil
	}
	return err
}

// errLater is an ask's that is not asked yet.
var errLater = errors.New("asked later")

func (c *Connector) words(ctx context.Context, words []string) (o *Options, url string, err error) {
	if o, err = ReadConnect(ctx, c.Profiles, true, words); err == nil {
		err = o.Check()
	}
	if err != nil {
		return nil, "", err
	}
	switch url, err = o.OneAddress(); {
	case err != nil:
	case url == "":
		url = c.Address()
	case IsPath(url):
		url, err = PathAt(c.Address(), url, o)
	}
	return o, url, err
}

func (c *Connector) endpoint(name string) (*listen.Endpoint, error) {
	if c.endpoints == nil {
		c.endpoints = &endpoints{}
	}
	all := c.endpoints
	all.mu.Lock()
	defer all.mu.Unlock()
	if e := all.byName[name]; e != nil {
		return e, nil
	}
	e, err := listen.Start(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", name, err)
	}
	if all.byName == nil {
		all.byName = map[string]*listen.Endpoint{}
	}
	all.byName[name] = e
	return e, nil
}

// Close ends the endpoints and waits for them.
func (c *Connector) Close() {
	if c.endpoints != nil {
		for _, e := range c.endpoints.byName {
			e.Close()
		}
	}
	c.Resolver.Close()
}
