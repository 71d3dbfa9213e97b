package cli

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/listen"
	"wsline/script/wst"
	"wsline/session"
)

// listenFlags is what only listen understands.
type listenFlags struct {
	address    string // of -l on the main command line
	demo, once bool
	script     string
	origins    []string
	maxClients int64
	selfSigned bool
	events     *format.JSON // prints the events; nil: they are not printed
}

func listenCommand() subcommand {
	return subcommand{
		name: "listen", args: "[HOST:]PORT", summary: "be a server, and talk with its clients",
		detail: `  wsline listen 8080                     talk with who comes
  wsline listen --echo 8080              send everything back
  wsline listen --script chat.wst 8080   play the server's part of a conversation
  wsline listen --tls-self-signed --origin 'https://*.example' 0.0.0.0:8443

What is typed, or comes from stdin, goes to all clients; /to 2 hello to the
second. Their messages are shown with their numbers: 2< hello
Without a HOST only this machine is let in (127.0.0.1); PORT 0 takes a free one.
`,
		flags: listenGroups, run: runListen,
	}
}

// listenWords are the arguments of the program with listen instead of -l, with which they may
// begin.
func listenWords(args []string) []string {
	if len(args) == 0 {
		return args
	}
	address, joined := "", false
	switch {
	case args[0] == "-l" || args[0] == "--listen":
		return append([]string{"listen"}, args[1:]...)
	case strings.HasPrefix(args[0], "--listen="):
		address, joined = strings.CutPrefix(args[0], "--listen=")
	case strings.HasPrefix(args[0], "-l"):
		address, joined = strings.CutPrefix(args[0], "-l")
	}
	if !joined {
		return args
	}
	return append([]string{"listen", address}, args[1:]...)
}

// listenFlag is for the main command line.
func listenFlag() []flagRow {
	return []flagRow{{name: "listen", short: "l", arg: "[HOST:]PORT",
		summary: "the same as: listen [HOST:]PORT",
		detail:  "wscat's spelling. It stands before all else: `wsline -l 8080 --echo`.",
		value:   func(t *typed) *value { return text(&t.listening.address) }}}
}

// lateListen is a -l behind something else.
func lateListen(t *typed) error {
	return usagef("wsline -l "+t.listening.address+" ...",
		"--listen must stand before all other arguments")
}

func listenGroups() []flagGroup {
	return []flagGroup{
		{"Answering", false, answeringFlags()},
		{"Variables of the script", false, variableFlags()},
		{"Letting in", false, admittingFlags()},
		{"TLS", false, listenTLSFlags()},
		{"Pings", false, pingFlags()},
		{"Showing", false, append(listenShowFlags(), lookFlags()...)},
		{"Help", false, helpFlags()},
	}
}

func answeringFlags() []flagRow {
	return []flagRow{
		{name: "echo", summary: "send back every message that comes",
			value: func(t *typed) *value { return onOff(&t.echo) }},
		{name: "demo", summary: "answer as the endpoint demo: does",
			value: func(t *typed) *value { return onOff(&t.listening.demo) }},
		{name: "script", arg: "FILE", summary: "play the server's part of a conversation",
			detail: "What stands behind `<` is sent, what stands behind `>` is awaited, and `/connect` " +
				"waits for the next client. At its end it begins anew.",
			value: func(t *typed) *value { return text(&t.listening.script) }},
		{name: "once", summary: "leave when the first client has gone",
			detail: "With `--script` when the conversation has been played once: 9 if it went otherwise.",
			value:  func(t *typed) *value { return onOff(&t.listening.once) }},
		{name: "binary", short: "b", summary: "send lines of stdin as binary messages",
			value: func(t *typed) *value { return onOff(&t.binary) }},
		{name: "compress", summary: "agree to compression (permessage-deflate)",
			value: func(t *typed) *value { return onOff(&t.compress) }},
		{name: "max-message", arg: "SIZE", summary: "largest message taken (64M); 0 for no limit",
			value: func(t *typed) *value { return bytesSize(&t.maxMessage) }},
	}
}

func admittingFlags() []flagRow {
	return []flagRow{
		{name: "origin", short: "o", arg: "PATTERN", summary: "let only this Origin in; repeatable",
			detail: "Others, and requests without one, get 403. `*` and `?` are wildcards; a pattern " +
				"without `://` is that of the host and the port.",
			value: func(t *typed) *value { return list(&t.listening.origins) }},
		{name: "auth", arg: "USER:PASS", summary: "demand Basic auth; others get 401",
			value: func(t *typed) *value { return text(&t.auth) }},
		{name: "subprotocol", short: "s", arg: "NAME",
			summary: "take a subprotocol; repeat or use commas",
			detail:  "Of those the one that the client prefers is chosen.",
			value:   func(t *typed) *value { return list(&t.subprotocols) }},
		{name: "max-clients", arg: "N", summary: "more at the same time get 503",
			value: func(t *typed) *value { return count(&t.listening.maxClients, 1) }},
	}
}

func listenTLSFlags() []flagRow {
	return []flagRow{
		{name: "tls-self-signed", summary: "speak TLS with a certificate made for this run",
			detail: "Its fingerprint is told on stderr.",
			value:  func(t *typed) *value { return onOff(&t.listening.selfSigned) }},
		{name: "cert", arg: "FILE", summary: "speak TLS with this certificate (PEM)",
			value: func(t *typed) *value { return text(&t.cert) }},
		{name: "key", arg: "FILE", summary: "its key (PEM)",
			detail: "Not needed when the key stands in the file of `--cert`.",
			value:  func(t *typed) *value { return text(&t.key) }},
	}
}

