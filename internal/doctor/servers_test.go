package doctor_test

import (
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wsline/internal/doctor"
	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// server is one that plays handle.
func server(handle func(*wstest.Peer)) func(*testing.T) string {
	return func(t *testing.T) string { return wstest.Serve(t, handle).URL() }
}

// refuses is a server that answers with a status, a body and fields.
func refuses(status int, body string, fields ...string) func(*testing.T) string {
	header := http.Header{}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		header.Add(name, value)
	}
	return server(func(p *wstest.Peer) { p.Refuse(status, header, body) })
}

// writes is a server that answers with these bytes.
func writes(answer string) func(*testing.T) string {
	return server(func(p *wstest.Peer) {
		p.Request()
		p.Write([]byte(answer))
	})
}

func agrees(opts ...wstest.AcceptOption) func(*testing.T) string {
	return server(func(p *wstest.Peer) { p.Accept(opts...) })
}

// acceptsWith is a server that makes an accept value of the key in its own way.
func acceptsWith(make func(key string) string) func(*testing.T) string {
	return server(func(p *wstest.Peer) {
		p.Accept(wstest.WrongAccept(make(p.Request().Header.Get("Sec-WebSocket-Key"))))
	})
}

// secured is a server with TLS.
func secured(change func(t *testing.T, ca *wstest.CA) *tls.Config) func(*testing.T) string {
	return func(t *testing.T) string {
		cfg := change(t, wstest.NewCA(t))
		return wstest.ServeTLS(t, cfg, func(p *wstest.Peer) { p.Accept() }).URL()
	}
}

func otherScheme(serve func(*testing.T) string) func(*testing.T) string {
	return func(t *testing.T) string {
		url := serve(t)
		if rest, ok := strings.CutPrefix(url, "wss:"); ok {
			return "ws:" + rest
		}
		return strings.Replace(url, "ws:", "wss:", 1)
	}
}

func good(t *testing.T, ca *wstest.CA) *tls.Config { return ca.ServerConfig(t) }

func httpProxy(cfg wstest.ProxyConfig) func(*testing.T) string {
	return func(t *testing.T) string { return wstest.HTTPProxy(t, cfg).URL().String() }
}

// brokenServers are in the order in which they are read.
func brokenServers() []brokenServer {
	return slices.Concat(serversWithLogin(), serversElsewhere(), serversOfOtherWishes(),
		serversBehindGateways(), serversWithoutHTTP(), serversThatAgreeBadly(), serversWithTLS())
}

func serversWithLogin() []brokenServer {
	return []brokenServer{
		{name: "401, Basic", row: "login",
			serve: refuses(401, "who are you?", `WWW-Authenticate: Basic realm="chat"`)},
		{name: "401, Bearer", row: "login", serve: refuses(401, `{"error":"no token"}`,
			"WWW-Authenticate: Bearer", "Content-Type: application/json")},
		{name: "401, Digest", row: "login",
			serve: refuses(401, "", `WWW-Authenticate: Digest realm="x", nonce="y"`)},
		{name: "401 to a password, Digest", row: "login refused", args: []string{"--auth", "me:secret"},
			serve: refuses(401, "", `WWW-Authenticate: Digest realm="x", nonce="y"`)},
		{name: "401, NTLM", row: "foreign login", args: []string{"--auth", "me:secret"},
			serve: refuses(401, "", "WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM")},
		{name: "401 without a scheme", row: "login", serve: refuses(401, "")},
		{name: "401 to a password", row: "login refused", args: []string{"--auth", "me:secret"},
			serve: refuses(401, "", `WWW-Authenticate: Basic realm="chat"`)},
		{name: "401 to a token", row: "login refused", args: []string{"--bearer", "secret"},
			serve: refuses(401, "", `WWW-Authenticate: Bearer error="invalid_token"`)},
		{name: "403 by Cloudflare", row: "challenge", serve: refuses(403,
			"<!DOCTYPE html><html><head><title>Just a moment...</title><style>a{}</style></head>"+
				"<body><script>window._cf={}</script>Enable JavaScript and cookies to continue</body></html>",
			"Cf-Mitigated: challenge", "Server: cloudflare", "Content-Type: text/html")},
		{name: "407 as an answer", row: "proxy login in the answer", serve: refuses(407, "")},
		{name: "511", row: "network login", serve: refuses(511, "")},
		{name: "redirect to a login", row: "redirect to a login",
			serve: refuses(302, "", "Location: https://example.com/login?next=%2Fws")},
	}
}

