package listen

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"wsline/internal/dial"
)

// admit says why a request may not come in, nil when it may.
func (cfg *Config) admit(req *http.Request) *refusal {
	if !cfg.knows(req) {
		body := "the user or the password is wrong"
		if req.Header.Get("Authorization") == "" {
			body = "a user and a password are wanted"
		}
		return &refusal{status: http.StatusUnauthorized, body: body,
			fields: []dial.Field{{Name: "WWW-Authenticate", Value: `Basic realm="wsline", charset="UTF-8"`}}}
	}
	if len(cfg.Origins) == 0 || slices.Contains(cfg.Origins, "*") {
		return nil
	}
	origins := req.Header.Values("Origin")
	switch {
	case len(origins) == 0:
		return &refusal{status: http.StatusForbidden, body: "a request without an Origin is not let in"}
	case len(origins) > 1 || !cfg.allows(origins[0]):
		return &refusal{status: http.StatusForbidden,
			body: "the Origin " + strings.Join(origins, ", ") + " is not let in"}
	}
	return nil
}

// knows says whether a request has the user and the password that are demanded.
func (cfg *Config) knows(req *http.Request) bool {
	if cfg.User == "" && cfg.Password == "" {
		return true
	}
	user, password, _ := req.BasicAuth()
	return equal(user, cfg.User) && equal(password, cfg.Password)
}

// equal takes the same time whatever is different.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// allows says whether one of the patterns is that of an Origin. What is neither scheme://host:port nor
// null (RFC 6454 §6.1) matches none, as a pattern's * could stand for what does not belong there.
func (cfg *Config) allows(origin string) bool {
	origin = strings.ToLower(origin)
	host := origin
	if origin != "null" {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return false
		}
		host = u.Host
	}
	return slices.ContainsFunc(cfg.Origins, func(pattern string) bool {
		pattern, of := strings.ToLower(pattern), host
		if strings.Contains(pattern, "://") {
			of = origin
		}
		ok, _ := path.Match(pattern, of)
		return ok || pattern == of // an address of IPv6 has brackets, as patterns have for classes
	})
}

// CheckOrigin says whether s is a pattern for Config.Origins.
func CheckOrigin(s string) error {
	_, err := path.Match(s, "")
	return err
}

// subprotocol chooses the first offered one that may be chosen, "" for none. RFC 6455 §4.1 compares
// them with case.
func (cfg *Config) subprotocol(offered []string) string {
	if cfg.AnySubprotocol && len(offered) > 0 {
		return offered[0]
	}
	for _, name := range offered {
		if slices.Contains(cfg.Subprotocols, name) {
			return name
		}
	}
	return ""
}

// deflate is the answer to the extensions that a client offers: permessage-deflate as the first
// offer has it that can be agreed to, "" for none (RFC 7692 §5.1, §7.1).
func deflate(offered string) string {
	for offer := range strings.SplitSeq(offered, ",") {
		params := strings.Split(offer, ";")
		for i := range params {
			params[i] = strings.Trim(params[i], " \t")
		}
		if params[0] != "permessage-deflate" {
			continue
		}
		if answer, ok := deflateParams(params[1:]); ok {
			return answer
		}
	}
	return ""
}

// deflateParams agrees to one offer. The windows that are asked for are those that are answered with: ours may
// not be larger (RFC 7692 §7.1.2.1), and the client's need not be.
func deflateParams(params []string) (answer string, ok bool) {
	answer = "permessage-deflate"
	seen := map[string]bool{}
	for _, p := range params {
		name, value, hasValue := strings.Cut(p, "=")
		value = strings.Trim(value, `"`)
		if seen[name] {
			return "", false
		}
		seen[name] = true
		switch {
		case name == "client_max_window_bits" && !hasValue:
		case (name == "client_max_window_bits" || name == "server_max_window_bits") && isWindow(value):
			answer += "; " + name + "=" + value
		case (name == "client_no_context_takeover" || name == "server_no_context_takeover") && !hasValue:
			answer += "; " + name
		default:
			return "", false
		}
	}
	return answer, true
}

func isWindow(bits string) bool {
	return slices.Contains([]string{"8", "9", "10", "11", "12", "13", "14", "15"}, bits)
}
