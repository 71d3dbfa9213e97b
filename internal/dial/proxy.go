package dial

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wsline/internal/dial/addr"
	"wsline/internal/dial/digest"
	"wsline/internal/dial/phrase"
	"wsline/internal/exit"
)

func proxyAddr(u *url.URL) string { return hostPort(u) }

func isSOCKS(u *url.URL) bool { return u.Scheme == "socks5" || u.Scheme == "socks5h" }

// chooseProxy asks which proxy the URL goes through.
func (a *attempt) chooseProxy(ctx context.Context) (err error) {
	if a.cfg.Proxy == nil {
		return nil
	}
	if a.proxy, err = a.cfg.Proxy(a.cfg.URL); err != nil {
		return a.fail(ctx, &Error{
			Kind: KindConnect, Reason: ReasonProxyDial, Text: plain(err), Err: err,
		})
	}
	return nil
}

// resolveForProxy sets what the proxy is told to connect to: with socks5 the addresses, else the
// name.
func (a *attempt) resolveForProxy(ctx context.Context) error {
	host, port, err := net.SplitHostPort(a.addr)
	if err != nil {
		return err
	}
	a.targets = addr.Of(host)
	if a.proxy.Scheme == "socks5" {
		if a.targets, err = a.addresses(ctx, host, port); err != nil {
			return a.fail(ctx, a.connectError(ctx, err))
		}
	}
	return nil
}

// target is host:port as the proxy is told of it. A zone means nothing on its side (RFC 6874 §4).
func (a *attempt) target(host string) string {
	_, port, _ := net.SplitHostPort(a.addr)
	host, _, _ = strings.Cut(host, "%")
	return net.JoinHostPort(host, port)
}

// tunnel makes the proxy behind nc connect on, and returns the connection that reaches the host.
func (a *attempt) tunnel(ctx context.Context, nc net.Conn) (net.Conn, error) {
	a.stage = stageProxy
	start := time.Now()
	defer func() { a.timings.Proxy += time.Since(start) }()
	if isSOCKS(a.proxy) {
		return a.socks(ctx, nc)
	}
	through := nc
	err := a.guard(ctx, nc, func() (err error) {
		if a.proxy.Scheme == "https" {
			if through, err = a.secureProxy(ctx, nc); err != nil {
				return err
			}
		}
		return a.connectHTTP(ctx, through)
	})
	return through, err
}

// secureProxy does the TLS handshake with an https proxy.
func (a *attempt) secureProxy(ctx context.Context, nc net.Conn) (net.Conn, error) {
	cfg, err := a.cfg.TLS.forProxy(a.proxy.Hostname())
	if err != nil {
		return nil, a.fail(ctx, &Error{Kind: KindTLS, Text: plain(err), Err: err})
	}
	tc := tls.Client(nc, cfg)
	if err := tc.Handshake(); err != nil {
		return nil, a.fail(ctx, a.proxyTLSError(err))
	}
	return tc, nil
}

// connectHTTP asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6).
func (a *attempt) connectHTTP(ctx context.Context, nc net.Conn) error {
	resp, head, err := a.askProxy(nc)
	if err != nil {
		e := &Error{
			Kind: KindConnect, Reason: ReasonProxyOther, Addr: a.dialled, Err: err,
			Text: "the proxy " + a.proxy.Host + " does not answer as an HTTP proxy",
		}
		if isBroken(err) {
			e.Reason = ReasonProxyClosed
			e.Text = "the proxy " + a.proxy.Host + " closed the connection"
		}
		return a.fail(ctx, e)
	}
	if resp.StatusCode/100 == 2 {
		return nil
	}
	e := &Error{
		Kind: KindConnect, Reason: ReasonProxyRefused, Addr: a.dialled,
		Status: resp.StatusCode, Phrase: phrase.Of(resp), Proto: resp.Proto, Header: resp.Header,
		Text: "the proxy " + a.proxy.Host + " does not connect to " +
			a.target(a.targets.Known[0]) + ": " + phrase.Status(resp, exit.Quote),
	}
	if resp.StatusCode == http.StatusProxyAuthRequired {
		e.Reason, e.Text = ReasonProxyAuth, a.proxyAuthText()
		if e.Foreign = digest.Foreign(e.challenges()); e.Foreign != "" {
			e.Text = "the proxy " + a.proxy.Host + " wants a login with " + e.Foreign +
				", which wsline does not speak"
		}
	}
	// The status says more than a context that ends during the body.
	e.Body, e.BodyCut = readBody(head, nc)
	return a.complete(e)
}

// proxyTLSError says why there is no TLS with an https proxy.
func (a *attempt) proxyTLSError(err error) *Error {
	e := &Error{
		Kind: KindConnect, Reason: ReasonProxyTLS, Addr: a.dialled, Err: err,
		Text: "TLS to the proxy " + a.proxy.Host + ": " + plain(err),
	}
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record):
		e.Reason, e.Text = ReasonProxyOther, "the proxy "+a.proxy.Host+" does not speak TLS"
	case isBroken(err):
		e.Reason = ReasonProxyClosed
		e.Text = "the proxy " + a.proxy.Host + " closed the connection"
	}
	return e
}

func (a *attempt) proxyAuthText() string {
	if a.proxy.User == nil {
		return "the proxy " + a.proxy.Host + " wants a user and a password"
	}
	return "the proxy " + a.proxy.Host + " refused the user and password"
}

// askProxy writes the CONNECT request and reads the head of the answer.
func (a *attempt) askProxy(nc net.Conn) (resp *http.Response, head []byte, err error) {
	target := a.target(a.targets.Known[0])
	req := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if agent, ok := a.field("User-Agent"); ok {
		req += "User-Agent: " + agent + "\r\n"
	} else {
		req += "User-Agent: " + userAgent + "\r\n"
	}
	if login := a.steps.proxy; login != nil {
		req += "Proxy-Authorization: " + login.Field("CONNECT", target) + "\r\n"
	} else if u := a.proxy.User; u != nil {
		req += "Proxy-Authorization: " + basicAuth(u) + "\r\n"
	}
	if _, err = io.WriteString(nc, req+"\r\n"); err != nil {
		return nil, nil, err
	}
	for left := maxHead; ; {
		if head, err = readProxyHead(nc, left); err != nil {
			return nil, nil, err
		}
		left -= len(head)
		resp, err = parseHead(head)
		if err != nil || resp.StatusCode/100 != 1 {
			return resp, head, err
		}
	}
}

var errProxyHead = errors.New("the proxy's answer is not HTTP, or too long")

// readProxyHead reads a response head in single bytes: what follows it is not the proxy's, and a
// head is short.
func readProxyHead(nc net.Conn, max int) ([]byte, error) {
	var head []byte
	for !bytes.HasSuffix(head, []byte("\n\r\n")) && !bytes.HasSuffix(head, []byte("\n\n")) {
		if len(head) >= max || len(head) == len("HTTP/") && string(head) != "HTTP/" {
			return nil, errProxyHead
		}
		var b [1]byte
		if _, err := io.ReadFull(nc, b[:]); err != nil {
			return nil, err
		}
		head = append(head, b[0])
	}
	return head, nil
}

// basicAuth is the value of an Authorization field (RFC 7617 §2).
func basicAuth(u *url.Userinfo) string {
	password, _ := u.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password))
}
