package doctor

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wsline/format"
	"wsline/internal/dial"
)

// A Variant is a change of what was asked for: of the configuration, and of the command line that
// stands for it.
type Variant struct {
	What   string   // for a person: "with -s mqtt"
	Drop   []string // flags that are left out, by their first names
	Fields []string // fields of -H that are left out
	Add    []string // words that are added
	URL    *url.URL // instead of the one asked for; nil for the same
	origin string
	change func(*dial.Config)
}

// apply changes a configuration. What the configuration shares with others stays as it is.
func (v *Variant) apply(d *dial.Config) {
	d.Header = slices.DeleteFunc(slices.Clone(d.Header), func(f dial.Field) bool {
		return slices.ContainsFunc(v.Fields, func(name string) bool {
			return strings.EqualFold(f.Name, name)
		})
	})
	if v.origin != "" {
		d.Header = append(d.Header, dial.Field{Name: "Origin", Value: v.origin})
	}
	if v.URL != nil {
		if d.URL.Scheme == "wss" && v.URL.Scheme == "ws" {
			withoutCredentials(d)
		}
		u := *v.URL
		if u.User = d.URL.User; v.URL.Scheme == "ws" && d.URL.Scheme == "wss" {
			u.User = nil
		}
		d.URL = &u
	}
	if v.change != nil {
		v.change(d)
	}
}

// setOrigin makes it a variant with an Origin.
func (v *Variant) setOrigin(origin string) {
	v.What = strings.TrimSpace(v.What + " with -o " + origin)
	v.origin = origin
	v.Drop = append(slices.Clone(v.Drop), "origin")
	v.Fields = append(slices.Clone(v.Fields), "Origin")
	v.Add = append(slices.Clone(v.Add), "-o", origin)
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
func variants(e *dial.Error, d *dial.Config) (list []Variant) {
	if e.Kind == dial.KindTLS && e.Reason != dial.ReasonNotTLS {
		return nil // a certificate does not change with the request
	}
	if try := examine(e).try; try != nil {
		list = try(e, d)
	}
	return append(list, byReason(e, d)...)
}

// byReason are those that fit any software.
func byReason(e *dial.Error, d *dial.Config) []Variant {
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

func statusVariants(e *dial.Error, d *dial.Config) []Variant {
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
func origins(d *dial.Config) (list []Variant) {
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
		var v Variant
		v.setOrigin(origin)
		list = append(list, v)
	}
	if given != "" {
		list = append(list, Variant{What: "without an Origin", Drop: []string{"origin"},
			Fields: []string{"Origin"}})
	}
	return list
}

func otherSchemes(d *dial.Config) []Variant {
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
	v := Variant{What: "with " + u.Scheme + "://", URL: &u}
	if u.Scheme == "ws" {
		v.What += ", without credentials"
		v.Drop = []string{"auth", "bearer", "cookie", "cert", "key", "passphrase"}
		v.Fields = []string{"Authorization", "Cookie"}
	}
	return []Variant{v}
}

// otherPaths are the same path with or without a slash at its end, and those that are common.
func otherPaths(d *dial.Config) (list []Variant) {
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
		list = append(list, Variant{What: "at " + p, URL: &u})
	}
	return list
}

func redirects(e *dial.Error, d *dial.Config) []Variant {
	if e.Err != nil || d.Redirects > 0 {
		return nil
	}
	return []Variant{{What: "with -L", Add: []string{"-L"}, Drop: []string{"location"},
		change: func(d *dial.Config) { d.Redirects = 10 }}}
}

// agents are for servers that let in browsers only.
func agents() []Variant {
	const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	return []Variant{{What: "with a browser's User-Agent", Drop: []string{"user-agent"},
		Fields: []string{"User-Agent"}, Add: []string{"--user-agent", browser},
		change: func(d *dial.Config) {
			d.Header = append(d.Header, dial.Field{Name: "User-Agent", Value: browser})
		}}}
}

func subprotocolsNamed(e *dial.Error) []Variant {
	var list []Variant
	for _, name := range listed(e.Header.Values("Sec-WebSocket-Protocol")) {
		if dial.IsToken(name) && len(list) < 3 {
			list = append(list, offering(name))
		}
	}
	return list
}

// wanted are guesses at the subprotocol, first where the doctor finds that it is what is missing.
func wanted(e *dial.Error, d *dial.Config) []Variant {
	if examine(e).name == "subprotocol wanted" {
		return guesses(d)
	}
	return nil
}

// subprotocolGuesses are those guesses last, where it may be that.
func subprotocolGuesses(e *dial.Error, d *dial.Config) []Variant {
	if examine(e).name == "subprotocol wanted" {
		return nil
	}
	return guesses(d)[:2]
}

func guesses(d *dial.Config) (list []Variant) {
	for _, name := range []string{
		"graphql-transport-ws", "graphql-ws", "mqtt", "chat", "v12.stomp", "wamp.2.json",
	} {
		if !slices.Contains(d.Subprotocols, name) {
			list = append(list, offering(name))
		}
	}
	return list
}

func offering(name string) Variant {
	return Variant{What: "with -s " + name, Drop: []string{"subprotocol"},
		Fields: []string{"Sec-WebSocket-Protocol"}, Add: []string{"-s", name},
		change: func(d *dial.Config) { d.Subprotocols = []string{name} }}
}

func chosenSubprotocol(e *dial.Error) []Variant {
	if dial.IsToken(e.Got) {
		return []Variant{offering(e.Got)}
	}
	return nil
}

func withoutSubprotocol(d *dial.Config) []Variant {
	if len(d.Subprotocols) == 0 {
		return nil
	}
	return []Variant{{What: "without a subprotocol", Drop: []string{"subprotocol"},
		Fields: []string{"Sec-WebSocket-Protocol"},
		change: func(d *dial.Config) { d.Subprotocols = nil }}}
}

func compressions(e *dial.Error, d *dial.Config) []Variant {
	switch {
	case d.Compress:
		return []Variant{{What: "without compression", Drop: []string{"compress"},
			change: func(d *dial.Config) { d.Compress = false }}}
	case strings.HasPrefix(e.Got, "permessage-deflate"):
		return []Variant{{What: "with --compress", Add: []string{"--compress"},
			change: func(d *dial.Config) { d.Compress = true }}}
	}
	return nil
}
