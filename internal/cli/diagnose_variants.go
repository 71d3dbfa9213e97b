package cli

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wsline/format"
	"wsline/internal/dial"
)

// A variant is a change of what was asked for: of the configuration, and of the command line that
// stands for it.
type variant struct {
	what   string
	drop   []string // flags that are left out, by their first names
	fields []string // fields of -H that are left out
	add    []string // words that are added
	origin string
	url    *url.URL // instead of the one asked for; nil for the same
	change func(*dial.Config)
}

// apply changes a configuration. What the configuration shares with others stays as it is.
func (v *variant) apply(d *dial.Config) {
	d.Header = slices.DeleteFunc(slices.Clone(d.Header), func(f dial.Field) bool {
		return slices.ContainsFunc(v.fields, func(name string) bool {
			return strings.EqualFold(f.Name, name)
		})
	})
	if v.origin != "" {
		d.Header = append(d.Header, dial.Field{Name: "Origin", Value: v.origin})
	}
	if v.url != nil {
		if d.URL.Scheme == "wss" && v.url.Scheme == "ws" {
			withoutCredentials(d)
		}
		u := *v.url
		if u.User = d.URL.User; v.url.Scheme == "ws" && d.URL.Scheme == "wss" {
			u.User = nil
		}
		d.URL = &u
	}
	if v.change != nil {
		v.change(d)
	}
}

// setOrigin makes it a variant with an Origin.
func (v *variant) setOrigin(origin string) {
	v.what = strings.TrimSpace(v.what + " with -o " + origin)
	v.origin = origin
	v.drop = append(slices.Clone(v.drop), "origin")
	v.fields = append(slices.Clone(v.fields), "Origin")
	v.add = append(slices.Clone(v.add), "-o", origin)
}

