package wstest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// ProxyConfig is how a proxy behaves.
type ProxyConfig struct {
	User, Password string // that it wants; "" for none
	// Login is asked instead of these, by HTTP proxies only; no challenge means come in.
	Login      func(field string) (challenge string)
	TLS        *tls.Config         // to speak TLS itself, HTTP proxies only
	Hosts      map[string]string   // what is dialled instead of a host:port
	Refuse     int                 // the HTTP status or SOCKS reply to everyone
	Answer     string              // bytes that it answers instead
	Silent     bool                // it reads the request and never answers
	Unanswered []string            // targets that it never answers for
	OnAsk      func(target string) // called before it answers
}

// Proxy is a proxy that keeps what it was asked.
type Proxy struct {
	cfg      ProxyConfig
	scheme   string
	listener net.Listener
	conns    sync.WaitGroup

	mu    sync.Mutex
	open  map[net.Conn]bool // nil when the test has ended
	asked []string
}

// HTTPProxy starts a proxy for CONNECT requests (RFC 9110 §9.3.6), which the end of the test stops.
func HTTPProxy(t testing.TB, cfg ProxyConfig) *Proxy {
	t.Helper()
	scheme := "http"
	if cfg.TLS != nil {
		scheme = "https"
	}
	return startProxy(t, cfg, scheme, (*Proxy).serveHTTP)
}

// SOCKSProxy starts a SOCKS5 proxy (RFC 1928), which the end of the test stops. Its URL says
// socks5h.
func SOCKSProxy(t testing.TB, cfg ProxyConfig) *Proxy {
	t.Helper()
	return startProxy(t, cfg, "socks5h", (*Proxy).serveSOCKS)
}

// URL is the proxy's address, with the user and password that it wants.
func (p *Proxy) URL() *url.URL {
	u := &url.URL{Scheme: p.scheme, Host: p.listener.Addr().String()}
	if p.cfg.User != "" {
		u.User = url.UserPassword(p.cfg.User, p.cfg.Password)
	}
	return u
}

// Asked is each host:port that the proxy was asked to connect to.
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}

func startProxy(
	t testing.TB, cfg ProxyConfig, scheme string, serve func(*Proxy, net.Conn),
) *Proxy {
	t.Helper()
	p := &Proxy{cfg: cfg, scheme: scheme, listener: listenTCP(t), open: map[net.Conn]bool{}}
	p.conns.Go(func() {
		for {
			nc, err := p.listener.Accept()
			if err != nil {
				return
			}
			p.conns.Go(func() {
				defer p.drop(nc)
				if !p.keep(nc) {
					return
				}
				if cfg.TLS != nil {
					nc := tls.Server(nc, cfg.TLS)
					serve(p, nc)
					return
				}
				serve(p, nc)
			})
		}
	})
	t.Cleanup(p.stop)
	return p
}

// keep makes the end of the test close nc, and reports whether the test goes on.
func (p *Proxy) keep(nc net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		return false
	}
	p.open[nc] = true
	return true
}

func (p *Proxy) drop(nc net.Conn) {
	nc.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, nc)
}

func (p *Proxy) stop() {
	p.listener.Close()
	p.mu.Lock()
	for nc := range p.open {
		nc.Close()
	}
	p.open = nil
	p.mu.Unlock()
	p.conns.Wait()
}

// ask notes what was asked, and reports whether the proxy goes on as one does.
func (p *Proxy) ask(nc net.Conn, target string) bool {
	p.mu.Lock()
	p.asked = append(p.asked, target)
	p.mu.Unlock()
	if p.cfg.OnAsk != nil {
		p.cfg.OnAsk(target)
	}
	if p.cfg.Answer != "" {
		io.WriteString(nc, p.cfg.Answer)
		return false
	}
	if p.cfg.Silent || slices.Contains(p.cfg.Unanswered, target) {
		io.Copy(io.Discard, nc) // until the client or the test ends
		return false
	}
	return true
}

func (p *Proxy) serveHTTP(nc net.Conn) {
	br := bufio.NewReader(nc)
	req, err := http.ReadRequest(br)
	if err != nil || !p.ask(nc, req.RequestURI) {
		return
	}
	challenge := ""
	basic := base64.StdEncoding.EncodeToString([]byte(p.cfg.User + ":" + p.cfg.Password))
	if login := req.Header.Get("Proxy-Authorization"); p.cfg.Login != nil {
		challenge = p.cfg.Login(login)
	} else if p.cfg.User != "" && login != "Basic "+basic {
		challenge = `Basic realm="wstest"`
	}
	switch {
	case req.Method != http.MethodConnect || req.Host != req.RequestURI:
		io.WriteString(nc, "HTTP/1.1 400 Bad Request\r\n\r\n")
	case challenge != "":
		io.WriteString(nc, "HTTP/1.1 407 Proxy Authentication Required\r\n"+
			"Proxy-Authenticate: "+challenge+"\r\nContent-Length: 0\r\n\r\n")
	case p.cfg.Refuse != 0:
		fmt.Fprintf(nc, "HTTP/1.1 %d %s\r\n\r\n", p.cfg.Refuse, http.StatusText(p.cfg.Refuse))
	default:
		to, err := p.dial(req.RequestURI)
		if err != nil {
			io.WriteString(nc, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
			return
		}
		defer p.drop(to)
		io.WriteString(nc, "HTTP/1.1 200 Connection established\r\n\r\n")
		relay(nc, br, to)
	}
}

func (p *Proxy) dial(target string) (net.Conn, error) {
	if addr, ok := p.cfg.Hosts[target]; ok {
		target = addr
	}
	to, err := net.Dial("tcp", target)
	if err == nil && !p.keep(to) {
		to.Close()
		err = net.ErrClosed
	}
	return to, err
}

// relay copies both ways until one of them ends.
func relay(nc net.Conn, from io.Reader, to net.Conn) {
	var wg sync.WaitGroup
	wg.Go(func() {
		io.Copy(to, from)
		to.Close()
	})
	io.Copy(nc, to)
	nc.Close()
	wg.Wait()
}
