package dial

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// statusText is a response's status with its usual name, which is safe to show, or with the quoted
// one of the server: that may be the only place where the cause is told.
func statusText(resp *http.Response) string {
	code := strconv.Itoa(resp.StatusCode)
	name, said := http.StatusText(resp.StatusCode), phrase(resp)
	switch {
	case said != "" && !isUsual(resp.StatusCode, said):
		return code + " " + quote(said)
	case name != "":
		return code + " " + name
	}
	return code
}

// phrase is the reason phrase of a response (RFC 9112 §4).
func phrase(resp *http.Response) string {
	_, phrase, _ := strings.Cut(resp.Status, " ")
	return strings.TrimSpace(phrase)
}

// usual are the names of statuses that servers write, besides those of Go: older ones of the RFCs,
// and those of nginx and HAProxy.
var usual = map[int][]string{
	302: {"movedtemporarily"},
	401: {"authorizationrequired"},
	413: {"payloadtoolarge", "contenttoolarge", "requestentitytoolarge"},
	414: {"uritoolong", "requesturitoolarge", "requesturitoolong"},
	416: {"rangenotsatisfiable"},
	422: {"unprocessablecontent"},
	503: {"servicetemporarilyunavailable"},
}

// isUsual reports whether a phrase is a name of the status, and says nothing else.
func isUsual(status int, phrase string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return unicode.ToLower(r)
			}
			if r == ' ' || r == '-' || r == '\'' {
				return -1
			}
			return r
		}, s)
	}
	said := letters(phrase)
	return said == letters(http.StatusText(status)) || slices.Contains(usual[status], said)
}
