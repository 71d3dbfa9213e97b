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
	"time"
)

// Delay is how long an address has for its answer before the next one is tried beside it: the
// Connection Attempt Delay of RFC 8305 §5.
const Delay = 250 * time.Millisecond

// Stop is an error that holds for every address: when a try ends with one, so does the race.
type Stop struct{ Err error }

func (e *Stop) Error() string { return e.Err.Error() }
func (e *Stop) Unwrap() error { return e.Err }

// Race tries the addresses, of which there is one at least, in their order: each when the one before
// has failed, or has not answered within Delay. The first connection is the answer; the other tries
// are given up, and their connections closed. When all fail, the error is that of the first address.
// try must end when its context does.
func Race(
	ctx context.Context, list *List,
	try func(ctx context.Context, address string) (net.Conn, error),
) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer list.Stop()
	r := &race{ended: make(chan ended)}
	if len(list.Known) == 1 && list.pending == 0 { // as of an IP address: nobody to run against
		nc, err := try(ctx, list.Known[0])
		r.running++
		r.end(ended{0, nc, err})
		return r.result()
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	next := 0
	for {
		more := !r.over && next < len(list.Known)
		if !more && r.running == 0 && (r.over || list.pending == 0) {
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
			go func(address string) {
				nc, err := try(ctx, address)
				r.ended <- ended{n, nc, err}
			}(list.Known[n])
		case found := <-list.results:
			list.take(next, found)
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
	err     error // of the first address
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
		if e.n == 0 {
			r.err = e.err
		}
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
	return nil, r.err
}
