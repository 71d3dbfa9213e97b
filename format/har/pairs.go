package har

import (
	"net/http"
	"net/url"
	"strings"
)

// ParseHead takes the head of a request or a response apart as well as it can be.
func ParseHead(head []byte) (line string, fields []Pair) {
	for i, l := range strings.Split(strings.TrimRight(string(head), "\r\n"), "\n") {
		l = strings.TrimSuffix(l, "\r")
		if i == 0 {
			line = l
			continue
		}
		name, value, _ := strings.Cut(l, ":")
		fields = append(fields, Pair{Text(name), Text(strings.TrimSpace(value))})
	}
	return line, fields
}

// Query are a URL's parameters, as they would be read.
func Query(address string) (pairs []Pair) {
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, Pair{unescape(name), unescape(value)})
	}
	return pairs
}

func unescape(s string) Text {
	if d, err := url.QueryUnescape(s); err == nil {
		return Text(d)
	}
	return Text(s)
}

// Cookies are those that the fields of a request have.
func Cookies(fields []Pair) (pairs []Pair) {
	for _, f := range fields {
		if !strings.EqualFold(string(f.Name), "Cookie") {
			continue
		}
		cookies, _ := http.ParseCookie(string(f.Value))
		for _, c := range cookies {
			pairs = append(pairs, Pair{Text(c.Name), Text(c.Value)})
		}
	}
	return pairs
}

// SetCookies are those that the fields of a response set.
func SetCookies(fields []Pair) (pairs []Pair) {
	for _, f := range fields {
		if !strings.EqualFold(string(f.Name), "Set-Cookie") {
			continue
		}
		if c, err := http.ParseSetCookie(string(f.Value)); err == nil {
			pairs = append(pairs, Pair{Text(c.Name), Text(c.Value)})
		}
	}
	return pairs
}

// WithCookies are the request's fields, with a Cookie field when its cookies stand in their own
// place only.
func (r *Request) WithCookies() []Pair {
	if len(r.Cookies) == 0 || r.field("Cookie") != "" {
		return r.Headers
	}
	var cookies []string
	for _, c := range r.Cookies {
		cookies = append(cookies, string(c.Name+"="+c.Value))
	}
	cookie := Pair{"Cookie", Text(strings.Join(cookies, "; "))}
	return append(r.Headers[:len(r.Headers):len(r.Headers)], cookie)
}
