package dial

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// open connects as far as the bytes reach the host's own port: to it, to the socket, or to the
// proxy, with which nothing has been spoken yet.
func (a *attempt) open(ctx context.Context) (net.Conn, error) {
	if a.cfg.Socket != "" {
		a.stage, a.dialled = stageTCP, a.cfg.Socket
		nc, err := a.timedDial(ctx, "unix", a.cfg.Socket)
		if err != nil {
			return nil, a.fail(ctx, a.socketError(err))
		}
		return nc, nil
	}
	if err := a.chooseProxy(ctx); err != nil {
		return nil, err
	}
	addr := a.addr
	if a.proxy != nil {
		if err := a.resolveForProxy(ctx); err != nil {
			return nil, err
		}
		addr = proxyAddr(a.proxy)
	}
	nc, err := a.dialTCP(ctx, addr)
	if err == nil {
		return nc, nil
	}
	e := a.connectError(ctx, err)
	if a.proxy != nil {
		e.Reason, e.Text = ReasonProxyDial, "the proxy cannot be reached: "+e.Text
	}
	return nil, a.fail(ctx, e)
}

// dialTCP dials host:port, or what Config.Resolve puts in its place. A net.Dialer tries IPv6 and
// IPv4 as RFC 8305 says.
func (a *attempt) dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	network := a.cfg.Network
	if network == "" {
		network = "tcp"
	}
	a.stage, a.name, a.dialled, a.tried = stageTCP, host, addr, ""
	address := a.standIn(host, port)
	if _, err := netip.ParseAddr(address); err == nil {
		a.tried = address
	}
	nc, err := a.timedDial(ctx, network, net.JoinHostPort(address, port))
	var op *net.OpError
	if errors.As(err, &op) {
		if tcp, ok := op.Addr.(*net.TCPAddr); ok {
			a.tried = tcp.AddrPort().Addr().Unmap().String()
		}
	}
	return nc, err
}

func (a *attempt) timedDial(ctx context.Context, network, addr string) (net.Conn, error) {
	var dnsStart time.Time
	var dns time.Duration
	start := time.Now()
	// Both functions are called by DialContext itself, none by a goroutine of its own.
	nc, err := a.dialContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { a.stage, dnsStart = stageDNS, time.Now() },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			dns = time.Since(dnsStart)
			if info.Err == nil {
				a.stage = stageTCP
			}
		},
	}), network, addr)
	a.timings.DNS += dns
	a.timings.TCP += time.Since(start) - dns
	return nc, err
}

func (a *attempt) dialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if a.cfg.NetDial != nil {
		return a.cfg.NetDial(ctx, network, addr)
	}
	d := net.Dialer{Resolver: a.cfg.Resolver}
	return d.DialContext(ctx, network, addr)
}

// standIn is the address to dial for a host: its own name, but for Config.Resolve.
func (a *attempt) standIn(host, port string) string {
	for _, r := range a.cfg.Resolve {
		if (strings.EqualFold(r.Host, host) || r.Host == "*") && r.Port == port {
			return strings.Trim(r.Address, "[]")
		}
	}
	return host
}

// lookup resolves a name by itself, for a proxy that is to be given an address.
func (a *attempt) lookup(ctx context.Context, host string) (string, error) {
	network := "ip"
	if v, ok := strings.CutPrefix(a.cfg.Network, "tcp"); ok {
		network += v
	}
	a.stage, a.name = stageDNS, host
	start := time.Now()
	defer func() { a.timings.DNS += time.Since(start) }()
	r := a.cfg.Resolver
	if r == nil {
		r = net.DefaultResolver
	}
	ips, err := r.LookupNetIP(ctx, network, host)
	if err != nil {
		return "", err
	}
	return ips[0].Unmap().String(), nil
}

// interrupt closes c as soon as ctx ends, which wakes whoever reads or writes. The function that it
// returns, to be called once, ends that, and reports whether c was closed.
func interrupt(ctx context.Context, c io.Closer) (stop func() bool) {
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		c.Close()
	})
	return func() bool {
		if cancel() {
			return false
		}
		<-done
		return true
	}
}

// hostPort is where a ws or wss URL is dialled.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func defaultPort(scheme string) string {
	switch scheme {
	case "wss", "https":
		return "443"
	case "socks5", "socks5h":
		return "1080"
	}
	return "80"
}
