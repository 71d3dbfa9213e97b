package dial

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wsline/internal/exit"
	"wsline/internal/wstest"
)

func TestTLS(t *testing.T) {
	ca := wstest.NewCA(t)
	var server tls.ConnectionState
	s := wstest.ServeTLS(t, ca.ServerConfig(t), func(p *wstest.Peer) {
		p.Request()
		server = p.Conn.(*tls.Conn).ConnectionState()
		p.Accept()
		p.Stall(nil)
	})
	var keys bytes.Buffer
	conn := mustDial(t, &Config{
		URL: mustURL(t, s.URL()),
		TLS: TLS{CA: ca.PEM(), KeyLog: &keys, ServerName: "localhost"},
	})
	hs := conn.Handshake
	if hs.TLS == nil || hs.TLS.Version != tls.VersionTLS13 || hs.Timings.TLS <= 0 ||
		hs.TLS.ServerName != "localhost" {
		t.Errorf("handshake %+v", hs)
	}
	if server.ServerName != "localhost" {
		t.Errorf("the server was asked for %q", server.ServerName)
	}
	if !strings.Contains(keys.String(), "CLIENT_TRAFFIC_SECRET_0") {
		t.Errorf("key log %q", keys.String())
	}
}

// HTTP/1.1 is the only protocol that is offered: an upgrade is a thing of it.
func TestALPN(t *testing.T) {
	ca := wstest.NewCA(t)
	offered := make(chan []string, 1)
	cfg := ca.ServerConfig(t)
	cfg.NextProtos = []string{"h2", "http/1.1"}
	cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		offered <- hello.SupportedProtos
		return nil, nil
	}
	s := wstest.ServeTLS(t, cfg, accept())
	conn := mustDial(t, &Config{URL: mustURL(t, s.URL()), TLS: TLS{CA: ca.PEM()}})
	if got := strings.Join(<-offered, " "); got != "http/1.1" {
		t.Errorf("offered %q", got)
	}
	if got := conn.Handshake.TLS.NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("agreed on %q", got)
	}
}

// securely is a configuration for ws.example whose dials reach a TLS server of the test.
func securely(t *testing.T, server *tls.Config, handle func(*wstest.Peer)) *Config {
	s := wstest.ServeTLS(t, server, handle)
	cfg := &Config{URL: mustURL(t, "wss://ws.example/")}
	cfg.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	}
	return cfg
}

func TestTLSReasons(t *testing.T) {
	ca, other := wstest.NewCA(t), wstest.NewCA(t)
	day := func(d time.Duration) string { return time.Now().Add(d).UTC().Format("2006-01-02") }
	good := func() *tls.Config { return ca.ServerConfig(t, wstest.For("ws.example")) }
	with := func(change func(*tls.Config)) *tls.Config {
		cfg := good()
		change(cfg)
		return cfg
	}
	client := other.Client(t)
	tests := []struct {
		name   string
		server *tls.Config
		change func(*Config)
		want   Error
	}{
		{"unknown authority", good(), func(c *Config) { c.TLS.CA = other.PEM() }, Error{
			Reason: ReasonCertUnknown, Got: "CN=wstest CA",
			Text: `the certificate of ws.example is signed by an unknown authority: "CN=wstest CA"`,
		}},
		{"expired", ca.ServerConfig(t, wstest.For("ws.example"), wstest.Expired()), nil, Error{
			Reason: ReasonCertExpired,
			Text:   "the certificate of ws.example expired on " + day(-time.Hour),
		}},
		{"not yet valid", ca.ServerConfig(t, wstest.For("ws.example"), wstest.NotYetValid()), nil,
			Error{
				Reason: ReasonCertNotYet,
				Text:   "the certificate of ws.example is not valid before " + day(time.Hour),
			}},
		{"another name", ca.ServerConfig(t, wstest.For("a.example", "192.0.2.1")), nil, Error{
			Reason: ReasonCertName, Got: "a.example, 192.0.2.1", Want: "ws.example",
			Text: `the certificate of ws.example is for "a.example, 192.0.2.1", ` +
				`not for "ws.example"`,
		}},
		{"no name", ca.ServerConfig(t, wstest.For()), nil, Error{
			Reason: ReasonCertName, Want: "ws.example",
			Text: `the certificate of ws.example is for no name, not for "ws.example": ` +
				"a common name alone no longer counts",
		}},
		{"for clients", &tls.Config{
			Certificates: []tls.Certificate{ca.Client(t, wstest.For("ws.example"))},
		}, nil, Error{
			Reason: ReasonCertOther,
			Text: "the certificate of ws.example is not acceptable: " +
				"certificate specifies an incompatible key usage",
		}},
		{"client certificate wanted", with(func(c *tls.Config) {
			c.ClientAuth = tls.RequireAnyClientCert
		}), nil, Error{
			Reason: ReasonClientCert, Text: "ws.example wants a client certificate",
		}},
		{"client certificate wanted, TLS 1.2", with(func(c *tls.Config) {
			c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
		}), nil, Error{
			Reason: ReasonClientCert, Text: "ws.example wants a client certificate",
		}},
		{"another client certificate wanted", with(func(c *tls.Config) {
			c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
		}), func(c *Config) { c.TLS.Cert = &client }, Error{
			Reason: ReasonClientCert, Text: "ws.example did not accept the client certificate",
		}},
		{"server too old", with(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }),
			func(c *Config) { c.TLS.MinVersion = tls.VersionTLS13 }, Error{
				Reason: ReasonTLSVersion, Want: "1.3",
				Text: "ws.example does not speak TLS 1.3",
			}},
		{"server much too old", with(func(c *tls.Config) {
			c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}), nil, Error{
			Reason: ReasonTLSVersion, Want: "1.2",
			Text: "ws.example speaks neither TLS 1.2 nor 1.3",
		}},
		{"signed by itself", &tls.Config{
			Certificates: []tls.Certificate{wstest.SelfSigned(t, wstest.For("ws.example"))},
		}, nil, Error{
			Reason: ReasonCertSelf, Got: "CN=wstest",
			Text: "the certificate of ws.example is signed by itself",
		}},
		{"signed with SHA-1", ca.ServerConfig(t, wstest.For("ws.example"), wstest.SignedWithSHA1()),
			nil, Error{
				Reason: ReasonCertWeak, Got: "ECDSA-SHA1",
				Text: "the certificate of ws.example is signed with ECDSA-SHA1, which can be forged",
			}},
		{"no HTTP/1.1", with(func(c *tls.Config) { c.NextProtos = []string{"other"} }), nil, Error{
			Reason: ReasonNoHTTP1,
			Text:   "ws.example does not speak HTTP/1.1 behind TLS, which an upgrade needs",
		}},
		{"name not known", &tls.Config{
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil },
		}, nil, Error{
			Reason: ReasonServerName, Got: "ws.example",
			Text: `ws.example knows no host "ws.example"`,
		}},
		{"alert", with(func(c *tls.Config) {
			c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
				return nil, io.ErrUnexpectedEOF
			}
		}), nil, Error{
			Reason: ReasonTLSAlert,
			Text:   "ws.example ended the TLS handshake: internal error",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := securely(t, tt.server, func(p *wstest.Peer) { p.Accept() })
			cfg.TLS.CA = ca.PEM()
			if tt.change != nil {
				tt.change(cfg)
			}
			tt.want.Kind = KindTLS
			sameError(t, dialError(t, t.Context(), cfg), &tt.want)
		})
	}
}

