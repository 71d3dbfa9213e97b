package format

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/hide"
	"wsline/internal/wire"
	"wsline/session"
)

// openText says what has been connected to, with its secrets only when they are to be shown. It is
// not escaped yet, as all texts here.
func openText(h *dial.Handshake, secrets bool) string {
	if h == nil {
		return "connected"
	}
	text := "connected"
	if h.URL != nil {
		text += " to " + anonymous(h.URL, secrets)
	}
	var facts []string
	if h.Remote != nil && h.Remote.Network() == "unix" {
		facts = append(facts, "socket "+h.Remote.String())
	}
	if h.Proxy != nil {
		facts = append(facts, "through "+anonymous(h.Proxy, secrets))
	}
	if h.Subprotocol != "" {
		facts = append(facts, "subprotocol "+quoted(subprotocol(h, secrets)))
	}
	if h.Compressed {
		facts = append(facts, "permessage-deflate")
	} else if h.Extensions != "" {
		facts = append(facts, "extensions "+quoted(h.Extensions))
	}
	if h.TLS != nil {
		facts = append(facts, tls.VersionName(h.TLS.Version))
	}
	if len(facts) == 0 {
		return text
	}
	return text + " (" + strings.Join(facts, ", ") + ")"
}

// anonymous is a URL without its user and password, and without its secrets unless they are to be
// shown.
func anonymous(u *url.URL, secrets bool) string {
	bare := *u
	bare.User = nil
	if secrets {
		return bare.String()
	}
	return hide.URL(&bare)
}

// subprotocol is the one that the server chose. One that was offered as a token is one.
func subprotocol(h *dial.Handshake, secrets bool) string {
	if secrets {
		return h.Subprotocol
	}
	if i := slices.Index(h.OfferedProtocols, h.Subprotocol); i >= 0 {
		return hide.Protocols(h.OfferedProtocols)[i]
	}
	return hide.Protocols([]string{h.Subprotocol})[0]
}

// endText says how a connection ended.
func endText(end *session.End) string {
	if end == nil {
		return "disconnected"
	}
	switch end.Cause {
	case session.CauseClosed:
		return closedText(end)
	case session.CauseBroken:
		return brokenText(end.Err) + " (1006)"
	case session.CauseProtocol:
		return "the peer broke the protocol" + reasonText(end.Err) + sentText(end.Sent)
	case session.CauseTooBig:
		return "the peer sent too much" + reasonText(end.Err) + sentText(end.Sent)
	case session.CauseTimeout:
		return "gave up waiting" + reasonText(end.Err)
	case session.CauseDropped:
		return "connection dropped, without a closing handshake"
	}
	return "disconnected" + reasonText(end.Err)
}

// closedText is for a closing handshake that was completed.
func closedText(end *session.End) string {
	code := codeText(end.Code, end.Reason)
	if end.Reason != "" {
		code += " " + quoted(end.Reason)
	}
	switch {
	case !end.ByUs:
		return "closed by the peer: " + code
	case end.Sent == end.Code || end.Sent == 0:
		return "closed: " + code
	}
	return "closed: " + codeText(end.Sent, "") + "; the peer answered " + code
}

func brokenText(err error) string {
	if err == nil || errors.Is(err, session.ErrNoClose) {
		return "connection broke: no Close frame"
	}
	return "disconnected: " + err.Error()
}

func reasonText(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

func sentText(code wire.StatusCode) string {
	if code == 0 {
		return ""
	}
	return "; closed with " + codeText(code, "")
}

// codeText is a close code with its name: "1000 (normal closure)".
func codeText(code wire.StatusCode, reason string) string {
	if code == wire.StatusNoStatusRcvd || code == 0 {
		return "no code"
	}
	if name := code.NameFor(reason); name != "" {
		return fmt.Sprintf("%d (%s)", code, name)
	}
	return fmt.Sprintf("%d", code)
}

func quoted(s string) string { return string(Quote(nil, []byte(s))) }
