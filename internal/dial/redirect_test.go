package dial

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"wsline/internal/dial/uri"
	"wsline/internal/wstest"
)

// site is a set of hosts: who answers at which host:port, and what each was asked.
type site struct {
	t     *testing.T
	hosts map[string]func(*wstest.Peer)
	asked []string // "host:port" and the request head, of one dial after the other
}

func (s *site) config(rawURL string, redirects int) *Config {
	return &Config{
		URL: mustURL(s.t, rawURL), Redirects: redirects,
		NetDial: func(_ context.Context, _, addr string) (net.Conn, error) {
			handle, known := s.hosts[addr]
			if !known {
				return nil, errnoRefused
			}
			return wstest.Pipe(s.t, func(p *wstest.Peer) {
				p.Request()
				s.asked = append(s.asked, addr+" "+string(p.RawRequest))
				handle(p)
			}), nil
		},
	}
}

func moved(status int, location string) func(*wstest.Peer) {
	return func(p *wstest.Peer) {
		p.Refuse(status, http.Header{"Location": {location}}, "")
	}
}

func TestRedirects(t *testing.T) {
	tests := []struct {
		name, location string
		status         int
		want           string // what is asked for then
	}{
		{"absolute", "ws://b.example/y?z", 301, "ws://b.example/y?z"},
		{"http", "http://b.example/y", 302, "ws://b.example/y"},
		{"path", "/y", 303, "ws://a.example/y"},
		{"relative", "y z", 307, "ws://a.example/dir/y%20z"},
		{"another host of the same scheme", "//b.example/y", 308, "ws://b.example/y"},
		{"another port", "http://a.example:81/", 308, "ws://a.example:81/"},
		{"with a fragment", "/y#here", 302, "ws://a.example/y"},
		{"with a password", "ws://u:p@a.example/y", 302, "ws://a.example/y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &site{t: t, hosts: map[string]func(*wstest.Peer){
				"b.example:80": accept(), "a.example:81": accept(),
			}}
			s.hosts["a.example:80"] = func(p *wstest.Peer) {
				if p.Request().URL.Path == "/dir/x" {
					moved(tt.status, tt.location)(p)
					return
				}
				accept()(p)
			}
			var notices []string
			cfg := s.config("ws://a.example/dir/x", 1)
			cfg.Notice = func(s string) { notices = append(notices, s) }
			conn := mustDial(t, cfg)
			if got := conn.Handshake.URL.String(); got != tt.want {
				t.Errorf("connected to %s, want %s", got, tt.want)
			}
			want := []string{"following the redirect to " + tt.want}
			if !reflect.DeepEqual(notices, want) {
				t.Errorf("notices %q", notices)
			}
			if strings.Contains(s.asked[1], "Authorization") {
				t.Errorf("the redirect's password was used: %q", s.asked[1])
			}
			if cfg.URL.String() != "ws://a.example/dir/x" {
				t.Errorf("the configuration was changed")
			}
		})
	}
}

func TestRedirectIsToldWithoutSecrets(t *testing.T) {
	s := &site{t: t, hosts: map[string]func(*wstest.Peer){"b.example:80": accept()}}
	s.hosts["a.example:80"] = moved(302, "ws://b.example/?token=secret")
	cfg := s.config("ws://a.example/", 1)
	var told string
	cfg.Notice = func(s string) { told = s }
	cfg.ShowURL = func(u *url.URL) string { return u.Host }
	mustDial(t, cfg)
	if told != "following the redirect to b.example" {
		t.Error(told)
	}
}

func TestRedirectsRefused(t *testing.T) {
	tests := []struct {
		name, url, location string
		redirects           int
		reason              Reason
		cause               error
		text                string
	}{
		{"not asked for", "ws://a.example/", "/y", 0, ReasonRedirect, nil,
			`a.example redirects to "/y"`},
		{"to itself", "ws://a.example", "/", 3, ReasonRedirectLoop, nil,
			`a.example redirects to "/", which has been visited already`},
		{"to itself with a password", "ws://u:p@a.example:80/x", "http://A.example/x#y", 3,
			ReasonRedirectLoop, nil, `a.example:80 redirects to "http://A.example/x#y", ` +
				`which has been visited already`},
		{"another scheme", "ws://a.example/", "ftp://a.example/", 3, ReasonRedirect,
			ErrRedirectTarget,
			`a.example redirects to "ftp://a.example/", which is not a WebSocket URL`},
		{"a socket of this machine", "ws://a.example/", "ws+unix:/run/docker.sock:/", 3,
			ReasonRedirect, ErrRedirectTarget,
			`a.example redirects to "ws+unix:/run/docker.sock:/", which is not a WebSocket URL`},
		{"no URL", "ws://a.example/", "http://[", 3, ReasonRedirect, ErrRedirectTarget,
			`a.example redirects to "http://[", which is not a WebSocket URL`},
		{"no host", "ws://a.example/", "http:///x", 3, ReasonRedirect, ErrRedirectTarget,
			`a.example redirects to "http:///x", which is not a WebSocket URL`},
		{"bad port", "ws://a.example/", "http://a:99999/", 3, ReasonRedirect, ErrRedirectTarget,
			`a.example redirects to "http://a:99999/", which is not a WebSocket URL`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &site{t: t, hosts: map[string]func(*wstest.Peer){
				"a.example:80": moved(302, tt.location),
			}}
			e := dialError(t, t.Context(), s.config(tt.url, tt.redirects))
			sameError(t, e, &Error{
				Kind: KindHandshake, Reason: tt.reason, Status: 302, Location: tt.location,
				Text: tt.text,
			})
			if e.Err != tt.cause {
				t.Errorf("the cause is %v, want %v", e.Err, tt.cause)
			}
			if len(s.asked) != 1 {
				t.Errorf("asked %d times: %q", len(s.asked), s.asked)
			}
		})
	}
}

