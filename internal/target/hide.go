package target

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"sync"

	"wsline/internal/dial"
	"wsline/internal/hide"
	"wsline/internal/redact"
	"wsline/internal/secret"
)

// minHidden is how many bytes a credential has that is looked for in what a server says of itself:
// shorter ones are also parts of innocent words.
const minHidden = 6

// hides is what hides the credentials of a connection in what is told of it, but those of which
// others see to that; nil where there are none.
func (r *Resolver) hides(d *dial.Config, more []string) func(text string, isCut bool) string {
	values := credentials(d)
	for _, value := range more {
		if len(value) >= minHidden {
			values = append(values, value)
		}
	}
	if r.Hides != nil {
		values = slices.DeleteFunc(values, r.Hides)
	}
	if len(values) == 0 {
		return nil
	}
	redactor := sync.OnceValue(func() (r *redact.Redactor) {
		for _, value := range values {
			r = r.WithSize(value)
		}
		return r
	})
	return func(text string, isCut bool) string {
		text = redactor().HideCut(text)
		if isCut {
			text = redactor().HideEnd(text)
		}
		return text
	}
}

// credentials are the values that are hidden in what is told of the connection.
func credentials(d *dial.Config) (values []string) {
	add := func(value string) {
		if len(value) >= minHidden {
			values = append(values, value)
		}
	}
	for _, fields := range [][]dial.Field{d.Header, d.RawHeader} {
		for _, f := range fields {
			ofField(f.Name, strings.TrimSpace(f.Value), add)
		}
	}
	ofProtocols(d.Subprotocols, add)
	if d.URL == nil {
		return values
	}
	ofUser(d.URL.User, add)
	ofQuery(d.URL, add)
	if d.Proxy != nil {
		if proxy, err := d.Proxy(d.URL); err == nil && proxy != nil {
			ofUser(proxy.User, add)
		}
	}
	return values
}

func ofField(name, value string, add func(string)) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "authorization", "proxy-authorization":
		scheme, rest, found := strings.Cut(value, " ")
		if !found {
			add(value)
			return
		}
		rest = strings.TrimSpace(rest)
		add(rest)
		if pair, err := base64.StdEncoding.DecodeString(rest); err == nil &&
			strings.EqualFold(scheme, "Basic") {
			_, password, _ := strings.Cut(string(pair), ":")
			add(password)
		}
	case "cookie":
		for pair := range strings.SplitSeq(value, ";") {
			if _, value, found := strings.Cut(pair, "="); found {
				add(strings.Trim(value, `" `))
			} else {
				add(strings.TrimSpace(pair))
			}
		}
	case "sec-websocket-protocol":
		ofProtocols(strings.Split(value, ","), add)
	default:
		if secret.Name(name) {
			add(value)
		}
	}
}

func ofProtocols(list []string, add func(string)) {
	for i, isToken := range secret.Protocols(list) {
		if isToken {
			add(strings.TrimPrefix(strings.TrimSpace(list[i]), secret.KubernetesBearer))
		}
	}
}

// ofUser adds the password of a URL, or a user without one, who may be a token, and both as they are
// sent (RFC 7617 §2).
func ofUser(user *url.Userinfo, add func(string)) {
	if user == nil {
		return
	}
	password, found := user.Password()
	if found {
		add(password)
	} else {
		add(user.Username())
	}
	add(base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password)))
}

// ofQuery adds the parameters that hide.URL hides.
func ofQuery(u *url.URL, add func(string)) {
	for pair := range strings.FieldsFuncSeq(u.RawQuery, func(r rune) bool {
		return strings.ContainsRune("?&;", r)
	}) {
		name, value, _ := strings.Cut(pair, "=")
		if hide.URLText("?"+pair) == "?"+pair || name == "" {
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		add(value)
	}
}