func serversElsewhere() []brokenServer {
	return []brokenServer{
		{name: "a web page", row: "web page", serve: refuses(200,
			"<!doctype html><html lang=en><head><meta charset=utf-8><title>Welcome</title>"+
				"<style>body { margin: 0 }</style></head><body><h1>Welcome</h1>"+
				"<p>This is <b>our</b> shop &amp; café.</p><!-- x --></body></html>",
			"Content-Type: text/html; charset=utf-8")},
		{name: "an API", row: "plain answer", serve: refuses(200,
			`{"name":"api","links":["/v1","/v2"]}`, "Content-Type: application/json")},
		{name: "405", row: "method", serve: refuses(405, "", "Allow: POST, OPTIONS")},
		{name: "405 without Allow", row: "method", serve: refuses(405, "")},
		{name: "410", row: "no such path", serve: refuses(410, "")},
		{name: "501", row: "not implemented", serve: refuses(501, "")},
		{name: "redirect", row: "redirect",
			serve: refuses(301, "", "Location: https://example.com/ws/")},
		{name: "redirect with a token", row: "redirect",
			serve: refuses(301, "", "Location: https://example.com/ws?token=s3cr3t")},
		{name: "redirect to nowhere", row: "no location", serve: refuses(302, "")},
		{name: "305 with a place", row: "location", serve: refuses(305, "", "Location: http://proxy:3128")},
		{name: "redirect to a page", row: "redirect to a page", args: []string{"-L"},
			serve: refuses(302, "", "Location: mailto:me@example.com")},
		{name: "redirect in a circle", row: "redirect loop", args: []string{"-L"},
			serve: refuses(302, "", "Location: /")},
		{name: "redirects without end", row: "redirect limit",
			args: []string{"-L", "--max-redirects", "1"}, serve: server(func(p *wstest.Peer) {
				p.Refuse(302, http.Header{"Location": {p.Request().URL.Path + "x"}}, "")
			})},
		{name: "redirect that gives up TLS", row: "insecure redirect", args: []string{"-kL"},
			serve: func(t *testing.T) string {
				return wstest.ServeTLS(t, wstest.NewCA(t).ServerConfig(t), func(p *wstest.Peer) {
					p.Refuse(301, http.Header{"Location": {"ws://example.com/"}}, "")
				}).URL()
			}},
	}
}

func serversOfOtherWishes() []brokenServer {
	return []brokenServer{
		{name: "426 with another protocol", row: "other upgrade",
			serve: refuses(426, "", "Upgrade: TLS/1.2, HTTP/1.1", "Connection: Upgrade")},
		{name: "400 of a TLS port", row: "TLS wanted",
			serve: refuses(400, "Client sent an HTTP request to an HTTPS server.\n")},
		{name: "400 of a TLS port, by nginx", row: "TLS wanted", serve: refuses(400,
			"<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n"+
				"<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request "+
				"was sent to HTTPS port</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")},
		{name: "408", row: "timeout", serve: refuses(408, "")},
		{name: "421", row: "misdirected", serve: refuses(421, "")},
		{name: "431", row: "fields too large", serve: refuses(431, "")},
		{name: "418, which has no row", row: "", serve: refuses(418, "I am a teapot")},
	}
}