// A loop ends where it closes, an endless chain at its limit.
func TestRedirectsWithoutEnd(t *testing.T) {
	tests := []struct {
		name, location string // what /1 redirects to
		redirects      int
		want           Error
		asked          int
	}{
		{"loop", "/2", 10, Error{
			Reason: ReasonRedirectLoop, Location: "ws://a.example/1",
			Text: `a.example redirects to "ws://a.example/1", which has been visited already`,
		}, 2},
		{"chain", "/3", 2, Error{
			Reason: ReasonRedirectLimit, Location: "xxx/3",
			Text: `more than 2 redirects, the last one to "xxx/3"`,
		}, 3},
	}
	for _, tt := range tests {
		s := &site{t: t, hosts: map[string]func(*wstest.Peer){}}
		s.hosts["a.example:80"] = func(p *wstest.Peer) {
			switch path := p.Request().URL.Path; path {
			case "/1":
				moved(302, tt.location)(p)
			case "/2":
				moved(302, "ws://a.example/1")(p)
			default:
				moved(302, strings.Repeat("x", len(s.asked))+"/3")(p)
			}
		}
		tt.want.Kind, tt.want.Status = KindHandshake, 302
		sameError(t, dialError(t, t.Context(), s.config("ws://a.example/1", tt.redirects)), &tt.want)
		if len(s.asked) != tt.asked {
			t.Errorf("%s: asked %d times: %q", tt.name, len(s.asked), s.asked)
		}
	}
}

// What another host is asked must not go to a socket, which that host is not behind.
func TestRedirectFromSocketToAnotherHost(t *testing.T) {
	for location, want := range map[string]error{
		"ws://b.example/x": ErrSocketRedirect, "wss://localhost/x": ErrSocketRedirect,
		"ws://localhost:8080/x": ErrSocketRedirect, "http://localhost/x": nil, "/x": nil,
	} {
		var asked atomic.Int64
		s := wstest.ServeUnix(t, func(p *wstest.Peer) {
			asked.Add(1)
			if p.Request().URL.Path == "/x" {
				accept()(p)
				return
			}
			moved(302, location)(p)
		})
		u, socket, err := uri.Parse(s.URL())
		if err != nil {
			t.Fatal(err)
		}
		cfg := &Config{URL: u, Socket: socket, Redirects: 5}
		if want == nil {
			mustDial(t, cfg)
			continue
		}
		e := dialError(t, t.Context(), cfg)
		sameError(t, e, &Error{
			Kind: KindHandshake, Reason: ReasonRedirect, Status: 302, Location: location,
			Text: socket + ` redirects to "` + location + `", which is not behind this socket`,
		})
		if !errors.Is(e, want) || asked.Load() != 1 {
			t.Errorf("%s: asked %d times, the cause is %v", location, asked.Load(), e.Err)
		}
	}
}

func TestRedirectFromTLSIsRefused(t *testing.T) {
	ca := wstest.NewCA(t)
	plain := wstest.Serve(t, func(p *wstest.Peer) { t.Error("asked without TLS"); p.Accept() })
	s := wstest.ServeTLS(t, ca.ServerConfig(t), moved(301, plain.URL()))
	e := dialError(t, t.Context(), &Config{
		URL: mustURL(t, s.URL()), TLS: TLS{CA: ca.PEM()}, Redirects: 5,
	})
	sameError(t, e, &Error{
		Kind: KindHandshake, Reason: ReasonRedirect, Status: 301, Location: plain.URL(),
		Text: s.Addr() + ` redirects to "` + plain.URL() + `", which gives up TLS`,
	})
	if !errors.Is(e, ErrInsecureRedirect) {
		t.Errorf("the cause is %v", e.Err)
	}
}

