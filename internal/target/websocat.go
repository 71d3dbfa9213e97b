package target

import (
	"net/url"
	"strconv"
	"strings"

	"wsline/internal/words"
)

// WebsocatCommand is a command for websocat 1.x that makes the same connection, as far as that one
// can: its flags say less.
func (t *Target) WebsocatCommand(o *Options, secrets bool) (string, error) {
	if t.Endpoint != "" {
		return "", cannot("websocat", "reach "+t.Endpoint+", which is inside wsline")
	}
	f := &foreign{target: t, options: o, secrets: secrets}
	if what := f.beyondWebsocat(); what != "" {
		return "", cannot("websocat", what)
	}
	d := &t.Session.Dial
	proxy, err := f.proxy()
	switch {
	case err != nil:
		return "", err
	case proxy != nil && (!strings.HasPrefix(proxy.Scheme, "socks5") || proxy.User != nil):
		return "", cannot("websocat", "go through the proxy "+strconv.Quote(proxy.Redacted()))
	}
	trust := ""
	if ca := f.argument("ca"); ca != "" && d.URL.Scheme == "wss" {
		trust = "SSL_CERT_FILE=" + words.ShellQuote(ca) + " " // which OpenSSL reads
	}
	f.add("websocat")
	if d.TLS.Insecure && d.URL.Scheme == "wss" {
		f.add("--insecure")
	}
	if proxy != nil {
		f.add("--socks5=" + socksAddress(proxy))
	}
	if err := f.websocatFields(); err != nil {
		return "", err
	}
	if address := f.url("ws", "wss"); d.Socket != "" {
		f.add("--ws-c-uri="+address, "-", "ws-c:unix:"+d.Socket)
	} else {
		f.add(address)
	}
	return trust + f.line(), nil
}

// beyondWebsocat is what was asked for that websocat has no flag for, "" for nothing.
func (f *foreign) beyondWebsocat() string {
	d := &f.target.Session.Dial
	for _, c := range []struct {
		when bool
		what string
	}{
		{len(d.RawHeader) > 0, "send fields of the handshake as they stand (--raw-header)"},
		{d.Compress, "offer compression (--compress)"},
		{d.Redirects > 0, "follow redirects (-L)"},
		{len(d.Resolve) > 0, "connect to another address (--resolve)"},
		{d.Network == "tcp4" || d.Network == "tcp6", "choose between IPv4 and IPv6"},
		{d.TLS.ServerName != "", "ask for another server name (--servername)"},
		{d.TLS.Cert != nil, "use a client certificate in PEM form (--cert)"},
		{f.argument("tls-min") == "1.3", "ask for TLS 1.3 at least (--tls-min)"},
		{d.Socket != "" && d.URL.Scheme == "wss", "speak TLS over a Unix socket"},
		{d.Host != "", "send another Host (--host)"},
	} {
		if c.when {
			return c.what
		}
	}
	return ""
}

// websocatFields adds the fields that are not the handshake's own. The equal sign keeps websocat from
// taking what follows for more fields.
func (f *foreign) websocatFields() error {
	fields, err := f.fields()
	if err != nil {
		return err
	}
	for _, field := range fields {
		switch strings.ToLower(field.Name) {
		case "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version":
		case "origin":
			f.add("--origin=" + field.Value)
		case "sec-websocket-protocol":
			f.add("--protocol=" + field.Value)
		default:
			f.add("-H=" + field.Name + ": " + field.Value)
		}
	}
	return nil
}

// socksAddress is host:port of a proxy.
func socksAddress(u *url.URL) string {
	if u.Port() == "" {
		return u.Host + ":1080"
	}
	return u.Host
}
