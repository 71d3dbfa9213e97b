package cli

import (
	"errors"
	"net/url"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/wire"
)

// dialHint says what to try after a failed connection, "" where we cannot tell.
func dialHint(e *dial.Error) string {
	switch e.Kind {
	case dial.KindTimeout:
		return lateHint(e)
	case dial.KindTLS:
		return tlsHint(e)
	case dial.KindHandshake:
		return handshakeHint(e)
	case dial.KindConnect:
		return connectHint(e)
	}
	return ""
}

// lateHint is for a time limit that passed. Who waits for the other to begin may speak another
// protocol.
func lateHint(e *dial.Error) string {
	const wait = "--connect-timeout TIME waits longer"
	switch e.Reason {
	case dial.ReasonLateDNS:
		if name := meantEndpoint(e.URL); name != "" {
			return "did you mean " + name + "?"
		}
	case dial.ReasonLateProxy:
		return wait + "; " + otherProxy
	case dial.ReasonLateTLS:
		return wait + "; for a port without TLS: " + withScheme(e.URL, "ws")
	}
	return wait
}

func connectHint(e *dial.Error) string {
	switch e.Reason {
	case dial.ReasonNameNotFound, dial.ReasonDNS:
		if name := meantEndpoint(e.URL); name != "" {
			return "did you mean " + name + "?"
		}
	}
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
	}
	return proxyHint(e)
}

// meantEndpoint is the endpoint inside this program whose name stands where a host does.
func meantEndpoint(u *url.URL) string {
	for _, name := range endpoints() {
		if u != nil && u.Host+":" == name {
			return name
		}
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
		if e.Want == "1.3" {
			return "--tls-min 1.2 takes an older version"
		}
		return "wsline does not speak TLS 1.1 or older"
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
		return redirectHint(e)
	case dial.ReasonRedirectLimit:
		return "--max-redirects N allows more"
	case dial.ReasonRedirectLoop:
		return "check the path of the URL, and whether the server wants a login (--auth, --cookie)"
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

// redirectHint goes by why a redirect was not followed: -L may have been given.
func redirectHint(e *dial.Error) string {
	switch {
	case errors.Is(e, dial.ErrInsecureRedirect):
		return "if that is meant, connect to the ws:// URL itself"
	case errors.Is(e, dial.ErrRedirectTarget):
		return "check the path of the URL: this may be a page for browsers"
	case errors.Is(e, dial.ErrSocketRedirect):
		return "if that is meant, connect to the URL itself, without the socket"
	}
	return "-L follows redirects"
}

func extensionHint(e *dial.Error) string {
	if strings.Contains(e.Got, "permessage-deflate") {
		return "--compress offers permessage-deflate"
	}
	return "the server may only use an extension that was offered (RFC 6455 §9.1)"
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
