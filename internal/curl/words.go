package curl

import (
	"net/url"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/lazy"
)

// flags are the words of wsline that say the same, the URL last.
func (r *request) flags() ([]string, error) {
	address, err := r.url()
	if err != nil {
		return nil, err
	}
	u, _ := url.Parse(address) // nil where it is for others to say what is wrong with it
	w := &words{}
	if err := r.fieldWords(w, u); err != nil {
		return nil, err
	}
	r.routeWords(w)
	r.tlsWords(w)
	w.on("--verbose", r.verbose)
	if r.location && r.maxRedirects != "0" {
		w.on("--location", true)
		w.value("--max-redirects", r.maxRedirects)
	}
	return append(w.list, address), nil
}

// A words gathers flags. Short ones stand before their argument, as a person writes them.
type words struct{ list []string }

func (w *words) on(flag string, on bool) {
	if on {
		w.list = append(w.list, flag)
	}
}

func (w *words) value(flag, value string) {
	switch {
	case value == "":
	case strings.HasPrefix(flag, "--"):
		w.list = append(w.list, flag+"="+value)
	default:
		w.list = append(w.list, flag, value)
	}
}

func (w *words) field(name, value string) {
	if value == "" {
		w.value("-H", name+":")
		return
	}
	w.value("-H", name+": "+value)
}

var (
	pattern   = lazy.Regexp(`\{[^}]*,[^}]*\}|\[([0-9]+-[0-9]+|[a-zA-Z]-[a-zA-Z])(:[0-9]+)?\]`)
	escaped   = lazy.Regexp(`\\[{}\[\]]`)
	unescaper = strings.NewReplacer(`\{`, `{`, `\}`, `}`, `\[`, `[`, `\]`, `]`)
)

// url is the one URL, with the scheme of a WebSocket. Unless --globoff is given, brackets and braces
// of a URL have a backslash before them, as browsers write it: without they are patterns of curl's.
func (r *request) url() (string, error) {
	switch {
	case len(r.urls) == 0:
		return "", exit.Usagef("paste all of it: wsline curl 'wss://example.com/' -H 'Name: value'",
			"there is no URL in the curl command")
	case len(r.urls) > 1:
		// They are not quoted: what stands outside of its quotes may be a secret.
		return "", exit.Usagef("what has blanks stands in quotes: -H 'Name: value'",
			"the curl command has %d URLs, and a connection has one", len(r.urls))
	}
	s := strings.TrimSpace(r.urls[0])
	if !r.globOff {
		if p := pattern().FindString(escaped().ReplaceAllString(s, "")); p != "" {
			return "", exit.Usagef("put a backslash before each bracket or brace, or add -g",
				"%q stands for several URLs with curl, and a connection has one", p)
		}
		s = unescaper.Replace(s)
	}
	switch scheme, rest, found := strings.Cut(s, "://"); {
	case !found: // what looks like a scheme or a flag is a host with curl
		s = "ws://" + s
	case strings.EqualFold(scheme, "http"):
		s = "ws://" + rest
	case strings.EqualFold(scheme, "https"):
		s = "wss://" + rest
	}
	if r.auth != "" { // -u wins
		s = withoutLogin(s)
	}
	return s, nil
}

func withoutLogin(s string) string {
	head, rest := "", s
	if i := strings.Index(s, "://"); i >= 0 {
		head, rest = s[:i+3], s[i+3:]
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		rest = rest[at+1:]
	}
	return head + rest
}

// routeWords say how the server is reached.
func (r *request) routeWords(w *words) {
	w.on(r.network, r.network != "")
	w.value("--unix-socket", r.socket)
	for _, address := range r.addresses {
		w.value("--resolve", address)
	}
	w.value("--proxy", r.proxyURL())
	if r.connectTimeout > 0 {
		w.value("--connect-timeout", strconv.FormatFloat(r.connectTimeout, 'f', -1, 64))
	}
}

// proxyURL is the proxy with curl's port, and with who asks.
func (r *request) proxyURL() string {
	if r.proxy == "" {
		return ""
	}
	scheme, rest, found := strings.Cut(r.proxy, "://")
	if !found {
		scheme, rest = "http", r.proxy
	}
	authority, _, _ := strings.Cut(rest, "/")
	login, host := "", authority
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		login, host = authority[:at+1], authority[at+1:]
	}
	if name, password, found := strings.Cut(r.proxyAuth, ":"); r.proxyAuth != "" {
		login = url.User(name).String() + "@"
		if found {
			login = url.UserPassword(name, password).String() + "@"
		}
	}
	if end := strings.LastIndexByte(host, ']'); !strings.Contains(host[end+1:], ":") &&
		!strings.EqualFold(scheme, "https") {
		host += ":1080"
	}
	return strings.ToLower(scheme) + "://" + login + host
}

func (r *request) tlsWords(w *words) {
	w.on("--insecure", r.insecure)
	w.value("--ca", r.ca)
	w.value("--cert", r.cert)
	w.value("--key", r.key)
	if r.cert != "" {
		w.value("--passphrase", r.pass)
	}
	if r.tls13 {
		w.value("--tls-min", "1.3")
	}
}
