package repl

import (
	"crypto/tls"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wsline/internal/dial"
	"wsline/session"
)

// statusText is what /status tells of an open connection.
func statusText(h *dial.Handshake, st session.Stats) string {
	var b strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	address := "unknown"
	if h.URL != nil {
		address = h.URL.Redacted()
	}
	if h.Remote != nil {
		address += " (" + h.Remote.String() + ")"
	}
	row("address", "%s", address)
	if h.Proxy != nil {
		row("proxy", "%s", h.Proxy.Redacted())
	}
	row("TLS", "%s", tlsText(h.TLS))
	row("subprotocol", "%s", orNone(h.Subprotocol))
	row("extensions", "%s", orNone(h.Extensions))
	row("received", "%s, %s", plural(st.MessagesIn, "message"), plural(st.BytesIn, "byte"))
	row("sent", "%s, %s", plural(st.MessagesOut, "message"), plural(st.BytesOut, "byte"))
	row("pings", "%d sent, %d received; %s received",
		st.PingsOut, st.PingsIn, plural(st.PongsIn, "pong"))
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

func plural(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.FormatInt(n, 10) + " " + unit + "s"
}
