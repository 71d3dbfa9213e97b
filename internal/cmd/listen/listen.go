// Package listen is the command that is a server: a talk with all its clients, an echo, a demo, or
// the server of a conversation in a file.
package listen

import (
	"crypto/tls"
	"net"
	"strconv"
	"strings"
	"time"

	"wsline/internal/cmd"
	"wsline/internal/dial/uri"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/listen"
	"wsline/internal/record"
	"wsline/internal/scriptfile"
	"wsline/internal/target"
	"wsline/internal/view"
	"wsline/script/wst"
	"wsline/session"
)

// options are the flags, as they were typed.
type options struct {
	view  view.Options
	pings target.Pings
	vars  scriptfile.VarOptions // of the script
	cert  target.CertOptions

	address      string
	echo, demo   bool
	script       string
	once, binary bool
	compress     bool
	maxMessage   *int64
	maxMemory    *int64
	origins      []string
	auth         string
	subprotocols []string
	maxClients   int64
	selfSigned   bool
	record       string
}

// New is the command.
func New() *cmd.Command {
	o := &options{view: view.New()}
	return &cmd.Command{
		Name: "listen", Args: "[HOST:]PORT", Summary: "be a server, and talk with its clients",
		Detail: `  wsline listen 8080                     talk with who comes
  wsline listen --echo 8080              send everything back
  wsline listen --script chat.wst 8080   play the server's part of a conversation
  wsline listen --tls-self-signed --origin 'https://*.example' 0.0.0.0:8443

What is typed, or comes from stdin, goes to all clients; /to 2 hello to the
second. Their messages are shown with their numbers: 2< hello
Without a HOST only this machine is let in (127.0.0.1); PORT 0 takes a free one.
`,
		View: &o.view, Groups: o.groups, Run: o.run,
	}
}

func (o *options) groups() []flags.Group {
	return []flags.Group{
		{Title: "Answering", Rows: o.answeringRows()},
		{Title: "Variables of the script", Rows: o.vars.Rows()},
		{Title: "Letting in", Rows: o.admittingRows()},
		{Title: "TLS", Rows: o.tlsRows()},
		{Title: "Pings", Rows: o.pings.ServerRows()},
		{Title: "Showing", Rows: append(o.showRows(), o.view.Rows()...)},
	}
}

// A config is what was meant by the command line.
type config struct {
	server  listen.Config
	session session.Config
	look    view.Look
	frames  *view.Frames
	typed   *options
	script  *wst.Conversation // nil: none
	vars    *wst.Vars         // of the script
	record  *record.File
	hosts   []string // for a certificate
}

// answers says that nobody sends anything by hand.
func (c *config) answers() bool {
	return c.typed.echo || c.typed.demo || c.script != nil
}

