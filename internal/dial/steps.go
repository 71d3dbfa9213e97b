package dial

import (
	"net/http"
	"net/url"
	"strings"

	"wsline/internal/dial/cookies"
	"wsline/internal/dial/digest"
	"wsline/internal/dial/field"
)

// steps is what one Dial keeps from an attempt to the next: redirects are followed, and challenges
// to log in are answered.
type steps struct {
	visited []string      // the places that redirects led to, in order
	cookies cookies.Jar   // that were set on the way
	login   *digest.Login // at the server; nil for none
	proxy   *digest.Login // at the proxy; nil for none
	answers int           // how many challenges were answered
}

// maxAnswers is how many challenges are answered: of a proxy and a server, each with a nonce that
// was too old.
const maxAnswers = 4

// next is the configuration for the next attempt after one that failed with e, or why there is none.
func (s *steps) next(cfg *Config, e *Error) (*Config, error) {
	if e.Kind == KindHandshake {
		s.cookies.Keep(cfg.URL, e.Header)
	}
	if s.answer(cfg, e) {
		return cfg, nil
	}
	next, err := s.follow(cfg, e)
	if err == nil && !sameOrigin(cfg.URL, next.URL) {
		s.login = nil
	}
	return next, err
}

// answer reports whether e is a challenge that the next attempt can answer: the user and password
// are known, and were not refused already.
func (s *steps) answer(cfg *Config, e *Error) bool {
	login, user, challenges := &s.login, cfg.user(), e.challenges()
	if e.Reason == ReasonProxyAuth {
		login, user = &s.proxy, e.Proxy.User
	}
	stale := *login != nil && digest.IsStale(challenges)
	refused := *login != nil && !stale || digest.OrBasic(challenges)
	if user == nil || refused || s.answers == maxAnswers {
		return false
	}
	password, _ := user.Password()
	if *login = digest.New(challenges, user.Username(), password); *login == nil {
		return false
	}
	s.answers++
	return true
}

// challenges are those of a server that wants a login, or of a proxy.
func (e *Error) challenges() []field.Challenge {
	switch {
	case e.Reason == ReasonProxyAuth:
		return field.Challenges(e.Header.Values("Proxy-Authenticate"))
	case e.Reason == ReasonStatus && e.Status == http.StatusUnauthorized:
		return field.Challenges(e.Header.Values("WWW-Authenticate"))
	}
	return nil
}

// user is who logs in at the server with Basic, nil for nobody.
func (cfg *Config) user() *url.Userinfo {
	for _, f := range cfg.Header {
		if strings.EqualFold(f.Name, "Authorization") {
			req := http.Request{Header: http.Header{"Authorization": {f.Value}}}
			if user, password, ok := req.BasicAuth(); ok {
				return url.UserPassword(user, password)
			}
			return nil
		}
	}
	return cfg.URL.User
}

// withCookies puts what was set on the way among the user's cookies, in the place of those with the
// same names. There is one Cookie field (RFC 6265 §5.4), unless the user gave more.
func withCookies(fields []Field, set []*http.Cookie) (all []Field) {
	if len(set) == 0 {
		return fields
	}
	value := cookies.Value(set)
	for _, f := range fields {
		if strings.EqualFold(f.Name, "Cookie") {
			own := cookies.Without(f.Value, set)
			if own != "" && value != "" {
				own += "; "
			}
			f.Value, value = own+value, ""
			if f.Value == "" {
				continue
			}
		}
		all = append(all, f)
	}
	if value != "" {
		all = append(all, Field{"Cookie", value})
	}
	return all
}
