package format

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"wsline/internal/dial"
	"wsline/internal/hide"
	"wsline/session"
)

// open appends the whole handshake, as far as it is known.
func (j *JSON) open(dst []byte, ev *session.Event) []byte {
	dst = j.begin(dst, "open", ev.Time)
	if ev.Handshake == nil {
		return dst
	}
	return j.handshake(dst, ev.Handshake, ev.Time)
}

// unopened appends what there was of a connection that could not be opened.
func (j *JSON) unopened(dst []byte, f *Failure, at time.Time) []byte {
	dst = j.handshake(dst, f.Handshake, at)
	if len(f.Body) > 0 {
		dst = appendText(dst, f.Body, nil)
	}
	if f.Cause != "" {
		dst = appendMember(dst, "cause", f.Cause)
	}
	if f.Foreign {
		dst = appendBool(dst, "foreign", true)
	}
	return dst
}

func (j *JSON) handshake(dst []byte, h *dial.Handshake, at time.Time) []byte {
	if h.URL != nil {
		dst = appendMember(dst, "url", j.url(h))
	}
	if j.Connect != "" {
		dst = appendMember(dst, "connect", j.Connect)
	}
	dst = appendInt(dst, "status", int64(h.Status))
	dst = appendHead(dst, "request", requestHead(h, j.Secrets))
	dst = appendHead(dst, "response", responseHead(h, j.Secrets))
	if h.Key != "" || h.Accept != "" || h.AcceptGot != "" {
		dst = appendMember(dst, "key", h.Key)
		dst = appendString(append(dst, `,"accept":{"expected":`...), []byte(h.Accept))
		dst = append(appendMember(dst, "received", h.AcceptGot), '}')
	}
	dst = j.protocols(dst, h)
	dst = append(dst, `,"extensions":{"offered":`...)
	dst = appendString(dst, []byte(h.OfferedExtensions))
	dst = append(appendMember(dst, "chosen", h.Extensions), '}')
	dst = appendBool(dst, "compressed", h.Compressed)
	dst = appendRemote(dst, h.Remote)
	if h.Proxy != nil {
		proxy := h.Proxy.String()
		if !j.Secrets {
			proxy = hide.URL(h.Proxy)
		}
		dst = appendMember(dst, "proxy", proxy)
	}
	dst = appendTLS(dst, h.TLS, at)
	return appendTimings(dst, &h.Timings)
}

func (j *JSON) url(h *dial.Handshake) string {
	if j.Secrets {
		return h.URL.String()
	}
	return hide.URL(h.URL)
}

// appendHead appends the head of a request or a response, if there is one: its lines where they are
// as they should be, its bytes otherwise.
func appendHead(dst []byte, name string, head []byte) []byte {
	if len(head) == 0 {
		return dst
	}
	dst = append(appendName(dst, name), '{')
	line, fields, ok := splitHead(head)
	if !ok {
		dst = base64.StdEncoding.AppendEncode(append(dst, `"base64":"`...), head)
		return append(dst, `"}`...)
	}
	dst = appendString(append(dst, `"line":`...), []byte(line))
	dst = append(dst, `,"fields":[`...)
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, '['), []byte(f.Name))
		dst = appendString(append(dst, ','), []byte(f.Value))
		dst = append(dst, ']')
	}
	return append(dst, "]}"...)
}

// splitHead takes a head apart whose lines are UTF-8 and end with CRLF, whose fields are each
// written "Name: value", and which ends with an empty line; joinHead makes the same bytes of it.
func splitHead(head []byte) (line string, fields []dial.Field, ok bool) {
	rest, ok := strings.CutSuffix(string(head), "\r\n\r\n")
	if !ok || !utf8.ValidString(rest) {
		return "", nil, false
	}
	lines := strings.Split(rest, "\r\n")
	for _, l := range lines[1:] {
		name, value, found := strings.Cut(l, ": ")
		if !found {
			return "", nil, false
		}
		fields = append(fields, dial.Field{Name: name, Value: value})
	}
	return lines[0], fields, bytes.Equal(joinHead(lines[0], fields), head)
}

func joinHead(line string, fields []dial.Field) []byte {
	head := append([]byte(line), "\r\n"...)
	for _, f := range fields {
		head = append(append(head, f.Name...), ": "...)
		head = append(append(head, f.Value...), "\r\n"...)
	}
	return append(head, "\r\n"...)
}

func (j *JSON) protocols(dst []byte, h *dial.Handshake) []byte {
	offered := h.OfferedProtocols
	if !j.Secrets {
		offered = hide.Protocols(offered)
	}
	dst = append(dst, `,"subprotocols":{"offered":[`...)
	for i, p := range offered {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, []byte(p))
	}
	return append(appendMember(append(dst, ']'), "chosen", subprotocol(h, j.Secrets)), '}')
}

func appendRemote(dst []byte, addr net.Addr) []byte {
	if addr == nil {
		return dst
	}
	dst = appendString(append(dst, `,"remote":{"network":`...), []byte(addr.Network()))
	return append(appendMember(dst, "address", addr.String()), '}')
}

// appendTLS appends how the connection is secured; the days that the certificate is valid for are
// counted from the event's time.
func appendTLS(dst []byte, state *tls.ConnectionState, at time.Time) []byte {
	if state == nil {
		return dst
	}
	dst = appendString(append(dst, `,"tls":{"version":`...), []byte(tls.VersionName(state.Version)))
	dst = appendMember(dst, "cipher", tls.CipherSuiteName(state.CipherSuite))
	dst = appendMember(dst, "alpn", state.NegotiatedProtocol)
	dst = appendMember(dst, "server_name", state.ServerName)
	dst = appendBool(dst, "verified", len(state.VerifiedChains) > 0)
	if len(state.PeerCertificates) > 0 {
		dst = appendCertificate(dst, state.PeerCertificates[0], at)
	}
	return append(dst, '}')
}

func appendCertificate(dst []byte, cert *x509.Certificate, at time.Time) []byte {
	dst = append(dst, `,"certificate":{"subject":`...)
	dst = appendString(dst, []byte(cert.Subject.String()))
	dst = append(dst, `,"names":[`...)
	for i, name := range certificateNames(cert) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, []byte(name))
	}
	dst = appendMember(append(dst, ']'), "issuer", cert.Issuer.String())
	dst = append(appendTime(append(dst, `,"not_before":"`...), cert.NotBefore), '"')
	dst = append(appendTime(append(dst, `,"not_after":"`...), cert.NotAfter), '"')
	dst = appendInt(dst, "days_left", int64(cert.NotAfter.Sub(at)/(24*time.Hour)))
	return append(appendBase64(dst, "der", cert.Raw), '}')
}

// certificateNames are the names and addresses that a certificate is for.
func certificateNames(cert *x509.Certificate) []string {
	names := append([]string(nil), cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	for _, u := range cert.URIs {
		names = append(names, u.String())
	}
	return names
}

func appendTimings(dst []byte, t *dial.Timings) []byte {
	dst = appendSeconds(append(dst, `,"timings":{"dns":`...), t.DNS, 9)
	dst = appendSeconds(append(dst, `,"tcp":`...), t.TCP, 9)
	dst = appendSeconds(append(dst, `,"proxy":`...), t.Proxy, 9)
	dst = appendSeconds(append(dst, `,"tls":`...), t.TLS, 9)
	dst = appendSeconds(append(dst, `,"upgrade":`...), t.Upgrade, 9)
	return append(appendSeconds(append(dst, `,"total":`...), t.Total, 9), '}')
}
