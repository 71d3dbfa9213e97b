package doctor

import (
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/hide"
	"wsline/internal/words"
)

// A Variant is a change of what was asked for: of the configuration, and of the command line that
// stands for it. The zero value changes nothing.
type Variant struct {
	What   string   // for a person: "with -s mqtt"
	Drop   []string // flags that are left out, by their first names
	Fields []string // fields of -H that are left out
	Add    []string // words that are added
	URL    *url.URL // instead of the one asked for; nil for the same
	origin string
	flags  []string // how hints recommend it
	change func(*dial.Config)
}

// Suggested are the variants that the finding for a refusal names, the likely ones first.
func Suggested(e *dial.Error, d *dial.Config) []Variant {
	if try := examine(e).try; try != nil {
		return try(e, d)
	}
	return nil
}

// Apply changes a configuration. What the configuration shares with others stays as it is.
// Credentials that were meant for TLS do not go without.
func (v *Variant) Apply(d *dial.Config) {
	d.Header = slices.DeleteFunc(slices.Clone(d.Header), func(f dial.Field) bool {
		return slices.ContainsFunc(v.Fields, func(name string) bool {
			return strings.EqualFold(f.Name, name)
		})
	})
	if v.origin != "" {
		d.Header = append(d.Header, dial.Field{Name: "Origin", Value: v.origin})
	}
	if v.URL != nil {
		u := *v.URL
		u.User = d.URL.User
		if d.URL.Scheme == "wss" && v.URL.Scheme == "ws" {
			withoutCredentials(d)
			u.User = nil
		}
		d.URL = &u
	}
	if v.change != nil {
		v.change(d)
	}
}

// And is a variant with the changes of another one besides its own.
func (v Variant) And(w Variant) Variant {
	first, second := v.change, w.change
	v.What = strings.TrimSpace(v.What + " " + w.What)
	v.Drop, v.Fields = slices.Concat(v.Drop, w.Drop), slices.Concat(v.Fields, w.Fields)
	v.Add, v.flags = slices.Concat(v.Add, w.Add), slices.Concat(v.flags, w.flags)
	if w.URL != nil {
		v.URL = w.URL
	}
	if w.origin != "" {
		v.origin = w.origin
	}
	v.change = func(d *dial.Config) {
		for _, change := range []func(*dial.Config){first, second} {
			if change != nil {
				change(d)
			}
		}
	}
	return v
}

// withoutCredentials takes out what was meant for TLS alone.
func withoutCredentials(d *dial.Config) {
	harmless := func(f dial.Field) bool {
		switch name := strings.ToLower(f.Name); name {
		case "user-agent", "origin":
			return true
		case "sec-websocket-protocol":
			return hide.Field(f.Name, f.Value) == f.Value
		default:
			return strings.HasPrefix(name, "accept-")
		}
	}
	kept := func(fields []dial.Field) (list []dial.Field) {
		for _, f := range fields {
			if harmless(f) {
				list = append(list, f)
			}
		}
		return list
	}
	d.Header, d.RawHeader = kept(d.Header), kept(d.RawHeader)
	if !slices.Equal(hide.Protocols(d.Subprotocols), d.Subprotocols) {
		d.Subprotocols = nil
	}
}

// AtPath asks for another path of the same server, and with a query in it for that query.
func AtPath(d *dial.Config, path string) Variant {
	u := *d.URL
	u.User = nil
	if ref, err := url.Parse(path); err == nil {
		u.Path, u.RawPath = ref.Path, ref.RawPath
		if ref.RawQuery != "" {
			u.RawQuery = ref.RawQuery
		}
	}
	return Variant{What: "at " + hide.URLText(path), URL: &u}
}

// OtherScheme is wss for ws, and ws without credentials for wss; none where a token in the query was
// meant for TLS.
func OtherScheme(d *dial.Config) []Variant {
	u := *d.URL
	u.User = nil
	switch {
	case u.Scheme == "ws":
		u.Scheme = "wss"
	case hide.URL(&u) != u.String():
		return nil
	default:
		u.Scheme = "ws"
	}
	v := Variant{What: "with " + u.Scheme + "://", URL: &u}
	if u.Scheme == "ws" {
		v.What += ", without credentials"
		v.Drop = []string{"auth", "bearer", "cookie", "cert", "key", "passphrase"}
		v.Fields = []string{"Authorization", "Cookie"}
	}
	return []Variant{v}
}

