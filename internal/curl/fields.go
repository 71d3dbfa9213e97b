package curl

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// fieldWords are the fields of the request. Of -H and another option that says the same, -H
// wins.
func (r *request) fieldWords(w *words, u *url.URL) error {
	for _, file := range r.fromFile {
		w.value("-H", file)
	}
	for _, f := range r.fields {
		r.fieldWord(w, f, u)
	}
	if !r.has("User-Agent") {
		w.value("--user-agent", r.userAgent)
	}
	if r.referer != "" && !r.has("Referer") {
		w.field("Referer", r.referer)
	}
	if err := r.cookieWord(w, u); err != nil {
		return err
	}
	switch {
	case r.has("Authorization"):
	case r.bearer != "": // which may begin with an @
		w.field("Authorization", "Bearer "+r.bearer)
	default:
		w.value("--auth", r.auth)
	}
	return nil
}

func (r *request) has(name string) bool {
	return slices.ContainsFunc(r.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
}

// fieldWord is what becomes of one field. Those of the handshake that say what wsline says too
// are left out; others are sent as they stand, since that is what curl does.
func (r *request) fieldWord(w *words, f field, u *url.URL) {
	name := strings.ToLower(f.name)
	if f.value == "" && !f.isEmpty { // it takes out one of curl's own
		if name == "user-agent" {
			r.leaveOut("-H User-Agent: (wsline always sends one)")
		}
		return
	}
	switch name {
	case "accept-encoding", "content-length", "transfer-encoding", "expect", "te":
		// about a body that there is not; what says why a handshake is refused can be read without
	case "sec-websocket-protocol":
		w.value("-s", f.value)
	case "sec-websocket-extensions":
		r.extensions(w, f.value)
	case "origin":
		w.value("-o", f.value)
	case "host":
		if !isHostOf(f.value, u) {
			w.value("--host", f.value)
		}
	case "upgrade", "connection", "sec-websocket-version", "sec-websocket-key":
		if !isOurs(name, f.value) {
			w.value("--raw-header", f.name+": "+f.value)
		}
	default:
		w.field(f.name, f.value)
	}
}

// isOurs tells whether a field of the handshake says what a right one says (RFC 6455 §4.1).
func isOurs(name, value string) bool {
	switch name {
	case "upgrade":
		return strings.EqualFold(value, "websocket")
	case "connection": // Firefox has "keep-alive, Upgrade"
		return slices.ContainsFunc(strings.Split(value, ","), func(token string) bool {
			return strings.EqualFold(strings.TrimSpace(token), "upgrade")
		})
	case "sec-websocket-version":
		return value == "13"
	}
	key, err := base64.StdEncoding.DecodeString(value)
	return err == nil && len(key) == 16
}

// extensions offers compression where it was offered. Parameters are left to wsline, which
// understands each answer to its own offer.
func (r *request) extensions(w *words, value string) {
	offered := false
	for offer := range strings.SplitSeq(value, ",") {
		name, _, _ := strings.Cut(offer, ";")
		switch name = strings.TrimSpace(name); name {
		case "":
		case "permessage-deflate":
			offered = true
		default:
			r.leaveOut("the extension " + name)
		}
	}
	w.on("--compress", offered && !slices.Contains(w.list, "--compress"))
}

// isHostOf tells whether a Host field says what the URL says.
func isHostOf(host string, u *url.URL) bool {
	if u == nil {
		return false
	}
	for _, port := range []string{"", ":80", ":443"} {
		isDefault := port == "" || port == ":80" && u.Scheme == "ws" ||
			port == ":443" && u.Scheme == "wss"
		if isDefault &&
			(strings.EqualFold(host, u.Host+port) || strings.EqualFold(host+port, u.Host)) {
			return true
		}
	}
	return false
}
