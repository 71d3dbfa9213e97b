package dial

import (
	"context"
	"net"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsline/internal/wstest"
)

// userTimeout is the option of a socket, in milliseconds.
func userTimeout(t *testing.T, nc net.Conn) (value int) {
	t.Helper()
	raw, err := nc.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		value, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestUserTimeout(t *testing.T) {
	s := wstest.Serve(t, accept())
	own := func(ctx context.Context, network, address string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	for _, tt := range []struct {
		limit time.Duration
		want  int
	}{
		{0, 0},
		{time.Minute, 60000},
		{time.Microsecond, 1},
		{10*time.Millisecond + 1, 11},
		{1 << 62, 1<<31 - 1},
	} {
		for _, cfg := range []*Config{{}, {NetDial: own}} {
			cfg.UserTimeout = tt.limit
			nc, err := (&attempt{cfg: cfg}).dialContext(t.Context(), "tcp", s.Addr())
			if err != nil {
				t.Fatal(err)
			}
			if got := userTimeout(t, nc); got != tt.want {
				t.Errorf("%v: %d, want %d", tt.limit, got, tt.want)
			}
			nc.Close()
		}
	}
}

// Every connection of a dial has it: those to a proxy, of which SOCKS5 needs one for each address,
// and those of a race, whichever wins.
func TestUserTimeoutOfEverySocket(t *testing.T) {
	s := wstest.Serve(t, accept())
	resolver, ips := example(t, 2)
	hosts := map[string]string{"example.com:80": s.Addr(), ips[1] + ":80": s.Addr()}
	for name, tt := range map[string]struct {
		proxy  func(testing.TB, wstest.ProxyConfig) *wstest.Proxy
		scheme string
		want   []int
	}{
		"direct":  {want: []int{5000}},
		"http":    {wstest.HTTPProxy, "http", []int{5000}},
		"socks5h": {wstest.SOCKSProxy, "socks5h", []int{5000}},
		"socks5":  {wstest.SOCKSProxy, "socks5", []int{5000, 5000}},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var sockets []net.Conn
			cfg := &Config{URL: mustURL(t, "ws://example.com/"), Resolver: resolver,
				UserTimeout: 5 * time.Second}
			to := s.Addr()
			if tt.proxy != nil {
				p := tt.proxy(t, wstest.ProxyConfig{
					Hosts: hosts, Unanswered: []string{ips[0] + ":80"},
				})
				to = p.URL().Host
				u := &url.URL{Scheme: tt.scheme, Host: to}
				cfg.Proxy = func(*url.URL) (*url.URL, error) { return u, nil }
			}
			cfg.NetDial = func(ctx context.Context, network, _ string) (net.Conn, error) {
				nc, err := new(net.Dialer).DialContext(ctx, network, to)
				if err == nil {
					file, _ := nc.(*net.TCPConn).File() // the same socket, which stays when nc is closed
					kept, _ := net.FileConn(file)
					file.Close()
					mu.Lock()
					sockets = append(sockets, kept)
					mu.Unlock()
				}
				return nc, err
			}
			mustDial(t, cfg)
			var got []int
			for _, nc := range sockets {
				got = append(got, userTimeout(t, nc))
				nc.Close()
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}
