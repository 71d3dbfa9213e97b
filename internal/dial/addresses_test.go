package dial

import (
	"context"
	"net"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"wsline/internal/dial/addr"
	"wsline/internal/wstest"
)

// example is a resolver that knows n addresses of example.com, and those in the order in which they
// are tried: it is that of RFC 6724, which depends on the machine.
func example(t *testing.T, n byte) (*net.Resolver, []string) {
	var ips []string
	for i := byte(1); i <= n; i++ {
		ips = append(ips, net.IPv4(192, 0, 2, i).String())
	}
	r := dnsOf(t, func(query []byte) []byte { return dnsAnswer(query, false, ips...) })
	order, err := addr.Lookup(t.Context(), r, "tcp", "example.com")
	if err != nil || len(order.Known) != len(ips) {
		t.Fatalf("%+v, %v", order, err)
	}
	return r, order.Known
}

// Addresses that are refused cost nothing, and all of one family are tried.
func TestEveryAddressIsTried(t *testing.T) {
	resolver, ips := example(t, 12)
	var mu sync.Mutex
	var tried []string
	s := wstest.Serve(t, accept())
	cfg := &Config{URL: mustURL(t, "ws://example.com/"), Resolver: resolver}
	cfg.NetDial = func(ctx context.Context, network, address string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if tried = append(tried, network+" "+address); address != ips[11]+":80" {
			return nil, errnoHostUnreachable
		}
		return new(net.Dialer).DialContext(ctx, network, s.Addr())
	}
	mustDial(t, cfg)
	var want []string
	for _, ip := range ips {
		want = append(want, "tcp "+ip+":80")
	}
	if !reflect.DeepEqual(tried, want) {
		t.Errorf("tried %q, want %q", tried, want)
	}
}

// The address that was good last is tried first, and the others as ever when it is not good any more.
func TestPrefer(t *testing.T) {
	s := wstest.Serve(t, accept())
	resolver, ips := example(t, 3)
	for _, alive := range ips {
		for i, preferred := range ips {
			var mu sync.Mutex
			var tried []string
			mustDial(t, &Config{
				URL: mustURL(t, "ws://example.com/"), Resolver: resolver, Prefer: preferred + ":80",
				NetDial: func(ctx context.Context, network, address string) (net.Conn, error) {
					mu.Lock()
					defer mu.Unlock()
					if tried = append(tried, address); address != alive+":80" {
						return nil, errnoRefused
					}
					return new(net.Dialer).DialContext(ctx, network, s.Addr())
				},
			})
			var want []string
			for _, ip := range append([]string{preferred}, slices.Delete(slices.Clone(ips), i, i+1)...) {
				if !slices.Contains(want, alive+":80") {
					want = append(want, ip+":80")
				}
			}
			if !slices.Equal(tried, want) {
				t.Errorf("%s is preferred, %s answers: tried %q, want %q", preferred, alive, tried, want)
			}
		}
	}
}

// What a handshake says of where it was is what the next dial begins with.
func TestPreferIsWhatAHandshakeSays(t *testing.T) {
	first := wstest.Serve(t, accept())
	_, port, _ := net.SplitHostPort(first.Addr())
	ln, err := net.Listen("tcp", "127.0.0.2:"+port)
	if err != nil {
		t.Skip(err) // not every system has more than one such address
	}
	second := wstest.ServeOn(t, ln, accept())
	cfg := &Config{
		URL: mustURL(t, "ws://example.com:"+port+"/"),
		Resolver: dnsOf(t, func(query []byte) []byte {
			return dnsAnswer(query, false, "127.0.0.1", "127.0.0.2")
		}),
	}
	for _, s := range []*wstest.Server{first, second} {
		cfg.Prefer = s.Addr()
		for range 2 {
			cfg.Prefer = mustDial(t, cfg).Handshake.Remote.String()
			if cfg.Prefer != s.Addr() {
				t.Errorf("connected to %s, want %s", cfg.Prefer, s.Addr())
			}
		}
	}
	second.Shut()
	if got := mustDial(t, cfg).Handshake.Remote.String(); got != first.Addr() {
		t.Errorf("connected to %s, want %s", got, first.Addr())
	}
}

// Behind a proxy it is the proxy's address that is preferred, and none of the host's.
func TestPreferIsTheProxys(t *testing.T) {
	s := wstest.Serve(t, accept())
	resolver, ips := example(t, 2)
	p := wstest.SOCKSProxy(t, wstest.ProxyConfig{
		Hosts: map[string]string{ips[0] + ":80": s.Addr(), ips[1] + ":80": s.Addr()},
	})
	var tried []string
	mustDial(t, &Config{
		URL:      mustURL(t, "ws://example.com/"),
		Resolver: resolver,
		Proxy: func(*url.URL) (*url.URL, error) {
			return &url.URL{Scheme: "socks5", Host: "example.com:1080"}, nil
		},
		Prefer: ips[1] + ":1080",
		NetDial: func(ctx context.Context, network, address string) (net.Conn, error) {
			tried = append(tried, address)
			return new(net.Dialer).DialContext(ctx, network, p.URL().Host)
		},
	})
	if got := p.Asked(); !slices.Equal(tried, []string{ips[1] + ":1080"}) ||
		!slices.Equal(got, []string{ips[0] + ":80"}) {
		t.Errorf("dialled %q, and asked for %q", tried, got)
	}
}

