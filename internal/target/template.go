package target

import (
	"slices"
	"strings"

	"wsline/internal/target/fill"
)

// A Template makes the targets of connections that follow one another, with other values each time in
// the URL and the header fields. A value is data there: it is percent-encoded in the path or the query,
// and no part of what is written around it in a field. Files are read, and people asked, once.
type Template struct {
	resolver *Resolver
	options  *Options // the fields as files and people gave them
	address  string
	first    *Target
}

// Template is one of options and an address.
func (r *Resolver) Template(o *Options, address string) *Template {
	return &Template{resolver: r, options: o, address: address}
}

// Target is the next target, and the options that it is of. The first one is that of
// Resolver.Target: what is changed in it is so in those that follow.
func (t *Template) Target(expand fill.Expand) (target *Target, o *Options, err error) {
	address, err := fill.URL(t.address, expand)
	if err != nil {
		return nil, nil, err
	}
	if t.first == nil {
		if err := t.settle(expand); err != nil {
			return nil, nil, err
		}
	}
	if o, err = t.options.expanded(expand); err != nil {
		return nil, nil, err
	}
	if t.first != nil {
		target, err = t.resolver.again(t.first, o, address)
		return target, o, err
	}
	target, err = t.resolver.Target(o, address)
	t.first = target
	return target, o, err
}

// again is a target like one before, but for the URL and the fields.
func (r *Resolver) again(before *Target, o *Options, address string) (*Target, error) {
	c := *before
	c.Address = address
	d := &c.Session.Dial
	for _, step := range []func() error{
		func() error { return r.address(&c, o, address) },
		func() (err error) { d.Subprotocols, err = Subprotocols(o.subprotocols); return err },
		func() (err error) { d.Header, err = r.header(o, d.URL); return err },
		func() (err error) { d.RawHeader, err = rawHeader(o.rawHeaders); return err },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	d.Hide = r.hides(d, o.secrets)
	return &c, nil
}

// settle reads the files and asks for the password of the fields.
func (t *Template) settle(expand fill.Expand) error {
	if err := t.options.Check(); err != nil {
		return err
	}
	o := *t.options
	o.headers = nil
	for _, h := range t.options.headers {
		if !strings.HasPrefix(h, "@") {
			o.headers = append(o.headers, h)
			continue
		}
		fields, err := givenFields([]string{h})
		if err != nil {
			return err
		}
		for _, f := range fields {
			o.headers = append(o.headers, literal(f.Name+": "+f.Value))
		}
	}
	if strings.HasPrefix(o.bearer, "@") {
		token, err := secretOrFile("--bearer", o.bearer)
		if err != nil {
			return err
		}
		o.bearer = literal(token)
	}
	if o.auth != "" && !strings.Contains(o.auth, ":") {
		user, err := expand("--auth", o.auth)
		if err != nil {
			return err
		}
		password, err := t.resolver.password(user.String())
		if err != nil {
			return err
		}
		o.auth += ":" + literal(password)
	}
	o.settled = true
	t.options = &o
	return nil
}

// expanded are the options with the values of variables in the header fields.
func (o *Options) expanded(expand fill.Expand) (*Options, error) {
	e := *o
	var failed error
	one := func(flag string, text *string) {
		filled, err := fill.Flag(flag, *text, expand)
		if *text = filled; failed == nil {
			failed = err
		}
	}
	all := func(flag string, list *[]string) {
		*list = slices.Clone(*list)
		for i := range *list {
			one(flag, &(*list)[i])
		}
	}
	all("header", &e.headers)
	all("raw-header", &e.rawHeaders)
	all("cookie", &e.cookies)
	all("subprotocol", &e.subprotocols)
	one("origin", &e.origin)
	one("user-agent", &e.userAgent)
	one("bearer", &e.bearer)
	one("auth", &e.auth)
	e.given = slices.Clone(o.given)
	for i, g := range e.given {
		if !strings.HasPrefix(g.arg, "@") {
			one(g.row.Name, &e.given[i].arg)
		}
	}
	return &e, failed
}
