// Package fill puts the values of variables into URLs and the arguments of flags about header fields. A
// value is data there: it is percent-encoded in a path or a query, and no part of what is written
// around it in a field.
package fill

import (
	"strings"

	"wsline/internal/dial/uri"
	"wsline/internal/exit"
	"wsline/internal/words"
)

// An Expand puts the values of variables into a text; of says what that is, for an error.
type Expand func(of, text string) (words.Text, error)

// Flag puts values into the argument of a flag that gives a header field, and leaves any other as it is.
func Flag(name, arg string, expand Expand) (string, error) {
	if by := flags[name]; by != nil && strings.Contains(arg, "${") {
		return by("--"+name, arg, expand)
	}
	return arg, nil
}

// flags are those of header fields, and how values are put into their arguments.
var flags = map[string]func(flag, text string, expand Expand) (string, error){
	"header": field, "raw-header": field,
	"cookie": without(";"), "subprotocol": without(","),
	"origin": without(""), "user-agent": without(""), "bearer": without(""), "auth": login,
}

// without are values without what would end them where they stand.
func without(ends string) func(flag, text string, expand Expand) (string, error) {
	return func(flag, text string, expand Expand) (string, error) {
		filled, err := within(flag, text, ends, expand)
		return filled.String(), err
	}
}

// within is without as what was written and values.
func within(flag, text, ends string, expand Expand) (words.Text, error) {
	filled, err := expand(flag, text)
	if err != nil {
		return filled, err
	}
	for _, v := range filled.Values() {
		switch i := strings.IndexAny(v.Text, "\r\n\x00"+ends); {
		case v.Source == "" || i < 0:
		case strings.IndexByte(ends, v.Text[i]) >= 0:
			return filled, exit.Usagef("", "%s: the value of %s has a %q, which would end it there",
				flag, v.Source, v.Text[i:i+1])
		default:
			return filled, exit.Usagef("",
				"%s: the value of %s has a line end or a NUL, which no header field can hold",
				flag, v.Source)
		}
	}
	return filled, nil
}

// field puts values into that of a field.
func field(flag, line string, expand Expand) (string, error) {
	name, value, found := strings.Cut(line, ":")
	if !found || strings.Contains(name, "${") {
		return line, exit.Usagef("write 'Name: ${NAME}'",
			"%s: a variable stands in the value of a field, and not in %q", flag, name)
	}
	filled, err := within(flag, value, "", expand)
	return name + ":" + filled.String(), err
}

// login puts values into USER:PASSWORD. A user has no colon (RFC 7617 §2).
func login(flag, pair string, expand Expand) (string, error) {
	user, password, found := strings.Cut(pair, ":")
	name, err := within(flag, user, ":", expand)
	if err != nil || !found {
		return name.String(), err
	}
	secret, err := within(flag, password, "", expand)
	return name.String() + ":" + secret.String(), err
}

// URL puts values into the path and the query of a URL, percent-encoded (RFC 3986 §2.1).
func URL(address string, expand Expand) (string, error) {
	if !strings.Contains(address, "${") {
		return address, nil
	}
	filled, err := expand("the URL", address)
	if err != nil {
		return "", err
	}
	form := filled.Form()
	rest := 0 // where the authority ends
	if i := strings.Index(form, "://"); i >= 0 {
		rest = i + len("://")
	}
	if i := strings.IndexAny(form[rest:], "/?#"); i >= 0 {
		rest += i
	} else {
		rest = len(form)
	}
	if filled.Slice(0, rest).HasValues() {
		return "", exit.Usagef("the server is always the one that was typed",
			"a variable stands in the path or the query of a URL, and not before: %q",
			uri.WithoutPassword(address))
	}
	var wrong error
	text := filled.Fill(func(v words.Value) string {
		if v.Text == "." || v.Text == ".." { // RFC 3986 §5.2.4
			wrong = exit.Usagef("", "the URL: the value of %s is %q, which is no part of a path",
				v.Source, v.Text)
		}
		return percentEncoded(v.Text)
	})
	return text, wrong
}

// percentEncoded keeps what is unreserved (RFC 3986 §2.3).
func percentEncoded(value string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			c == '-', c == '.', c == '_', c == '~':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}
