package target

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"wsline/internal/dial"
	"wsline/internal/dial/uri"
	"wsline/internal/exit"
	"wsline/internal/hide"
	"wsline/internal/profile"
	"wsline/internal/redact"
	"wsline/session"
)

// A Target is where and how to connect. It never changes once it is made.
type Target struct {
	Address        string // as it was typed
	Endpoint       string // "echo:" or "demo:", which stands for the URL; else ""
	Session        session.Config
	ConnectTimeout time.Duration    // 0: none
	IsOwnTimeout   bool             // it was typed
	notices        []string         // what a person should know of how the words were read
	secrets        *redact.Redactor // of what commands of profiles wrote
}

func (t *Target) notice(text string) {
	if text != "" {
		t.notices = append(t.notices, text)
	}
}

// MaxMessage is the size in bytes of the largest message that is taken where it must be held whole,
// unless a flag says otherwise.
const MaxMessage = 64 << 20

// A Resolver makes targets of flags; it reads the files and asks for the secrets that they name.
type Resolver struct {
	Getenv func(string) string
	Ask    func(prompt string) (string, error) // for a secret; its errors are those of env.Env.Ask
	// NetDial is the network of dial.Config, nil for that of the machine.
	NetDial func(ctx context.Context, network, address string) (net.Conn, error)
	// Hides says that a credential is one which the caller hides in all that it shows; nil: none.
	Hides  func(value string) bool
	keyLog io.WriteCloser // opened for the first target, kept for all
	names  secretNames    // of all openings
}

// Target is what was meant by options, of which it refuses what does not go together, and an
// address. Errors are *exit.UsageError, or those of Ask.
func (r *Resolver) Target(o *Options, address string) (*Target, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	c := &Target{Address: address, ConnectTimeout: 10 * time.Second}
	if o.connectTimeout != nil {
		c.ConnectTimeout, c.IsOwnTimeout = *o.connectTimeout, true
	}
	c.Session = session.Config{MaxMessage: MaxMessage}
	if o.MaxMessage != nil {
		c.Session.MaxMessage = *o.MaxMessage
	}
	if o.closeTimeout != nil {
		c.Session.CloseTimeout = max(*o.closeTimeout, time.Millisecond)
	}
	o.pings.Apply(&c.Session)
	d := &c.Session.Dial
	d.NetDial = r.NetDial
	o.compress.apply(d)
	if o.location {
		d.Redirects = int(min(o.maxRedirects, 1000))
	}
	d.Network = network(o)
	for _, step := range []func() error{
		func() error { return r.address(c, o, address) },
		func() (err error) { d.Host, err = asciiHost("--host", o.host); return err },
		func() (err error) { d.Subprotocols, err = Subprotocols(o.subprotocols); return err },
		func() (err error) { d.Resolve, err = resolves(o.resolve); return err },
		func() error { return r.proxy(c, o) },
		func() (err error) { d.Header, err = r.header(o, d.URL); return err },
		func() (err error) { d.RawHeader, err = rawHeader(o.rawHeaders); return err },
		func() error { return r.tls(c, o) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	c.secrets = profile.Redactor(o.secrets)
	d.Hide = r.hides(d, o.secrets)
	return c, nil
}

func network(o *Options) string {
	switch {
	case o.ipv4:
		return "tcp4"
	case o.ipv6:
		return "tcp6"
	}
	return "tcp"
}

// address reads the URL, or the name of an endpoint inside this program.
func (r *Resolver) address(c *Target, o *Options, address string) error {
	d := &c.Session.Dial
	name, err := endpointName(address)
	if err != nil {
		return err
	}
	if name != "" {
		if o.unixSocket != "" || o.proxy != "" {
			return exit.Usagef("leave them out",
				"%s is inside this program: --unix-socket and --proxy do not lead there", name)
		}
		c.Endpoint = name
		return nil
	}
	u, socket, err := uri.Parse(address)
	if err != nil {
		return discreet(err, address)
	}
	d.URL, d.Socket = u, socket
	if o.unixSocket != "" {
		if socket != "" {
			return exit.Usagef("leave one of them out",
				"a Unix socket is given by the URL and by --unix-socket")
		}
		d.Socket = o.unixSocket
	}
	if u.User != nil && (o.auth != "" || o.bearer != "") {
		return exit.Usagef("leave one of them out", "credentials are given by the URL and by a flag")
	}
	return nil
}

// discreet hides in an error about an address what is secret in that besides the password.
func discreet(err error, address string) error {
	var usage *exit.UsageError
	quoted := uri.WithoutPassword(strings.Trim(address, " "))
	shown := hide.URLText(quoted)
	if !errors.As(err, &usage) || shown == quoted {
		return err
	}
	hidden := *usage
	hidden.Text = strings.ReplaceAll(hidden.Text, quoted, shown)
	return &hidden
}

// hiddenProtocols says which subprotocols are tokens.
func hiddenProtocols(list []string) []bool {
	hidden := make([]bool, len(list))
	for i, shown := range hide.Protocols(list) {
		hidden[i] = shown != list[i]
	}
	return hidden
}

// endpointName is the endpoint inside this program that an address names, "" for none. A number
// after the colon is the port of a host with that name.
func endpointName(address string) (string, error) {
	for _, name := range Endpoints() {
		if len(address) < len(name) || !strings.EqualFold(address[:len(name)], name) {
			continue
		}
		rest := address[len(name):]
		if rest == "" {
			return name, nil
		}
		isPort := rest[0] >= '0' && rest[0] <= '9'
		if !isPort && !strings.Contains(rest, "@") { // echo:password@host is a host
			return "", exit.Usagef("write "+name+" alone",
				"%s is inside wsline and has nothing after the colon: %q", name, address)
		}
	}
	return "", nil
}

// Endpoints are the names of the endpoints inside this program.
func Endpoints() []string { return []string{"echo:", "demo:"} }

func (r *Resolver) proxy(c *Target, o *Options) error {
	d := &c.Session.Dial
	switch {
	case c.Endpoint != "" || d.Socket != "":
	case o.proxy != "":
		proxy, err := uri.ParseProxy(o.proxy)
		if err != nil {
			return err
		}
		d.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil }
	default:
		d.Proxy = proxyFromEnvironment(r.Getenv)
		if name := passedOver(r.Getenv, d.URL); name != "" {
			c.notice("the proxy in " + name + " is not used for " + d.URL.Hostname() +
				", which is this machine")
		}
	}
	return nil
}

// Subprotocols splits at commas. Each is a token and stands once (RFC 6455 §4.1).
func Subprotocols(given []string) (names []string, err error) {
	seen := map[string]bool{}
	for _, name := range strings.Split(strings.Join(given, ","), ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "" && len(given) == 0:
		case name == "":
			return nil, exit.Usagef("names stand between commas: --subprotocol chat,v2",
				"--subprotocol: %q has an empty name", strings.Join(given, ","))
		case !dial.IsToken(name):
			return nil, exit.Usagef("a name has letters, digits and !#$%&'*+-.^_`|~",
				"--subprotocol: %q cannot be a subprotocol", name)
		case seen[name]:
			return nil, exit.Usagef("", "--subprotocol: %q is given twice", name)
		default:
			names, seen[name] = append(names, name), true
		}
	}
	return names, nil
}

