package examine

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/exit"
	"wsline/internal/wstest"
	"wsline/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// examination is one of a URL behind which handle plays every connection, in a bubble.
func examination(t *testing.T, rawURL string, handle func(*wstest.Peer)) *Examination {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	x := &Examination{CommandLine: func(v doctor.Variant) string {
		words := append([]string{"wsline"}, v.Add...)
		if v.URL != nil {
			words = append(words, v.URL.String())
		}
		return strings.Join(words, " ")
	}}
	x.Config.Dial = dial.Config{URL: u, Timeout: 10 * time.Second,
		NetDial: func(context.Context, string, string) (net.Conn, error) {
			return wstest.Pipe(t, handle), nil
		}}
	return x
}

// gone waits for the client to go, and reports how it did.
func gone(p *wstest.Peer) error {
	_, err := io.Copy(io.Discard, p.Conn)
	return err
}

// A counted connection is open until it is closed.
type counted struct {
	net.Conn
	open *atomic.Int32
	once sync.Once
}

func (c *counted) CloseWrite() error { return c.Conn.(interface{ CloseWrite() error }).CloseWrite() }

func (c *counted) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// Whatever a server does, it is over in time, after at most so many connections, one at a time, and
// each of them ends with a FIN.
func TestLimits(t *testing.T) {
	drip := func(p *wstest.Peer, b string) {
		for {
			select {
			case <-time.After(300 * time.Millisecond):
			case <-p.Done():
				return
			}
			if _, err := p.Conn.Write([]byte(b)); err != nil {
				return
			}
		}
	}
	for name, play := range map[string]func(*wstest.Peer){
		"silence":     func(p *wstest.Peer) {},
		"404":         func(p *wstest.Peer) { p.Refuse(404, nil, strings.Repeat("no ", 20000)) },
		"502, late":   func(p *wstest.Peer) { time.Sleep(700 * time.Millisecond); p.Refuse(502, nil, "") },
		"403":         func(p *wstest.Peer) { p.Refuse(403, nil, "") },
		"TCP end":     func(p *wstest.Peer) { p.HalfClose() },
		"silent 101":  func(p *wstest.Peer) { p.Accept() },
		"4406, late":  func(p *wstest.Peer) { p.Accept(); time.Sleep(900 * time.Millisecond); p.Close(4406, "") },
		"half a head": func(p *wstest.Peer) { p.Write([]byte("HTTP/1.1 404 ")); drip(p, "x") },
		"a slow body": func(p *wstest.Peer) {
			p.Write([]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 60000\r\n\r\n"))
			drip(p, "x")
		},
		"a slow frame": func(p *wstest.Peer) { p.Accept(); p.Write([]byte("\x81\x7e\x10\x00")); drip(p, "x") },
		"a redirect":   func(p *wstest.Peer) { p.Write([]byte("HTTP/1.1 302 Found\r\nLocation: /a\r\n\r\n")) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var open, all atomic.Int32
				x := examination(t, "ws://a.example:81/chat", func(p *wstest.Peer) {
					if first, ok := p.First(); !ok || first == 22 {
						p.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
						return
					}
					p.Request()
					play(p)
					if err := gone(p); err != nil && !strings.Contains(err.Error(), "closed") {
						t.Errorf("it ended with %v", err)
					}
				})
				dialled := x.Config.Dial.NetDial
				x.Config.Dial.NetDial = func(ctx context.Context, network, address string) (net.Conn, error) {
					if all.Add(1); open.Add(1) != 1 {
						t.Error("two connections at a time")
					}
					nc, err := dialled(ctx, network, address)
					return &counted{Conn: nc, open: &open}, err
				}
				start := time.Now()
				report, _ := x.Run(t.Context())
				if took := time.Since(start); took > Limit {
					t.Errorf("it took %v:\n%s", took, report)
				}
				if n := all.Load(); n > MaxTries+1 || n == 0 {
					t.Errorf("%d connections:\n%s", n, report)
				}
				if n := strings.Count(report, "\n"); n > MaxTries+12 {
					t.Errorf("%d lines:\n%s", n, report)
				}
			})
		})
	}
}