// resolve makes of what was typed what was meant.
func (o *options) resolve(e *env.Env, args []string, ask func(prompt string) (string, error)) (
	*config, error) {
	if err := o.check(args); err != nil {
		return nil, err
	}
	o.address = args[0]
	c := &config{typed: o, look: o.view.Look(e), frames: &view.Frames{}}
	c.frames.Set(o.view.Frames)
	for _, step := range []func() error{
		c.address, c.admission,
		func() error { return c.tls(e, ask) },
		func() (err error) { c.vars, err = o.vars.Vars(e); return err },
		c.conversation, // with an error that tells no secrets
		func() (err error) {
			c.record, err = record.NewFile("--record", o.record, o.view.Secrets)
			return err
		},
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	c.server.Compress = o.compress
	c.session = session.Config{MaxMessage: target.MaxMessage, Echo: o.echo, AnswerReason: true}
	if o.maxMessage != nil {
		c.session.MaxMessage = *o.maxMessage
	}
	c.session.Memory = o.budget()
	o.pings.Apply(&c.session)
	c.session.Frames = o.view.Frames != "" || c.record.KeepsFrames()
	c.session.Watch = c.session.Frames || o.view.JSON || c.record != nil || e.StdoutTerminal ||
		e.StdinTerminal || e.StderrTerminal && c.session.PingInterval > 0
	return c, nil
}

// check refuses what cannot be meant.
func (o *options) check(args []string) error {
	ways := 0
	for _, given := range []bool{o.echo, o.demo, o.script != ""} {
		if given {
			ways++
		}
	}
	switch {
	case len(args) == 0:
		return exit.Usagef("wsline listen 8080", "no port is given")
	case len(args) > 1:
		return exit.Usagef("lines of stdin are sent to the clients",
			"listen takes one address, but there is %q too", args[1])
	case ways > 1:
		return exit.Usagef("choose one", "--echo, --demo and --script are different answers")
	case o.selfSigned && o.cert.Cert != "":
		return exit.Usagef("choose one", "--tls-self-signed and --cert are two certificates")
	case o.auth != "" && !strings.Contains(o.auth, ":"):
		return exit.Usagef("--auth USER:PASSWORD", "--auth: %q has no password", o.auth)
	}
	if err := flags.FirstConflict([]flags.Conflict{o.view.Conflict()}); err != nil {
		return err
	}
	if err := o.pings.Check(); err != nil {
		return err
	}
	return o.cert.Check()
}

// address reads [HOST:]PORT.
func (c *config) address() error {
	address := c.typed.address
	host, port := "", address
	if strings.Contains(address, ":") {
		var err error
		if host, port, err = net.SplitHostPort(address); err != nil {
			return exit.Usagef("write 8080, or 0.0.0.0:8080 for everybody", "%q is not [HOST:]PORT", address)
		}
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return exit.Usagef("write 8080, or 0.0.0.0:8080 for everybody", "%q is not a port", port)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	c.server.Addr = net.JoinHostPort(host, port)
	c.hosts = []string{"localhost", "127.0.0.1", "::1"}
	ip := net.ParseIP(host)
	if host != "localhost" && (ip == nil || !ip.IsLoopback() && !ip.IsUnspecified()) {
		c.hosts = append([]string{host}, c.hosts...)
	}
	return nil
}

func (c *config) admission() (err error) {
	o := c.typed
	for _, pattern := range o.origins {
		if pattern == "" || listen.CheckOrigin(pattern) != nil {
			return exit.Usagef("--origin 'https://*.example'", "--origin: %q is not a pattern", pattern)
		}
		ascii, err := uri.ASCIIHost(pattern) // browsers send the names so
		if err != nil {
			return exit.Usagef("--origin 'https://*.example'", "--origin: %v", err)
		}
		c.server.Origins = append(c.server.Origins, ascii)
	}
	c.server.User, c.server.Password, _ = strings.Cut(o.auth, ":")
	c.server.MaxClients = int(min(o.maxClients, 1<<20))
	if o.once && o.script == "" {
		c.server.MaxClients = 1
	}
	c.server.Subprotocols, err = target.Subprotocols(o.subprotocols)
	return err
}

func (c *config) tls(e *env.Env, ask func(prompt string) (string, error)) error {
	o := c.typed
	var cert *tls.Certificate
	var err error
	switch {
	case o.cert.Cert != "":
		r := &target.Resolver{Getenv: e.Getenv, Ask: ask}
		cert, err = r.Certificate(&o.cert)
	case o.selfSigned:
		var made tls.Certificate
		made, err = listen.SelfSigned(c.hosts, 30*24*time.Hour)
		cert = &made
	default:
		return nil
	}
	if err == nil {
		c.server.TLS = &tls.Config{
			Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12,
			NextProtos: []string{"http/1.1"},
		}
	}
	return err
}

func (c *config) conversation() error {
	path := c.typed.script
	if path == "" {
		return nil
	}
	text, err := flags.ReadFile("--script", path)
	if err != nil {
		return err
	}
	if c.script, err = wst.Parse(path, text); err != nil {
		return exit.Usagef("", "%v", scriptfile.Redacted(scriptfile.Errors(err), c.vars))
	}
	return nil
}
