// Package uri reads the addresses that people write: of WebSocket endpoints (RFC 6455 §3), of Unix
// sockets and of proxies; names of hosts become those that DNS, TLS and HTTP know (RFC 5891). Errors
// are *exit.UsageError and quote what was typed without its password.
package uri

import (
	"net/url"
	"strconv"
	"strings"

	"wsline/internal/exit"
)

const (
	// SchemeHint says how an address is written.
	SchemeHint = "write ws://HOST, wss://HOST or ws+unix:/path/to.sock:/url/path; " +
		"echo: and demo: are inside wsline"
	ipv6Hint = "write ws://[::1]:8080/ for the address ::1"
)

// Parse reads what a person writes for the address of a WebSocket endpoint. The answer has the
// scheme ws or wss, and a host; socket is the path of a Unix socket to dial instead, or "".
//
//   - http and https mean ws and wss, and no scheme means ws. ":8080" is a port of localhost.
//   - ws+unix:/path/to.sock:/url/path (and wss+unix) is a path on a Unix socket, for the host
//     localhost.
//   - IPv6 addresses stand in brackets; a zone is written %eth0 or %25eth0.
//   - A host name in other than ASCII letters becomes its IDNA form (RFC 5891).
//   - What may not stand in a path or query as it is becomes percent-encoded; what is, stays.
//   - A fragment is an error and not dropped: RFC 6455 §3 forbids it, and it may be a forgotten
//     %23.
//
// The String of the answer, parsed again, is the same URL. Errors are *exit.UsageError.
func Parse(s string) (u *url.URL, socket string, err error) {
	s = strings.Trim(s, " ")
	if s == "" {
		return nil, "", &exit.UsageError{Text: "the URL is empty", Hint: SchemeHint}
	}
	if i := strings.IndexFunc(s, isControl); i >= 0 {
		return nil, "", &exit.UsageError{
			Text: "the URL " + exit.Quote(WithoutPassword(s)) + " holds a control character",
		}
	}
	typed := s
	s = WithoutPassword(s) // from here on it is what errors quote
	if err := checkPassword(typed, s); err != nil {
		return nil, "", err
	}
	scheme, rest, err := cutScheme(typed, s)
	if err != nil {
		return nil, "", err
	}
	if scheme, isUnix := strings.CutSuffix(scheme, "+unix"); isUnix {
		return parseUnix(s, scheme, rest)
	}
	u = &url.URL{Scheme: scheme}
	authority, rest := cutAuthority(rest)
	if err := setAuthority(u, s, authority); err != nil {
		return nil, "", err
	}
	return u, "", setTarget(u, s, rest)
}

// cutScheme cuts the scheme and its "://" from what was typed; s is for errors. A name and a port
// look like a scheme too.
func cutScheme(typed, s string) (scheme, rest string, err error) {
	if scheme, rest, found := strings.Cut(typed, "://"); found && isScheme(scheme) {
		switch scheme = strings.ToLower(scheme); scheme {
		case "ws", "http":
			return "ws", rest, nil
		case "wss", "https":
			return "wss", rest, nil
		case "ws+unix", "wss+unix":
			// The form with an empty authority: ws+unix:///path/to.sock:/url/path.
			return scheme, rest, nil
		}
		return "", "", &exit.UsageError{
			Text: "unknown scheme " + within(scheme, s, " in "), Hint: SchemeHint,
		}
	}
	name, rest, found := strings.Cut(typed, ":")
	if !found || !isScheme(name) {
		return "ws", typed, nil
	}
	switch strings.ToLower(name) {
	case "ws+unix", "wss+unix":
		return strings.ToLower(name), rest, nil
	case "ws", "wss", "http", "https":
		return "", "", &exit.UsageError{
			Text: `"//" is missing after ` + exit.Quote(name+":") + " in " + exit.Quote(s), Hint: SchemeHint,
		}
	}
	authority, _, _ := strings.Cut(rest, "/")
	if rest != "" && isDigit(rest[0]) || strings.ContainsAny(authority, "@:") {
		return "ws", typed, nil
	}
	return "", "", &exit.UsageError{
		Text: "unknown scheme " + exit.Quote(name) + " in " + exit.Quote(s), Hint: SchemeHint,
	}
}

