package doctor

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor/software"
	"wsline/internal/hide"
	"wsline/internal/words"
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

// refusedSaying is the condition of rows for some statuses that say something besides.
func refusedSaying(pattern func() *regexp.Regexp, statuses ...int) func(*dial.Error) bool {
	return func(e *dial.Error) bool {
		return refused(statuses...)(e) && pattern().MatchString(said(e))
	}
}

// requestFindings are for a server that does not like the upgrade request itself.
func requestFindings() []finding {
	return []finding{
		{name: "TLS wanted", when: refusedSaying(wantsTLS, 400),
			cause: always("this port wants TLS"), hint: func(e *dial.Error) string {
				return "for a server with TLS: " + withScheme(e.URL, "wss")
			}},
		{name: "version", when: versionRefused, cause: versionCause,
			hint: always("the server, or the library that it uses, is older than RFC 6455")},
		{name: "subprotocol wanted", when: func(e *dial.Error) bool {
			return refusedSaying(ofSubprotocol, 400, 403, 406, 426, 500, 501)(e) ||
				refused(400, 403, 406, 426)(e) && len(subprotocolsSaid(e)) > 0
		}, cause: always("it speaks of a subprotocol: it may want one, or another one"),
			hint: wantedSubprotocol, try: NamedSubprotocols},
		{name: "other upgrade", when: func(e *dial.Error) bool {
			return refused(http.StatusUpgradeRequired)(e) && otherUpgrade(e.Header) != ""
		}, cause: func(e *dial.Error) string {
			return "it wants an upgrade to " + otherUpgrade(e.Header) + ", not to a WebSocket"
		}, hint: always("check the path of the URL")},
		{name: "upgrade lost", when: func(e *dial.Error) bool {
			return refused(http.StatusUpgradeRequired)(e) ||
				refusedSaying(ofUpgrade, http.StatusBadRequest)(e)
		}, cause: upgradeLost, hint: passOn},
		{name: "own host", when: func(e *dial.Error) bool {
			return refused(400, 403, 404, 421)(e) && otherHost(e) != ""
		}, cause: func(e *dial.Error) string {
			return "it may not serve the host " + strconv.Quote(otherHost(e)) + ", which was asked for"
		}, hint: always("leave --host out, or check it, then the path"),
			try: func(e *dial.Error, d *dial.Config) []Variant { return named(e, d, "no --host") }},
	}
}

// upgradeLost is told of a request that had lost its upgrade where it was answered: wsline sends a
// right one, and what the user broke is told before.
func upgradeLost(e *dial.Error) string {
	if proxy := software.Proxy(e.Header); proxy != "" {
		return "the upgrade did not get through " + proxy + " to the server behind it"
	}
	return "it saw no upgrade to a WebSocket in the request"
}

func passOn(e *dial.Error) string { return software.PassOn(e.Header) }

// otherHost is the host that was asked for, where that is not the one of the URL.
func otherHost(e *dial.Error) string {
	host, ok := sent(e, "Host")
	if !ok || e.URL == nil || strings.EqualFold(host, e.URL.Host) ||
		strings.EqualFold(withoutPort(host), withoutPort(e.URL.Host)) {
		return ""
	}
	return short(host)
}

// withoutPort leaves out a port that is usual.
func withoutPort(host string) string {
	return strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
}

// versionRefused reports whether a server names the versions that it speaks (RFC 6455 §4.4), and
// ours is not among them.
func versionRefused(e *dial.Error) bool {
	values := e.Header.Values("Sec-WebSocket-Version")
	return e.Reason == dial.ReasonStatus && e.Status/100 == 4 && len(values) > 0 &&
		!slices.Contains(listed(values), "13")
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
	if names := subprotocolsSaid(e); len(names) > 0 {
		return "-s " + words.ShellQuote(short(names[0])) + " offers what it names"
	}
	if names := MeantSubprotocols(e.URL); len(names) > 0 {
		return "-s " + names[0] + " offers what the path stands for; --diagnose tries others"
	}
	return "-s NAME offers one, such as graphql-transport-ws, mqtt or v12.stomp; --diagnose tries them"
}

// pathFindings are for a path that leads to something else.
func pathFindings() []finding {
	return []finding{
		{name: "web page", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status/100 == 2 && isHTML(e)
		}, cause: always("this is a web page, not a WebSocket"), hint: pathFirst},
		{name: "plain answer", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status/100 == 2
		}, cause: always("this is an ordinary HTTP answer, not a WebSocket"),
			hint: func(e *dial.Error) string {
				if software.NeedsTelling(e.Header) {
					return pathFirst(e)
				}
				return "a proxy may have dropped the upgrade; or " + otherPath
			}},
		{name: "no such path", when: refused(http.StatusNotFound, http.StatusGone),
			cause: func(e *dial.Error) string {
				if e.URL == nil {
					return ""
				}
				cause := "there is nothing at the path " + pathText(e.URL)
				if software.NeedsTelling(e.Header) {
					cause += ", or the upgrade did not get through " + software.Proxy(e.Header)
				}
				return cause
			}, hint: pathFirst},
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
			place := hide.URLText(short(e.Header.Get("Location")))
			return "it points to " + strconv.Quote(place)
		}, hint: always("this status is no redirect that -L follows: " +
			"if that place is meant, connect to it"), try: tryLocation},
		{name: "no location", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status/100 == 3
		}, hint: always("the redirect does not say where to: check the path of the URL")},
	}
}

const otherPath = "check the path of the URL; /ws and /websocket are common; --diagnose tries them"

// pathFirst is for an answer as to a request without an upgrade: a wrong path has them, and a proxy
// that drops it.
func pathFirst(e *dial.Error) string {
	if software.NeedsTelling(e.Header) {
		return "check the path of the URL; if it is right: " + software.PassOn(e.Header)
	}
	return otherPath
}

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
			cause: always("it does not know WebSockets here"), hint: always(otherPath),
			try: NamedSubprotocols},
		{name: "bad request", when: refused(http.StatusBadRequest), hint: badRequestHint,
			try: NamedSubprotocols},
		{name: "fault about the request", when: refusedSaying(ofRequest, 500, 503),
			cause: always("what it says of the request may be the cause"),
			hint:  always("change what it speaks of; --diagnose tries some variants"),
			try:   NamedSubprotocols},
		{name: "server fault", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Status >= 500
		}, hint: always("the server has a fault of its own: its log should say more")},
	}
}

func badRequestHint(e *dial.Error) string {
	hint := "check the path, the subprotocol (-s"
	if names := MeantSubprotocols(e.URL); len(names) > 0 {
		hint += " " + names[0]
	}
	return hint + "), and whether the server wants wss; --diagnose tries each"
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
