package format

import (
	"crypto/tls"
	"crypto/x509"
	"strconv"
	"strings"
	"time"

	"wsline/internal/plural"
)

// mostNames is how many of a certificate's names are shown; some have hundreds.
const mostNames = 10

// tls tells how the connection is secured, and by whose certificate.
func (p *shakePrinter) tls() {
	state := p.h.TLS
	if state == nil {
		return
	}
	text := "TLS: " + tls.VersionName(state.Version)
	if state.CipherSuite != 0 {
		text += ", " + tls.CipherSuiteName(state.CipherSuite)
	}
	if state.NegotiatedProtocol != "" {
		text += ", ALPN " + state.NegotiatedProtocol
	} else {
		text += ", no ALPN"
	}
	p.status(text)
	if len(state.PeerCertificates) == 0 {
		return
	}
	cert := state.PeerCertificates[0]
	p.status("certificate: " + orNobody(cert.Subject.String()))
	if names := certNames(cert); names != "" {
		p.status("  names: " + names)
	}
	p.status("  issuer: " + orNobody(cert.Issuer.String()))
	p.validity(cert)
	switch {
	case len(state.VerifiedChains) > 0:
	case state.HandshakeComplete:
		p.line(p.pal.Hint, "  not verified: any certificate is taken")
	default:
		p.line(p.pal.Error, "  not accepted")
	}
}

func orNobody(name string) string {
	if name == "" {
		return "no name"
	}
	return name
}

// certNames are the names and addresses that a certificate is for.
func certNames(cert *x509.Certificate) string {
	names := append([]string(nil), cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	more := ""
	if n := len(names) - mostNames; n > 0 {
		names, more = names[:mostNames], " and "+strconv.Itoa(n)+" more"
	}
	return strings.Join(names, ", ") + more
}

func (p *shakePrinter) validity(cert *x509.Certificate) {
	const layout = "2006-01-02 15:04"
	text := "  valid: " + cert.NotBefore.UTC().Format(layout) + " to " +
		cert.NotAfter.UTC().Format(layout) + " UTC"
	paint := p.pal.Status
	switch now := p.style.Now; {
	case now.IsZero():
	case now.After(cert.NotAfter):
		text += ", expired " + days(now.Sub(cert.NotAfter)) + " ago"
		paint = p.pal.Error
	case now.Before(cert.NotBefore):
		text += ", begins in " + days(cert.NotBefore.Sub(now))
		paint = p.pal.Error
	default:
		text += ", " + days(cert.NotAfter.Sub(now)) + " left"
	}
	p.line(paint, text)
}

// days is a time span in days, or in hours when it is less than two of them.
func days(d time.Duration) string {
	if hours := int(d / time.Hour); hours < 48 {
		return plural.Of(hours, "hour")
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " days"
}
