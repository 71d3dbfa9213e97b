package cli

import (
	"net/http"
	"net/url"

	"wsline/internal/dial"
)

const otherProxy = "the proxy may speak another protocol: http://, https:// or socks5://"

func proxyHint(e *dial.Error) string {
	switch e.Reason {
	case dial.ReasonProxyTLS:
		return "--cacert FILE trusts the proxy's authority"
	case dial.ReasonProxyOther, dial.ReasonProxyClosed:
		return otherProxy
	case dial.ReasonProxyAuth:
		return proxyLoginHint(e.Proxy)
	case dial.ReasonProxyRefused:
		if e.Status != 0 {
			return proxyStatusHint(e.Status)
		}
		return proxyReplyHint(e.Reply)
	}
	return ""
}

func proxyLoginHint(proxy *url.URL) string {
	scheme := "http"
	if proxy != nil {
		scheme = proxy.Scheme
	}
	flag := "--proxy " + scheme + "://USER:PASSWORD@HOST:PORT"
	if proxy != nil && proxy.User != nil {
		return "check them in " + flag + "; special characters are percent-encoded"
	}
	return flag + " gives credentials to the proxy"
}

const (
	proxyForbids = "the proxy may forbid this host or port"
	proxyFailed  = "the proxy works, but does not reach the server: check the host and port of the URL"
)

// proxyStatusHint is for what an HTTP proxy answers to CONNECT.
func proxyStatusHint(status int) string {
	switch status {
	case http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return proxyForbids
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return proxyFailed
	case http.StatusTooManyRequests:
		return "try again later"
	}
	if status >= 500 && status != http.StatusNotImplemented {
		return "the proxy has a fault of its own"
	}
	return "this may be a web server and not a proxy: check the host and port of --proxy"
}

// proxyReplyHint is for the replies of a SOCKS proxy (RFC 1928 §6).
func proxyReplyHint(reply byte) string {
	switch reply {
	case 2:
		return proxyForbids
	case 3, 4, 5, 6:
		return proxyFailed
	case 8:
		return "socks5:// gives the proxy an address, socks5h:// a name"
	}
	return "the proxy may forbid this host or port, or not reach it"
}
