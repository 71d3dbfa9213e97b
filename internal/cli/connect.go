package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"wsline/internal/dial"
	"wsline/internal/listen"
	"wsline/script/transcript"
	"wsline/session"
)

// A connector opens the connections of one run of the program. It is used by one goroutine at a
// time. Its endpoints are closed by close.
type connector struct {
	resolver  *resolver
	showURL   func(*url.URL) string // in notices; nil: without its password
	target    *target               // of the next connection
	endpoints map[string]*listen.Endpoint
	// watch sets what is told of every connection, whatever its target; nil: nothing more.
	watch func(*session.Config)
	// retargeted is told how the next connection is typed, without secrets; nil: nobody.
	retargeted func(o transcript.Opening)
}

// open connects to the target. What the user should know goes to the handler as KindNotice.
func (c *connector) open(ctx context.Context, handle func(*session.Event)) (
	*session.Session, error) {
	cfg := c.target.session
	if name := c.target.endpoint; name != "" {
		e, err := c.endpoint(name)
		if err != nil {
			return nil, err
		}
		cfg.Dial.URL = e.URL()
	}
	cfg.Dial.Notice = func(text string) {
		handle(&session.Event{Kind: session.KindNotice, Time: time.Now(), Text: text})
	}
	cfg.Dial.Timeout, cfg.Dial.ShowURL = c.target.connectTimeout, c.showURL
	cfg.Dial.IsToken = hiddenProtocols
	if c.watch != nil {
		c.watch(&cfg)
	}
	return session.Open(ctx, &cfg, handle)
}

// command is /connect: without words the same target again, else what the words say. They are read
// as a command line of their own: nothing is carried over but the URL when they name none, so that
// no credential goes where it was not meant to.
func (c *connector) command(ctx context.Context, words []string, handle func(*session.Event)) (
	*session.Session, error) {
	if len(words) > 0 {
		if err := c.retarget(words); err != nil {
			return nil, err
		}
	}
	return c.open(ctx, handle)
}

func (c *connector) retarget(words []string) error {
	t, url, err := c.words(words)
	if err != nil {
		return err
	}
	target, err := c.resolver.target(t, url)
	if err != nil {
		return err
	}
	c.target = target
	if c.retargeted != nil {
		c.retargeted(openingOf(url, t.given))
	}
	return nil
}

// check says what is wrong with the words of /connect, before anything is done for them. It asks
// for no secret.
func (c *connector) check(words []string) error {
	t, url, err := c.words(words)
	if err != nil {
		return err
	}
	r := *c.resolver
	r.ask = func(string) (string, error) { return "", errLater }
	_, err = r.target(t, url)
	c.resolver.keyLog = r.keyLog
	if errors.Is(err, errLater) {
		return nil
	}
	return err
}

// errLater is an ask's that is not asked yet.
var errLater = errors.New("asked later")

func (c *connector) words(words []string) (t *typed, url string, err error) {
	if t, err = parse(words, connectGroups()); err != nil {
		return nil, "", err
	}
	if err = checkConflicts(t); err != nil {
		return nil, "", err
	}
	if len(t.positional) == 0 && t.connect == "" {
		return t, c.target.address, nil
	}
	url, more, err := t.arguments()
	if err == nil && len(more) > 0 {
		err = usagef("quotes keep words together: -H 'Name: value'",
			"/connect takes one URL, but there is %q too", dial.WithoutPassword(more[0]))
	}
	return t, url, err
}

// connectGroups are the flags that /connect understands.
func connectGroups() (groups []flagGroup) {
	for _, g := range flagTable() {
		if g.connecting {
			groups = append(groups, g)
		}
	}
	return groups
}

func (c *connector) endpoint(name string) (*listen.Endpoint, error) {
	if e := c.endpoints[name]; e != nil {
		return e, nil
	}
	e, err := listen.Start(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", name, err)
	}
	if c.endpoints == nil {
		c.endpoints = map[string]*listen.Endpoint{}
	}
	c.endpoints[name] = e
	return e, nil
}

// close ends the endpoints and waits for them.
func (c *connector) close() {
	for _, e := range c.endpoints {
		e.Close()
	}
	c.resolver.close()
}
