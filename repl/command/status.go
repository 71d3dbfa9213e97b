package command

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wsline/internal/dial"
	"wsline/internal/plural"
	"wsline/session"
)

// Hiding is how secrets are hidden in what /status tells.
type Hiding struct {
	URL      func(u *url.URL) string   // a URL without its secrets; nil: without its password
	Protocol func(value string) string // subprotocols without their secrets; nil: as they are
}

// Address is a URL as it may be shown.
func (h *Hiding) Address(u *url.URL) string { return h.hideURL(u) }

func (h *Hiding) hideURL(u *url.URL) string {
	if h.URL == nil {
		return u.Redacted()
	}
	return h.URL(u)
}

func (h *Hiding) hideProtocol(value string) string {
	if h.Protocol == nil || value == "" {
		return value
	}
	return h.Protocol(value)
}

// protocols are the subprotocol that was chosen, and those that were offered: one that is hidden
// among these is a secret, however it looks.
func (h *Hiding) protocols(shake *dial.Handshake) (subprotocol, offered string) {
	subprotocol = h.hideProtocol(shake.Subprotocol)
	offered = h.hideProtocol(strings.Join(shake.OfferedProtocols, ", "))
	i, shown := slices.Index(shake.OfferedProtocols, shake.Subprotocol), strings.Split(offered, ", ")
	if i >= 0 && i < len(shown) {
		subprotocol = shown[i]
	}
	return subprotocol, offered
}

// StatusText is what /status tells of an open connection.
func StatusText(h *dial.Handshake, st session.Stats, hide Hiding) string {
	var b strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	address := "unknown"
	if h.URL != nil {
		address = hide.hideURL(h.URL)
	}
	if h.Remote != nil {
		address += " (" + h.Remote.String() + ")"
	}
	row("address", "%s", address)
	if h.Proxy != nil {
		row("proxy", "%s", hide.hideURL(h.Proxy))
	}
	row("TLS", "%s", tlsText(h.TLS))
	row("subprotocol", "%s", chosen(hide.protocols(h)))
	row("extensions", "%s", chosen(h.Extensions, h.OfferedExtensions))
	if h.Timings.Total > 0 {
		row("handshake", "%s", timingsText(&h.Timings))
	}
	row("received", "%s, %s", plural.Of(st.MessagesIn, "message"), plural.Of(st.BytesIn, "byte"))
	row("sent", "%s, %s", plural.Of(st.MessagesOut, "message"), plural.Of(st.BytesOut, "byte"))
	row("pings", "%d sent, %d received; %s received",
		st.PingsOut, st.PingsIn, plural.Of(st.PongsIn, "pong"))
	row("uptime", "%s", time.Since(st.Since).Round(time.Second))
	trip := "unknown: /ping measures it"
	if st.RTT > 0 {
		trip = st.RTT.Round(time.Microsecond).String()
	}
	row("round trip", "%s", trip)
	return strings.TrimSuffix(b.String(), "\n")
}

func tlsText(state *tls.ConnectionState) string {
	if state == nil {
		return "none"
	}
	text := tls.VersionName(state.Version) + ", " + tls.CipherSuiteName(state.CipherSuite)
	if len(state.PeerCertificates) > 0 {
		text += ", certificate of " + orNone(state.PeerCertificates[0].Subject.String())
	}
	return text
}

// orNone is a value that the server chose, fit for a terminal.
func orNone(value string) string {
	if value == "" {
		return "none"
	}
	if strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(value)
	}
	return value
}

// chosen is what a server chose, and what was offered when that is not the same.
func chosen(value, offered string) string {
	if text := orNone(value); offered == "" || offered == value {
		return text
	} else {
		return text + " (offered: " + orNone(offered) + ")"
	}
}

// timingsText is like "12ms: DNS 1ms, TCP 2ms, TLS 6ms, upgrade 3ms".
func timingsText(t *dial.Timings) string {
	var parts []string
	for _, part := range []struct {
		name string
		took time.Duration
	}{{"DNS", t.DNS}, {"TCP", t.TCP}, {"proxy", t.Proxy}, {"TLS", t.TLS}, {"upgrade", t.Upgrade}} {
		if part.took > 0 {
			parts = append(parts, part.name+" "+roundTime(part.took).String())
		}
	}
	text := roundTime(t.Total).String()
	if len(parts) == 0 {
		return text
	}
	return text + ": " + strings.Join(parts, ", ")
}

// roundTime keeps three digits or so.
func roundTime(d time.Duration) time.Duration {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}