// withoutCredentials takes out what was meant for TLS alone.
func withoutCredentials(d *dial.Config) {
	harmless := func(f dial.Field) bool {
		switch name := strings.ToLower(f.Name); name {
		case "user-agent", "origin":
			return true
		case "sec-websocket-protocol":
			return format.HideField(f.Name, f.Value) == f.Value
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
	if !slices.Equal(format.HideProtocols(d.Subprotocols), d.Subprotocols) {
		d.Subprotocols = nil
	}
}

// variants are worth a try after a refusal, the likely ones first.
func variants(e *dial.Error, d *dial.Config) (list []variant) {
	if e.Kind == dial.KindTLS && e.Reason != dial.ReasonNotTLS {
		return nil // a certificate does not change with the request
	}
	switch e.Reason {
	case dial.ReasonPortClosed, dial.ReasonNotTLS, dial.ReasonTLSServer, dial.ReasonNotHTTP,
		dial.ReasonHTTP2, dial.ReasonBroken, dial.ReasonLateUpgrade, dial.ReasonLateTLS:
		return otherSchemes(d)
	case dial.ReasonRedirect, dial.ReasonRedirectLimit:
		return redirects(e, d)
	case dial.ReasonSubprotocol:
		return slices.Concat(chosenSubprotocol(e), withoutSubprotocol(d))
	case dial.ReasonExtension, dial.ReasonNoUpgrade, dial.ReasonAccept:
		return slices.Concat(compressions(e, d), otherSchemes(d), otherPaths(d)[:1])
	case dial.ReasonStatus:
		return statusVariants(e, d)
	}
	return nil
}

func statusVariants(e *dial.Error, d *dial.Config) []variant {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusProxyAuthRequired,
		http.StatusNetworkAuthenticationRequired:
		return nil // what it wants is known, and asking more would not be polite
	case http.StatusForbidden:
		return slices.Concat(origins(d), agents(), subprotocolGuesses(e, d), otherSchemes(d))
	case http.StatusBadRequest, http.StatusUpgradeRequired, http.StatusNotAcceptable:
		return slices.Concat(subprotocolsNamed(e), wanted(e, d), otherSchemes(d), origins(d),
			subprotocolGuesses(e, d), compressions(e, d), otherPaths(d)[:1])
	}
	if e.Status >= 500 && e.Status != http.StatusNotImplemented {
		return slices.Concat(compressions(e, d), origins(d), agents())
	}
	return slices.Concat(otherPaths(d), origins(d), otherSchemes(d))
}

// origins are an Origin of the server's own, or of its parent domain, and none where one was given.
func origins(d *dial.Config) (list []variant) {
	given := ""
	for _, f := range d.Header {
		if strings.EqualFold(f.Name, "Origin") {
			given = f.Value
		}
	}
	own := siteOrigin(d.URL)
	candidates := []string{own}
	if rest, found := strings.CutPrefix(own, "http://"); found {
		candidates = append(candidates, "https://"+rest)
	}
	if scheme, host, _ := strings.Cut(own, "://"); strings.Count(host, ".") > 1 &&
		strings.Trim(host, "0123456789.:") != "" && host[0] != '[' {
		_, parent, _ := strings.Cut(host, ".")
		candidates = append(candidates, scheme+"://"+parent, scheme+"://www."+parent)
	}
	for _, origin := range candidates {
		if origin == given {
			continue
		}
		var v variant
		v.setOrigin(origin)
		list = append(list, v)
	}
	if given != "" {
		list = append(list, variant{what: "without an Origin", drop: []string{"origin"},
			fields: []string{"Origin"}})
	}
	return list
}

func otherSchemes(d *dial.Config) []variant {
	u := *d.URL
	u.User = nil
	switch {
	case u.Scheme == "ws":
		u.Scheme = "wss"
	case format.HideURL(&u) != u.String():
		return nil // a token in the query was meant for TLS
	default:
		u.Scheme = "ws"
	}
	v := variant{what: "with " + u.Scheme + "://", url: &u}
	if u.Scheme == "ws" {
		v.what += ", without credentials"
		v.drop = []string{"auth", "bearer", "cookie", "cert", "key", "passphrase"}
		v.fields = []string{"Authorization", "Cookie"}
	}
	return []variant{v}
}

// otherPaths are the same path with or without a slash at its end, and those that are common.
func otherPaths(d *dial.Config) (list []variant) {
	path := d.URL.EscapedPath()
	var paths []string
	switch {
	case path == "" || path == "/":
	case strings.HasSuffix(path, "/"):
		paths = append(paths, strings.TrimRight(path, "/"))
	default:
		paths = append(paths, path+"/")
	}
	paths = append(paths, "/ws", "/websocket", "/socket", "/chat", "/api/ws",
		"/socket.io/?EIO=4&transport=websocket", "/")
	for _, p := range paths {
		if p == path || p == "/" && path == "" {
			continue
		}
		ref, err := url.Parse(p)
		if err != nil {
			continue
		}
		u := *d.URL
		u.User, u.Path, u.RawPath = nil, ref.Path, ref.RawPath
		if ref.RawQuery != "" {
			u.RawQuery = ref.RawQuery
		}
		list = append(list, variant{what: "at " + p, url: &u})
	}
	return list
}

func redirects(e *dial.Error, d *dial.Config) []variant {
	if e.Err != nil || d.Redirects > 0 {
		return nil
	}
	return []variant{{what: "with -L", add: []string{"-L"}, drop: []string{"location"},
		change: func(d *dial.Config) { d.Redirects = 10 }}}
}

// agents are for servers that let in browsers only.
func agents() []variant {
	const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	return []variant{{what: "with a browser's User-Agent", drop: []string{"user-agent"},
		fields: []string{"User-Agent"}, add: []string{"--user-agent", browser},
		change: func(d *dial.Config) {
			d.Header = append(d.Header, dial.Field{Name: "User-Agent", Value: browser})
		}}}
}

func subprotocolsNamed(e *dial.Error) []variant {
	var list []variant
	for _, name := range listed(e.Header.Values("Sec-WebSocket-Protocol")) {
		if dial.IsToken(name) && len(list) < 3 {
			list = append(list, offering(name))
		}
	}
	return list
}

// wanted are guesses at the subprotocol, first where the doctor finds that it is what is missing.
func wanted(e *dial.Error, d *dial.Config) []variant {
	if examine(e).name == "subprotocol wanted" {
		return guesses(d)
	}
	return nil
}

// subprotocolGuesses are those guesses last, where it may be that.
func subprotocolGuesses(e *dial.Error, d *dial.Config) []variant {
	if examine(e).name == "subprotocol wanted" {
		return nil
	}
	return guesses(d)[:2]
}

func guesses(d *dial.Config) (list []variant) {
	for _, name := range []string{
		"graphql-transport-ws", "graphql-ws", "mqtt", "chat", "v12.stomp", "wamp.2.json",
	} {
		if !slices.Contains(d.Subprotocols, name) {
			list = append(list, offering(name))
		}
	}
	return list
}

func offering(name string) variant {
	return variant{what: "with -s " + name, drop: []string{"subprotocol"},
		fields: []string{"Sec-WebSocket-Protocol"}, add: []string{"-s", name},
		change: func(d *dial.Config) { d.Subprotocols = []string{name} }}
}

func chosenSubprotocol(e *dial.Error) []variant {
	if dial.IsToken(e.Got) {
		return []variant{offering(e.Got)}
	}
	return nil
}

func withoutSubprotocol(d *dial.Config) []variant {
	if len(d.Subprotocols) == 0 {
		return nil
	}
	return []variant{{what: "without a subprotocol", drop: []string{"subprotocol"},
		fields: []string{"Sec-WebSocket-Protocol"},
		change: func(d *dial.Config) { d.Subprotocols = nil }}}
}

func compressions(e *dial.Error, d *dial.Config) []variant {
	switch {
	case d.Compress:
		return []variant{{what: "without compression", drop: []string{"compress"},
			change: func(d *dial.Config) { d.Compress = false }}}
	case strings.HasPrefix(e.Got, "permessage-deflate"):
		return []variant{{what: "with --compress", add: []string{"--compress"},
			change: func(d *dial.Config) { d.Compress = true }}}
	}
	return nil
}
