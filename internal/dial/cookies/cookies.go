// Package cookies keeps the cookies that are set between the steps of one connect (RFC 6265).
package cookies

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A Jar keeps cookies. The zero value has none; it is used by one goroutine.
type Jar struct{ jar *cookiejar.Jar }

// Keep keeps the cookies that the answer to a ws or wss URL sets.
func (j *Jar) Keep(u *url.URL, h http.Header) {
	set := (&http.Response{Header: h}).Cookies()
	if len(set) == 0 {
		return
	}
	if j.jar == nil {
		j.jar, _ = cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	}
	j.jar.SetCookies(asHTTP(u), set)
}

// For are the cookies that go to a ws or wss URL.
func (j *Jar) For(u *url.URL) []*http.Cookie {
	if j.jar == nil {
		return nil
	}
	return j.jar.Cookies(asHTTP(u))
}

// asHTTP is a ws or wss URL as the rules for cookies have it.
func asHTTP(u *url.URL) *url.URL {
	h := *u
	h.Scheme = strings.Replace(u.Scheme, "ws", "http", 1)
	return &h
}

// Without is the value of a Cookie field without the cookies that are set anew.
func Without(value string, set []*http.Cookie) string {
	var kept []string
	for pair := range strings.SplitSeq(value, ";") {
		pair = strings.TrimSpace(pair)
		name, _, _ := strings.Cut(pair, "=")
		isSet := false
		for _, c := range set {
			isSet = isSet || c.Name == name
		}
		if pair != "" && !isSet {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "; ")
}

// Value is what a Cookie field says for cookies.
func Value(set []*http.Cookie) string {
	var pairs []string
	for _, c := range set {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}
