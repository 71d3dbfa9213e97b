// Package hide shows what a connection is opened with without its secrets: header fields, URLs,
// subprotocols and whole heads, by what secrets are called and how they look (internal/secret). The
// values of secrets that are known are hidden by internal/redact.
package hide

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"wsline/internal/lazy"
	"wsline/internal/plural"
	"wsline/internal/secret"
)

// Field returns a header field's value without what is secret in it: its scheme and length are
// left.
//
//   - Authorization and Proxy-Authorization: "Bearer <36 bytes hidden>"; a scheme that is not a
//     known one is hidden as well.
//   - Cookie, Set-Cookie, and what is named as a secret is, such as X-Api-Key or X-Auth-Token:
//     "<24 bytes hidden>".
//   - Sec-WebSocket-Protocol: as Protocols does.
//   - Location, Content-Location, Referer and Origin: as URLText does.
//
// Any other value is returned as it is. The result is not safe for a terminal: see Escape.
func Field(name, value string) string {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "authorization", "proxy-authorization":
		return hideCredentials(value)
	case "cookie", "set-cookie", "set-cookie2":
		return hidden(value)
	case "sec-websocket-protocol":
		return strings.Join(Protocols(strings.Split(value, ",")), ",")
	case "location", "content-location", "referer", "origin":
		return URLText(value)
	}
	if secret.Name(name) {
		return hidden(value)
	}
	return value
}

// Protocols returns a list of subprotocols without those that are tokens: see secret.Protocols.
// The prefix that Kubernetes takes them with stays, and white space around each.
func Protocols(list []string) []string {
	shown := slices.Clone(list)
	for i, isToken := range secret.Protocols(list) {
		if !isToken {
			continue
		}
		name := strings.TrimSpace(list[i])
		kept := ""
		if strings.HasPrefix(name, secret.KubernetesBearer) {
			kept = secret.KubernetesBearer
		}
		shown[i] = strings.Replace(list[i], name, kept+hidden(name[len(kept):]), 1)
	}
	return shown
}

// URL is a URL without its user and password, and without the values of parameters that are
// named as a secret is: "ws://<hidden>@host/?token=<12 bytes hidden>". Of nil it is "".
func URL(u *url.URL) string {
	if u == nil {
		return ""
	}
	return URLText(u.String())
}

// URLText does as URL does for anything that may be a URL, or the target of a request; what
// is not hidden stays as it was written.
func URLText(s string) string {
	start := 0
	if i := strings.Index(s, "//"); i >= 0 && !strings.ContainsAny(s[:i], "/?#") {
		start = i + len("//")
	}
	path := len(s)
	if i := strings.IndexAny(s[start:], "/?#"); i >= 0 {
		path = start + i
	}
	user := ""
	if at := strings.LastIndexByte(s[start:path], '@'); start > 0 && at >= 0 {
		user, s = s[:start]+"<hidden>", s[start+at:]
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		return user + s[:i] + hideParameters(s[i:])
	}
	return user + s
}

// hideParameters hides values in what follows the path of a URL.
func hideParameters(s string) string {
	const separators = "?&;#"
	var b strings.Builder
	for len(s) > 0 {
		b.WriteByte(s[0])
		s = s[1:]
		end := strings.IndexAny(s, separators)
		if end < 0 {
			end = len(s)
		}
		name, value, found := strings.Cut(s[:end], "=")
		b.WriteString(name)
		if found {
			b.WriteByte('=')
			if value != "" && secret.Name(unescapeQuery(name)) {
				value = hidden(value)
			}
			b.WriteString(value)
		}
		s = s[end:]
	}
	return b.String()
}

func unescapeQuery(s string) string {
	if d, err := url.QueryUnescape(s); err == nil {
		return d
	}
	return s
}

// Head returns the head of a request or a response, as it was on the wire, without secrets: in
// the target of the request, and in its fields as Field does. Lines keep their ends.
func Head(head []byte) []byte {
	var dst []byte
	var name string // of the field that a folded line goes on with, RFC 9112 §5.2
	for i := 0; len(head) > 0; i++ {
		line := head
		if n := bytes.IndexByte(head, '\n'); n >= 0 {
			line = head[:n+1]
		}
		head = head[len(line):]
		text := strings.TrimRight(string(line), "\r\n")
		value := text
		switch {
		case i == 0:
			dst = append(dst, hideRequestLine(text)...)
			dst = append(dst, line[len(text):]...)
			continue
		case spaceOf(text) == "":
			name, value, _ = strings.Cut(text, ":")
		}
		value = value[len(spaceOf(value)):]
		dst = append(dst, text[:len(text)-len(value)]...)
		dst = append(dst, Field(name, value)...)
		dst = append(dst, line[len(text):]...)
	}
	return dst
}

func hideRequestLine(line string) string {
	method, target, found := strings.Cut(line, " ")
	if !found || strings.HasPrefix(method, "HTTP/") {
		return line
	}
	target, version := CutVersion(target)
	if version != "" {
		version = " " + version
	}
	return method + " " + URLText(target) + version
}

// CutVersion cuts what follows the method of a request into its target, which may have spaces when
// something in it is hidden, and its version.
func CutVersion(s string) (target, version string) {
	if i := strings.LastIndex(s, " HTTP/"); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// spaceOf is the white space that s begins with.
func spaceOf(s string) string { return s[:len(s)-len(strings.TrimLeft(s, " \t"))] }

// hideCredentials keeps the scheme of credentials (RFC 9110 §11.4) when it is a known one.
func hideCredentials(value string) string {
	scheme, rest, found := strings.Cut(value, " ")
	if rest = strings.TrimSpace(rest); !found || !isAuthScheme(scheme) {
		return hidden(value)
	}
	return scheme + " " + hidden(rest)
}

func isAuthScheme(s string) bool {
	switch strings.ToLower(s) {
	case "basic", "bearer", "digest", "dpop", "negotiate", "ntlm", "oauth", "token", "apikey",
		"hoba", "mutual", "vapid", "gnap", "privatetoken", "scram-sha-1", "scram-sha-256",
		"aws4-hmac-sha256":
		return true
	}
	return false
}

var isHidden = lazy.Regexp(`^<[0-9]+ bytes? hidden>$`)

// hidden says how long a secret is, and nothing else of it; of nothing there is nothing to hide,
// and what is hidden already stays so.
func hidden(s string) string {
	if s == "" || isHidden().MatchString(s) {
		return s
	}
	return "<" + plural.Of(len(s), "byte") + " hidden>"
}

var hiddenText = lazy.Regexp(`<[0-9]+ bytes? hidden>|%3C[0-9]+%20bytes?%20hidden%3E`)

// Undo puts something else in the place of each secret that was hidden in a text or a URL.
func Undo(s string, with func() string) string {
	return hiddenText().ReplaceAllStringFunc(s, func(string) string { return with() })
}