func listenShowFlags() []flagRow {
	return []flagRow{
		{name: "json", summary: "print every event as a line of JSON",
			detail: "The member `conn` is the client's number. See [events](events.md).",
			value:  func(t *typed) *value { return onOff(&t.json) }},
		{name: "record", arg: "FILE", summary: "write it all to a .jsonl, .har or .wst file too",
			detail: "A `.har` and a `.wst` say what the clients sent and got: `wsline test` plays it again.",
			value:  func(t *typed) *value { return text(&t.record) }},
		{name: "verbose", short: "v", summary: "show the handshakes, and who was refused",
			value: func(t *typed) *value { return onOff(&t.verbose) }},
		{name: "show-secrets", summary: "do not hide passwords, tokens and cookies",
			value: func(t *typed) *value { return onOff(&t.showSecrets) }},
		framesFlag(),
	}
}

// A listenConfig is what was meant by the command line of listen.
type listenConfig struct {
	server  listen.Config
	session session.Config
	look    look
	frames  *frameMode
	typed   *typed
	script  *wst.Conversation // nil: none
	vars    *wst.Vars         // of the script
	record  *recording
	hosts   []string // for a certificate
}

// answers says that nobody sends anything by hand.
func (c *listenConfig) answers() bool {
	return c.typed.echo || c.typed.listening.demo || c.script != nil
}

// resolveListen makes of what was typed what was meant.
func resolveListen(t *typed, env *Env) (*listenConfig, error) {
	if err := checkListen(t); err != nil {
		return nil, err
	}
	c := &listenConfig{typed: t, look: lookOf(t, env), frames: &frameMode{}}
	c.frames.set(t.frames)
	for _, step := range []func() error{
		c.address, c.admission,
		func() error { return c.tls(env) },
		c.conversation,
		func() (err error) { c.vars, err = suiteVars(env, &t.suite); return err },
		func() (err error) { c.record, err = recordingOf(t); return err },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	c.server.Compress = t.compress
	c.session = session.Config{MaxMessage: maxMessage, Echo: t.echo, AnswerReason: true}
	if t.maxMessage != nil {
		c.session.MaxMessage = *t.maxMessage
	}
	setPings(&c.session, t)
	c.session.Frames = t.frames != "" || c.record != nil && c.record.form == format.FormJSON
	c.session.Watch = c.session.Frames || t.json || c.record != nil || env.StdoutTerminal ||
		env.StdinTerminal
	return c, nil
}

func checkListen(t *typed) error {
	l := &t.listening
	ways := 0
	for _, given := range []bool{t.echo, l.demo, l.script != ""} {
		if given {
			ways++
		}
	}
	switch {
	case len(t.positional) == 0:
		return usagef("wsline listen 8080", "no port is given")
	case len(t.positional) > 1:
		return usagef("lines of stdin are sent to the clients",
			"listen takes one address, but there is %q too", t.positional[1])
	case ways > 1:
		return usagef("choose one", "--echo, --demo and --script are different answers")
	case l.selfSigned && t.cert != "":
		return usagef("choose one", "--tls-self-signed and --cert are two certificates")
	case t.auth != "" && !strings.Contains(t.auth, ":"):
		return usagef("--auth USER:PASSWORD", "--auth: %q has no password", t.auth)
	}
	return checkConflicts(t)
}

// address reads [HOST:]PORT.
func (c *listenConfig) address() error {
	address := c.typed.positional[0]
	host, port := "", address
	if strings.Contains(address, ":") {
		var err error
		if host, port, err = net.SplitHostPort(address); err != nil {
			return usagef("write 8080, or 0.0.0.0:8080 for everybody", "%q is not [HOST:]PORT", address)
		}
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return usagef("write 8080, or 0.0.0.0:8080 for everybody", "%q is not a port", port)
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

func (c *listenConfig) admission() (err error) {
	t := c.typed
	for _, pattern := range t.listening.origins {
		if pattern == "" || listen.CheckOrigin(pattern) != nil {
			return usagef("--origin 'https://*.example'", "--origin: %q is not a pattern", pattern)
		}
	}
	c.server.Origins = t.listening.origins
	c.server.User, c.server.Password, _ = strings.Cut(t.auth, ":")
	c.server.MaxClients = int(min(t.listening.maxClients, 1<<20))
	if t.listening.once && t.listening.script == "" {
		c.server.MaxClients = 1
	}
	c.server.Subprotocols, err = subprotocols(t.subprotocols)
	return err
}

func (c *listenConfig) tls(env *Env) error {
	t := c.typed
	var cert *tls.Certificate
	var err error
	switch {
	case t.cert != "":
		r := &resolver{getenv: env.Getenv, ask: func(prompt string) (string, error) {
			return env.ask(context.Background(), prompt)
		}}
		cert, err = r.certificate(t)
	case t.listening.selfSigned:
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

func (c *listenConfig) conversation() error {
	path := c.typed.listening.script
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return usagef("", "--script: cannot read %q: %v", path, cause(err))
	}
	if c.script, err = wst.Parse(path, text); err != nil {
		return usagef("", "%v", err)
	}
	return nil
}

// A listenError is an address that cannot be listened on.
type listenError struct {
	address string
	err     error
}

func (e *listenError) Error() string {
	return fmt.Sprintf("cannot listen on %s: %v", e.address, innermost(e.err))
}

// fault is what a person gets.
func (e *listenError) fault() fault {
	f := fault{message: e.Error(), code: exitConnect}
	switch {
	case isInUse(e.err):
		f.hint = "another program listens there; port 0 takes a free one"
	case os.IsPermission(e.err):
		f.hint = "ports below 1024 are for the administrator: try 8080"
	}
	return f
}
