package target

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wsline/internal/crowd"
	"wsline/internal/exit"
	"wsline/internal/hide"
	"wsline/internal/listen"
	"wsline/session"
)

// A Connector opens the connections of one run of the program. It is used by one goroutine at a
// time. Its endpoints are closed by Close.
type Connector struct {
	Resolver *Resolver
	Target   *Target // of the next connection
	Secrets  bool    // shown in notices, and where a server repeats them
	// Watch sets what is told of every connection, whatever its target; nil: nothing more.
	Watch func(*session.Config)
	// Retargeted is told how the next connection is typed, without secrets; nil: nobody.
	Retargeted func(o Opening)

	endpoints map[string]*listen.Endpoint
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
	cfg.Dial.Timeout = c.Target.ConnectTimeout
	cfg.Dial.ShowURL = hide.URL
	if c.Secrets {
		cfg.Dial.ShowURL, cfg.Dial.Hide = nil, nil
	}
	cfg.Dial.IsToken = hiddenProtocols
	if c.Watch != nil {
		c.Watch(&cfg)
	}
	s, err := session.Open(ctx, &cfg, handle)
	if err == nil {
		crowd.Came()
	}
	return s, err
}

// Command is /connect: without words the same target again, else what the words say. They are read
// as a command line of their own: nothing is carried over but the URL when they name none, or its
// server when they name a path, so that no credential goes where it was not meant to.
func (c *Connector) Command(ctx context.Context, words []string, handle func(*session.Event)) (
	*session.Session, error) {
	if len(words) > 0 {
		if err := c.retarget(words); err != nil {
			return nil, err
		}
	}
	return c.Open(ctx, handle)
}

func (c *Connector) retarget(words []string) error {
	o, url, err := c.words(words)
	if err != nil {
		return err
	}
	target, err := c.Resolver.Target(o, url)
	if err != nil {
		return err
	}
	c.Target = target
	if c.Retargeted != nil {
		c.Retargeted(o.Opening(url))
	}
	return nil
}

// Check says what is wrong with the words of /connect, before anything is done for them. It asks
// for no secret.
func (c *Connector) Check(words []string) error {
	o, url, err := c.words(words)
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

func (c *Connector) words(words []string) (o *Options, url string, err error) {
	if o, err = parseWords(words); err != nil {
		if slices.ContainsFunc(words, isName) {
			err = exit.Usagef("connections have names in scripts, which wsline test runs",
				"--as names one of several connections, and a talk has one")
		}
		return nil, "", err
	}
	switch url, err = o.OneAddress(); {
	case err != nil:
	case url == "":
		url = c.Target.Address
	case IsPath(url):
		url, err = PathAt(c.Target.Address, url, o)
	}
	return o, url, err
}

// isName says that a word is the flag that names a connection of a script.
func isName(word string) bool { return word == "--as" || strings.HasPrefix(word, "--as=") }

func (c *Connector) endpoint(name string) (*listen.Endpoint, error) {
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

// Close ends the endpoints and waits for them.
func (c *Connector) Close() {
	for _, e := range c.endpoints {
		e.Close()
	}
	c.Resolver.Close()
}
