package format

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// openText says what has been connected to. It is not escaped yet, as all texts here.
func openText(h *dial.Handshake) string {
	if h == nil {
		return "connected"
	}
	text := "connected"
	if h.URL != nil {
		text += " to " + anonymous(h.URL)
	}
	var facts []string
	if h.Remote != nil && h.Remote.Network() == "unix" {
		facts = append(facts, "socket "+h.Remote.String())
	}
	if h.Proxy != nil {
		facts = append(facts, "through "+anonymous(h.Proxy))
	}
	if h.Subprotocol != "" {
		facts = append(facts, "subprotocol "+quoted(h.Subprotocol))
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

// anonymous is a URL without its user and password.
func anonymous(u *url.URL) string {
	bare := *u
	bare.User = nil
	return bare.String()
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
		return "gave up waiting: no Close frame came in answer to ours"
	case session.CauseDropped:
		return "connection dropped, without a closing handshake"
	}
	return "disconnected" + reasonText(end.Err)
}

// closedText is for a closing handshake that was completed.
func closedText(end *session.End) string {
	code := codeText(end.Code)
	if end.Reason != "" {
		code += " " + quoted(end.Reason)
	}
	switch {
	case !end.ByUs:
		return "closed by the peer: " + code
	case end.Sent == end.Code || end.Sent == 0:
		return "closed: " + code
	}
	return "closed: " + codeText(end.Sent) + "; the peer answered " + code
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
	return "; closed with " + codeText(code)
}

// codeText is a close code with its name: "1000 (normal closure)".
func codeText(code wire.StatusCode) string {
	if code == wire.StatusNoStatusRcvd || code == 0 {
		return "no code"
	}
	if name := code.Name(); name != "" {
		return fmt.Sprintf("%d (%s)", code, name)
	}
	return fmt.Sprintf("%d", code)
}

func quoted(s string) string { return string(Quote(nil, []byte(s))) }

// rounded is d to three significant digits.
func rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
