package dial

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial/cookies"
	"wsline/internal/dial/uri"
	"wsline/internal/exit"
	"wsline/internal/plural"
)

// ErrInsecureRedirect is the cause of a ReasonRedirect error for a redirect from wss to ws. It is
// never followed: what is said next would be open to everyone on the way.
var ErrInsecureRedirect = errors.New("a redirect from wss to ws is not followed")

// ErrRedirectTarget is the cause of a ReasonRedirect error for a redirect to what is not a
// WebSocket URL.
var ErrRedirectTarget = errors.New("a redirect to what is not a WebSocket URL")

// ErrSocketRedirect is the cause of a ReasonRedirect error for a redirect from a Unix socket to
// another host: that one is not behind the socket.
var ErrSocketRedirect = errors.New("a redirect from a Unix socket to another host")

// follow returns the configuration for the place that a redirect points to, or why it is not
// followed.
func (s *steps) follow(cfg *Config, e *Error) (*Config, error) {
	if cfg.Redirects == 0 || e.Reason != ReasonRedirect {
		return nil, e
	}
	target, err := redirectTarget(cfg.URL, e.Location)
	switch {
	case err != nil:
		e.Err = ErrRedirectTarget
		e.Text += ", which is not a WebSocket URL"
	case cfg.URL.Scheme == "wss" && target.Scheme == "ws":
		e.Err = ErrInsecureRedirect
		e.Text += ", which gives up TLS"
	case cfg.Socket != "" && !sameOrigin(cfg.URL, target):
		e.Err = ErrSocketRedirect
		e.Text += ", which is not behind this socket"
	case slices.Contains(s.visited, s.state(target)):
		e.Reason = ReasonRedirectLoop
		e.Text += ", which has been visited already"
	case len(s.visited) > cfg.Redirects:
		e.Reason = ReasonRedirectLimit
		e.Text = "more than " + plural.Of(cfg.Redirects, "redirect") + ", the last one to " +
			exit.Quote(e.Location)
	default:
		s.visited = append(s.visited, s.state(target))
		return cfg.redirected(target), nil
	}
	return nil, e
}

// redirected is the configuration for a place that a redirect may lead to, and tells of it.
func (cfg *Config) redirected(target *url.URL) *Config {
	next, text := *cfg, "following the redirect to "
	next.URL = target
	var withheld []string
	if sameOrigin(cfg.URL, target) {
		target.User = cfg.URL.User
	} else {
		withheld = next.forget(cfg.URL)
	}
	if cfg.ShowURL != nil {
		text += cfg.ShowURL(target)
	} else {
		text += target.Redacted()
	}
	if len(withheld) > 0 {
		text += " without " + strings.Join(withheld, ", ")
	}
	cfg.notice(text)
	return &next
}

// state is what tells whether a redirect leads back: the place, and the cookies that were set for
// it, as a server may ask for nothing more than that one comes again with its cookie.
func (s *steps) state(u *url.URL) string {
	return place(u) + "\n" + cookies.Value(s.cookies.For(u))
}

// place is the URL without who asks.
func place(u *url.URL) string {
	p := *u
	p.User, p.Host = nil, hostPort(u)
	if p.Path == "" {
		p.Path = "/"
	}
	return p.String()
}

// redirectTarget resolves a Location. It never leads to a Unix socket of this machine, and a user
// and password in it are not used.
func redirectTarget(base *url.URL, location string) (*url.URL, error) {
	ref, err := url.Parse(location)
	if err != nil {
		return nil, err
	}
	target := base.ResolveReference(ref)
	switch target.Scheme {
	case "ws", "wss", "http", "https":
	default:
		return nil, ErrRedirectTarget
	}
	target.User, target.Fragment, target.RawFragment = nil, "", ""
	target, _, err = uri.Parse(target.String())
	return target, err
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(hostPort(a), hostPort(b))
}

// forget takes out what is meant for the origin of from alone, and names it. What is gone does not
// come back when a later redirect leads there again.
func (cfg *Config) forget(from *url.URL) (withheld []string) {
	if from.User != nil {
		withheld = append(withheld, "the user and password")
	}
	var kept []Field
	for _, f := range cfg.Header {
		isProtocol := strings.EqualFold(f.Name, "Sec-WebSocket-Protocol")
		if isHarmless(f.Name) && !(isProtocol && cfg.holdsToken(f.Value)) {
			kept = append(kept, f)
		} else {
			withheld = append(withheld, f.Name)
		}
	}
	cfg.Header, kept = kept, nil
	if names, tokens := cfg.parted(cfg.Subprotocols); tokens > 0 {
		cfg.Subprotocols = names
		withheld = append(withheld, "the token among the subprotocols")
	}
	for _, f := range cfg.RawHeader {
		isProtocol := strings.EqualFold(f.Name, "Sec-WebSocket-Protocol")
		if (isHarmless(f.Name) || isOwnField(f.Name)) && !(isProtocol && cfg.holdsToken(f.Value)) {
			kept = append(kept, f)
		} else {
			withheld = append(withheld, quoteName(f.Name))
		}
	}
	cfg.RawHeader = kept
	if cfg.TLS.Cert != nil {
		withheld = append(withheld, "the client certificate")
	}
	cfg.Host, cfg.TLS.Cert, cfg.TLS.ServerName = "", nil, ""
	return withheld
}

// parted are the subprotocols that are names, and how many others there are.
func (cfg *Config) parted(subprotocols []string) (names []string, tokens int) {
	if cfg.IsToken == nil {
		return subprotocols, 0
	}
	for i, isToken := range cfg.IsToken(subprotocols) {
		if isToken {
			tokens++
		} else {
			names = append(names, subprotocols[i])
		}
	}
	return names, tokens
}

func (cfg *Config) holdsToken(value string) bool {
	_, tokens := cfg.parted(strings.Split(value, ","))
	return tokens > 0
}

// quoteName is the name of a raw field, which may be anything.
func quoteName(name string) string {
	if IsToken(name) {
		return name
	}
	return exit.Quote(name)
}

// isHarmless reports whether a field may go to another host: it is on the short list of those that
// carry no secret.
func isHarmless(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "user-agent", "origin", "referer", "cache-control", "pragma", "sec-websocket-protocol":
		return true
	}
	return name == "accept" || strings.HasPrefix(name, "accept-")
}
