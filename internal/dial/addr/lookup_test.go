package addr

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestInterleave(t *testing.T) {
	tests := []struct{ found, want string }{
		{"192.0.2.1", "192.0.2.1"},
		{"192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.2"},
		{"2001:db8::1 2001:db8::2 192.0.2.1 192.0.2.2 192.0.2.3",
			"2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3"},
		{"192.0.2.1 2001:db8::1 2001:db8::2 2001:db8::3",
			"192.0.2.1 2001:db8::1 2001:db8::2 2001:db8::3"},
		{"192.0.2.1 192.0.2.2 192.0.2.1", "192.0.2.1 192.0.2.2"},
		{"fe80::1%lo", "fe80::1%lo"},
	}
	for _, tt := range tests {
		if got := strings.Join(interleave(strings.Fields(tt.found)), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.found, got, tt.want)
		}
	}
}

func TestTake(t *testing.T) {
	tests := []struct {
		known string
		tried int
		found string
		want  string
	}{
		{"", 0, "2001:db8::1 192.0.2.1", "2001:db8::1 192.0.2.1"},
		{"", 0, "::ffff:192.0.2.1 2001:db8::1 192.0.2.2", "192.0.2.1 2001:db8::1 192.0.2.2"},
		{"192.0.2.1", 1, "2001:db8::1", "192.0.2.1 2001:db8::1"},
		{"192.0.2.1 192.0.2.2 192.0.2.3", 1, "2001:db8::1 2001:db8::2",
			"192.0.2.1 2001:db8::1 192.0.2.2 2001:db8::2 192.0.2.3"},
		{"192.0.2.1 192.0.2.2", 1, "2001:db8::1 192.0.2.2 192.0.2.1",
			"192.0.2.1 2001:db8::1 192.0.2.2"},
		{"192.0.2.1", 1, "192.0.2.1", "192.0.2.1"},
	}
	for _, tt := range tests {
		l := &List{Known: strings.Fields(tt.known), pending: 1}
		var ips []netip.Addr
		for _, s := range strings.Fields(tt.found) {
			ips = append(ips, netip.MustParseAddr(s))
		}
		l.take(tt.tried, result{ips: ips})
		if got := strings.Join(l.Known, " "); got != tt.want || l.pending != 0 {
			t.Errorf("%s and %s: %s, want %s", tt.known, tt.found, got, tt.want)
		}
	}
}

func TestPrefer(t *testing.T) {
	const (
		both = "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2"
		four = "192.0.2.1 192.0.2.2 192.0.2.3"
	)
	tests := []struct{ known, address, want string }{
		{both, "", both},
		{both, "2001:db8::1", both},
		{both, "192.0.2.2", "192.0.2.2 2001:db8::1 192.0.2.1 2001:db8::2"},
		{both, "192.0.2.2:443", "192.0.2.2 2001:db8::1 192.0.2.1 2001:db8::2"},
		{both, "[2001:db8::2]:443", "2001:db8::2 192.0.2.1 2001:db8::1 192.0.2.2"},
		{both, "2001:DB8:0::2", "2001:db8::2 192.0.2.1 2001:db8::1 192.0.2.2"},
		{both, "[::ffff:192.0.2.2]:443", "192.0.2.2 2001:db8::1 192.0.2.1 2001:db8::2"},
		{four, "192.0.2.3", "192.0.2.3 192.0.2.1 192.0.2.2"},

		// It is gone: its family can be reached, perhaps.
		{both, "192.0.2.9:80", "192.0.2.1 2001:db8::1 192.0.2.2 2001:db8::2"},
		{both, "2001:db8::9", both},
		{four, "2001:db8::9", four},

		{both, "example.com:80", both},
		{both, "/run/socket", both},
		{"fe80::1%lo fe80::2%lo", "[fe80::2%lo]:80", "fe80::2%lo fe80::1%lo"},
		{"example.com", "192.0.2.1", "example.com"},
	}
	for _, tt := range tests {
		l := Of(strings.Fields(tt.known)...)
		l.Prefer(tt.address)
		if got := strings.Join(l.Known, " "); got != tt.want {
			t.Errorf("%s, %s preferred: %s, want %s", tt.known, tt.address, got, tt.want)
		}
	}
}

// What joins the race later is preferred in what is left of it.
func TestPreferWhatComesLater(t *testing.T) {
	tests := []struct {
		known   string
		tried   int
		address string
		found   string
		want    string
	}{
		{"2001:db8::1", 0, "192.0.2.1", "192.0.2.1 192.0.2.2", "192.0.2.1 2001:db8::1 192.0.2.2"},
		{"2001:db8::1 2001:db8::2", 1, "192.0.2.2", "192.0.2.1 192.0.2.2",
			"2001:db8::1 192.0.2.2 2001:db8::2 192.0.2.1"},
		// Its family has had its turn.
		{"192.0.2.1 192.0.2.2", 1, "192.0.2.1", "2001:db8::1", "192.0.2.1 2001:db8::1 192.0.2.2"},
		{"192.0.2.1 192.0.2.2", 1, "192.0.2.9", "2001:db8::1", "192.0.2.1 2001:db8::1 192.0.2.2"},
	}
	for _, tt := range tests {
		l := &List{Known: strings.Fields(tt.known), pending: 1}
		l.Prefer(tt.address)
		var ips []netip.Addr
		for _, s := range strings.Fields(tt.found) {
			ips = append(ips, netip.MustParseAddr(s))
		}
		l.take(tt.tried, result{ips: ips})
		if got := strings.Join(l.Known, " "); got != tt.want {
			t.Errorf("%s and %s, %s preferred: %s, want %s", tt.known, tt.found, tt.address, got, tt.want)
		}
	}
}

