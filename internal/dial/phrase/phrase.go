// Package phrase reads the reason phrase of an HTTP response, which may be the only place where a cause
// is told.
package phrase

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Status is a response's status with its usual name, which is safe to show, or with the server's own,
// quoted.
func Status(resp *http.Response, quote func(string) string) string {
	code := strconv.Itoa(resp.StatusCode)
	name, said := http.StatusText(resp.StatusCode), Of(resp)
	switch {
	case said != "" && !isUsual(resp.StatusCode, said):
		return code + " " + quote(said)
	case name != "":
		return code + " " + name
	}
	return code
}

// Of is the reason phrase of a response (RFC 9112 §4).
func Of(resp *http.Response) string {
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