// A server that redirects at a path that is tried is followed there, and the command follows too.
func TestRedirectAtAPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := examination(t, "ws://a.example/", func(p *wstest.Peer) {
			switch p.Request().URL.Path {
			case "/ws":
				p.Write([]byte("HTTP/1.1 301 Moved\r\nLocation: http://a.example/ws/v2\r\n\r\n"))
			case "/ws/v2":
				p.Accept()
				gone(p)
			default:
				p.Refuse(404, nil, "")
			}
		})
		report, code := x.Run(t.Context())
		if want := "at /ws        let in\nlet in by:\n  wsline -L ws://a.example/ws\n" +
			"that is another endpoint; the one that was asked for still fails: "; code != 5 ||
			!strings.Contains(report, want) {
			t.Errorf("exit code %d:\n%s", code, report)
		}
	})
}

// What a debugging port names is looked for at the host that was asked, whatever it says.
func TestDebuggingPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := examination(t, "ws://a.example:9222/", func(p *wstest.Peer) {
			switch r := p.Request(); r.URL.Path {
			case "/json/list":
				p.Refuse(200, nil, `[ { "webSocketDebuggerUrl": "ws://evil.example/b?c=d" } ]`)
			case "/b":
				p.Accept()
				gone(p)
			default:
				p.Refuse(404, nil, "")
			}
		})
		dialled := x.Config.Dial.NetDial
		x.Config.Dial.NetDial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if address != "a.example:9222" {
				t.Errorf("dialled %s", address)
			}
			return dialled(ctx, network, address)
		}
		report, code := x.Run(t.Context())
		if want := "let in by:\n  wsline ws://a.example:9222/b?c=d\n"; code != 5 ||
			!strings.Contains(report, want) {
			t.Errorf("exit code %d:\n%s", code, report)
		}
	})
}

