package target

import (
	"slices"
	"strings"

	"wsline/internal/dial/uri"
	"wsline/internal/flags"
	"wsline/internal/profile"
)

// Defaults are what a command line says of every /connect of a conversation. They do not change, and
// may be used concurrently.
type Defaults struct {
	given   []given
	secrets []string // among them, which commands of profiles wrote
}

// Defaults are the options as defaults. A file of header fields is read once, here.
func (o *Options) Defaults() (*Defaults, error) {
	d := &Defaults{secrets: o.secrets}
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
			d.given = append(d.given, given{g.row, f.Name + ": " + f.Value, g.hidden})
		}
	}
	return d, nil
}

// With is what the words of a /connect say, with the defaults before them that they leave in place. The
// address is the one that they name, "" for none. Errors are *exit.UsageError.
func (d *Defaults) With(own *Options, address string) (*Options, error) {
	list, err := d.before(own, address)
	if err != nil {
		return nil, err
	}
	o := New()
	var args []string
	for _, g := range append(list, own.given...) {
		args = append(args, g.word())
	}
	if _, err = flags.Parse(args, o.Groups()); err != nil {
		return nil, err
	}
	o.Take(own.line)
	o.secrets = slices.Concat(d.secrets, own.secrets)
	return o, o.Check()
}

// before are the defaults that flags leave in place.
func (d *Defaults) before(own *Options, address string) (list []given, err error) {
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
	again := strings.Split(strings.Join(own.subprotocols, ","), ",")
	for _, g := range d.given {
		by, isTaken := taken[g.family()]
		if isTaken && !(by == g.row.Name && g.adds()) {
			continue
		}
		if g.row.Name == "subprotocol" {
			if g.arg = without(g.arg, again); g.arg == "" {
				continue
			}
		}
		list = append(list, g)
	}
	return list, nil
}

// without leaves names out of a list of subprotocols.
func without(list string, names []string) string {
	var left []string
	for name := range strings.SplitSeq(list, ",") {
		if !slices.Contains(names, strings.TrimSpace(name)) {
			left = append(left, name)
		}
	}
	return strings.Join(left, ",")
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

// CheckConnect looks at the words of a /connect: its flags and its URL, or the profile. Files that flags
// name are not read. Errors are *exit.UsageError.
func CheckConnect(b *profile.Book, words []string) error {
	own, err := ReadWords(words)
	if err != nil {
		return err
	}
	address, err := own.OneAddress()
	if err != nil || address == "" || IsPath(address) {
		return err
	}
	if b != nil && profile.IsName(address) {
		_, err := b.Check(address)
		return err
	}
	return checkAddress(address)
}

// checkAddress says what is wrong with a URL.
func checkAddress(address string) error {
	if name, err := endpointName(address); name != "" || err != nil {
		return err
	}
	_, _, err := uri.Parse(address)
	return discreet(err, address)
}

// IsPath tells whether what a /connect names is the path or the query of a URL that is known.
func IsPath(address string) bool {
	return strings.HasPrefix(address, "/") || strings.HasPrefix(address, "?")
}
