package target

import (
	"strings"

	"wsline/internal/exit"
	"wsline/internal/flags"
)

// Check refuses flags that do not go together.
func (o *Options) Check() error {
	if err := flags.FirstConflict([]flags.Conflict{
		{When: o.auth != "" && o.bearer != "", Text: "--auth and --bearer are two ways to log in",
			Hint: "choose one"},
		{When: o.ipv4 && o.ipv6, Text: "-4 and -6 leave no address to connect to",
			Hint: "choose one, or none for both"},
	}); err != nil {
		return err
	}
	if err := o.pings.Check(); err != nil {
		return err
	}
	if err := flags.FirstConflict([]flags.Conflict{
		{When: o.unixSocket != "" && o.proxy != "",
			Text: "--unix-socket and --proxy are two ways to the server", Hint: "choose one"},
	}); err != nil {
		return err
	}
	if err := o.cert.Check(); err != nil {
		return err
	}
	if o.strayPassphrase() {
		return exit.Usagef("write --passphrase=P, or leave it to be asked for",
			"--passphrase takes what follows it only after an equals sign")
	}
	return o.checkTwice()
}

// strayPassphrase tells whether what stands right behind --passphrase is rather a passphrase, as
// with wscat, than the URL: it must neither be sent nor become a name that DNS is asked for.
func (o *Options) strayPassphrase() bool {
	if given := o.cert.Passphrase; given == nil || *given != "" {
		return false
	}
	for _, word := range o.line.Behind("--passphrase") {
		if o.connect != "" || word != o.line.Args[0] || !strings.Contains(word, "://") {
			return true
		}
	}
	return false
}

// checkTwice refuses a header field that is given by a flag of its own and by -H.
func (o *Options) checkTwice() error {
	own := map[string]struct {
		flag  string
		given bool
	}{
		"authorization":          {"--auth", o.auth != ""},
		"origin":                 {"--origin", o.origin != ""},
		"host":                   {"--host", o.host != ""},
		"cookie":                 {"--cookie", len(o.cookies) > 0},
		"user-agent":             {"--user-agent", o.userAgent != ""},
		"sec-websocket-protocol": {"--subprotocol", len(o.subprotocols) > 0},
	}
	if o.bearer != "" {
		own["authorization"] = struct {
			flag  string
			given bool
		}{"--bearer", true}
	}
	for _, h := range o.headers {
		name, _, _ := strings.Cut(h, ":")
		name = strings.TrimSpace(name)
		if f := own[strings.ToLower(name)]; f.given {
			return exit.Usagef("leave one of them out", "%s is given by %s and by -H", name, f.flag)
		}
	}
	return nil
}
