package dial

import (
	"context"
	"net"

	"golang.org/x/net/proxy"

	"wsline/internal/dial/addr"
)

// socks asks a SOCKS5 proxy to connect on (RFC 1928), with a user and password (RFC 1929) if it has
// them. Of several targets each is asked for over a connection of its own, the one that is tried first
// over nc.
func (a *attempt) socks(ctx context.Context, nc net.Conn) (net.Conn, error) {
	address := nc.RemoteAddr().String()
	if a.cfg.NetDial != nil {
		address = a.dialled
	}
	ready := make(chan net.Conn, 1)
	ready <- nc
	return addr.Race(ctx, a.targets, func(ctx context.Context, host string) (net.Conn, error) {
		target := a.target(host)
		var nc net.Conn
		select {
		case nc = <-ready:
		default:
			var err error
			if nc, err = a.dialContext(ctx, a.network(), address); err != nil {
				return nil, a.fail(ctx, a.connectError(ctx, err))
			}
		}
		return nc, a.guard(ctx, nc, func() error { return a.socksConnect(ctx, nc, target) })
	})
}

func (a *attempt) socksConnect(ctx context.Context, nc net.Conn, target string) error {
	var auth *proxy.Auth
	if u := a.proxy.User; u != nil {
		password, _ := u.Password()
		auth = &proxy.Auth{User: u.Username(), Password: password}
	}
	replies := &socksReplies{Conn: nc}
	d, err := proxy.SOCKS5("tcp", a.dialled, auth, given{replies})
	if err == nil {
		_, err = d.Dial("tcp", target)
	}
	if err == nil {
		return nil
	}
	e := a.socksError(replies.got, target)
	e.Kind, e.Addr, e.Err = KindConnect, a.dialled, err
	if err = a.fail(ctx, e); e.Reason != ReasonProxyRefused {
		err = &addr.Stop{Err: err} // it is the proxy's own, whatever the target
	}
	return err
}

// socksError reads from the proxy's replies what went wrong.
func (a *attempt) socksError(got []byte, target string) *Error {
	const version, noMethod, byPassword = 5, 0xff, 2
	host := "the proxy " + a.proxy.Host
	switch {
	case len(got) == 0:
		return &Error{Reason: ReasonProxyClosed, Text: host + " closed the connection"}
	case got[0] != version || len(got) < 2:
		return &Error{
			Reason: ReasonProxyOther, Text: host + " does not answer as a SOCKS5 proxy",
		}
	case got[1] == noMethod, got[1] == byPassword && (len(got) < 4 || got[3] != 0):
		return &Error{Reason: ReasonProxyAuth, Text: a.proxyAuthText()}
	}
	reply := got[2:]
	if got[1] == byPassword {
		reply = got[4:]
	}
	e := &Error{Reason: ReasonProxyRefused, Text: host + " does not connect to " + target}
	if len(reply) >= 2 {
		if e.Reply = reply[1]; int(e.Reply) < len(socksTexts) {
			e.Text += ": " + socksTexts[e.Reply]
		}
	}
	return e
}

// socksTexts are the replies of RFC 1928 §6.
var socksTexts = [...]string{
	"a bad reply", "general failure", "not allowed", "network unreachable", "host unreachable",
	"connection refused", "it took too long", "command not supported", "address type not supported",
}

// given is a dialer whose connection is there already.
type given struct{ nc net.Conn }

func (g given) Dial(string, string) (net.Conn, error) { return g.nc, nil }

// socksReplies keeps what the proxy replied: the library's errors are not typed.
type socksReplies struct {
	net.Conn
	got []byte
}

func (r *socksReplies) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.got = append(r.got, p[:n]...)
	return n, err
}