// rawHeader takes fields as they stand, which need not be right.
func rawHeader(given []string) (list []dial.Field, err error) {
	for _, s := range given {
		name, value, found := strings.Cut(s, ":")
		switch {
		case !found:
			return nil, exit.Usagef("a header field is written 'Name: value'",
				"--raw-header: %q has no colon", s)
		case strings.ContainsAny(s, "\r\n\x00"):
			return nil, exit.Usagef("", "--raw-header: %q holds a line end or a NUL", s)
		}
		list = append(list, dial.Field{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return list, nil
}

// asciiHost is a host, or an origin, as it is sent: the URL may be in any letters, and so may these.
func asciiHost(flag, s string) (string, error) {
	ascii, err := uri.ASCIIHost(s)
	if err != nil {
		return "", exit.Usagef("", "%s: %v", flag, err)
	}
	return ascii, nil
}

func resolves(given []string) (list []dial.Resolve, err error) {
	for _, s := range given {
		parts := strings.SplitN(s, ":", 3)
		if len(parts) != 3 || parts[0] == "" {
			return nil, exit.Usagef("write HOST:PORT:ADDRESS, such as example.com:443:127.0.0.1",
				"--resolve: %q has not three parts", s)
		}
		if n, err := strconv.ParseUint(parts[1], 10, 16); err != nil || n == 0 {
			return nil, exit.Usagef("", "--resolve: %q is not a port", parts[1])
		}
		address := strings.TrimSuffix(strings.TrimPrefix(parts[2], "["), "]")
		if _, err := netip.ParseAddr(address); err != nil {
			return nil, exit.Usagef("", "--resolve: %q is not an IP address", parts[2])
		}
		host, err := asciiHost("--resolve", parts[0])
		if err != nil {
			return nil, err
		}
		list = append(list, dial.Resolve{Host: host, Port: parts[1], Address: address})
	}
	return list, nil
}

func (r *Resolver) tls(t *Target, o *Options) (err error) {
	c := &t.Session.Dial.TLS
	if c.ServerName, err = asciiHost("--servername", o.serverName); err != nil {
		return err
	}
	c.Insecure, c.MinVersion = o.insecure, tls.VersionTLS12
	if o.tlsMin == "1.3" {
		c.MinVersion = tls.VersionTLS13
	}
	if o.ca != "" {
		var notice string
		if c.CA, notice, err = authorities(o.line.Flag("ca"), o.ca); err != nil {
			return err
		}
		t.notice(notice)
	}
	if o.cert.Cert != "" {
		if c.Cert, err = r.Certificate(&o.cert); err != nil {
			return err
		}
	}
	c.KeyLog, err = r.keyLogFile()
	return err
}

// keyLogFile opens the file that SSLKEYLOGFILE names, so that others can read what TLS hides.
func (r *Resolver) keyLogFile() (io.Writer, error) {
	path := r.Getenv("SSLKEYLOGFILE")
	if path == "" {
		return nil, nil
	}
	if r.keyLog == nil {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return nil, fmt.Errorf("cannot write the SSLKEYLOGFILE %q: %w", path, exit.Cause(err))
		}
		r.keyLog = f
	}
	return r.keyLog, nil
}

// Close ends what the targets share.
func (r *Resolver) Close() {
	if r.keyLog != nil {
		r.keyLog.Close()
	}
}
