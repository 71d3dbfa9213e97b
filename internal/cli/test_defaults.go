package cli

import (
	"slices"
	"strings"

	"wsline/internal/dial"
)

// with reads the words of a /connect, with the defaults before them that they leave in place.
func (d *dialer) with(words []string, address string) (*typed, error) {
	own, err := parse(words, connectGroups())
	if err != nil {
		return nil, err
	}
	taken, err := own.families()
	if err != nil {
		return nil, err
	}
	if u, socket, err := dial.ParseURL(address); err == nil {
		if u.User != nil {
			taken["authorization"] = ""
		}
		if socket != "" {
			taken["--way"] = ""
		}
	} else if name, _ := endpointName(address); name != "" {
		taken["--way"] = ""
	}
	var args []string
	for _, g := range d.defaults {
		if by, isTaken := taken[g.family()]; isTaken && !(by == g.flag.name && g.adds()) {
			continue
		}
		args = append(args, "--"+g.flag.name+"="+g.arg)
	}
	t, err := parse(append(args, words...), connectGroups())
	if err != nil {
		return nil, err
	}
	t.subprotocols = withoutTwice(t.subprotocols, own.subprotocols)
	return t, checkConflicts(t)
}

// withoutTwice leaves out of all, which end with own, what own says again.
func withoutTwice(all, own []string) []string {
	var list []string
	again := strings.Split(strings.Join(own, ","), ",")
	for _, given := range all[:len(all)-len(own)] {
		for _, name := range strings.Split(given, ",") {
			if !slices.Contains(again, strings.TrimSpace(name)) {
				list = append(list, name)
			}
		}
	}
	return append(list, own...)
}

// families are the families of the flags that were given, and a flag of each.
func (t *typed) families() (map[string]string, error) {
	taken := map[string]string{}
	for _, g := range t.given {
		if t.cert == "" && (g.flag.name == "key" || g.flag.name == "passphrase") {
			continue // they are for a certificate that is a default
		}
		if g.flag.name != "header" {
			taken[g.family()] = g.flag.name
			continue
		}
		fields, err := givenFields([]string{g.arg})
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			taken[strings.ToLower(f.Name)] = g.flag.name
		}
	}
	return taken, nil
}

// family is what a flag is about: of several with the same family, those of a line win over those
// of the command line.
func (g givenFlag) family() string {
	switch g.flag.name {
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
		return g.flag.name
	}
	return "--" + g.flag.name
}

// adds tells whether a flag that is given twice adds to what it says, but for fields: of the same
// name the line's win.
func (g givenFlag) adds() bool {
	switch g.flag.name {
	case "cookie", "subprotocol", "resolve", "raw-header":
		return true
	}
	return false
}
