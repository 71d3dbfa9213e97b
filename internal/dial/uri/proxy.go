package uri

import (
	"net/url"
	"strings"

	"wsline/internal/exit"
)

// ParseProxy reads a proxy's address: http, https, socks5 (names are resolved here) or socks5h (by
// the proxy), with user:password@ where it wants them. No scheme means http. Errors are
// *exit.UsageError.
func ParseProxy(s string) (*url.URL, error) {
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		scheme, rest = "http", s
	}
	scheme = strings.ToLower(scheme)
	switch scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, &exit.UsageError{
			Text: "unknown scheme " + exit.Quote(scheme) + " for a proxy",
			Hint: "a proxy is http://, https://, socks5:// or socks5h://",
		}
	}
	hidden := WithoutPassword(s)
	if err := checkPassword(s, hidden); err != nil {
		return nil, err
	}
	authority, _ := cutAuthority(rest)
	u := &url.URL{Scheme: scheme}
	if err := setAuthority(u, hidden, authority); err != nil {
		return nil, err
	}
	return u, nil
}
