package doctor

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wsline/format"
	"wsline/internal/dial"
)

// statusFindings are for a status other than 101, the special ones first.
func statusFindings() []finding {
	return slices.Concat(requestFindings(), loginFindings(), pathFindings(), gatewayFindings(),
		otherStatusFindings())
}

// refused is the condition of rows for some statuses.
func refused(statuses ...int) func(*dial.Error) bool {
	return func(e *dial.Error) bool {
		return e.Reason == dial.ReasonStatus && slices.Contains(statuses, e.Status)
	}
}

// refusedSaying is the condition of rows for a 4xx whose body says something.
func refusedSaying(pattern *regexp.Regexp) func(*dial.Error) bool {
	return func(e *dial.Error) bool {
		return e.Reason == dial.ReasonStatus && e.Status/100 == 4 && bodySays(e, pattern)
	}
}

// requestFindings are for a server that does not like the upgrade request itself.
func requestFindings() []finding {
	var (
		wantsTLS = regexp.MustCompile(
			`(?i)(plain )?HTTP request (was sent )?to (an )?HTTPS|plain HTTP to an SSL`)
		engineIO = regexp.MustCompile(
			`"(Transport unknown|Bad handshake method|Unsupported protocol version)"`)
		sub     = regexp.MustCompile(`(?i)sub-?protocol|Sec-WebSocket-Protocol`)
		upgrade = regexp.MustCompile(`(?i)\bupgrade`)
		badKey  = regexp.MustCompile(`(?i)Sec-WebSocket-Key`)
	)
	return []finding{
		{name: "TLS wanted", when: refusedSaying(wantsTLS),
			cause: always("this port wants TLS"), hint: func(e *dial.Error) string {
				return "for a server with TLS: " + withScheme(e.URL, "wss")
			}},
		{name: "Socket.IO", when: refusedSaying(engineIO), cause: always("this is a Socket.IO server"),
			hint: func(e *dial.Error) string {
				return "its WebSocket is at " + format.ShellQuote(socketIO(e.URL))
			}},
		{name: "version", when: versionRefused, cause: versionCause,
			hint: always("the server, or the library that it uses, is older than RFC 6455")},
		{name: "own version", when: ownVersion, cause: func(e *dial.Error) string {
			version, _ := sent(e, "Sec-WebSocket-Version")
			return "it does not speak version " + version + " of the protocol"
		}, hint: func(e *dial.Error) string {
			return "it speaks version " + short(strings.Join(e.Header.Values("Sec-WebSocket-Version"), ", "))
		}},
		{name: "subprotocol wanted", when: func(e *dial.Error) bool {
			return refusedSaying(sub)(e) ||
				refused(400, 403, 406, 426)(e) && e.Header.Get("Sec-WebSocket-Protocol") != ""
		}, cause: always("it wants a subprotocol, or another one"), hint: wantedSubprotocol},
		{name: "key", when: refusedSaying(badKey), cause: always("it does not take the key"),
			hint: always(forwardUpgrade)},
		{name: "other upgrade", when: func(e *dial.Error) bool {
			return refused(http.StatusUpgradeRequired)(e) && otherUpgrade(e.Header) != ""
		}, cause: func(e *dial.Error) string {
			return "it wants an upgrade to " + otherUpgrade(e.Header) + ", not to a WebSocket"
		}, hint: always("check the path of the URL")},
		{name: "upgrade lost", when: func(e *dial.Error) bool {
			return refused(http.StatusUpgradeRequired)(e) ||
				refused(http.StatusBadRequest)(e) && bodySays(e, upgrade)
		}, cause: always("it saw no upgrade to a WebSocket in the request"),
			hint: always(forwardUpgrade)},
	}
}

// socketIO is where a Socket.IO server of version 3 or later has its WebSocket.
func socketIO(u *url.URL) string {
	if u == nil {
		u = &url.URL{Scheme: "ws", Host: "HOST"}
	}
	return u.Scheme + "://" + u.Host + "/socket.io/?EIO=4&transport=websocket"
}

// versionRefused reports whether a server names the versions that it speaks (RFC 6455 §4.4), and
// ours is not among them.
func versionRefused(e *dial.Error) bool {
	values := e.Header.Values("Sec-WebSocket-Version")
	return e.Reason == dial.ReasonStatus && e.Status/100 == 4 && len(values) > 0 &&
		!slices.Contains(listed(values), "13")
}

// ownVersion reports whether a version that --raw-header gave was refused.
func ownVersion(e *dial.Error) bool {
	version, ok := sent(e, "Sec-WebSocket-Version")
	return e.Reason == dial.ReasonStatus && e.Status/100 == 4 && ok && version != "13" &&
		e.Header.Get("Sec-WebSocket-Version") != ""
}

func versionCause(e *dial.Error) string {
	versions := short(strings.Join(listed(e.Header.Values("Sec-WebSocket-Version")), " or "))
	return "it speaks version " + versions + " of the protocol, wsline 13"
}

