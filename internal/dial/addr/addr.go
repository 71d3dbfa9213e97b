// Package addr finds the addresses of a host, and connects to the first one that answers
// (RFC 8305). A net.Dialer races the two families only: within one it tries an address for as long
// as its share of the time limit lasts before it goes on to the next.
//
// Nothing that Race starts is left when it returns.
package addr

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Delay is how long an address has for its answer before the next one is tried beside it: the
// Connection Attempt Delay of RFC 8305 §5.
const Delay = 250 * time.Millisecond

// Lookup resolves a host for the network "tcp", "tcp4" or "tcp6". The addresses come in the order in
// which they are to be tried; a nil resolver is the system's.
func Lookup(ctx context.Context, r *net.Resolver, network, host string) ([]string, error) {
	if r == nil {
		r = net.DefaultResolver
	}
	found, err := r.LookupNetIP(ctx, "ip"+strings.TrimPrefix(network, "tcp"), host)
	if err != nil {
		return nil, err
	}
	return interleave(found), nil
}

// interleave has the families take turns, the preferred one first (RFC 8305 §4): when one of them
// is out of reach, that costs a single delay.
func interleave(found []netip.Addr) (list []string) {
	var first, second []string
	for _, ip := range found {
		family := &second
		if ip = ip.Unmap(); ip.Is4() == found[0].Unmap().Is4() {
			family = &first
		}
		if !slices.Contains(*family, ip.String()) {
			*family = append(*family, ip.String())
		}
	}
	for len(first) > 0 {
		list = append(list, first[0])
		first, second = second, first[1:]
		if len(first) == 0 {
			first, second = second, nil
		}
	}
	return list
}

// Stop is an error that holds for every address: when a try ends with one, so does the race.
type Stop struct{ Err error }

func (e *Stop) Error() string { return e.Err.Error() }
func (e *Stop) Unwrap() error { return e.Err }

// Race tries the addresses, of which there is one at least, in their order: each when the one before
// has failed, or has not answered within Delay. The first connection is the answer; the other tries
// are given up, and their connections closed. When all fail, the error is that of the first address.
// try must end when its context does.
func Race(
	ctx context.Context, addresses []string,
	try func(ctx context.Context, address string) (net.Conn, error),
) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &race{ended: make(chan ended), errs: make([]error, len(addresses))}
	timer := time.NewTimer(0)
	defer timer.Stop()
	next := 0
	for {
		more := !r.over && next < len(addresses)
		if !more && r.running == 0 {
			return r.result()
		}
		due := timer.C
		if !more {
			due = nil
		}
		select {
		case <-due:
			n := next
			next, r.running = next+1, r.running+1
			timer.Reset(Delay)
			go func() {
				nc, err := try(ctx, addresses[n])
				r.ended <- ended{n, nc, err}
			}()
		case e := <-r.ended:
			if r.end(e); r.over {
				cancel()
			} else {
				timer.Reset(0)
			}
		}
	}
}

// race is one that runs. Its fields belong to the goroutine that called Race.
type race struct {
	ended   chan ended
	running int
	over    bool // nothing more is started
	won     net.Conn
	stop    *Stop
	errs    []error // of each address
}

// ended is how the try of one address ended.
type ended struct {
	n   int
	nc  net.Conn
	err error
}

func (r *race) end(e ended) {
	r.running--
	switch {
	case e.err != nil:
		r.errs[e.n] = e.err
		if errors.As(e.err, &r.stop) {
			r.over = true
		}
	case r.won != nil:
		e.nc.Close()
	default:
		r.won, r.over = e.nc, true
	}
}

// result is the connection, or the error that stopped the race, or that of the first address.
func (r *race) result() (net.Conn, error) {
	switch {
	case r.won != nil:
		return r.won, nil
	case r.stop != nil:
		return nil, r.stop.Err
	}
	return nil, r.errs[0]
}