// A family is what a resolver has of it, and when it says so: never for a time of 0.
type family struct {
	after time.Duration
	ip    string // "" for none
}

const never = 0

var errNone = errors.New("no such host")

// dns is a resolver that has both families when it has each, IPv6 first.
type dns struct{ v4, v6 family }

func (d dns) LookupNetIP(ctx context.Context, network, _ string) (ips []netip.Addr, err error) {
	start := time.Now()
	for name, f := range map[string]family{"ip6": d.v6, "ip4": d.v4} {
		if network != name && network != "ip" {
			continue
		}
		var due <-chan time.Time
		if f.after != never {
			due = time.After(time.Until(start.Add(f.after)))
		}
		select {
		case <-due:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if f.ip != "" {
			ips = append(ips, netip.MustParseAddr(f.ip))
		}
	}
	if len(ips) == 0 {
		return nil, errNone
	}
	slices.SortFunc(ips, func(a, b netip.Addr) int { return b.Compare(a) })
	return ips, nil
}

// A resolver that holds back the addresses of one family does not hold up those of the other
// (RFC 8305 §3), which are tried as soon as they are there.
func TestSlowFamily(t *testing.T) {
	const (
		ms        = time.Millisecond
		four, six = "192.0.2.1", "2001:db8::1"
		late      = "context deadline exceeded"
	)
	no := family{never, ""}
	tests := []struct {
		name   string
		v4, v6 family
		dead   string // this address never answers
		want   string // the address, or the error
		after  time.Duration
		tried  string
	}{
		{"both", family{10 * ms, four}, family{20 * ms, six}, "", six, 20 * ms, six},
		{"both slow", family{400 * ms, four}, family{400 * ms, six}, "", six, 400 * ms, six},
		{"slow IPv6", family{10 * ms, four}, family{2000 * ms, six}, "", four, 60 * ms, four},
		{"slow IPv4", family{2000 * ms, four}, family{10 * ms, six}, "", six, 60 * ms, six},
		{"no answer for IPv6", family{10 * ms, four}, no, "", four, 60 * ms, four},
		{"slow, and there is none", family{10 * ms, four}, family{2000 * ms, ""}, "", four, 60 * ms, four},
		{"the fast one is none", family{10 * ms, ""}, family{400 * ms, six}, "", six, 400 * ms, six},
		{"dead, and the other is slow", family{10 * ms, four}, family{1000 * ms, six}, four, six,
			1000 * ms, four + " " + six},
		{"dead, and the other comes in time", family{10 * ms, four}, family{100 * ms, six}, four, six,
			60*ms + Delay, four + " " + six},
		{"dead, and no answer for the other", family{10 * ms, four}, no, four, late, time.Minute, four},
		{"none at all", family{10 * ms, ""}, family{20 * ms, ""}, "", errNone.Error(), 20 * ms, ""},
		{"no answer at all", no, no, "", late, time.Minute, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				got, tried := connect(t, dns{tt.v4, tt.v6}, tt.dead)
				if took := time.Since(start); got != tt.want || took != tt.after || tried != tt.tried {
					t.Errorf("%s after %v, having tried %q, want %s after %v and %q",
						got, took, tried, tt.want, tt.after, tt.tried)
				}
			})
		})
	}
}

// connect races what a resolver finds. Addresses answer at once, but for a dead one.
func connect(t *testing.T, r Resolver, dead string) (got, tried string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	list, err := Lookup(ctx, r, "tcp", "example.com")
	if err != nil {
		return err.Error(), ""
	}
	order := make(chan string, 4)
	nc, err := Race(ctx, list, func(ctx context.Context, address string) (net.Conn, error) {
		order <- address
		if address == dead {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return &conn{address: address}, nil
	})
	close(order)
	for address := range order {
		tried = strings.TrimSpace(tried + " " + address)
	}
	if err != nil {
		return err.Error(), tried
	}
	return nc.(*conn).address, tried
}

// A list that is not raced is stopped, and leaves nothing behind.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list, err := Lookup(t.Context(),
			dns{family{1, "192.0.2.1"}, family{never, ""}}, "tcp", "example.com")
		if err != nil || list.pending == 0 {
			t.Fatalf("%+v, %v", list, err)
		}
		list.Stop()
		list.Stop()
	})
}

// One family alone is asked for once.
func TestOneFamily(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := dns{family{time.Second, "192.0.2.1"}, family{never, ""}}
		list, err := Lookup(t.Context(), r, "tcp4", "example.com")
		if err != nil || len(list.Known) != 1 || list.pending != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// A nobody is a resolver that has nothing to say and calls that no error.
type nobody struct{ after time.Duration }

func (n nobody) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	select {
	case <-time.After(n.after):
	case <-ctx.Done():
	}
	return nil, nil
}

func TestNoAddresses(t *testing.T) {
	for _, network := range []string{"tcp", "tcp4"} {
		for _, after := range []time.Duration{0, time.Second} { // after which each family is asked too
			synctest.Test(t, func(t *testing.T) {
				list, err := Lookup(t.Context(), nobody{after}, network, "example.com")
				var dns *net.DNSError
				if !errors.As(err, &dns) || !dns.IsNotFound || dns.Name != "example.com" {
					t.Errorf("%s after %s: %+v, %v", network, after, list, err)
				}
			})
		}
	}
}