// listed are the elements of a list that is spread over fields.
func listed(values []string) (list []string) {
	for _, v := range strings.Split(strings.Join(values, ","), ",") {
		if v = strings.TrimSpace(v); v != "" {
			list = append(list, v)
		}
	}
	return list
}

func otherUpgrade(h http.Header) string {
	v := short(strings.Join(h.Values("Upgrade"), ", "))
	if strings.EqualFold(v, "websocket") {
		return ""
	}
	return v
}

func wantedSubprotocol(e *dial.Error) string {
	names := listed(e.Header.Values("Sec-WebSocket-Protocol"))
	if len(names) > 0 && dial.IsToken(names[0]) {
		return "-s " + format.ShellQuote(short(names[0])) + " offers what it names"
	}
	return "-s NAME offers one, such as graphql-transport-ws, mqtt or v12.stomp; --diagnose tries them"
}

// pathFindings are for a path that leads to something else.
func pathFindings() []finding {
	return []finding{
		{name: "web page", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status/100 == 2 && isHTML(e)
		}, cause: always("this is a web page, not a WebSocket"), hint: always(otherPath)},
		{name: "plain answer", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status/100 == 2
		}, cause: always("this is an ordinary HTTP answer, not a WebSocket"),
			hint: always("a proxy may have dropped the upgrade; or " + otherPath)},
		{name: "no such path", when: refused(http.StatusNotFound, http.StatusGone),
			cause: func(e *dial.Error) string {
				if e.URL == nil {
					return ""
				}
				return "there is nothing at the path " + pathText(e.URL)
			}, hint: always(otherPath)},
		{name: "method", when: refused(http.StatusMethodNotAllowed), cause: func(e *dial.Error) string {
			allow := short(strings.Join(e.Header.Values("Allow"), ", "))
			if allow == "" {
				return "a WebSocket begins with GET, and this path does not take that"
			}
			return "a WebSocket begins with GET, and this path takes " + allow
		}, hint: always(otherPath)},
		{name: "location", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status/100 == 3 &&
				e.Header.Get("Location") != ""
		}, cause: func(e *dial.Error) string {
			place := format.HideURLText(short(e.Header.Get("Location")))
			return "it points to " + strconv.Quote(place)
		}, hint: always("this status is no redirect that -L follows: " +
			"if that place is meant, connect to it")},
		{name: "no location", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status/100 == 3
		}, hint: always("the redirect does not say where to: check the path of the URL")},
	}
}

const otherPath = "check the path of the URL: /ws and /websocket are common; --diagnose tries them"

// isHTML goes by what the server says, or else by how the body begins.
func isHTML(e *dial.Error) bool {
	kind := strings.ToLower(e.Header.Get("Content-Type"))
	if kind != "" {
		return strings.Contains(kind, "html")
	}
	start := strings.ToLower(strings.TrimSpace(string(e.Body[:min(len(e.Body), 200)])))
	return strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") ||
		strings.HasPrefix(start, "<h1") || strings.HasPrefix(start, "<head")
}

// otherStatusFindings are for what is left.
func otherStatusFindings() []finding {
	return []finding{
		{name: "too many requests", when: refused(http.StatusTooManyRequests),
			cause: always("it has had too many requests from here"),
			hint:  func(e *dial.Error) string { return laterHint(e.Header) }},
		{name: "timeout", when: refused(http.StatusRequestTimeout),
			cause: always("it did not see the whole request"), hint: always("try again")},
		{name: "misdirected", when: refused(http.StatusMisdirectedRequest),
			cause: always("it does not serve this host"),
			hint:  always("check the host of the URL, --host and --servername")},
		{name: "fields too large", when: refused(http.StatusRequestHeaderFieldsTooLarge,
			http.StatusRequestURITooLong, http.StatusRequestEntityTooLarge),
			cause: always("the request is too large for it"),
			hint:  always("send shorter fields (-H, --cookie), or a shorter URL")},
		{name: "HTTP version", when: refused(http.StatusHTTPVersionNotSupported),
			cause: always("it does not take HTTP/1.1"), hint: always(onlyHTTP1)},
		{name: "network login", when: refused(http.StatusNetworkAuthenticationRequired),
			cause: always("the network wants a login, and it was not the server that answered"),
			hint:  always("log in to the network with a browser")},
		{name: "not implemented", when: refused(http.StatusNotImplemented),
			cause: always("it does not know WebSockets here"), hint: always(otherPath)},
		{name: "bad request", when: refused(http.StatusBadRequest), hint: always("check the path, " +
			"the subprotocol (-s), and whether the server wants wss; --diagnose tries each")},
		{name: "server fault", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status >= 500
		}, hint: always("the server has a fault of its own: its log should say more")},
	}
}

// laterHint reads Retry-After: seconds or a date (RFC 9110 §10.2.3).
func laterHint(h http.Header) string {
	after := short(h.Get("Retry-After"))
	switch {
	case after == "":
		return "try again later"
	case after == "1":
		return "try again in a second"
	case strings.Trim(after, "0123456789") == "":
		return "try again in " + after + " seconds"
	}
	return "try again after " + after
}
