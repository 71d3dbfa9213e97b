package cli

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"wsline/internal/dial"
)

func statusHint(e *dial.Error) string {
	switch e.Status {
	case http.StatusUnauthorized:
		return loginHint(e.Header)
	case http.StatusForbidden:
		return "it may want another origin (--origin ORIGIN) or a login (--auth, --bearer, --cookie)"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return "check the path of the URL"
	case http.StatusProxyAuthRequired:
		return proxyLoginHint(nil)
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
	case e.Status >= 300 && e.Status < 400:
		return "the redirect does not say where to: check the path of the URL"
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
	if v := short(h.Get("Sec-WebSocket-Version")); v != "" {
		return "the server wants version " + v + " of the protocol, wsline speaks 13"
	}
	if v := short(h.Get("Upgrade")); v != "" && !strings.EqualFold(v, "websocket") {
		return "the server wants " + v + ", not a WebSocket: check the path of the URL"
	}
	return "something between may have taken out the Upgrade field"
}

// laterHint reads Retry-After: seconds or a date (RFC 9110 §10.2.3).
func laterHint(h http.Header) string {
	after := short(h.Get("Retry-After"))
	switch {
	case after == "":
		return "try again later"
	case strings.Trim(after, "0123456789") == "":
		return "try again in " + after + " seconds"
	}
	return "try again after " + after
}

// short is what a server says in a field, at most 100 bytes of it.
func short(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

const (
	bodyLines   = 12
	bodyColumns = 500
)

// firstLines are the first lines of a body that are not blank, each cut, and how many more there
// are; isCut says that the body goes on. They are not escaped yet.
func firstLines(body []byte, isCut bool) (lines []string) {
	more := 0
	for line := range strings.Lines(string(body)) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		switch {
		case line == "":
		case len(lines) == bodyLines:
			more++
		default:
			lines = append(lines, cut(line, bodyColumns))
		}
	}
	switch {
	case isCut && more > 0:
		return append(lines, fmt.Sprintf("… %d more lines and more", more))
	case isCut:
		return append(lines, "… and more")
	case more == 1:
		return append(lines, "… 1 more line")
	case more > 0:
		return append(lines, fmt.Sprintf("… %d more lines", more))
	}
	return lines
}

// cut shortens a line to so many characters.
func cut(s string, most int) string {
	for i := range s {
		if most--; most < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
