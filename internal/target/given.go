package target

import (
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial/uri"
	"wsline/internal/flags"
	"wsline/internal/hide"
	"wsline/internal/profile"
	"wsline/internal/words"
)

// A given is a flag with its argument, as it was typed.
type given struct {
	row    *flags.Row
	arg    string
	hidden bool // a command of a profile wrote a part of it
}

// word is the flag as one word.
func (g given) word() string {
	if g.row.MayLackArg && g.arg == "" {
		return "--" + g.row.Name
	}
	return "--" + g.row.Name + "=" + g.arg
}

// secret tells whether a flag says what must not stand in a recording.
func (g given) secret() bool {
	if g.hidden {
		return true
	}
	switch g.row.Name {
	case "auth", "bearer", "cookie", "passphrase":
		return true
	case "header", "raw-header":
		name, value, found := strings.Cut(g.arg, ":")
		value = strings.TrimSpace(value)
		return !found || hide.Field(strings.TrimSpace(name), value) != value
	case "subprotocol":
		return hide.Field("Sec-WebSocket-Protocol", g.arg) != g.arg
	case "proxy":
		return uri.WithoutPassword(g.arg) != g.arg
	}
	return false
}

// words are a flag as it is typed, without what is secret in it.
func (g given) words() []string {
	arg := g.arg
	if g.secret() {
		arg = g.placeholder()
	}
	return g.row.Typed(arg, words.ShellQuote)
}

// placeholder stands for an argument that is secret. A user without a password is asked for it.
func (g given) placeholder() string {
	name, _, isPair := strings.Cut(g.arg, ":")
	switch g.row.Name {
	case "auth":
		return name
	case "bearer":
		if strings.HasPrefix(g.arg, "@") {
			return g.arg // the name of a file
		}
		return "TOKEN"
	case "cookie":
		name, _, _ = strings.Cut(g.arg, "=")
		return name + "=..."
	case "header", "raw-header":
		switch {
		case isPair:
			return name + ": ..."
		case !g.hidden:
			return g.arg
		}
	case "proxy":
		if !g.hidden {
			return uri.WithoutPassword(g.arg)
		}
	case "passphrase":
		return ""
	}
	return "..."
}

// family is what a flag is about: of several with the same family, those of a line win over those
// of the command line.
func (g given) family() string {
	switch g.row.Name {
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
		return g.row.Name
	}
	return "--" + g.row.Name
}

// adds tells whether a flag that is given twice adds to what it says, but for fields: of the same
// name the line's win.
func (g given) adds() bool {
	switch g.row.Name {
	case "cookie", "subprotocol", "resolve", "raw-header":
		return true
	}
	return false
}

// A Change is how a connection differs from the one that was typed.
type Change struct {
	Drop   []string // flags that are left out, by their first names
	Fields []string // fields of -H that are left out
	Add    []string // words that are added
	URL    *url.URL // instead of the one that was typed; nil: that one
}

// CommandLine is how a connection to an address is typed with a change: with the flags that were
// given, but for secrets, in whose place stands what they are, unless they are to be shown.
func (o *Options) CommandLine(address string, c Change, secrets bool) string {
	list := []string{"wsline"}
	for _, w := range c.Add {
		list = append(list, words.ShellQuote(w))
	}
	for _, g := range o.given {
		switch {
		case slices.Contains(c.Drop, g.row.Name), g.row.Name == "connect", c.leavesOut(g):
		case secrets:
			list = append(list, g.row.Typed(g.arg, words.ShellQuote)...)
		default:
			list = append(list, g.words()...)
		}
	}
	switch {
	case secrets && c.URL != nil:
		address = c.URL.String()
	case secrets:
	case c.URL != nil:
		address = hide.URL(c.URL)
	default:
		address = withoutSecrets(address)
	}
	line := strings.Join(append(list, words.ShellQuote(address)), " ")
	if secrets {
		return line
	}
	return profile.Redactor(o.secrets).Hide(line)
}

// leavesOut reports whether a change goes without the field of a -H.
func (c *Change) leavesOut(g given) bool {
	name, _, _ := strings.Cut(g.arg, ":")
	return g.row.Name == "header" && slices.ContainsFunc(c.Fields, func(left string) bool {
		return strings.EqualFold(left, strings.TrimSpace(name))
	})
}

// Shown is an address as it may be shown.
func Shown(address string) string { return withoutSecrets(address) }

// withoutSecrets is an address as it may be shown; an endpoint's name stays what it is.
func withoutSecrets(address string) string {
	u, _, err := uri.Parse(address)
	if err != nil || hide.URL(u) == u.String() {
		return address
	}
	return hide.URL(u)
}
