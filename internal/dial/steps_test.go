package dial

import (
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"wsline/internal/dial/field"
	"wsline/internal/wstest"
)

// A cookie that is set on the way is sent on, to the hosts that it is for.
func TestCookiesOnTheWay(t *testing.T) {
	tests := []struct {
		name, url, location string
		set, own            []string
		want                []string // the Cookie fields of the second request
	}{
		{"the same host", "ws://a.example/", "/in", []string{"sid=1; HttpOnly", "theme=dark; Path=/"},
			nil, []string{"sid=1; theme=dark"}},
		{"the same place", "ws://a.example/", "/", []string{"sid=1"}, nil, []string{"sid=1"}},
		{"another port", "ws://a.example/", "ws://a.example:81/", []string{"sid=1"}, nil,
			[]string{"sid=1"}},
		{"another host", "ws://a.example/", "ws://b.example/", []string{"sid=1"}, nil, nil},
		{"the domain", "ws://a.x.example/", "ws://b.x.example/", []string{"sid=1; Domain=x.example"},
			nil, []string{"sid=1"}},
		{"somebody else's domain", "ws://a.example/", "/in", []string{"sid=1; Domain=b.example"}, nil, nil},
		{"a domain for all", "ws://a.co.uk/", "ws://b.co.uk/", []string{"sid=1; Domain=co.uk"}, nil, nil},
		{"another path", "ws://a.example/", "/in", []string{"sid=1; Path=/out"}, nil, nil},
		{"for TLS only", "ws://a.example/", "/in", []string{"sid=1; Secure"}, nil, nil},
		{"taken back", "ws://a.example/", "/in", []string{"sid=1", "sid=; Max-Age=0"}, nil, nil},
		{"beside the user's", "ws://a.example/", "/in", []string{"sid=2; Path=/"},
			[]string{"sid=1; theme=dark"}, []string{"theme=dark; sid=2"}},
		{"in the place of the user's", "ws://a.example/", "/in", []string{"sid=2"},
			[]string{"sid=1", "theme=dark"}, []string{"sid=2", "theme=dark"}},
		{"without the user's", "ws://a.example/", "ws://a.example:81/", []string{"sid=2"},
			[]string{"theme=dark"}, []string{"sid=2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &site{t: t, hosts: map[string]func(*wstest.Peer){}}
			var got []string
			for _, host := range []string{
				"a.example:80", "a.example:81", "b.example:80", "a.x.example:80", "b.x.example:80",
				"a.co.uk:80", "b.co.uk:80",
			} {
				s.hosts[host] = func(p *wstest.Peer) {
					if len(s.asked) == 1 {
						p.Refuse(302, http.Header{"Location": {tt.location}, "Set-Cookie": tt.set}, "")
						return
					}
					got = p.Request().Header["Cookie"]
					accept()(p)
				}
			}
			cfg := s.config(tt.url, 10)
			for _, value := range tt.own {
				cfg.Header = append(cfg.Header, Field{"Cookie", value})
			}
			mustDial(t, cfg)
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("cookies %q, want %q", got, tt.want)
			}
		})
	}
}

// A cookie is no way out of a loop for ever.
func TestCookiesInALoop(t *testing.T) {
	s := &site{t: t, hosts: map[string]func(*wstest.Peer){}}
	s.hosts["a.example:80"] = func(p *wstest.Peer) {
		p.Refuse(302, http.Header{"Location": {"/"}, "Set-Cookie": {"sid=1"}}, "")
	}
	sameError(t, dialError(t, t.Context(), s.config("ws://a.example/", 10)), &Error{
		Kind: KindHandshake, Reason: ReasonRedirectLoop, Status: 302, Location: "/",
		Text: `a.example redirects to "/", which has been visited already`,
	})
	if len(s.asked) != 2 {
		t.Errorf("asked %d times: %q", len(s.asked), s.asked)
	}
}