// An address that does not answer holds up the next one by a moment, not by its share of the limit.
func TestDeadAddress(t *testing.T) {
	s := wstest.Serve(t, accept())
	resolver, ips := example(t, 2)
	alive := ips[1] + ":80"
	cfg := &Config{
		URL: mustURL(t, "ws://example.com/"), Timeout: time.Minute, Resolver: resolver,
		NetDial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if address != alive {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return new(net.Dialer).DialContext(ctx, network, s.Addr())
		},
	}
	if hs := mustDial(t, cfg).Handshake; hs.Remote.String() != s.Addr() {
		t.Errorf("connected to %v", hs.Remote)
	}
	alive, cfg.Timeout = "", 0
	ctx := newLimited(t, context.DeadlineExceeded)
	dial := cfg.NetDial
	cfg.NetDial = func(c context.Context, network, address string) (net.Conn, error) {
		ctx.end()
		return dial(c, network, address)
	}
	sameError(t, dialError(t, ctx, cfg), &Error{
		Kind: KindTimeout, Reason: ReasonLateTCP,
		Text: "no answer to the TCP connect from example.com:80 (" + ips[0] +
			") and its other addresses (1) within the time limit",
	})
}

// With socks5 each address is asked for: one that the proxy does not reach, or that does not answer
// it, is not the end.
func TestSOCKS5TriesEveryAddress(t *testing.T) {
	s := wstest.Serve(t, accept())
	nowhere := wstest.Serve(t, accept())
	nowhere.Shut()
	resolver, ips := example(t, 3)
	dead, alive := []string{ips[0] + ":80", ips[1] + ":80"}, ips[2]+":80"
	for name, cfg := range map[string]wstest.ProxyConfig{
		"refused": {Hosts: map[string]string{
			alive: s.Addr(), dead[0]: nowhere.Addr(), dead[1]: nowhere.Addr(),
		}},
		"silent": {Hosts: map[string]string{alive: s.Addr()}, Unanswered: dead},
	} {
		t.Run(name, func(t *testing.T) {
			p := wstest.SOCKSProxy(t, cfg)
			u := *p.URL()
			u.Scheme = "socks5"
			hs := mustDial(t, &Config{
				URL:      mustURL(t, "ws://example.com/"),
				Proxy:    func(*url.URL) (*url.URL, error) { return &u, nil },
				Resolver: resolver,
			}).Handshake
			want := append(slices.Clone(dead), alive)
			if got := p.Asked(); hs.Remote.String() != u.Host || !reflect.DeepEqual(got, want) {
				t.Errorf("connected to %v, asked for %q, want %q", hs.Remote, got, want)
			}
		})
	}
}

// What the proxy says of itself holds for all addresses.
func TestSOCKS5LoginIsTriedOnce(t *testing.T) {
	resolver, _ := example(t, 2)
	p := wstest.SOCKSProxy(t, wstest.ProxyConfig{User: "u", Password: "p"})
	u := *p.URL()
	u.Scheme, u.User = "socks5", url.UserPassword("u", "x")
	cfg := &Config{
		URL:      mustURL(t, "ws://example.com/"),
		Proxy:    func(*url.URL) (*url.URL, error) { return &u, nil },
		Resolver: resolver,
	}
	sameError(t, dialError(t, t.Context(), cfg), &Error{
		Kind: KindConnect, Reason: ReasonProxyAuth,
		Text: "the proxy " + u.Host + " refused the user and password",
	})
}

// A zone means something on this machine only (RFC 6874 §4).
func TestProxyIsToldNoZone(t *testing.T) {
	for _, start := range []func(testing.TB, wstest.ProxyConfig) *wstest.Proxy{
		wstest.HTTPProxy, wstest.SOCKSProxy,
	} {
		for _, scheme := range []string{"", "socks5"} {
			s := wstest.Serve(t, accept())
			p := start(t, wstest.ProxyConfig{Hosts: map[string]string{"[fe80::1]:99": s.Addr()}})
			u := *p.URL()
			if scheme != "" && u.Scheme != "http" {
				u.Scheme = scheme
			}
			mustDial(t, &Config{
				URL:   mustURL(t, "ws://[fe80::1%25lo]:99/"),
				Proxy: func(*url.URL) (*url.URL, error) { return &u, nil },
			})
			if got := p.Asked(); !reflect.DeepEqual(got, []string{"[fe80::1]:99"}) {
				t.Errorf("%s was asked for %q", u.Scheme, got)
			}
		}
	}
}
