package dial

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"wsline/internal/dial/uri"
	"wsline/internal/exit"
	"wsline/internal/wstest"
)

func useProxy(cfg *Config, p *wstest.Proxy) {
	u := p.URL()
	cfg.Proxy = func(*url.URL) (*url.URL, error) { return u, nil }
}

// replaceProxy puts the proxy's address where a text says PROXY.
func replaceProxy(text string, cfg *Config) string {
	if cfg.Proxy == nil {
		return text
	}
	u, _ := cfg.Proxy(cfg.URL)
	return strings.ReplaceAll(text, "PROXY", u.Host)
}

func TestProxies(t *testing.T) {
	ca := wstest.NewCA(t)
	open := wstest.Serve(t, accept())
	secure := wstest.ServeTLS(t, ca.ServerConfig(t, wstest.For("ws.example")), accept())
	hosts := map[string]string{"ws.example:80": open.Addr(), "ws.example:443": secure.Addr()}
	plain := wstest.ProxyConfig{Hosts: hosts}
	auth := wstest.ProxyConfig{Hosts: hosts, User: "user", Password: "p@s:s"}
	overTLS := wstest.ProxyConfig{Hosts: hosts, TLS: ca.ServerConfig(t), User: "u", Password: "p"}
	for name, p := range map[string]*wstest.Proxy{
		"http":              wstest.HTTPProxy(t, plain),
		"http, password":    wstest.HTTPProxy(t, auth),
		"https, password":   wstest.HTTPProxy(t, overTLS),
		"socks5h":           wstest.SOCKSProxy(t, plain),
		"socks5h, password": wstest.SOCKSProxy(t, auth),
	} {
		t.Run(name, func(t *testing.T) {
			for _, u := range []string{"ws://ws.example/", "wss://ws.example/"} {
				cfg := &Config{URL: mustURL(t, u), TLS: TLS{CA: ca.PEM()}}
				useProxy(cfg, p)
				hs := mustDial(t, cfg).Handshake
				if hs.Proxy == nil || hs.Proxy.Host != p.URL().Host || hs.Timings.Proxy <= 0 ||
					hs.Remote.String() != p.URL().Host || (hs.TLS != nil) != (u[:3] == "wss") {
					t.Errorf("handshake %+v", hs)
				}
			}
			want := []string{"ws.example:80", "ws.example:443"}
			if !reflect.DeepEqual(p.Asked(), want) {
				t.Errorf("asked for %q, want %q", p.Asked(), want)
			}
		})
	}
}

// With socks5 the name is resolved here, and the proxy is asked for an address.
func TestSOCKS5ResolvesHere(t *testing.T) {
	s := wstest.Serve(t, accept())
	p := wstest.SOCKSProxy(t, wstest.ProxyConfig{Hosts: map[string]string{
		"127.0.0.1:80": s.Addr(), "[2001:db8::1]:80": s.Addr(),
	}})
	u := *p.URL()
	u.Scheme = "socks5"
	cfg := &Config{
		URL:      mustURL(t, "ws://example.com/"),
		Resolver: dns(t, false),
		Proxy:    func(*url.URL) (*url.URL, error) { return &u, nil },
	}
	if conn := mustDial(t, cfg); conn.Handshake.Timings.DNS <= 0 {
		t.Errorf("timings %+v", conn.Handshake.Timings)
	}
	cfg.Resolve = []Resolve{{"example.com", "80", "2001:db8::1"}}
	mustDial(t, cfg)
	if want := []string{"127.0.0.1:80", "[2001:db8::1]:80"}; !reflect.DeepEqual(p.Asked(), want) {
		t.Errorf("asked for %q, want %q", p.Asked(), want)
	}
	cfg.URL = mustURL(t, "ws://nope.example/")
	sameError(t, dialError(t, t.Context(), cfg), &Error{
		Kind: KindConnect, Reason: ReasonNameNotFound,
		Text: `no address is known for "nope.example"`,
	})
}

