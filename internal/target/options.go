// Package target is everything from words to a connection: the flags about connecting, the URL, the
// credentials and certificates that they name, what they mean together, and how the same connection
// is typed again: as a /connect, in a recording, for another program. It opens connections with
// session.Open and prints nothing; why one could not be opened is not its business.
//
// Options, a Target and a Resolver are used by one goroutine at a time.
package target

import (
	"time"

	"wsline/internal/dial/uri"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/profile"
)

// Options are the flags about connecting, as they were typed.
type Options struct {
	MaxMessage *int64 // nil: not given

	connect        string
	headers        []string
	rawHeaders     []string
	origin         string
	subprotocols   []string
	host           string
	auth           string
	bearer         string
	cookies        []string
	userAgent      string
	compress       compression
	location       bool
	maxRedirects   int64
	ipv4, ipv6     bool
	resolve        []string
	unixSocket     string
	proxy          string
	connectTimeout *time.Duration
	closeTimeout   *time.Duration
	ca             string
	cert           CertOptions
	insecure       bool
	serverName     string
	tlsMin         string
	pings          Pings

	line    *flags.Line
	given   []given  // in their order
	secrets []string // what commands of profiles wrote, which is not shown
	settled bool     // no argument of a header field names a file
}

// New holds the defaults of the flags that have one.
func New() *Options {
	return &Options{maxRedirects: 10, tlsMin: "1.2", line: &flags.Line{}}
}

// Groups are the flags. Options remember how each was typed.
func (o *Options) Groups() []flags.Group {
	groups := o.groups(o.connectingRows())
	for i := range groups {
		groups[i].Note = "Also understood by `/connect`."
	}
	return groups
}

// DefaultGroups are the flags where they are defaults for each /connect: all but the URL.
func (o *Options) DefaultGroups() []flags.Group { return o.groups(o.connectingRows()[1:]) }

func (o *Options) groups(connecting []flags.Row) []flags.Group {
	groups := []flags.Group{
		{Title: "Connecting", Rows: connecting},
		{Title: "TLS", Rows: o.tlsRows()},
		{Title: "Pings", Rows: o.pings.Rows()},
	}
	for _, g := range groups {
		for i := range g.Rows {
			row := &g.Rows[i]
			row.Value.Tell(func(arg string) { o.given = append(o.given, given{row: row, arg: arg}) })
		}
	}
	return groups
}

// Take keeps the line that was parsed into the options.
func (o *Options) Take(line *flags.Line) {
	o.line, o.secrets = line, line.Under.Secrets
	for i := range o.given {
		o.given[i].hidden = line.Hides(o.given[i].word())
	}
}

// Discreet is an error without what commands of profiles wrote.
func (o *Options) Discreet(err error) error { return profile.Hide(err, o.secrets) }

// ReadWords reads the words of a /connect as a command line of their own. Errors are *exit.UsageError.
func ReadWords(words []string) (*Options, error) {
	o := New()
	line, err := flags.Parse(words, o.Groups())
	o.Take(line)
	return o, err
}

// Names are the names of all flags, for completion.
func Names() []string { return flags.Names(New().Groups()) }

// Address parts the URL from what stands behind it.
func (o *Options) Address() (url string, more []string, err error) {
	switch {
	case o.connect != "":
		return o.connect, o.line.Args, nil
	case len(o.line.Args) == 0:
		return "", nil, exit.Usagef(
			"wsline demo: talks with an endpoint inside wsline; --help shows more", "no URL is given")
	}
	return o.line.Args[0], o.line.Args[1:], nil
}

// OneAddress is the URL of a /connect, which takes no more than that; "" for none.
func (o *Options) OneAddress() (url string, err error) {
	if o.connect == "" && len(o.line.Args) == 0 {
		return "", nil
	}
	url, more, err := o.Address()
	if err == nil && len(more) > 0 {
		err = exit.Usagef("quotes keep words together: -H 'Name: value'",
			"/connect takes one URL, but there is %q too", uri.WithoutPassword(more[0]))
	}
	return url, err
}
