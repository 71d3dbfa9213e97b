package target

import (
	"strconv"
	"strings"
)

// CurlCommand is a curl command that sends the same upgrade request and prints what comes. It uses
// http and https URLs, which every version of curl takes: ws came with 8.11.
func (t *Target) CurlCommand(o *Options, secrets bool) (string, error) {
	if t.Endpoint != "" {
		return "", cannot("curl", "reach "+t.Endpoint+", which is inside wsline")
	}
	f := &foreign{target: t, options: o, secrets: secrets}
	d := &t.Session.Dial
	if name := d.TLS.ServerName; name != "" {
		return "", cannot("curl", "ask for another server name ("+strconv.Quote(name)+")")
	}
	f.add("curl", "--include", "--no-buffer", "--http1.1")
	if err := f.curlFields(); err != nil {
		return "", err
	}
	f.curlTLS()
	if err := f.curlRoute(); err != nil {
		return "", err
	}
	if d.Redirects > 0 {
		f.add("--location", "--max-redirs", strconv.Itoa(d.Redirects))
	}
	address := f.url("http", "https")
	if strings.ContainsAny(d.URL.RequestURI(), "[]{}") {
		f.add("--globoff")
	}
	if path := d.URL.EscapedPath() + "/"; strings.Contains(path, "/./") ||
		strings.Contains(path, "/../") {
		f.add("--path-as-is")
	}
	f.add(address)
	return f.line(), nil
}

// curlFields adds the fields of the request. A field without a value is written with a semicolon, and
// one of curl's own is taken out with a colon.
func (f *foreign) curlFields() error {
	fields, err := f.fields()
	if err != nil {
		return err
	}
	f.add("-H", "Accept:")
	for _, field := range fields {
		switch {
		case field.Value == "":
			f.add("-H", field.Name+";")
		default:
			f.add("-H", field.Name+": "+field.Value)
		}
	}
	return nil
}

func (f *foreign) curlTLS() {
	d := &f.target.Session.Dial
	if d.URL.Scheme != "wss" {
		return
	}
	for _, flag := range []struct{ ours, curls string }{
		{"ca", "--cacert"}, {"cert", "--cert"}, {"key", "--key"},
	} {
		if file := f.argument(flag.ours); file != "" {
			f.add(flag.curls, file)
		}
	}
	if pass := f.argument("passphrase"); pass != "" {
		if !f.secrets {
			pass = "..."
		}
		f.add("--pass", pass)
	}
	if d.TLS.Insecure {
		f.add("--insecure")
	}
	if f.argument("tls-min") == "1.3" {
		f.add("--tlsv1.3")
	}
}

// curlRoute adds how the server is reached.
func (f *foreign) curlRoute() error {
	d := &f.target.Session.Dial
	if d.Socket != "" {
		f.add("--unix-socket", d.Socket)
	}
	switch d.Network {
	case "tcp4":
		f.add("-4")
	case "tcp6":
		f.add("-6")
	}
	for _, r := range d.Resolve {
		address := r.Address
		if strings.Contains(address, ":") {
			address = "[" + address + "]"
		}
		f.add("--resolve", r.Host+":"+r.Port+":"+address)
	}
	proxy, err := f.proxy()
	if err != nil || proxy == nil {
		return err
	}
	f.add("--proxy", f.proxyText(proxy))
	if strings.HasPrefix(proxy.Scheme, "http") {
		f.add("--proxytunnel")
	}
	return nil
}
