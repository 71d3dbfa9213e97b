package curl

import (
	"strconv"
	"strings"

	"wsline/internal/exit"
)

// A request is what the options say, with curl's rules of which one wins.
type request struct {
	world            World
	wantsHelp, print bool
	leftOut          []string

	urls     []string
	globOff  bool
	fields   []field
	fromFile []string // @FILE of -H
	cookies  []string // "a=b; c=d", or names of files

	userAgent, referer, auth, bearer   string
	insecure, location, verbose, tls13 bool
	maxRedirects                       string // "" for curl's own
	proxy, proxyAuth                   string
	addresses                          []string // host:port:address
	network                            string   // "-4" or "-6"
	socket, ca, cert, pass, key        string
	connectTimeout                     float64 // seconds; 0: not given
}

// A field is one of -H. Without a value it is taken out, unless a semicolon asks for an empty one.
type field struct {
	name, value string
	isEmpty     bool
}

func (r *request) help(given) error { r.wantsHelp = true; return nil }

func (r *request) address(g given) error { r.urls = append(r.urls, g.arg); return nil }
func (r *request) asItIs(g given) error  { r.globOff = g.on; return nil }

// header reads a field as curl does: "Name: value", "Name:" to take it out, "Name;" for an empty one.
func (r *request) header(g given) error {
	if strings.HasPrefix(g.arg, "@") {
		if g.arg == "@-" {
			return exit.Usagef("give the fields with -H",
				"curl's -H @- reads stdin, which is not read here")
		}
		r.fromFile = append(r.fromFile, g.arg)
		return nil
	}
	if name, value, found := strings.Cut(g.arg, ":"); found {
		r.fields = append(r.fields,
			field{name: strings.TrimSpace(name), value: strings.TrimSpace(value)})
		return nil
	}
	if name, rest, found := strings.Cut(g.arg, ";"); found && strings.TrimSpace(rest) == "" {
		r.fields = append(r.fields, field{name: strings.TrimSpace(name), isEmpty: true})
	}
	return nil // curl takes no notice of anything else
}

func (r *request) cookie(g given) error { r.cookies = append(r.cookies, g.arg); return nil }

func (r *request) agent(g given) error {
	if r.userAgent = g.arg; g.arg == "" {
		r.leaveOut(g.typed + " '' (wsline always sends a User-Agent)")
	}
	return nil
}

func (r *request) refer(g given) error {
	r.referer = strings.TrimSuffix(g.arg, ";auto")
	return nil
}

func (r *request) login(g given) error { r.auth = g.arg; return nil }
func (r *request) token(g given) error { r.bearer = g.arg; return nil }

// method has a meaning only where it is not the one of every handshake (RFC 6455 §4.1).
func (r *request) method(g given) error {
	if g.arg != "GET" {
		r.leaveOut(g.typed + " " + g.arg)
	}
	return nil
}

func (r *request) show(g given) error        { r.verbose = g.on; return nil }
func (r *request) trustAnyone(g given) error { r.insecure = g.on; return nil }
func (r *request) follow(g given) error      { r.location = g.on; return nil }

func (r *request) followTrusting(g given) error {
	if r.location = g.on; g.on {
		r.leaveOut(g.typed + " (followed, but credentials never go to another host)")
	}
	return nil
}

func (r *request) redirects(g given) error {
	n, err := strconv.Atoi(g.arg)
	if err != nil || n < -1 {
		return exit.Usagef("", "curl's %s: %q is not a number of redirects", g.typed, g.arg)
	}
	if n == -1 {
		n = 1000
	}
	r.maxRedirects = strconv.Itoa(n)
	return nil
}

// seconds are a time as curl takes it.
func seconds(g given) (float64, error) {
	s, err := strconv.ParseFloat(g.arg, 64)
	if err != nil || !(s >= 0 && s < 1e9) {
		return 0, exit.Usagef("", "curl's %s: %q is not a number of seconds", g.typed, g.arg)
	}
	return s, nil
}

func (r *request) limitConnecting(g given) error {
	s, err := seconds(g)
	r.connectTimeout = s
	return err
}

// limitAll bounds the part that has a limit here: a WebSocket goes on until somebody closes it.
func (r *request) limitAll(g given) error {
	s, err := seconds(g)
	if err != nil || s == 0 {
		return err
	}
	if r.connectTimeout == 0 || s < r.connectTimeout {
		r.connectTimeout = s
	}
	r.leaveOut(g.typed + " (it limits connecting alone)")
	return nil
}

func (r *request) overIPv4(given) error      { r.network = "--ipv4"; return nil }
func (r *request) overIPv6(given) error      { r.network = "--ipv6"; return nil }
func (r *request) overSocket(g given) error  { r.socket = g.arg; return nil }
func (r *request) cacert(g given) error      { r.ca = g.arg; return nil }
func (r *request) privateKey(g given) error  { r.key = g.arg; return nil }
func (r *request) passphrase(g given) error  { r.pass = g.arg; return nil }
func (r *request) onlyTLS13(given) error     { r.tls13 = true; return nil }
func (r *request) proxyLogin(g given) error  { r.proxyAuth = g.arg; return nil }
func (r *request) socks(g given) error       { r.proxy = "socks5://" + g.arg; return nil }
func (r *request) socksByName(g given) error { r.proxy = "socks5h://" + g.arg; return nil }

func (r *request) through(g given) error {
	if r.proxy = g.arg; g.arg == "" {
		r.leaveOut(g.typed + " '' (NO_PROXY=HOST does without the environment's proxy)")
	}
	return nil
}

// certificate reads FILE:PASSPHRASE. A backslash stands before a colon or a backslash of the name, and
// one letter before a colon and a slash is a drive of Windows.
func (r *request) certificate(g given) error {
	var name strings.Builder
	s := g.arg
	for i := 0; i < len(s); i++ {
		isEscape := s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == ':')
		isDrive := i == 1 && s[i] == ':' && len(s) > 2 && (s[2] == '\\' || s[2] == '/')
		switch {
		case isEscape:
			i++
			name.WriteByte(s[i])
		case s[i] == ':' && !isDrive:
			r.cert, r.pass = name.String(), s[i+1:]
			return nil
		default:
			name.WriteByte(s[i])
		}
	}
	r.cert = name.String()
	return nil
}

// resolveTo reads [+]HOST:PORT:ADDRESS[,ADDRESS]..., of which the first address is used.
func (r *request) resolveTo(g given) error {
	if strings.HasPrefix(g.arg, "-") {
		return nil // it takes one out of curl's cache
	}
	first, _, more := strings.Cut(strings.TrimPrefix(g.arg, "+"), ",")
	if more {
		r.leaveOut("what follows the first address of " + g.typed)
	}
	r.addresses = append(r.addresses, first)
	return nil
}