func TestProxyReasons(t *testing.T) {
	ca := wstest.NewCA(t)
	httpProxy, socks := wstest.HTTPProxy, wstest.SOCKSProxy
	const target = "example.com:80"
	user := wstest.ProxyConfig{User: "u", Password: "p"}
	tests := []struct {
		name   string
		start  func(testing.TB, wstest.ProxyConfig) *wstest.Proxy
		cfg    wstest.ProxyConfig
		user   *url.Userinfo
		status int
		reason Reason
		text   string
	}{
		{"407", httpProxy, user, nil, 407, ReasonProxyAuth,
			"the proxy PROXY wants a user and a password"},
		{"407, wrong password", httpProxy, user, url.UserPassword("u", "x"), 407, ReasonProxyAuth,
			"the proxy PROXY refused the user and password"},
		{"403", httpProxy, wstest.ProxyConfig{Refuse: 403}, nil, 403, ReasonProxyRefused,
			"the proxy PROXY does not connect to " + target + ": 403 Forbidden"},
		{"not HTTP", httpProxy, wstest.ProxyConfig{Answer: "SSH-2.0-x\r\n"}, nil, 0,
			ReasonProxyOther, "the proxy PROXY does not answer as an HTTP proxy"},
		{"malformed", httpProxy, wstest.ProxyConfig{Answer: "HTTP/1.1 x\r\n\r\n"}, nil, 0,
			ReasonProxyOther, "the proxy PROXY does not answer as an HTTP proxy"},
		{"closed", httpProxy, wstest.ProxyConfig{Answer: "HTTP/1.1 20"}, nil, 0,
			ReasonProxyClosed, "the proxy PROXY closed the connection"},
		{"endless", httpProxy, wstest.ProxyConfig{
			Answer: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 70<<10),
		}, nil, 0, ReasonProxyOther, "the proxy PROXY does not answer as an HTTP proxy"},
		{"unknown certificate", httpProxy, wstest.ProxyConfig{TLS: ca.ServerConfig(t)}, nil, 0,
			ReasonProxyTLS, "TLS to the proxy PROXY: certificate signed by unknown authority"},
		{"SOCKS wants a password", socks, user, nil, 0, ReasonProxyAuth,
			"the proxy PROXY wants a user and a password"},
		{"SOCKS, wrong password", socks, user, url.UserPassword("u", "x"), 0, ReasonProxyAuth,
			"the proxy PROXY refused the user and password"},
		{"SOCKS refuses", socks, wstest.ProxyConfig{Refuse: 2}, nil, 0, ReasonProxyRefused,
			"the proxy PROXY does not connect to " + target + ": not allowed"},
		{"SOCKS, port closed", socks, wstest.ProxyConfig{Refuse: 5}, nil, 0, ReasonProxyRefused,
			"the proxy PROXY does not connect to " + target + ": connection refused"},
		{"SOCKS, unknown reply", socks, wstest.ProxyConfig{Refuse: 99}, nil, 0, ReasonProxyRefused,
			"the proxy PROXY does not connect to " + target},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := tt.start(t, tt.cfg).URL()
			u.User = tt.user
			cfg := &Config{
				URL:   mustURL(t, "ws://example.com/"),
				Proxy: func(*url.URL) (*url.URL, error) { return u, nil },
			}
			e := dialError(t, t.Context(), cfg)
			sameError(t, e, &Error{
				Kind: KindConnect, Reason: tt.reason, Status: tt.status,
				Text: replaceProxy(tt.text, cfg),
			})
			if e.Addr != u.Host {
				t.Errorf("address %q", e.Addr)
			}
		})
	}
}

func TestProxyOfAnotherKind(t *testing.T) {
	web := wstest.Serve(t, func(p *wstest.Peer) {
		p.Conn.Read(make([]byte, 3))
		p.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	})
	tests := []struct {
		proxy  string
		reason Reason
		text   string
	}{
		{"socks5h://" + web.Addr(), ReasonProxyOther,
			"the proxy PROXY does not answer as a SOCKS5 proxy"},
		{"http://" + wstest.SOCKSProxy(t, wstest.ProxyConfig{}).URL().Host, ReasonProxyClosed,
			"the proxy PROXY closed the connection"},
		{"https://" + web.Addr(), ReasonProxyOther, "the proxy PROXY does not speak TLS"},
	}
	for _, tt := range tests {
		cfg := &Config{
			URL:   mustURL(t, "ws://example.com/"),
			Proxy: func(*url.URL) (*url.URL, error) { return uri.ParseProxy(tt.proxy) },
		}
		sameError(t, dialError(t, t.Context(), cfg), &Error{
			Kind: KindConnect, Reason: tt.reason, Text: replaceProxy(tt.text, cfg),
		})
	}
}

// What a proxy that refuses has to say is kept, and so is the reply of a SOCKS proxy.
func TestProxyAnswer(t *testing.T) {
	web := wstest.HTTPProxy(t, wstest.ProxyConfig{
		Answer: "HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\nno way!and more",
	})
	cfg := &Config{URL: mustURL(t, "ws://example.com/")}
	useProxy(cfg, web)
	e := dialError(t, t.Context(), cfg)
	if string(e.Body) != "no way!" || e.BodyCut || e.Proxy.Host != web.URL().Host {
		t.Errorf("got %q, cut %v, from %v", e.Body, e.BodyCut, e.Proxy)
	}
	useProxy(cfg, wstest.SOCKSProxy(t, wstest.ProxyConfig{Refuse: 5}))
	if e := dialError(t, t.Context(), cfg); e.Reply != 5 || e.Proxy.Scheme != "socks5h" {
		t.Errorf("reply %d from %v", e.Reply, e.Proxy)
	}
}

func TestProxyUnreachable(t *testing.T) {
	s := wstest.Serve(t, func(*wstest.Peer) {})
	s.Shut()
	cfg := &Config{
		URL:   mustURL(t, "ws://example.com/"),
		Proxy: func(*url.URL) (*url.URL, error) { return uri.ParseProxy(s.Addr()) },
	}
	sameError(t, dialError(t, t.Context(), cfg), &Error{
		Kind: KindConnect, Reason: ReasonProxyDial,
		Text: "the proxy cannot be reached: connection refused by " + s.Addr(),
	})
	cfg.Proxy = func(*url.URL) (*url.URL, error) { return uri.ParseProxy("gopher://x") }
	e := dialError(t, t.Context(), cfg)
	sameError(t, e, &Error{
		Kind: KindConnect, Reason: ReasonProxyDial, Text: `unknown scheme "gopher" for a proxy`,
	})
	var usage *exit.UsageError
	if !errors.As(e, &usage) {
		t.Errorf("the cause is %v", e.Err)
	}
}
