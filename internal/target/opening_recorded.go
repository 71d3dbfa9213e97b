package target

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"wsline/internal/dial"
	"wsline/internal/hide"
)

// Recorded makes Openings of connections of which only the handshakes are known, as those of a
// browser's recording. A secret that is another has another variable. The zero value is ready.
type Recorded struct {
	names  secretNames
	hidden int // secrets that the recording has not, so far
}

// Opening is the URL of a handshake, and its fields as the flags that send them.
func (r *Recorded) Opening(h *dial.Handshake) Opening {
	if h == nil || h.URL == nil {
		return Opening{}
	}
	words := r.Words(h)
	o, err := ReadWords(words)
	if err != nil {
		return Opening{}
	}
	return OpeningOf(o.words(&r.names, words[len(words)-1]))
}

// Words are flags for the fields of a handshake, and its URL behind "--". Each secret that was hidden is a
// word of its own.
func (r *Recorded) Words(h *dial.Handshake) []string {
	return append(r.fieldWords(h), "--", r.unhide(h.URL.String()))
}

// fieldWords are flags for the fields of a request that are not the handshake's own.
func (r *Recorded) fieldWords(h *dial.Handshake) (words []string) {
	lines := strings.Split(string(h.Request), "\r\n")
	for _, line := range lines[1:] {
		name, value, found := strings.Cut(line, ":")
		value = r.unhide(strings.TrimSpace(value))
		if !found || value == "" || !isToken(name) ||
			strings.ContainsFunc(value, unicode.IsControl) {
			continue
		}
		flag := fieldFlag(h.URL, name, value)
		if _, err := ReadWords(flag); err == nil { // otherwise none of our flags can say it
			words = append(words, flag...)
		}
	}
	return words
}

// fieldFlag is the flag that sends a field, none for one that every handshake sends.
func fieldFlag(u *url.URL, name, value string) []string {
	scheme, token, _ := strings.Cut(value, " ")
	switch strings.ToLower(name) {
	case "connection", "upgrade", "sec-websocket-key", "sec-websocket-version", "content-length",
		"transfer-encoding", "te", "trailer", "expect", "keep-alive", "proxy-connection":
		return nil
	case "host":
		if strings.EqualFold(value, u.Host) {
			return nil
		}
		return []string{"--host", value}
	case "user-agent":
		if strings.HasPrefix(value, "wsline/") {
			return nil
		}
		return []string{"--user-agent", value}
	case "sec-websocket-extensions":
		if strings.Contains(value, "permessage-deflate") {
			return []string{"--compress"}
		}
		return nil
	case "sec-websocket-protocol":
		return []string{"--subprotocol", strings.ReplaceAll(value, ", ", ",")}
	case "origin":
		return []string{"--origin", value}
	case "cookie":
		if !strings.Contains(value, "=") {
			value = "hidden=" + value
		}
		return []string{"--cookie", value}
	case "authorization":
		if strings.EqualFold(scheme, "Bearer") && token != "" && token[0] != '@' {
			return []string{"--bearer", token}
		}
	}
	return []string{"--header", name + ": " + value}
}

// unhide puts something in the place of what is hidden, another each time, so that variables can
// stand for it.
func (r *Recorded) unhide(s string) string {
	return hide.Undo(s, func() string {
		r.hidden++
		return "hidden" + strconv.Itoa(r.hidden)
	})
}

// isToken tells the name of a field, RFC 9110 §5.6.2, from pseudo-fields of HTTP/2 such as :method.
func isToken(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
	}) < 0
}