// Credentials go to the host that they are for, and do not come back once they were withheld.
func TestRedirectsWithholdCredentials(t *testing.T) {
	s := &site{t: t, hosts: map[string]func(*wstest.Peer){}}
	s.hosts["a.example:80"] = func(p *wstest.Peer) {
		switch p.Request().URL.Path {
		case "/1":
			moved(302, "/2")(p)
		case "/2":
			moved(302, "http://b.example/3")(p)
		default:
			accept()(p)
		}
	}
	s.hosts["b.example:80"] = moved(302, "http://a.example/4")
	var notices []string
	cfg := s.config("ws://user:secret@a.example/1", 5)
	cfg.Notice = func(s string) { notices = append(notices, s) }
	cfg.Host = "virtual.example"
	cfg.Header = []Field{
		{"Cookie", "secret=1"}, {"Origin", "http://o.example"}, {"X-Api-Key", "secret"},
		{"Proxy-Authorization", "secret"}, {"accept-language", "de"}, {"User-Agent", "me"},
		{"Sec-WebSocket-Protocol", "chat"}, {"Referer", "http://o.example/"},
		{"Pragma", "no-cache"}, {"Cache-Control", "no-cache"}, {"Accept", "*/*"},
	}
	cert := wstest.NewCA(t).Client(t)
	cfg.TLS = TLS{Cert: &cert, ServerName: "virtual.example"}
	mustDial(t, cfg)
	const basic = "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"
	harmless := "Origin: http://o.example\r\naccept-language: de\r\nUser-Agent: me\r\n" +
		"Sec-WebSocket-Protocol: chat\r\nReferer: http://o.example/\r\nPragma: no-cache\r\n" +
		"Cache-Control: no-cache\r\nAccept: */*\r\n\r\n"
	if len(s.asked) != 4 {
		t.Fatalf("asked %q", s.asked)
	}
	for _, got := range s.asked[:2] {
		if !strings.Contains(got, basic) || strings.Count(got, "secret") != 3 ||
			!strings.Contains(got, "Host: virtual.example\r\n") {
			t.Errorf("the same host was asked %q", got)
		}
	}
	for i, host := range []string{"b.example", "a.example"} {
		got := s.asked[2+i]
		if strings.Contains(got, "Authorization") || strings.Contains(got, "secret") ||
			!strings.Contains(got, "Host: "+host+"\r\n") || !strings.HasSuffix(got, harmless) {
			t.Errorf("the other host was asked %q", got)
		}
	}
	want := []string{
		"following the redirect to ws://user:xxxxx@a.example/2",
		"following the redirect to ws://b.example/3 without the user and password, Cookie, " +
			"X-Api-Key, Proxy-Authorization, the client certificate",
		"following the redirect to ws://a.example/4",
		"the server chose none of the subprotocols; a browser would not go on",
	}
	if !reflect.DeepEqual(notices, want) {
		t.Errorf("got  %q\nwant %q", notices, want)
	}
}

func TestRedirectsWithholdTokens(t *testing.T) {
	const token = "a-token"
	s := &site{t: t, hosts: map[string]func(*wstest.Peer){
		"a.example:80": moved(302, "http://b.example/"), "b.example:80": accept(),
	}}
	cfg := s.config("ws://a.example/", 5)
	cfg.Subprotocols = []string{"chat", "bearer", token}
	cfg.Header = []Field{{"Sec-WebSocket-Protocol", "x, " + token}}
	cfg.RawHeader = []Field{{"X-Raw", token}}
	cfg.IsToken = func(list []string) []bool {
		tokens := make([]bool, len(list))
		for i, p := range list {
			tokens[i] = strings.TrimSpace(p) == token
		}
		return tokens
	}
	mustDial(t, cfg)
	if len(s.asked) != 2 || strings.Count(s.asked[0], token) != 2 {
		t.Fatalf("asked %q", s.asked)
	}
	if got := s.asked[1]; strings.Contains(got, token) ||
		!strings.Contains(got, "Sec-WebSocket-Protocol: chat, bearer\r\n") {
		t.Errorf("the other host was asked %q", got)
	}
}

func TestSameOrigin(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"ws://a/x", "ws://A:80/y?z", true},
		{"wss://a:443", "wss://a", true},
		{"ws://a", "ws://b", false},
		{"ws://a", "ws://a:81", false},
		{"ws://a", "wss://a", false},
		{"ws://a", "ws://a.b", false},
	}
	for _, tt := range tests {
		if got := sameOrigin(mustURL(t, tt.a), mustURL(t, tt.b)); got != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}
