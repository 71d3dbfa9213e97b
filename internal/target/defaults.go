package target

import (
	"slices"
	"strings"

	"wsline/internal/dial/uri"
)

// Defaults are what a command line says of every /connect of a conversation. They do not change, and
// may be used concurrently.
type Defaults struct{ given []given }

// Defaults are the options as defaults. A file of header fields is read once, here.
func (o *Options) Defaults() (*Defaults, error) {
	d := &Defaults{}
	for _, g := range o.given {
		if g.row.Name != "header" {
			d.given = append(d.given, g)
			continue
		}
		fields, err := givenFields([]string{g.arg})
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			d.given = append(d.given, given{g.row, f.Name + ": " + f.Value})
		}
	}
	return d, nil
}

// With reads the words of a /connect, with the defaults before them that they leave in place. The
// address is the one that they name, "" for none. Errors are *exit.UsageError.
func (d *Defaults) With(words []string, address string) (*Options, error) {
	own, err := ReadWords(words)
	if err != nil {
		return nil, err
	}
	taken, err := own.families()
	if err != nil {
		return nil, err
	}
	if u, socket, err := uri.Parse(address); err == nil {
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
	for _, g := range d.given {
		if by, isTaken := taken[g.family()]; isTaken && !(by == g.row.Name && g.adds()) {
			continue
		}
		args = append(args, "--"+g.row.Name+"="+g.arg)
	}
	o, err := ReadWords(append(args, words...))
	if err != nil {
		return nil, err
	}
	o.subprotocols = withoutTwice(o.subprotocols, own.subprotocols)
	return o, o.Check()
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
func (o *Options) families() (map[string]string, error) {
	taken := map[string]string{}
	for _, g := range o.given {
		if o.cert.Cert == "" && (g.row.Name == "key" || g.row.Name == "passphrase") {
			continue // they are for a certificate that is a default
		}
		if g.row.Name != "header" {
			taken[g.family()] = g.row.Name
			continue
		}
		fields, err := givenFields([]string{g.arg})
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			taken[strings.ToLower(f.Name)] = g.row.Name
		}
	}
	return taken, nil
}

// LogsIn tells whether the options say who asks.
func (o *Options) LogsIn() bool {
	return slices.ContainsFunc(o.given, func(g given) bool { return g.family() == "authorization" })
}

// CheckWords looks at the words of a /connect: its flags and its URL. Files that flags name are not
// read. Errors are *exit.UsageError.
func CheckWords(words []string) error {
	own, err := ReadWords(words)
	if err != nil {
		return err
	}
	address, err := own.OneAddress()
	if err != nil || address == "" || IsPath(address) {
		return err
	}
	if name, err := endpointName(address); name != "" || err != nil {
		return err
	}
	_, _, err = uri.Parse(address)
	return err
}

// IsPath tells whether what a /connect names is the path or the query of a URL that is known.
func IsPath(address string) bool {
	return strings.HasPrefix(address, "/") || strings.HasPrefix(address, "?")
}