func serversBehindGateways() []brokenServer {
	return []brokenServer{
		{name: "502", row: "bad gateway", serve: refuses(502, "")},
		{name: "503 for a while", row: "unavailable",
			serve: refuses(503, "", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT")},
		{name: "504", row: "gateway timeout", serve: refuses(504, "")},
		{name: "521", row: "Cloudflare", serve: refuses(521, "", "Server: cloudflare")},
		{name: "500 with JSON", row: "server fault", serve: refuses(500,
			`{"error":{"code":"E42","details":["pool exhausted","try \u001b[2J"]}}`)},
		{name: "500 with bytes", row: "server fault",
			serve: refuses(500, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00")},
		{name: "a proxy that wants a login", row: "proxy login", code: 3, serve: agrees(),
			proxy: func(t *testing.T) string {
				return wstest.HTTPProxy(t, wstest.ProxyConfig{User: "u", Password: "p"}).URL().Host
			}},
		{name: "a proxy that refuses", row: "proxy refuses", code: 3, serve: agrees(),
			proxy: httpProxy(wstest.ProxyConfig{Refuse: 403})},
		{name: "a proxy that is none", row: "no proxy there", code: 3, serve: agrees(),
			proxy: func(t *testing.T) string {
				s := wstest.Serve(t, func(p *wstest.Peer) { p.Write([]byte("SSH-2.0-x\r\n")) })
				return "http://" + s.Addr()
			}},
		{name: "a proxy that is silent", row: "late proxy", code: 6, serve: agrees(),
			args: []string{"--connect-timeout", "0.2s"}, proxy: func(t *testing.T) string {
				s := wstest.Serve(t, func(p *wstest.Peer) { p.Stall(nil) })
				return "http://" + s.Addr()
			}},
		{name: "an https proxy of an unknown authority", row: "proxy certificate", code: 3,
			serve: agrees(), proxy: func(t *testing.T) string {
				return wstest.HTTPProxy(t, wstest.ProxyConfig{
					TLS: wstest.NewCA(t).ServerConfig(t),
				}).URL().String()
			}},
	}
}

func serversWithoutHTTP() []brokenServer {
	return []brokenServer{
		{name: "an SSH server", row: "not HTTP", serve: writes("SSH-2.0-OpenSSH_9.2p1\r\n")},
		{name: "a Redis server", row: "not HTTP", serve: writes("-ERR unknown command 'GET'\r\n")},
		{name: "an HTTP answer that is broken", row: "not HTTP", serve: writes("HTTP/1.1 OK\r\n\r\n")},
		{name: "a header field that is none", row: "malformed answer",
			serve: writes("HTTP/1.1 403 No\r\nContent-Length: 0\r\nX-Trace: \x1b[2J\r\n\r\n")},
		{name: "HTTP/2 frames", row: "HTTP/2", serve: writes("\x00\x00\x12\x04\x00\x00\x00\x00\x00")},
		{name: "505", row: "HTTP version", serve: refuses(505, "")},
		{name: "no answer", row: "no answer", serve: server(func(p *wstest.Peer) { p.Request() })},
		{name: "half an answer", row: "half an answer", serve: writes("HTTP/1.1 101 Switching")},
		{name: "silence", row: "late answer", code: 6, args: []string{"--connect-timeout", "0.2s"},
			serve: server(func(p *wstest.Peer) { p.Stall(nil) })},
		{name: "a head without end", row: "head too long",
			serve: writes("HTTP/1.1 101 X\r\nX: " + strings.Repeat("x", 70_000))},
	}
}

func serversThatAgreeBadly() []brokenServer {
	sum := func(s string) []byte { h := sha1.Sum([]byte(s)); return h[:] }
	encode := base64.StdEncoding.EncodeToString
	return []brokenServer{
		{name: "101 without Upgrade", row: "no upgrade", serve: agrees(wstest.NoUpgrade())},
		{name: "101 with Connection: close", row: "no upgrade", serve: agrees(
			wstest.Without("Connection"), wstest.Field("Connection: close"),
			wstest.Field("Via: 1.1 lb.example"))},
		{name: "101 in HTTP/1.0", row: "no upgrade",
			serve: agrees(wstest.StatusLine("HTTP/1.0 101 Switching Protocols"))},
		{name: "no accept value", row: "accept missing",
			serve: agrees(wstest.Without("Sec-WebSocket-Accept"))},
		{name: "the accept value of another key", row: "accept of another key",
			serve: agrees(wstest.WrongAccept(wire.Accept("another")))},
		{name: "the accept value of the RFC", row: "accept of another key",
			serve: agrees(wstest.WrongAccept(wire.Accept(doctor.RFCKey)))},
		{name: "the key as accept value", row: "accept",
			serve: acceptsWith(func(key string) string { return key })},
		{name: "an accept value without the GUID", row: "accept",
			serve: acceptsWith(func(key string) string { return encode(sum(key)) })},
		{name: "an accept value in hexadecimal", row: "accept",
			serve: acceptsWith(func(key string) string {
				b, _ := base64.StdEncoding.DecodeString(wire.Accept(key))
				return hex.EncodeToString(b)
			})},
		{name: "an accept value out of thin air", row: "accept",
			serve: agrees(wstest.WrongAccept("yes"))},
		{name: "a subprotocol that nobody asked for", row: "subprotocol not offered",
			serve: agrees(wstest.Subprotocol("chat"))},
		{name: "another subprotocol", row: "subprotocol not offered", args: []string{"-s", "chat.v2"},
			serve: agrees(wstest.Subprotocol("chat.v1"))},
		{name: "compression that nobody asked for", row: "extension not offered",
			serve: agrees(wstest.Extensions("permessage-deflate"))},
		{name: "another extension", row: "extension not offered", args: []string{"--compress"},
			serve: agrees(wstest.Extensions("x-webkit-deflate-frame"))},
	}
}

func serversWithTLS() []brokenServer {
	certificate := func(opts ...wstest.CertOption) func(t *testing.T) string {
		return secured(func(t *testing.T, ca *wstest.CA) *tls.Config {
			return ca.ServerConfig(t, opts...)
		})
	}
	with := func(change func(t *testing.T, cfg *tls.Config)) func(t *testing.T) string {
		return secured(func(t *testing.T, ca *wstest.CA) *tls.Config {
			cfg := ca.ServerConfig(t)
			change(t, cfg)
			return cfg
		})
	}
	tlsServers := []brokenServer{
		{name: "a port without TLS", row: "plain port", serve: otherScheme(server(
			func(p *wstest.Peer) { p.Hangup() }))},
		{name: "a port without TLS that answers", row: "plain port",
			serve: otherScheme(server(func(p *wstest.Peer) {
				p.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			}))},
		{name: "an unknown authority", row: "unknown authority", serve: certificate()},
		{name: "a certificate signed by itself", row: "self-signed",
			serve: secured(func(t *testing.T, _ *wstest.CA) *tls.Config {
				return &tls.Config{Certificates: []tls.Certificate{wstest.SelfSigned(t)}}
			})},
		{name: "a signature with SHA-1", row: "weak signature", serve: certificate(wstest.SignedWithSHA1())},
		{name: "an expired certificate", row: "expired", serve: certificate(wstest.Expired())},
		{name: "a certificate of tomorrow", row: "not yet valid",
			serve: certificate(wstest.NotYetValid())},
		{name: "a certificate for other names", row: "wrong name",
			serve: certificate(wstest.For("a.example", "*.b.example", "192.0.2.1"))},
		{name: "a certificate without names", row: "wrong name", serve: certificate(wstest.For())},
		certificateForClients(),
		{name: "a client certificate is wanted", row: "client certificate", args: []string{"-k"},
			serve: with(func(t *testing.T, cfg *tls.Config) { cfg.ClientAuth = tls.RequireAnyClientCert })},
		{name: "TLS 1.1 at most", row: "TLS version", args: []string{"-k"},
			serve: with(func(t *testing.T, cfg *tls.Config) {
				cfg.MinVersion, cfg.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
			})},
		{name: "TLS 1.2 at most", row: "TLS version", args: []string{"-k", "--tls-min", "1.3"},
			serve: with(func(t *testing.T, cfg *tls.Config) { cfg.MaxVersion = tls.VersionTLS12 })},
		{name: "no HTTP/1.1 behind TLS", row: "no HTTP/1.1", args: []string{"-k"},
			serve: with(func(t *testing.T, cfg *tls.Config) { cfg.NextProtos = []string{"other"} })},
		{name: "an unknown server name", row: "server name", args: []string{"--servername", "a.example"},
			serve: secured(func(t *testing.T, ca *wstest.CA) *tls.Config {
				return &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
					return nil, nil
				}}
			})},
		{name: "a TLS alert", row: "TLS alert", args: []string{"-k"},
			serve: with(func(t *testing.T, cfg *tls.Config) {
				cfg.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
					return nil, errors.New("no")
				}
			})},
		{name: "a certificate that is none", row: "malformed certificate", args: []string{"-k"},
			serve: with(func(t *testing.T, cfg *tls.Config) { cfg.Certificates[0].Certificate = [][]byte{{0}} })},
		{name: "RSA only", row: "TLS ciphers", args: []string{"-k"},
			serve: with(func(t *testing.T, cfg *tls.Config) {
				cfg.MaxVersion = tls.VersionTLS12
				cfg.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
			})},
		{name: "TLS that breaks", row: "our TLS alert", args: []string{"-k"},
			serve: func(t *testing.T) string {
				return wstest.ServeTLS(t, wstest.NewCA(t).ServerConfig(t), func(p *wstest.Peer) {
					p.Request()
					const record = "\x17\x03\x03\x00\x20"
					p.Conn.(*tls.Conn).NetConn().Write([]byte(record + strings.Repeat("x", 0x20)))
					p.Stall(nil)
				}).URL()
			}},
		{name: "silence instead of TLS", row: "late TLS", code: 6,
			args:  []string{"--connect-timeout", "0.2s"},
			serve: otherScheme(server(func(p *wstest.Peer) { p.Stall(nil) }))},
	}
	for i := range tlsServers {
		if tlsServers[i].code == 0 {
			tlsServers[i].code = exit.TLS
		}
	}
	return append(tlsServers,
		brokenServer{name: "a port with TLS", row: "TLS port",
			serve: writes("\x15\x03\x01\x00\x02\x02\x46")},
		brokenServer{name: "a port with TLS that hangs up", row: "no answer",
			serve: otherScheme(secured(good))})
}

// certificateForClients is a server whose certificate may only be a client's; its authority is
// trusted, so that this is what is wrong.
func certificateForClients() brokenServer {
	var file string
	return brokenServer{
		name: "a certificate for clients", row: "certificate",
		serve: func(t *testing.T) string {
			ca := wstest.NewCA(t)
			file = filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(file, ca.PEM(), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg := &tls.Config{Certificates: []tls.Certificate{ca.Client(t)}}
			return wstest.ServeTLS(t, cfg, func(p *wstest.Peer) { p.Accept() }).URL()
		},
		more: func() []string { return []string{"--ca", file} },
	}
}
