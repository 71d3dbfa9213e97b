package target

import (
	"net/url"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/exit"
	"wsline/internal/hide"
	"wsline/internal/words"
)

// Request is the upgrade request that would be sent, byte for byte, but for secrets unless they
// are to be shown.
func (t *Target) Request(secrets bool) (string, error) {
	if t.Endpoint != "" {
		return "", exit.Usagef("", "%s is inside wsline, and its port is not known before", t.Endpoint)
	}
	head, err := dial.Preview(&t.Session.Dial)
	if err != nil || secrets {
		return string(head), err
	}
	return t.secrets.Hide(string(hide.Head(head))), nil
}

// A foreign command is one for another program that makes the same connection.
type foreign struct {
	target  *Target
	options *Options
	secrets bool // shown
	words   []string
}

func (f *foreign) add(words ...string) { f.words = append(f.words, words...) }

// line is the command for a POSIX shell.
func (f *foreign) line() string {
	quoted := make([]string, len(f.words))
	for i, w := range f.words {
		quoted[i] = words.ShellQuote(w)
	}
	line := strings.Join(quoted, " ") + "\n"
	if f.secrets {
		return line
	}
	return f.target.secrets.Hide(line)
}

// argument is that of a flag which was given, "" for none.
func (f *foreign) argument(name string) string {
	for _, g := range f.options.given {
		if g.row.Name == name {
			return g.arg
		}
	}
	return ""
}

// fields are those of the request; what is secret in them is hidden unless it is to be shown.
func (f *foreign) fields() (fields []dial.Field, err error) {
	head, err := dial.Preview(&f.target.Session.Dial)
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
	return hide.Field(name, value)
}

// url is the one that is connected to, with another scheme where one is given. Who asks stands in a
// field.
func (f *foreign) url(plain, secure string) string {
	u := *f.target.Session.Dial.URL
	u.User = nil
	if u.Scheme == "wss" {
		u.Scheme = secure
	} else {
		u.Scheme = plain
	}
	if f.secrets {
		return u.String()
	}
	return hide.URL(&u)
}

// proxy is the one that the connection goes through, nil for none.
func (f *foreign) proxy() (*url.URL, error) {
	d := &f.target.Session.Dial
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
	return hide.URL(u)
}

// cannot says that another program does not do what was asked for.
func cannot(program, what string) error {
	return exit.Usagef("leave that out, or use wsline itself", "%s cannot %s", program, what)
}
