// Package doctor says why a connection could not be opened, or how it ended: a cause in plain words
// and a hint what to try, from the types and fields of dial.Error and session.End and from what the
// server wrote. The package examine asks further.
//
// It prints nothing and knows no options: where a flag would help, its hint names the flag.
package doctor

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/hide"
)

// A finding is one row of the doctor's table: when it applies to a connection that could not be
// opened, the cause in plain words, and what to try. It looks at types and fields, never at our own
// texts; what a server wrote in a body it takes for what it is, a good guess.
type finding struct {
	name  string // for the tests, which hold a server for each row
	when  func(e *dial.Error) bool
	fact  string                     // of the answer, follows the error's own text; "" for none
	cause func(e *dial.Error) string // follows that; nil where that says all
	hint  func(e *dial.Error) string // nil where there is nothing better to say
	// try is what a diagnosis does first; nil: what the status suggests.
	try func(e *dial.Error, d *dial.Config) []Variant
}

// findings is the table of what goes for any software. The first row that applies is the finding,
// after what the user broke, what a plain GET told and the software that is known.
func findings() []finding {
	return slices.Concat(lateFindings(), connectFindings(), proxyFindings(), tlsFindings(),
		answerFindings(), statusFindings(), upgradeFindings())
}

// examine finds out why a connection could not be opened.
func examine(e *dial.Error) finding {
	if f, ok := own(e); ok {
		return f
	}
	if f, ok := plain(e); ok {
		return f
	}
	if f, ok := known(e); ok {
		return f
	}
	for _, f := range findings() {
		if f.when(e) {
			return f
		}
	}
	return finding{name: "unknown"}
}

// message is the error's own text and the cause.
func (f finding) message(e *dial.Error) string {
	text := Text(e)
	if reason := rejectReason(e); reason != "" {
		text = strings.TrimSuffix(text, dial.NoUpgrade) + ", " + strconv.Quote(short(reason))
	}
	if f.fact != "" {
		text = strings.TrimSuffix(text, dial.NoUpgrade) + " " + f.fact
	}
	if f.cause != nil {
		if cause := f.cause(e); cause != "" {
			text = strings.TrimSuffix(text, dial.NoUpgrade) + ": " + cause
		}
	}
	if via := short(strings.Join(e.Header.Values("Via"), ", ")); via != "" {
		text += " (it came through " + via + ")"
	}
	return text
}

// Text is the error's own text without what is secret in the place that it redirects to.
func Text(e *dial.Error) string {
	if e.Location == "" {
		return e.Text
	}
	shown := e.Location[:min(len(e.Location), 100)] // as much of it as errors quote
	return strings.ReplaceAll(e.Text, strconv.Quote(shown), strconv.Quote(hide.URLText(shown)))
}

// advice says what to try, "" where we cannot tell.
func (f finding) advice(e *dial.Error) string {
	if f.hint == nil {
		return ""
	}
	return f.hint(e)
}

// because is the condition of rows that one reason decides.
func because(reasons ...dial.Reason) func(*dial.Error) bool {
	return func(e *dial.Error) bool { return slices.Contains(reasons, e.Reason) }
}

// always is a cause or a hint that does not depend on the error.
func always(text string) func(*dial.Error) string {
	return func(*dial.Error) string { return text }
}

// sent is the value of a field of the request that failed.
func sent(e *dial.Error, name string) (value string, ok bool) {
	if e.Handshake == nil {
		return "", false
	}
	for line := range bytes.Lines(e.Handshake.Request) {
		n, v, isField := strings.Cut(string(line), ":")
		if isField && strings.EqualFold(n, name) {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}

// rejectReason is what the library websocket of npm says in a field of its own.
func rejectReason(e *dial.Error) string { return e.Header.Get("X-WebSocket-Reject-Reason") }

// said is what a server says of a refusal besides the status.
func said(e *dial.Error) string {
	text := rejectReason(e) + "\n" + string(e.Body)
	if e.Phrase != http.StatusText(e.Status) {
		text = e.Phrase + "\n" + text
	}
	return text
}

// short is what a server says in a field, at most 100 bytes of it.
func short(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// withScheme is the URL as it should have been typed, without what is secret in it.
func withScheme(u *url.URL, scheme string) string {
	if u == nil {
		return scheme + "://"
	}
	other := *u
	other.Scheme, other.User = scheme, nil
	return hide.URL(&other)
}

// siteOrigin is the origin of pages on the URL's own host (RFC 6454 §4).
func siteOrigin(u *url.URL) string {
	if u == nil {
		return "ORIGIN"
	}
	scheme, port := "http", "80"
	if u.Scheme == "wss" {
		scheme, port = "https", "443"
	}
	return scheme + "://" + strings.TrimSuffix(u.Host, ":"+port)
}
