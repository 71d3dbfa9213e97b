package target

import (
	"slices"
	"strings"

	"wsline/internal/flags"
)

// Check refuses flags that do not go together. Resolver.Target does so too.
func (o *Options) Check() error { return o.CheckWith(nil, nil) }

// CheckWith is Check with what a command has to refuse, in the order in which it is told: own comes
// right behind the logins, last before the header fields that are given twice.
func (o *Options) CheckWith(own, last []flags.Conflict) error {
	return flags.FirstConflict(slices.Concat([]flags.Conflict{
		{When: o.auth != "" && o.bearer != "", Text: "--auth and --bearer are two ways to log in",
			Hint: "choose one"},
		{When: o.ipv4 && o.ipv6, Text: "-4 and -6 leave no address to connect to",
			Hint: "choose one, or none for both"},
	}, own, o.pings.conflicts(), []flags.Conflict{
		{When: o.unixSocket != "" && o.proxy != "",
			Text: "--unix-socket and --proxy are two ways to the server", Hint: "choose one"},
	}, o.cert.conflicts(), []flags.Conflict{
		{When: o.strayPassphrase(),
			Text: "--passphrase takes what follows it only after an equals sign",
			Hint: "write --passphrase=P, or leave it to be asked for"},
	}, last, o.twice()))
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

// twice are the header fields that are given by a flag of their own and by -H.
func (o *Options) twice() (list []flags.Conflict) {
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
		f := own[strings.ToLower(name)]
		list = append(list, flags.Conflict{When: f.given,
			Text: name + " is given by " + f.flag + " and by -H", Hint: "leave one of them out"})
	}
	return list
}
