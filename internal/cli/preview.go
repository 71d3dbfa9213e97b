package cli

import (
	"net/url"
	"strconv"
	"strings"

	"wsline/format"
	"wsline/internal/dial"
)

// requestText is the upgrade request that would be sent, byte for byte, but for secrets unless they
// are to be shown.
func requestText(t *target, secrets bool) (string, error) {
	if t.endpoint != "" {
		return "", usagef("", "%s is inside wsline, and its port is not known before", t.endpoint)
	}
	head, err := dial.Preview(&t.session.Dial)
	if err != nil || secrets {
		return string(head), err
	}
	return string(format.HideHead(head)), nil
}

// A foreign command is one for another program that makes the same connection.
type foreign struct {
	target  *target
	given   []givenFlag
	secrets bool // shown
	words   []string
}

func (f *foreign) add(words ...string) { f.words = append(f.words, words...) }

// line is the command for a POSIX shell.
func (f *foreign) line() string {
	quoted := make([]string, len(f.words))
	for i, w := range f.words {
		quoted[i] = shellQuote(w)
	}
	return strings.Join(quoted, " ") + "\n"
}

// argument is that of a flag which was given, "" for none.
func (f *foreign) argument(name string) string {
	for _, g := range f.given {
		if g.flag.name == name {
			return g.arg
		}
	}
	return ""
}

// fields are those of the request; what is secret in them is hidden unless it is to be shown.
func (f *foreign) fields() (fields []dial.Field, err error) {
	head, err := dial.Preview(&f.target.session.Dial)
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(string(head), "\r\n") {
		if name, value, found := strings.Cut(line, ": "); found && i > 0 {
			fields = append(fields, dial.Field{Name: name, Value: f.hide(name, value)})
		}
	}
	return fields, nil
}

func (f *foreign) hide(name, value string) string {
	if f.secrets {
		return value
	}
	return format.HideField(name, value)
}

// url is the one that is connected to, with another scheme where one is given. Who asks stands in a
// field.
func (f *foreign) url(plain, secure string) string {
	u := *f.target.session.Dial.URL
	u.User = nil
	if u.Scheme == "wss" {
		u.Scheme = secure
	} else {
		u.Scheme = plain
	}
	if f.secrets {
		return u.String()
	}
	return format.HideURL(&u)
}

// proxy is the one that the connection goes through, nil for none.
func (f *foreign) proxy() (*url.URL, error) {
	d := &f.target.session.Dial
	if d.Proxy == nil || d.Socket != "" {
		return nil, nil
	}
	return d.Proxy(d.URL)
}

// proxyText is a proxy's address as another program takes it.
func (f *foreign) proxyText(u *url.URL) string {
	if f.secrets {
		return u.String()
	}
	return format.HideURL(u)
}

// cannot says that another program does not do what was asked for.
func cannot(program, what string) error {
	return usagef("leave that out, or use wsline itself", "%s cannot %s", program, what)
}

// curlCommand is a curl command that sends the same upgrade request and prints what comes. It uses
// http and https URLs, which every version of curl takes: ws came with 8.11.
func curlCommand(t *target, given []givenFlag, secrets bool) (string, error) {
	if t.endpoint != "" {
		return "", cannot("curl", "reach "+t.endpoint+", which is inside wsline")
	}
	f := &foreign{target: t, given: given, secrets: secrets}
	d := &t.session.Dial
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
	d := &f.target.session.Dial
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
	if pass := f.argument("passphrase"); pass != "" && pass != noArgument {
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
	d := &f.target.session.Dial
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

// shellQuote writes a word so that a POSIX shell reads it back as it is.
func shellQuote(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
