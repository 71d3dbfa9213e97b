package target

import (
	"net/url"
	"strings"

	"wsline/internal/dial/uri"
)

// PathAt is a path or a query at the server of another address, or with "" that address once more.
// The login that stands in that is left out where o has its own. An endpoint has but one path.
func PathAt(address, path string, o *Options) (string, error) {
	if name, err := endpointName(address); name != "" || err != nil {
		return address, err
	}
	u, socket, err := uri.Parse(address)
	if err != nil {
		return "", discreet(err, address)
	}
	if o.LogsIn() {
		u.User = nil
	}
	if path == "" {
		path = u.RequestURI()
	}
	return joinURL(u, socket, path), nil
}

// joinURL is a path or a query at the server of a URL, as ParseURL reads it.
func joinURL(u *url.URL, socket, path string) string {
	if strings.HasPrefix(path, "?") {
		path = u.EscapedPath() + path
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if socket != "" {
		return u.Scheme + "+unix:" + socket + ":" + path
	}
	return (&url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}).String() + path
}
