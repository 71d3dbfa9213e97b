package cli_test

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"

	"wsline/internal/wstest"
)

// startTLSServer is the command "tlsserver KIND": an echoing server with a certificate of that
// kind, valid, expired, notyet, name (for example.com), client (valid, and it wants a client's
// certificate), negative (its serial number), old (TLS 1.2), ancient (TLS 1.1) or redirect URL. It
// sets URL, ADDR and PORT and writes ca.pem, client.pem, client.key and client-enc.key and
// client.p12 (their passphrase is "secret"), client.der and client-key.der.
func startTLSServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: tlsserver KIND [URL]")
	}
	t := testOf(ts)
	ca := wstest.NewCA(t)
	var cfg *tls.Config
	switch args[0] {
	case "valid", "client", "redirect":
		cfg = ca.ServerConfig(t)
	case "old", "ancient":
		cfg = ca.ServerConfig(t)
		cfg.MinVersion, cfg.MaxVersion = tls.VersionTLS10, tls.VersionTLS12
		if args[0] == "ancient" {
			cfg.MaxVersion = tls.VersionTLS11
		}
	case "negative":
		cfg = &tls.Config{Certificates: []tls.Certificate{ca.NegativeSerial(t)}}
	case "expired":
		cfg = ca.ServerConfig(t, wstest.Expired())
	case "notyet":
		cfg = ca.ServerConfig(t, wstest.NotYetValid())
	case "name":
		cfg = ca.ServerConfig(t, wstest.For("example.com"))
	default:
		ts.Fatalf("no kind is called %q", args[0])
	}
	if args[0] == "client" {
		cfg.ClientAuth, cfg.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
	}
	client := ca.Client(t)
	pfx, err := pkcs12.Modern.Encode(client.PrivateKey, client.Leaf, nil, "secret")
	ts.Check(err)
	caDER, _ := pem.Decode(ca.PEM())
	keyDER, _ := pem.Decode(wstest.KeyPEM(t, client))
	for name, content := range map[string][]byte{
		"ca.pem":         ca.PEM(),
		"ca.der":         caDER.Bytes,
		"client.pem":     wstest.CertPEM(client),
		"client.key":     wstest.KeyPEM(t, client),
		"client-enc.key": wstest.EncryptedKeyPEM(t, client.PrivateKey, "secret", wstest.AES256()),
		"client.p12":     pfx,
		"client.der":     client.Leaf.Raw,
		"client-key.der": keyDER.Bytes,
	} {
		ts.Check(os.WriteFile(ts.MkAbs(name), content, 0o600))
	}
	play := playEcho
	if args[0] == "redirect" {
		play = func(p *wstest.Peer, args []string) {
			p.Refuse(301, http.Header{"Location": {args[1]}}, "")
		}
	}
	s := wstest.ServeTLS(t, cfg, func(p *wstest.Peer) { play(p, args) })
	setAddress(ts, s.URL(), s.Addr())
}

// startHTTPServer is the command "httpserver plain|tls": a web server that knows no WebSockets.
func startHTTPServer(ts *testscript.TestScript, neg bool, args []string) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<h1>Hello</h1>") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if len(args) == 1 && args[0] == "tls" {
		s.StartTLS()
	} else {
		s.Start()
	}
	ts.Defer(s.Close)
	setAddress(ts, s.URL, s.Listener.Addr().String())
}

// startProxy is the command "proxy http|socks [USER:PASSWORD|STATUS]": a proxy that wants these
// credentials, or refuses everyone with this status or SOCKS reply. It sets PROXY to its URL, with the
// credentials, and PROXYADDR.
func startProxy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: proxy http|socks [USER:PASSWORD|STATUS]")
	}
	start := wstest.HTTPProxy
	if args[0] == "socks" {
		start = wstest.SOCKSProxy
	}
	var cfg wstest.ProxyConfig
	if len(args) > 1 {
		var isLogin bool
		if cfg.User, cfg.Password, isLogin = strings.Cut(args[1], ":"); !isLogin {
			status, err := strconv.Atoi(args[1])
			ts.Check(err)
			cfg = wstest.ProxyConfig{Refuse: status}
		}
	}
	p := start(testOf(ts), cfg)
	ts.Setenv("PROXY", p.URL().String())
	ts.Setenv("PROXYADDR", p.URL().Host)
}
