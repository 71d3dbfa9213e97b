package dial

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"wsline/internal/dial/addr"
)

// open connects so that the bytes reach the host's own port: to it, to the socket, or through the
// proxy.
func (a *attempt) open(ctx context.Context) (net.Conn, error) {
	if a.cfg.Socket != "" {
		return a.dialSocket(ctx)
	}
	if err := a.chooseProxy(ctx); err != nil {
		return nil, err
	}
	hostport := a.addr
	if a.proxy != nil {
		if err := a.resolveForProxy(ctx); err != nil {
			return nil, err
		}
		defer a.targets.Stop()
		hostport = proxyAddr(a.proxy)
	}
	nc, err := a.dialTCP(ctx, hostport)
	if err != nil {
		e := a.connectError(ctx, err)
		if a.proxy != nil {
			e.Reason, e.Text = ReasonProxyDial, "the proxy cannot be reached: "+e.Text
		}
		return nil, a.fail(ctx, e)
	}
	a.connected(nc)
	if a.proxy == nil {
		return nc, nil
	}
	return a.tunnel(ctx, nc)
}

func (a *attempt) dialSocket(ctx context.Context) (net.Conn, error) {
	a.stage, a.dialled = stageTCP, a.cfg.Socket
	start := time.Now()
	defer func() { a.timings.TCP += time.Since(start) }()
	nc, err := a.dialContext(ctx, "unix", a.cfg.Socket)
	if err != nil {
		return nil, a.fail(ctx, a.socketError(err))
	}
	a.connected(nc)
	return nc, nil
}

// connected begins the handshake that errors tell of.
func (a *attempt) connected(nc net.Conn) {
	a.hs = &Handshake{URL: a.cfg.URL, Remote: nc.RemoteAddr(), Proxy: a.proxy}
}

// dialTCP dials host:port, or what Config.Resolve puts in its place.
func (a *attempt) dialTCP(ctx context.Context, hostport string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, err
	}
	a.dialled, a.tried = hostport, ""
	addresses, err := a.addresses(ctx, host, port)
	if err != nil {
		return nil, err
	}
	addresses.Prefer(a.cfg.Prefer)
	a.stage = stageTCP
	if _, err := netip.ParseAddr(addresses.Known[0]); err == nil {
		a.tried = addresses.Known[0]
	}
	start := time.Now()
	defer func() { a.timings.TCP += time.Since(start) }()
	nc, err := addr.Race(ctx, addresses, func(ctx context.Context, ip string) (net.Conn, error) {
		return a.dialContext(ctx, a.network(), net.JoinHostPort(ip, port))
	})
	a.others = len(addresses.Known) - 1
	return nc, err
}

func (a *attempt) network() string { return cmp.Or(a.cfg.Network, "tcp") }

func (a *attempt) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	open := a.cfg.NetDial
	if open == nil {
		open = new(net.Dialer).DialContext
	}
	nc, err := open(ctx, network, address)
	if err == nil {
		limitUnacknowledged(nc, a.cfg.UserTimeout)
	}
	return nc, err
}

// addresses are those to dial for a host: what Config.Resolve says, or DNS. A NetDial without a
// Resolver finds them itself.
func (a *attempt) addresses(ctx context.Context, host, port string) (*addr.List, error) {
	a.stage, a.name = stageTCP, host
	for _, r := range a.cfg.Resolve {
		if (strings.EqualFold(r.Host, host) || r.Host == "*") && r.Port == port {
			return addr.Of(strings.Trim(r.Address, "[]")), nil
		}
	}
	_, err := netip.ParseAddr(host)
	if isAddress := err == nil; isAddress || a.cfg.NetDial != nil && a.cfg.Resolver == nil {
		return addr.Of(host), nil
	}
	a.stage = stageDNS
	start := time.Now()
	defer func() { a.timings.DNS += time.Since(start) }()
	return addr.Lookup(ctx, cmp.Or(a.cfg.Resolver, net.DefaultResolver), a.network(), host)
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

// guard calls f, which speaks over nc, and closes nc when ctx ends meanwhile, or f fails.
func (a *attempt) guard(ctx context.Context, nc net.Conn, f func() error) error {
	stop := interrupt(ctx, nc)
	err := f()
	if stop() && err == nil {
		err = a.interrupted(contextError(ctx))
	}
	if err != nil {
		nc.Close()
	}
	return err
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