// isScheme reports whether s is a scheme of RFC 3986 §3.1.
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && (i == 0 || !strings.Contains("+-.", s[i:i+1])) {
			return false
		}
	}
	return s != "" && !isDigit(s[0])
}

// cutDrive cuts the drive that a path of Windows begins with, whose colon ends no path. Elsewhere a
// socket with a name of one letter is written ./c.
func cutDrive(path string) (rest, drive string) {
	drive = strings.TrimPrefix(path, "/") // of ws+unix:///C:/path
	if len(drive) < 3 || drive[1] != ':' || !isAlnum(drive[0]) || isDigit(drive[0]) ||
		drive[2] != '/' && drive[2] != '\\' {
		return path, ""
	}
	return drive[2:], drive[:2]
}

func parseUnix(s, scheme, rest string) (*url.URL, string, error) {
	rest, drive := cutDrive(rest)
	socket, target, _ := strings.Cut(rest, ":")
	socket = drive + socket
	if socket == "" {
		return nil, "", &exit.UsageError{
			Text: "no path of a Unix socket in " + exit.Quote(s),
			Hint: "write ws+unix:/path/to.sock:/url/path",
		}
	}
	if target != "" && target[0] != '/' && target[0] != '?' {
		return nil, "", &exit.UsageError{
			Text: "no slash before the URL path " + exit.Quote(target) + " in " + exit.Quote(s),
			Hint: "write ws+unix:/path/to.sock:/url/path",
		}
	}
	u := &url.URL{Scheme: scheme, Host: "localhost"}
	return u, socket, setTarget(u, s, target)
}

// setAuthority sets the user and the host from [user[:password]@]host[:port].
func setAuthority(u *url.URL, s, authority string) error {
	host := authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		host = authority[i+1:]
		name, password, has := strings.Cut(authority[:i], ":")
		if u.User = url.User(decode(name)); has {
			u.User = url.UserPassword(decode(name), decode(password))
		}
	}
	name, port := host, ""
	i := strings.LastIndexByte(host, ':')
	switch literal := strings.HasPrefix(host, "["); {
	case !literal && strings.IndexByte(host, ':') != i:
		return &exit.UsageError{
			Text: "an IPv6 address stands in brackets: " + within(host, s, " in "),
			Hint: ipv6Hint,
		}
	case i > strings.LastIndexByte(host, ']') && (!literal || strings.Contains(host, "]")):
		name, port = host[:i], host[i+1:]
		if name == "" && port != "" {
			name = "localhost"
		}
	}
	name, err := parseHost(name, s)
	if err != nil {
		return err
	}
	if u.Host = name; port != "" {
		n, ok := parsePort(port)
		if !ok {
			return &exit.UsageError{
				Text: "bad port " + exit.Quote(port) + " in " + exit.Quote(s), Hint: "a port is 1 to 65535",
			}
		}
		u.Host += ":" + n
	}
	return nil
}

// within quotes a part and what it is a part of, if that is more.
func within(part, s, in string) string {
	if part == s {
		return exit.Quote(s)
	}
	return exit.Quote(part) + in + exit.Quote(s)
}

// decode undoes percent-encoding; what is not well encoded means itself.
func decode(s string) string {
	if d, err := url.PathUnescape(s); err == nil {
		return d
	}
	return s
}

func parsePort(s string) (string, bool) {
	if strings.ContainsAny(s, "+-") {
		return "", false
	}
	n, err := strconv.ParseUint(s, 10, 16)
	return strconv.FormatUint(n, 10), err == nil && n > 0
}

// setTarget sets the path and query, percent-encoded where they need to be.
func setTarget(u *url.URL, s, target string) error {
	if i := strings.IndexByte(target, '#'); i >= 0 {
		return &exit.UsageError{
			Text: "a WebSocket URL has no fragment: " + exit.Quote(target[i:]) + " in " + exit.Quote(s),
			Hint: "write %23 for a # that belongs to the path or query",
		}
	}
	path, query, found := strings.Cut(target, "?")
	u.RawPath = encode(path)
	u.Path = decode(u.RawPath)
	u.RawQuery = encode(query)
	u.ForceQuery = found && query == ""
	return nil
}

// encode percent-encodes what may not stand in a path or query (RFC 3986 §3.3, §3.4), but for
// brackets, which browsers send as they are too.
func encode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isAlnum(c) || strings.IndexByte("-._~!$&'()*+,;=:@/?[]", c) >= 0 ||
			c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
