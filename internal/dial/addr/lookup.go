package addr

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// ResolutionDelay is how long one family waits for the other (RFC 8305 §3).
const ResolutionDelay = 50 * time.Millisecond

// A List is the addresses of a host, in the order in which they are to be tried. More may be on the
// way. Whoever has one hands it to Race, or stops it.
type List struct {
	Known []string

	preferred netip.Addr // the zero one for none
	results   chan result
	pending   int // how many results are to come
	stop      context.CancelFunc
}

// Of is a list of addresses to which nothing is added.
func Of(addresses ...string) *List { return &List{Known: addresses} }

// result is what came of one look-up.
type result struct {
	ips []netip.Addr
	err error
	all bool // it is for each family that is wanted
}

// A Resolver is a *net.Resolver.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Lookup resolves a host for the network "tcp", "tcp4" or "tcp6". For "tcp" the resolver has both
// families at once, in the order of RFC 6724. When that takes its time each is asked for by itself as
// well, and the list begins with the one that answers: DNS servers that have never heard of the
// other family do no harm.
func Lookup(ctx context.Context, resolver Resolver, network, host string) (*List, error) {
	ctx, stop := context.WithCancel(ctx)
	l := &List{results: make(chan result), stop: stop}
	ask := func(network string, all bool) {
		l.pending++
		go func() {
			ips, err := resolver.LookupNetIP(ctx, network, host)
			l.results <- result{ips, err, all}
		}()
	}
	var late <-chan time.Time
	if network == "tcp" {
		late = time.After(ResolutionDelay)
	}
	ask("ip"+strings.TrimPrefix(network, "tcp"), true)
	for len(l.Known) == 0 {
		select {
		case <-late:
			ask("ip4", false)
			ask("ip6", false)
		case r := <-l.results:
			l.take(0, r)
			if !r.all || len(l.Known) > 0 {
				continue
			}
			l.Stop()
			if r.err == nil {
				r.err = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
			}
			return nil, r.err
		}
	}
	return l, nil
}

// take adds what came of a look-up to a list of which so many have been tried.
func (l *List) take(tried int, r result) {
	l.pending--
	if r.err != nil {
		return
	}
	var found []string
	for _, ip := range r.ips {
		if s := ip.Unmap().String(); !slices.Contains(l.Known[:tried], s) {
			found = append(found, s)
		}
	}
	l.arrange(tried, append(found, l.Known[tried:]...))
	if r.all {
		l.Stop()
	}
}

// Prefer has the race begin with an address, as "192.0.2.1" or "192.0.2.1:443", when it is one of the
// host's, or else with one of its family: where it has connected before, that is likely to work. All
// that is no address, as "", prefers nothing.
func (l *List) Prefer(address string) {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return
	}
	l.preferred = ip.Unmap()
	l.arrange(0, slices.Clone(l.Known))
}

// arrange puts what is left of a list of which so many have been tried into the order in which it is
// to be tried. Once one has been tried, the other family is next, whichever is preferred.
func (l *List) arrange(tried int, left []string) {
	n := slices.Index(left, l.preferred.String())
	if n < 0 && tried == 0 && l.preferred.IsValid() {
		n = slices.IndexFunc(left, func(s string) bool {
			ip, err := netip.ParseAddr(s)
			return err == nil && ip.Is4() == l.preferred.Is4()
		})
	}
	if n > 0 {
		preferred := left[n]
		left = slices.Insert(slices.Delete(left, n, n+1), 0, preferred)
	}
	l.Known = append(l.Known[:tried:tried], interleave(left)...)
}

// Stop ends the look-ups that have not been answered, and waits for that.
func (l *List) Stop() {
	if l.stop != nil {
		l.stop()
	}
	for ; l.pending > 0; l.pending-- {
		<-l.results
	}
}

// interleave has the families take turns, the preferred one first (RFC 8305 §4): when one of them
// is out of reach, that costs a single delay.
func interleave(found []string) (list []string) {
	isIPv6 := func(s string) bool { return strings.Contains(s, ":") }
	var first, second []string
	for _, ip := range found {
		family := &second
		if isIPv6(ip) == isIPv6(found[0]) {
			family = &first
		}
		if !slices.Contains(*family, ip) {
			*family = append(*family, ip)
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