// checkDigest says whether a field is the answer of the user "me", whose password is "s:1", to a
// challenge with a nonce. It computes it as RFC 7616 §3.4.1 says, for MD5.
func checkDigest(value, method, uri, nonce, nc string) bool {
	list := field.Challenges([]string{value})
	if len(list) != 1 || list[0].Scheme != "Digest" {
		return false
	}
	p := list[0].Params
	hash := func(parts ...string) string {
		h := md5.Sum([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h[:])
	}
	want := hash(hash("me", "here", "s:1"), nonce, nc, p["cnonce"], "auth", hash(method, uri))
	return p["response"] == want && p["username"] == "me" && p["nonce"] == nonce && p["uri"] == uri &&
		p["nc"] == nc && p["opaque"] == "o" && p["cnonce"] != ""
}

const challenge = `Digest realm="here", qop="auth", opaque="o", nonce=`

func TestDigest(t *testing.T) {
	const nc1, nc2 = "00000001", "00000002"
	type step struct{ nonce, nc, answer string } // what must be sent, and what is answered
	tests := []struct {
		name   string
		login  func(*Config)
		steps  []step
		refuse bool
	}{
		{"in the URL", func(c *Config) { c.URL.User = url.UserPassword("me", "s:1") },
			[]step{{"", "", challenge + "n"}, {"n", nc1, ""}}, false},
		{"as Basic", func(c *Config) { c.Header = []Field{{"authorization", "Basic bWU6czox"}} },
			[]step{{"", "", challenge + "n"}, {"n", nc1, ""}}, false},
		{"a nonce that is too old", func(c *Config) { c.URL.User = url.UserPassword("me", "s:1") },
			[]step{{"", "", challenge + "n"}, {"n", nc1, challenge + "m, stale=true"}, {"m", nc1, ""}}, false},
		{"refused", func(c *Config) { c.URL.User = url.UserPassword("me", "s:1") },
			[]step{{"", "", challenge + "n"}, {"n", nc1, challenge + "m"}}, true},
		{"too old for ever", func(c *Config) { c.URL.User = url.UserPassword("me", "s:1") }, []step{
			{"", "", challenge + "n"}, {"n", nc1, challenge + "n, stale=true"},
			{"n", nc1, challenge + "n, stale=true"}, {"n", nc1, challenge + "n, stale=true"},
			{"n", nc1, challenge + "n, stale=true"},
		}, true},
		{"a redirect behind it", func(c *Config) { c.URL.User = url.UserPassword("me", "s:1") },
			[]step{{"", "", challenge + "n"}, {"n", nc1, "/to"}, {"n", nc2, ""}}, false},
		{"nobody", func(*Config) {}, []step{{"", "", challenge + "n"}}, true},
		{"a token", func(c *Config) { c.Header = []Field{{"Authorization", "Bearer x"}} },
			[]step{{"", "", challenge + "n"}}, true},
		{"or Basic", func(c *Config) { c.URL.User = url.UserPassword("me", "s:1") },
			[]step{{"", "", challenge + "n, Basic realm=here"}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			uri := "/x?y=1"
			cfg := piped(t, "ws://a.example"+uri, func(p *wstest.Peer) {
				r := p.Request()
				if n >= len(tt.steps) {
					t.Errorf("asked once more: %q", p.RawRequest)
					return
				}
				step := tt.steps[n]
				n++
				got := r.Header["Authorization"]
				if step.nonce != "" &&
					(len(got) != 1 || !checkDigest(got[0], "GET", uri, step.nonce, step.nc)) {
					t.Errorf("%d: sent %q", n, got)
				}
				switch {
				case step.answer == "":
					accept()(p)
				case step.answer[0] == '/':
					uri = step.answer
					moved(302, uri)(p)
				default:
					p.Refuse(401, http.Header{"Www-Authenticate": {step.answer}}, "")
				}
			})
			cfg.Redirects = 1
			tt.login(cfg)
			if !tt.refuse {
				mustDial(t, cfg)
			} else if e := dialError(t, t.Context(), cfg); e.Status != 401 || e.Foreign != "" {
				t.Errorf("%+v", e)
			}
			if n != len(tt.steps) {
				t.Errorf("asked %d times, want %d", n, len(tt.steps))
			}
		})
	}
}

func TestDigestProxy(t *testing.T) {
	s := wstest.Serve(t, accept())
	target := "ws.example:80"
	var sent []string
	p := wstest.HTTPProxy(t, wstest.ProxyConfig{
		Hosts: map[string]string{target: s.Addr()},
		Login: func(value string) string {
			if sent = append(sent, value); checkDigest(value, "CONNECT", target, "n", "00000001") {
				return ""
			}
			return challenge + "n"
		},
	})
	u := *p.URL()
	cfg := &Config{
		URL:   mustURL(t, "ws://ws.example/"),
		Proxy: func(*url.URL) (*url.URL, error) { return &u, nil },
	}
	u.User = url.UserPassword("me", "s:1")
	mustDial(t, cfg)
	if len(sent) != 2 || !strings.HasPrefix(sent[0], "Basic ") {
		t.Errorf("sent %q", sent)
	}
	u.User = url.UserPassword("me", "wrong")
	sameError(t, dialError(t, t.Context(), cfg), &Error{
		Kind: KindConnect, Reason: ReasonProxyAuth, Status: 407,
		Text: "the proxy " + u.Host + " refused the user and password",
	})
	if len(sent) != 4 {
		t.Errorf("sent %q", sent)
	}
}

// A login of a kind that is not spoken here is not the user's fault.
func TestForeignLogin(t *testing.T) {
	for value, want := range map[string]string{
		"NTLM": "NTLM", "Negotiate, NTLM": "Negotiate or NTLM", "NTLM, Basic realm=x": "",
		`Digest realm="x", algorithm=token`:  "Digest (token)",
		`Digest realm="x", qop="auth-int"`:   "Digest (md5 auth-int)",
		`Digest realm="x", Bearer realm="x"`: "", "Bearer, NTLM": "", "": "",
	} {
		p := wstest.HTTPProxy(t, wstest.ProxyConfig{Login: func(string) string { return value + " " }})
		u := *p.URL()
		u.User = url.UserPassword("me", "s:1")
		cfg := &Config{
			URL:   mustURL(t, "ws://ws.example/"),
			Proxy: func(*url.URL) (*url.URL, error) { return &u, nil },
		}
		e := dialError(t, t.Context(), cfg)
		text := "the proxy " + u.Host + " wants a login with " + want + ", which wsline does not speak"
		if want == "" {
			text = "the proxy " + u.Host + " refused the user and password"
		}
		if e.Foreign != want || e.Text != text || e.Reason != ReasonProxyAuth {
			t.Errorf("%q: %q, %s", value, e.Foreign, e.Text)
		}
		cfg = piped(t, "ws://me:s@a.example/", func(p *wstest.Peer) {
			p.Refuse(401, http.Header{"Www-Authenticate": {value}}, "")
		})
		if e := dialError(t, t.Context(), cfg); e.Foreign != want || e.Status != 401 {
			t.Errorf("%q from a server: %q", value, e.Foreign)
		}
	}
}