// What a server says stays on the line of its try, and a place that it redirects to is shown without
// its secrets, however that went wrong.
func TestRowIsOneLine(t *testing.T) {
	for name, tt := range map[string]struct {
		play func(p *wstest.Peer, r *http.Request)
		row  string
	}{
		"a reason of two lines": {func(p *wstest.Peer, r *http.Request) {
			p.Accept()
			p.Close(4000, "one\r\ntwo")
		}, `as asked for  let in, then closed with 4000 one\r\ntwo`},
		"a loop": {func(p *wstest.Peer, r *http.Request) {
			p.Write([]byte("HTTP/1.1 302 Found\r\nLocation: " + r.RequestURI + "\r\n\r\n"))
		}, `with -L       a.example:81 redirects to "/?token=<8 bytes hidden>", ` +
			`which has been visited already`},
		"no end of redirects": {func(p *wstest.Peer, r *http.Request) {
			p.Write([]byte("HTTP/1.1 302 Found\r\nLocation: " + r.RequestURI + "x\r\n\r\n"))
		}, `with -L       more than 10 redirects, the last one to "/?token=<19 bytes hidden>"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := examination(t, "ws://a.example:81/?token=swordfis", func(p *wstest.Peer) {
					if first, ok := p.First(); !ok || first == 22 {
						return
					}
					tt.play(p, p.Request())
					gone(p)
				})
				report, _ := x.Run(t.Context())
				if !slices.Contains(strings.Split(report, "\n"), tt.row) {
					t.Errorf("no line %q:\n%s", tt.row, report)
				}
			})
		})
	}
}

// The first connection has the code of what happened.
func TestCode(t *testing.T) {
	for name, tt := range map[string]struct {
		play func(*wstest.Peer)
		code int
	}{
		"a message, then the end": {func(p *wstest.Peer) { p.Text("now"); p.Close(1000, "") }, 0},
		"closed without a word":   {func(p *wstest.Peer) { p.Close(1000, "") }, 0},
		"closed with an error":    {func(p *wstest.Peer) { p.Close(1011, "oops") }, 8},
		"TCP end":                 {func(p *wstest.Peer) { p.HalfClose() }, 7},
		"a ping":                  {func(p *wstest.Peer) { p.Ping("") }, 0},
		"HTTP":                    {func(p *wstest.Peer) { p.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }, 7},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := examination(t, "ws://a.example:81/", func(p *wstest.Peer) {
					if first, ok := p.First(); !ok || first == 22 {
						return
					}
					if p.Request().Header.Get("Upgrade") == "" {
						p.Refuse(200, nil, "hello")
						return
					}
					p.Accept()
					tt.play(p)
					gone(p)
				})
				if report, code := x.Run(t.Context()); code != tt.code {
					t.Errorf("exit code %d, want %d:\n%s", code, tt.code, report)
				}
			})
		})
	}
}

// One that is silent has a share of the time, and the later ones have it too.
func TestShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := &Examination{Config: session.Config{Dial: dial.Config{
			URL: &url.URL{Scheme: "ws", Host: "a.example:81", Path: "/"}, Timeout: 10 * time.Second}}}
		var shares []time.Duration
		x.knock = func(ctx context.Context, cfg *session.Config) *outcome {
			shares = append(shares, cfg.Dial.Timeout)
			time.Sleep(cfg.Dial.Timeout)
			return &outcome{took: cfg.Dial.Timeout, err: &dial.Error{Kind: dial.KindTimeout,
				Reason: dial.ReasonLateUpgrade, URL: cfg.Dial.URL}}
		}
		x.Run(t.Context())
		if len(shares) < 8 || shares[0] != 5*time.Second || shares[1] != plainTime {
			t.Errorf("shares %v", shares)
		}
		for i := 1; i < len(shares)-1; i++ {
			if i > 1 && shares[i+1] > shares[i] || shares[i+1] < leastAsk {
				t.Errorf("shares %v", shares)
			}
		}
	})
}

// A server that has said more than is read of a refusal is not answered with a reset.
func TestEndsWithFIN(t *testing.T) {
	ended := make(chan error, 2)
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Request()
		p.Write([]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("no\r\n", 5000)))
		ended <- gone(p)
	})
	u, _ := url.Parse(s.URL())
	cfg := session.Config{Dial: dial.Config{URL: u}}
	if o := knock(t.Context(), &cfg); o.status() != 404 {
		t.Fatalf("%+v", o)
	}
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// A port that has not spoken HTTP and shows a certificate wants TLS: the certificate is what is left
// to be told of, and not the end of what was asked in the clear.
func TestTLSBehindBadCertificate(t *testing.T) {
	for _, reason := range []dial.Reason{dial.ReasonCertSelf, dial.ReasonCertUnknown,
		dial.ReasonCertExpired, dial.ReasonClientCert} {
		x := examination(t, "ws://a.example:81/ws", nil)
		asked := 0
		x.knock = func(_ context.Context, cfg *session.Config) *outcome {
			asked++
			if cfg.Dial.URL.Scheme == "wss" {
				return &outcome{err: &dial.Error{Kind: dial.KindTLS, Reason: reason,
					URL: cfg.Dial.URL, Text: "the certificate of a.example is not good"}}
			}
			return failed(dial.KindHandshake, dial.ReasonBroken, time.Millisecond)
		}
		report, code := x.Run(t.Context())
		if asked != 3 || code != exit.Handshake ||
			!strings.Contains(report, "the port speaks TLS: the URL is wss://a.example:81/ws\n") ||
			!strings.Contains(report, "error: the certificate of a.example is not good") {
			t.Errorf("%v: asked %d times, exit code %d:\n%s", reason, asked, code, report)
		}
	}
}

// The connection as it was asked for has the time that its user gave it, as long as the whole ends in
// time; without one it leaves the others theirs.
func TestOwnTimeout(t *testing.T) {
	tests := []struct {
		own             bool
		timeout, answer time.Duration
		want            string
	}{
		{false, 10 * time.Second, 8 * time.Second, "as asked for  no answer within 5s\n"},
		{true, 10 * time.Second, 8 * time.Second, "as asked for  let in, then nothing"},
		{true, 3 * time.Second, 8 * time.Second, "as asked for  no answer within 3s\n"},
		{true, time.Minute, 10 * time.Second, "as asked for  let in, then nothing"},
		{true, 0, 30 * time.Second, "as asked for  no answer within 11s\n"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			x := examination(t, "ws://a.example:81/ws", func(p *wstest.Peer) {
				if p.Request().Header.Get("Upgrade") == "" {
					p.Refuse(200, nil, "")
					return
				}
				select {
				case <-time.After(tt.answer):
					p.Accept()
					gone(p)
				case <-p.Done():
				}
			})
			x.IsOwnTimeout, x.Config.Dial.Timeout = tt.own, tt.timeout
			start := time.Now()
			report, _ := x.Run(t.Context())
			if !strings.Contains(narrow(report), tt.want) || time.Since(start) > Limit {
				t.Errorf("%+v: after %s\n%s", tt, time.Since(start), report)
			}
			if tt.timeout == 0 && strings.Contains(report, "--connect-timeout") {
				t.Errorf("it waits no longer, whatever is given:\n%s", report)
			}
		})
	}
}

// narrow makes columns two spaces wide.
func narrow(report string) string { return columns.ReplaceAllString(report, "$1  $2") }

var columns = regexp.MustCompile(`(\S) {2,}(\S)`)
