package doctor

import (
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor/software"
	"wsline/internal/words"
)

// named are the variants that a row of the table names: "-s NAME", "-s" for those that the answer or
// the path speaks of, "-o ORIGIN", "no -o", "--host HOST", "no --host", "no --raw-header", "at PATH",
// "at PATH -s NAME".
func named(e *dial.Error, d *dial.Config, tries ...string) (list []Variant) {
	for _, s := range tries {
		what, value, _ := strings.Cut(s, " ")
		switch {
		case s == "-s":
			list = append(list, NamedSubprotocols(e, d)...)
		case what == "-s" && dial.IsToken(value):
			list = append(list, Offering(value))
		case what == "-o":
			if u, err := url.Parse(value); err == nil && u.Host != "" {
				list = append(list, WithOrigin(value))
			}
		case s == "no -o" && givesField(d, "Origin"):
			list = append(list, WithoutOrigin())
		case what == "--host":
			list = append(list, WithHost(value))
		case s == "no --host" && d.Host != "":
			list = append(list, WithHost(""))
		case s == "no --raw-header" && len(d.RawHeader) > 0:
			list = append(list, WithoutRawHeader())
		case what == "at":
			list = append(list, atVariant(value, d)...)
		}
	}
	return list
}

func givesField(d *dial.Config, name string) bool {
	return slices.ContainsFunc(d.Header, func(f dial.Field) bool {
		return strings.EqualFold(f.Name, name)
	})
}

// atVariant is the same server at a path with a query, where one is given, and with a subprotocol.
func atVariant(place string, d *dial.Config) []Variant {
	place, subprotocol, _ := strings.Cut(place, " -s ")
	if ref, err := url.Parse(place); err != nil || ref.Host != "" {
		return nil
	}
	v := AtPath(d, place)
	if subprotocol != "" {
		v = v.And(Offering(subprotocol))
	}
	return []Variant{v}
}

// atPath is such a place as it is typed.
func atPath(base *url.URL, place string) string {
	if base == nil {
		base = &url.URL{Scheme: "ws", Host: "HOST"}
	}
	return words.ShellQuote(base.Scheme + "://" + base.Host + place)
}

// subprotocolsSaid are those that an answer names: in its fields, its reason phrase or its body. A
// field may only repeat what was offered, as that of RabbitMQ does.
func subprotocolsSaid(e *dial.Error) (list []string) {
	offered := listed(sentFields(e).Values("Sec-WebSocket-Protocol"))
	for _, name := range listed(e.Header.Values("Sec-WebSocket-Protocol")) {
		if dial.IsToken(name) && !slices.Contains(offered, name) && len(list) < 3 {
			list = append(list, name)
		}
	}
	words := strings.FieldsFunc(said(e), func(r rune) bool {
		return !dial.IsToken(string(r)) || r == '\'' || r == '`' || r == '|'
	})
	for i := range words {
		words[i] = strings.TrimRight(words[i], ".!")
	}
	for _, p := range software.Places {
		for _, name := range p.Protocols {
			if slices.Contains(words, name) && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// MeantSubprotocols are the subprotocols that the path of a URL stands for, the newest first.
func MeantSubprotocols(u *url.URL) []string {
	if u == nil {
		return nil
	}
	for _, p := range software.Places {
		if len(p.Protocols) > 0 && p.IsIn(u.Path) {
			return p.Protocols
		}
	}
	return nil
}

// NamedSubprotocols are variants with the subprotocols that an answer names and the path means, but
// for what was offered already.
func NamedSubprotocols(e *dial.Error, d *dial.Config) (list []Variant) {
	for _, name := range slices.Concat(subprotocolsSaid(e), MeantSubprotocols(e.URL)) {
		isOld := func(v Variant) bool { return slices.Contains(v.Add, name) }
		if !slices.ContainsFunc(list, isOld) && !slices.Contains(d.Subprotocols, name) {
			list = append(list, Offering(name))
		}
	}
	return list
}

// tryLocation is the place that an answer points to, on the same server.
func tryLocation(e *dial.Error, d *dial.Config) []Variant {
	location := e.Header.Get("Location")
	if d.Hide != nil && strings.Contains(location, " hidden>") {
		return nil // what stands there is not known any more
	}
	ref, err := d.URL.Parse(location)
	if err != nil || ref.Host != d.URL.Host || ref.User != nil {
		return nil
	}
	return atVariant(ref.RequestURI(), d)
}
