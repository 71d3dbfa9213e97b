// Package dial turns a URL into an upgraded connection: DNS, TCP or a Unix socket, a proxy, TLS,
// and the WebSocket handshake, with how long each took.
//
// It writes the request itself, so that fields stand on the wire in the user's order and case, and
// checks the answer itself, so that each thing that can be wrong has a Reason of its own;
// net/http's Transport has no part in it. What it opens is wrapped in a tap.Conn, through which the
// library reads and writes.
//
// A dial runs in its caller. When its context ends, it ends at once, whatever it waits for.
package dial

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"wsline/internal/dial/addr"
)

// Dial connects, upgrades, and returns the open connection, which the caller closes; every error is
// an *Error. Redirects are followed when cfg says so; credentials do not go to another host with
// them.
func Dial(ctx context.Context, cfg *Config) (*Conn, error) {
	conn, err := dial(ctx, cfg)
	var e *Error
	errors.As(err, &e)
	cfg.hide(conn, e)
	return conn, err
}

func dial(ctx context.Context, cfg *Config) (*Conn, error) {
	if err := checkConfig(cfg); err != nil {
		return nil, &Error{Kind: KindHandshake, URL: cfg.URL, Text: err.Error(), Err: err}
	}
	cfg = withoutOwn(cfg)
	if cfg.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, cfg.Timeout)
		defer cancel()
	}
	start := time.Now()
	timings := new(Timings)
	steps := new(steps)
	steps.visited = []string{steps.state(cfg.URL)}
	for {
		a := &attempt{cfg: cfg, addr: hostPort(cfg.URL), timings: timings, steps: steps}
		conn, err := a.run(ctx)
		if err == nil {
			timings.Total = time.Since(start)
			conn.Handshake.Timings = *timings
			conn.Handshake.notices(cfg)
			return conn, nil
		}
		var e *Error
		if !errors.As(err, &e) {
			return nil, err
		}
		if cfg, err = steps.next(cfg, e); err != nil {
			if timings.Total = time.Since(start); e.Handshake != nil {
				e.Handshake.Timings = *timings
			}
			return nil, err
		}
	}
}

// notices tells what is allowed and yet odd.
func (hs *Handshake) notices(cfg *Config) {
	if len(hs.OfferedProtocols) > 0 && hs.Subprotocol == "" {
		// The WebSocket standard makes a browser fail such a connection, RFC 6455 does not.
		cfg.notice("the server chose none of the subprotocols; a browser would not go on")
	}
}

// attempt is one try at one URL.
type attempt struct {
	cfg     *Config
	addr    string // host:port of the URL
	timings *Timings
	steps   *steps // nil in a preview

	proxy     *url.URL   // nil for none
	targets   *addr.List // the hosts that the proxy is asked for, one of them
	stage     stage
	name      string // that is looked up
	dialled   string // host:port or path that is dialled: the host's, the proxy's or the socket's
	tried     string // the first address of dialled, once it is known
	others    int    // how many more there are, once they were tried
	login     string // the answer to a challenge of the server, "" for none
	certAsked bool   // the server asked for a client certificate

	hs *Handshake // what there is of it; nil before anything is connected
}

// peer is the host as an error names it.
func (a *attempt) peer() string {
	if a.cfg.Socket != "" {
		return a.cfg.Socket
	}
	return a.cfg.URL.Host
}

// run makes the attempt. When ctx ends, the network connection is closed, and whoever waits for it
// wakes.
func (a *attempt) run(ctx context.Context) (conn *Conn, err error) {
	nc, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	err = a.guard(ctx, nc, func() (err error) {
		conn, err = a.converse(ctx, nc)
		return err
	})
	if err != nil && conn != nil {
		conn.Tap.Close()
	}
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// converse does all that is said to the host: TLS, the upgrade.
func (a *attempt) converse(ctx context.Context, nc net.Conn) (*Conn, error) {
	if a.cfg.URL.Scheme == "wss" {
		tc, err := a.secure(ctx, nc)
		if err != nil {
			return nil, err
		}
		nc = tc
	}
	conn, err := a.upgrade(ctx, nc)
	if err != nil {
		return nil, err
	}
	conn.Handshake = *a.hs
	return conn, nil
}
