package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"wsline/internal/wstest"
)

// limited is a context whose deadline passes, or that is cancelled, when end is called.
type limited struct {
	context.Context
	err  error
	once sync.Once
	done chan struct{}
}

func newLimited(t *testing.T, err error) *limited {
	return &limited{Context: t.Context(), err: err, done: make(chan struct{})}
}

func (l *limited) end()                  { l.once.Do(func() { close(l.done) }) }
func (l *limited) Done() <-chan struct{} { return l.done }

func (l *limited) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// At each stage a context that ends interrupts the wait for a peer that does nothing.
func TestContextEndsAtEachStage(t *testing.T) {
	ca := wstest.NewCA(t)
	tests := []struct {
		name, url string
		change    func(t *testing.T, cfg *Config, end func())
		reason    Reason
		late      string // what is said when the time limit passed
	}{
		{
			"DNS", "ws://example.com/", func(t *testing.T, cfg *Config, end func()) {
				cfg.Resolver = &net.Resolver{
					PreferGo: true,
					Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
						end()
						<-ctx.Done()
						return nil, ctx.Err()
					},
				}
			}, ReasonLateDNS, `no answer from DNS for "example.com" within the time limit`,
		},
		{
			"TCP", "ws://example.com/", func(t *testing.T, cfg *Config, end func()) {
				cfg.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) {
					end()
					<-ctx.Done()
					return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
				}
			}, ReasonLateTCP, "no answer to the TCP connect from example.com:80 within the time limit",
		},
		{
			"HTTP proxy", "ws://example.com/", func(t *testing.T, cfg *Config, end func()) {
				useProxy(cfg, wstest.HTTPProxy(t, silent(end)))
			}, ReasonLateProxy, "no answer from the proxy PROXY within the time limit",
		},
		{
			"SOCKS proxy", "ws://example.com/", func(t *testing.T, cfg *Config, end func()) {
				useProxy(cfg, wstest.SOCKSProxy(t, silent(end)))
			}, ReasonLateProxy, "no answer from the proxy PROXY within the time limit",
		},
		{
			"https proxy", "ws://example.com/", func(t *testing.T, cfg *Config, end func()) {
				c := silent(end)
				c.TLS = ca.ServerConfig(t)
				cfg.TLS.CA = ca.PEM()
				useProxy(cfg, wstest.HTTPProxy(t, c))
			}, ReasonLateProxy, "no answer from the proxy PROXY within the time limit",
		},
		{
			"TLS", "wss://example.com/", func(t *testing.T, cfg *Config, end func()) {
				cfg.NetDial = piped(t, "ws://h", waitAfter(1, end)).NetDial
			}, ReasonLateTLS, "no answer to the TLS handshake from example.com within the time limit",
		},
		{
			"upgrade", "ws://example.com/", func(t *testing.T, cfg *Config, end func()) {
				cfg.NetDial = piped(t, "ws://h", waitAfter(1, end)).NetDial
			}, ReasonLateUpgrade, "no answer to the upgrade request from example.com within the time limit",
		},
		{
			"half an answer", "ws://example.com/", func(t *testing.T, cfg *Config, end func()) {
				cfg.NetDial = piped(t, "ws://h", func(p *wstest.Peer) {
					p.Request()
					p.Write([]byte("HTTP/1.1 101 Swi"))
					end()
					p.Stall(nil)
				}).NetDial
			}, ReasonLateUpgrade, "no answer to the upgrade request from example.com within the time limit",
		},
	}
	for _, tt := range tests {
		for _, cause := range []error{context.DeadlineExceeded, context.Canceled} {
			t.Run(tt.name+", "+cause.Error(), func(t *testing.T) {
				cfg := &Config{URL: mustURL(t, tt.url)}
				ctx := newLimited(t, cause)
				defer ctx.end()
				tt.change(t, cfg, ctx.end)
				e := dialError(t, ctx, cfg)
				want := &Error{Kind: KindCanceled, Text: "connecting to example.com was cancelled"}
				if cause == context.DeadlineExceeded {
					want.Kind, want.Reason = KindTimeout, tt.reason
					want.Text = replaceProxy(tt.late, cfg)
				}
				sameError(t, e, want)
				if !errors.Is(e, cause) {
					t.Errorf("the cause is %v", e.Err)
				}
			})
		}
	}
}

func silent(end func()) wstest.ProxyConfig {
	return wstest.ProxyConfig{Silent: true, OnAsk: func(string) { end() }}
}

// waitAfter reads n bytes, calls end, and does nothing more.
func waitAfter(n int, end func()) func(*wstest.Peer) {
	return func(p *wstest.Peer) {
		p.Conn.Read(make([]byte, n))
		end()
		p.Stall(nil)
	}
}

func TestTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for limit, text := range map[time.Duration]string{
			10 * time.Second: "10s", 2 * time.Minute: "2m", 90 * time.Second: "1m30s",
			3 * time.Hour: "3h", 500 * time.Millisecond: "500ms",
		} {
			cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
				p.Request()
				p.Stall(nil)
			})
			cfg.Timeout = limit
			start := time.Now()
			e := dialError(t, t.Context(), cfg)
			sameError(t, e, &Error{
				Kind: KindTimeout, Reason: ReasonLateUpgrade,
				Text: "no answer to the upgrade request from example.com within " + text,
			})
			if time.Since(start) != limit {
				t.Errorf("after %v, want %v", time.Since(start), limit)
			}
		}
	})
}

// The caller's deadline counts too, and its length is not known.
func TestCallersTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
			p.Request()
			p.Stall(nil)
		})
		e := dialError(t, ctx, cfg)
		sameError(t, e, &Error{
			Kind: KindTimeout, Reason: ReasonLateUpgrade,
			Text: "no answer to the upgrade request from example.com within the time limit",
		})
	})
}

// An ended context is found before anything is sent.
func TestContextThatHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := wstest.Serve(t, func(p *wstest.Peer) { p.Accept() })
	if e := dialError(t, ctx, &Config{URL: mustURL(t, s.URL())}); e.Kind != KindCanceled {
		t.Errorf("%v", e)
	}
}

// dns is a resolver whose server knows example.com alone, as an address of this machine.
func dns(t *testing.T, broken bool) *net.Resolver {
	return dnsOf(t, func(query []byte) []byte { return dnsAnswer(query, broken, "127.0.0.1") })
}

// dnsOf is a resolver whose server answers so.
func dnsOf(t *testing.T, answer func(query []byte) []byte) *net.Resolver {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			pc.WriteTo(answer(buf[:n]), from)
		}
	}()
	t.Cleanup(func() {
		pc.Close()
		<-ended
	})
	return &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "udp", pc.LocalAddr().String())
		},
	}
}

// dnsAnswer knows example.com alone.
func dnsAnswer(query []byte, broken bool, ips ...string) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	q := m.Questions[0]
	switch {
	case broken:
		m.RCode = dnsmessage.RCodeServerFailure
	case q.Name.String() != "example.com.":
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		for _, ip := range ips {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
				Body:   &dnsmessage.AResource{A: netip.MustParseAddr(ip).As4()},
			})
		}
	}
	b, _ := m.Pack()
	return b
}

func TestDNS(t *testing.T) {
	s := wstest.Serve(t, accept())
	_, port, _ := net.SplitHostPort(s.Addr())
	cfg := &Config{URL: mustURL(t, "ws://example.com:"+port), Resolver: dns(t, false)}
	if conn := mustDial(t, cfg); conn.Handshake.Timings.DNS <= 0 {
		t.Errorf("timings %+v", conn.Handshake.Timings)
	}
	tests := []struct {
		name, url, network string
		broken             bool
		reason             Reason
		text               string
	}{
		{"not found", "ws://nope.example:1", "", false, ReasonNameNotFound,
			`no address is known for "nope.example"`},
		{"no such address", "ws://example.com:1", "tcp6", false, ReasonNameNotFound,
			`no IPv6 address is known for "example.com"`},
		{"broken server", "ws://example.com:1", "", true, ReasonDNS,
			`DNS gave no answer for "example.com"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := &Config{
				URL: mustURL(t, tt.url), Network: tt.network, Resolver: dns(t, tt.broken),
			}
			e := dialError(t, t.Context(), cfg)
			sameError(t, e, &Error{Kind: KindConnect, Reason: tt.reason, Text: tt.text})
		})
	}
}

func TestResolve(t *testing.T) {
	s := wstest.Serve(t, accept())
	host, port, _ := net.SplitHostPort(s.Addr())
	mustDial(t, &Config{
		URL: mustURL(t, "ws://Nope.example:"+port),
		Resolve: []Resolve{
			{"nope.example", "1", "192.0.2.1"}, {"nope.EXAMPLE", port, host},
			{"*", port, "192.0.2.1"},
		},
	})
	var dialled string
	cfg := &Config{
		URL:     mustURL(t, "ws://other.example/"),
		Resolve: []Resolve{{"*", "80", "[2001:db8::1]"}},
		NetDial: func(_ context.Context, network, addr string) (net.Conn, error) {
			dialled = network + " " + addr
			return nil, errnoRefused
		},
	}
	if e := dialError(t, t.Context(), cfg); dialled != "tcp [2001:db8::1]:80" {
		t.Errorf("dialled %s: %v", dialled, e)
	}
}
