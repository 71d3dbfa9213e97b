package cli

import (
	"net/http"
	"net/url"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/wire"
)

// dialHint says what to try after a failed connection, "" where we cannot tell.
func dialHint(e *dial.Error) string {
	switch e.Kind {
	case dial.KindTimeout:
		return "--connect-timeout TIME waits longer"
	case dial.KindTLS:
		return tlsHint(e)
	case dial.KindHandshake:
		return handshakeHint(e)
	case dial.KindConnect:
		return connectHint(e)
	}
	return ""
}

func connectHint(e *dial.Error) string {
	switch e.Reason {
	case dial.ReasonNameNotFound:
		return "check the name; --resolve HOST:PORT:ADDRESS does without DNS"
	case dial.ReasonDNS:
		return "check the network; --resolve HOST:PORT:ADDRESS does without DNS"
	case dial.ReasonPortClosed:
		return "is the server running, and on this port?"
	case dial.ReasonNoRoute:
		return "check the network and the address; -4 and -6 choose between IPv4 and IPv6"
	case dial.ReasonNoSocket:
		return "is the server running, and is this the path of its socket?"
	case dial.ReasonProxyDial:
		return "check --proxy and the proxy variables; NO_PROXY names hosts to reach directly"
	case dial.ReasonProxyAuth:
		return "--proxy http://USER:PASSWORD@HOST:PORT gives credentials to the proxy"
	case dial.ReasonProxyRefused:
		return "the proxy may forbid this host or port"
	}
	return ""
}

func tlsHint(e *dial.Error) string {
	switch e.Reason {
	case dial.ReasonNotTLS:
		return "for a server without TLS: " + withScheme(e.URL, "ws")
	case dial.ReasonCertUnknown:
		return "--cacert FILE trusts its authority, -k accepts any certificate"
	case dial.ReasonCertExpired:
		return "-k accepts it all the same"
	case dial.ReasonCertNotYet:
		return "check this machine's clock; -k accepts it all the same"
	case dial.ReasonCertName:
		return "--servername NAME expects another name, -k accepts any certificate"
	case dial.ReasonCertOther:
		return "-k accepts any certificate"
	case dial.ReasonClientCert:
		return "--cert FILE and --key FILE give a client certificate"
	case dial.ReasonTLSVersion:
		return "--tls-min 1.2 is the lowest version that wsline speaks"
	case dial.ReasonTLSAlert:
		return "--servername NAME asks for another name, --cert FILE gives a client certificate"
	}
	return ""
}

func handshakeHint(e *dial.Error) string {
	switch e.Reason {
	case dial.ReasonStatus:
		return statusHint(e)
	case dial.ReasonRedirect:
		return "-L follows redirects"
	case dial.ReasonRedirectLimit:
		return "--max-redirects N allows more"
	case dial.ReasonNotHTTP:
		return "is this the port of a web server?"
	case dial.ReasonTLSServer:
		return "for a server with TLS: " + withScheme(e.URL, "wss")
	case dial.ReasonBroken:
		return "is this the port of a web server, and does it want TLS (wss)?"
	case dial.ReasonNoUpgrade:
		return "something between may not know WebSockets; check the path"
	case dial.ReasonAccept:
		return "the server, or something between, does not speak RFC 6455"
	case dial.ReasonSubprotocol:
		return "-s NAME offers a subprotocol"
	case dial.ReasonExtension:
		return extensionHint(e)
	}
	return ""
}

func extensionHint(e *dial.Error) string {
	if strings.Contains(e.Got, "permessage-deflate") {
		return "--compress offers permessage-deflate"
	}
	return "the server may only use an extension that was offered (RFC 6455 §9.1)"
}

func statusHint(e *dial.Error) string {
	switch e.Status {
	case http.StatusUnauthorized:
		return loginHint(e.Header)
	case http.StatusForbidden:
		return "it may want another origin (--origin URL) or a login (--auth, --bearer, --cookie)"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return "check the path of the URL"
	case http.StatusProxyAuthRequired:
		return "--proxy http://USER:PASSWORD@HOST:PORT gives credentials to the proxy"
	case http.StatusUpgradeRequired:
		return versionHint(e.Header)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return laterHint(e.Header)
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return "what answered is a proxy that cannot reach the server"
	case http.StatusBadRequest:
		return "check the path, the subprotocol (-s), and whether the server wants wss"
	}
	switch {
	case e.Status >= 200 && e.Status < 300:
		return "this is a web page, not a WebSocket: check the path of the URL"
	case e.Status >= 500:
		return "the server has a fault of its own"
	}
	return ""
}

// loginHint goes by what the server asks for (RFC 9110 §11.6.1).
func loginHint(h http.Header) string {
	asked := strings.ToLower(strings.Join(h.Values("WWW-Authenticate"), ","))
	switch {
	case strings.Contains(asked, "basic"):
		return "--auth USER logs in"
	case strings.Contains(asked, "bearer"):
		return "--bearer TOKEN logs in"
	}
	return "--auth USER or --bearer TOKEN logs in"
}

func versionHint(h http.Header) string {
	if v := h.Get("Sec-WebSocket-Version"); v != "" {
		return "the server wants version " + v + " of the protocol, wsline speaks 13"
	}
	if v := h.Get("Upgrade"); v != "" && !strings.EqualFold(v, "websocket") {
		return "the server wants " + v + ", not a WebSocket: check the path of the URL"
	}
	return "something between may have taken out the Upgrade field"
}

// laterHint reads Retry-After: seconds or a date (RFC 9110 §10.2.3).
func laterHint(h http.Header) string {
	after := h.Get("Retry-After")
	switch {
	case after == "":
		return "try again later"
	case strings.Trim(after, "0123456789") == "":
		return "try again in " + after + " seconds"
	}
	return "try again after " + after
}

func closeHint(code wire.StatusCode) string {
	switch code {
	case 1002, 1003, 1007:
		return "the server did not understand what was sent"
	case 1008:
		return "it may want a login (--auth, --bearer, --cookie) or another origin (--origin)"
	case 1009:
		return "the server does not take messages of this size"
	case 1011, 1012, 1013, 1014:
		return "try again later"
	}
	return ""
}

// withScheme is the URL as it should have been typed, without credentials.
func withScheme(u *url.URL, scheme string) string {
	if u == nil {
		return scheme + "://"
	}
	other := *u
	other.Scheme, other.User = scheme, nil
	return other.String()
}

const (
	bodyLines   = 5
	bodyColumns = 100
)

// firstLines are the first lines of a body that are not blank, each cut. They are not escaped yet.
func firstLines(body []byte) (lines []string) {
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if len(lines) == bodyLines {
			return append(lines, "...")
		}
		lines = append(lines, cut(line, bodyColumns))
	}
	return lines
}

func cut(s string, most int) string {
	for i := range s {
		if most--; most < 0 {
			return s[:i] + "..."
		}
	}
	return s
}