// WithOrigin sends an Origin.
func WithOrigin(origin string) Variant {
	return Variant{What: "with -o " + origin, origin: origin, Drop: []string{"origin"},
		Fields: []string{"Origin"}, Add: []string{"-o", origin}, flags: []string{"-o " + origin}}
}

// noneAtAll is said of an Origin or a subprotocol.
const noneAtAll = "none at all may do"

// WithoutOrigin sends none.
func WithoutOrigin() Variant {
	return Variant{What: "without an Origin", Drop: []string{"origin"}, Fields: []string{"Origin"},
		flags: []string{"leave the Origin out", noneAtAll}}
}

// OwnOrigins are the origins of pages on the URL's own host: with its scheme, with TLS too, and those
// of the parent domain.
func OwnOrigins(u *url.URL) []string {
	own := siteOrigin(u)
	list := []string{own}
	if rest, found := strings.CutPrefix(own, "http://"); found {
		list = append(list, "https://"+rest)
	}
	if scheme, host, _ := strings.Cut(own, "://"); strings.Count(host, ".") > 1 &&
		strings.Trim(host, "0123456789.:") != "" && host[0] != '[' {
		_, parent, _ := strings.Cut(host, ".")
		list = append(list, scheme+"://"+parent, scheme+"://www."+parent)
	}
	return list
}

// Following follows redirects.
func Following() Variant {
	return Variant{What: "with -L", Add: []string{"-L"}, Drop: []string{"location"},
		flags: []string{"-L"}, change: func(d *dial.Config) { d.Redirects = 10 }}
}

// AsBrowser has the User-Agent of a browser, for servers that let in nobody else.
func AsBrowser() Variant {
	const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	return Variant{What: "with a browser's User-Agent", Drop: []string{"user-agent"},
		Fields: []string{"User-Agent"}, Add: []string{"--user-agent", browser},
		flags: []string{"--user-agent"},
		change: func(d *dial.Config) {
			d.Header = append(d.Header, dial.Field{Name: "User-Agent", Value: browser})
		}}
}

// Offering offers one subprotocol.
func Offering(name string) Variant {
	v := Variant{What: "with -s " + name, Drop: []string{"subprotocol"},
		Fields: []string{"Sec-WebSocket-Protocol"}, Add: []string{"-s", name},
		flags:  []string{"-s " + words.ShellQuote(name)},
		change: func(d *dial.Config) { d.Subprotocols = []string{name} }}
	if strings.ContainsAny(name, "-.") { // no word of English
		v.flags = append(v.flags, name)
	}
	return v
}

// WithoutSubprotocol offers none.
func WithoutSubprotocol() Variant {
	return Variant{What: "without a subprotocol", Drop: []string{"subprotocol"},
		Fields: []string{"Sec-WebSocket-Protocol"}, flags: []string{"leave -s out", noneAtAll},
		change: func(d *dial.Config) { d.Subprotocols = nil }}
}

// Compressing offers permessage-deflate, or offers it not.
func Compressing(on bool) Variant {
	v := Variant{What: "without compression", Drop: []string{"compress"},
		change: func(d *dial.Config) { d.Compress = on }}
	if on {
		v.What, v.Drop, v.Add = "with --compress", nil, []string{"--compress"}
		v.flags = v.Add
	}
	return v
}

// WithoutRawHeader sends the handshake's own fields.
func WithoutRawHeader() Variant {
	return Variant{What: "without --raw-header", Drop: []string{"raw-header"},
		flags:  []string{"leave --raw-header"},
		change: func(d *dial.Config) { d.RawHeader = nil }}
}

// WithHost sends another Host, and the URL's own for "".
func WithHost(host string) Variant {
	v := Variant{What: "without --host", Drop: []string{"host"}, Fields: []string{"Host"},
		flags:  []string{"leave --host out"},
		change: func(d *dial.Config) { d.Host = host }}
	if host != "" {
		v.What, v.Add = "with --host "+host, []string{"--host", host}
		v.flags = []string{"--host " + host}
	}
	return v
}
