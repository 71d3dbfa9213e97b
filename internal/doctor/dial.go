package doctor

import (
	"net/http"
	"net/url"

	"wsline/internal/dial"
)

// lateFindings are for a time limit that passed. Who waits for the other to begin may speak another
// protocol.
func lateFindings() []finding {
	const wait = "--connect-timeout TIME waits longer"
	return []finding{
		{name: "late DNS", when: because(dial.ReasonLateDNS), hint: endpointOr(wait)},
		{name: "late proxy", when: because(dial.ReasonLateProxy), hint: always(wait + "; " + otherProxy)},
		{name: "late TLS", when: because(dial.ReasonLateTLS), hint: func(e *dial.Error) string {
			return wait + "; for a port without TLS: " + withScheme(e.URL, "ws")
		}},
		{name: "late answer", when: because(dial.ReasonLateUpgrade), hint: func(e *dial.Error) string {
			hint := wait + "; some apps ignore an upgrade at a path that they do not know"
			if e.URL != nil && e.URL.Scheme == "ws" {
				return hint + "; does it want TLS (" + withScheme(e.URL, "wss") + ")?"
			}
			return hint
		}},
		{name: "late", hint: always(wait), when: func(e *dial.Error) bool {
			return e.Kind == dial.KindTimeout
		}},
	}
}

func connectFindings() []finding {
	return []finding{
		{name: "no such name", when: because(dial.ReasonNameNotFound),
			hint: endpointOr("check the name; --resolve HOST:PORT:ADDRESS does without DNS")},
		{name: "DNS", when: because(dial.ReasonDNS),
			hint: endpointOr("check the network; --resolve HOST:PORT:ADDRESS does without DNS")},
		{name: "port closed", when: because(dial.ReasonPortClosed),
			hint: always("is the server running, and on this port?")},
		{name: "no route", when: because(dial.ReasonNoRoute), hint: always(
			"check the network and the address; -4 and -6 choose between IPv4 and IPv6")},
		{name: "no socket", when: because(dial.ReasonNoSocket),
			hint: always("is the server running, and is this the path of its socket?")},
		{name: "proxy out of reach", when: because(dial.ReasonProxyDial), hint: always(
			"check --proxy and the proxy variables; NO_PROXY names hosts to reach directly")},
	}
}

// endpointOr is the endpoint that was meant, or else the hint.
func endpointOr(hint string) func(*dial.Error) string {
	return func(e *dial.Error) string {
		if name := meantEndpoint(e.URL); name != "" {
			return "did you mean " + name + "?"
		}
		return hint
	}
}

// meantEndpoint is the endpoint inside this program whose name stands where a host does.
func meantEndpoint(u *url.URL) string {
	if u != nil && (u.Host == "echo" || u.Host == "demo") {
		return u.Host + ":"
	}
	return ""
}

const otherProxy = "the proxy may speak another protocol: http://, https:// or socks5://"

func proxyFindings() []finding {
	return []finding{
		{name: "proxy certificate", when: because(dial.ReasonProxyTLS),
			hint: always("--cacert FILE trusts the proxy's authority")},
		{name: "no proxy there", when: because(dial.ReasonProxyOther, dial.ReasonProxyClosed),
			hint: always(otherProxy)},
		{name: "proxy login", when: because(dial.ReasonProxyAuth),
			hint: func(e *dial.Error) string {
				if e.Foreign != "" {
					return "wsline logs in with Basic and Digest; a proxy on this machine " +
						"that speaks the other one may stand between (cntlm, px)"
				}
				return proxyLoginHint(e.Proxy)
			}},
		{name: "proxy refuses", when: because(dial.ReasonProxyRefused),
			hint: func(e *dial.Error) string {
				if e.Status != 0 {
					return proxyStatusHint(e.Status)
				}
				return proxyReplyHint(e.Reply)
			}},
	}
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