// What a server that knows no TLS, or only an old version, does with a ClientHello.
func TestNotTLS(t *testing.T) {
	// A ServerHello for TLS 1.0 with TLS_RSA_WITH_AES_128_CBC_SHA.
	hello := "\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" + strings.Repeat("r", 32) +
		"\x00\x00\x2f\x00"
	tests := []struct {
		name, answer string
		want         Error
	}{
		{"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", Error{
			Reason: ReasonNotTLS, Got: "HTTP/", Text: "ws.example does not speak TLS",
		}},
		{"closes", "", Error{
			Reason: ReasonNotTLS,
			Text:   "ws.example closed the connection instead of answering the TLS handshake",
		}},
		{"breaks off", hello[:20], Error{
			Reason: ReasonTLSAlert, Text: "ws.example broke off the TLS handshake",
		}},
		{"TLS 1.0", hello, Error{
			Reason: ReasonTLSVersion, Want: "1.2",
			Text: "ws.example speaks neither TLS 1.2 nor 1.3",
		}},
		{"nonsense", "\x16\x03\x03\x00\x04\x63\x00\x00\x00", Error{
			Reason: ReasonOther,
			Text:   "the TLS handshake with ws.example failed: unexpected message",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := piped(t, "wss://ws.example/", func(p *wstest.Peer) {
				p.Conn.Read(make([]byte, 1<<10))
				p.Write([]byte(tt.answer))
				p.HalfClose()
				io.Copy(io.Discard, p.Conn)
			})
			tt.want.Kind = KindTLS
			sameError(t, dialError(t, t.Context(), cfg), &tt.want)
		})
	}
}

func TestInsecureAndClientCertificate(t *testing.T) {
	ca := wstest.NewCA(t)
	server := ca.ServerConfig(t, wstest.Expired(), wstest.For("a.example"))
	server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
	got := make(chan []*x509.Certificate, 1)
	cfg := securely(t, server, func(p *wstest.Peer) {
		p.Request()
		got <- p.Conn.(*tls.Conn).ConnectionState().PeerCertificates
		p.Accept()
		p.Stall(nil)
	})
	client := ca.Client(t)
	cfg.TLS = TLS{Insecure: true, Cert: &client}
	mustDial(t, cfg)
	if certs := <-got; len(certs) != 1 || !certs[0].Equal(client.Leaf) {
		t.Errorf("the server got %v", certs)
	}
}

func TestBadCA(t *testing.T) {
	cfg := piped(t, "wss://ws.example/", func(*wstest.Peer) {})
	cfg.TLS.CA = []byte("not a certificate")
	e := dialError(t, t.Context(), cfg)
	sameError(t, e, &Error{Kind: KindTLS, Text: "no certificate in the CA file"})
	var usage *exit.UsageError
	if !errors.As(e, &usage) {
		t.Errorf("the cause is %v", e.Err)
	}
}

// A TLS server may answer a request in the clear with an alert, with a 400 in the clear, or, as
// this one, not at all.
func TestPlainToTLS(t *testing.T) {
	ca := wstest.NewCA(t)
	s := wstest.ServeTLS(t, ca.ServerConfig(t), func(p *wstest.Peer) { p.Request() })
	e := dialError(t, t.Context(), &Config{URL: mustURL(t, "ws://"+s.Addr()+"/")})
	sameError(t, e, &Error{
		Kind: KindHandshake, Reason: ReasonBroken,
		Text: s.Addr() + " closed the connection without an answer to the upgrade request",
	})
}
