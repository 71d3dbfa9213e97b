// Package wstest is a badly behaved WebSocket server for tests, and what such tests need around
// it.
//
// A test gives a function that plays the server on one connection: it may shake hands or
// refuse, send right and wrong frames, chop, stall, flood, half-close and reset. The server
// speaks over TCP, TLS, a Unix socket, or an in-memory connection that works in
// testing/synctest bubbles. It checks nothing by itself: what the client sent is handed to the
// test as it came.
//
// Every connection has a goroutine of its own, and the end of the test closes the connections
// and waits for all of them.
package wstest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Server accepts connections until the test ends.
type Server struct {
	listener net.Listener
	scheme   string // "ws", "wss" or "ws+unix"
	wrap     func(net.Conn) net.Conn
	peers    group
}

// Serve starts a server on a free port of 127.0.0.1. Each connection is played by a call of
// handle, in a goroutine of its own; when it returns the connection is closed, after what has
// been written has gone out.
func Serve(t testing.TB, handle func(p *Peer)) *Server {
	t.Helper()
	return serve(t, "ws", listenTCP(t), nil, handle)
}

// ServeOn is Serve on a listener, which it closes.
func ServeOn(t testing.TB, ln net.Listener, handle func(p *Peer)) *Server {
	t.Helper()
	return serve(t, "ws", ln, nil, handle)
}

// ServeTLS is Serve with TLS. The TLS handshake happens at the handler's first read or write;
// when it fails, Request and Accept end the handler.
func ServeTLS(t testing.TB, cfg *tls.Config, handle func(p *Peer)) *Server {
	t.Helper()
	wrap := func(nc net.Conn) net.Conn { return tls.Server(nc, cfg) }
	return serve(t, "wss", listenTCP(t), wrap, handle)
}

// ServeUnix is Serve on a Unix socket in a directory of its own.
func ServeUnix(t testing.TB, handle func(p *Peer)) *Server {
	t.Helper()
	// t.TempDir has the test's name in it: too long for the 104 bytes that some systems allow.
	dir, err := os.MkdirTemp("", "ws")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	ln, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, "ws+unix", ln, nil, handle)
}

func listenTCP(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func serve(t testing.TB, scheme string, ln net.Listener, wrap func(net.Conn) net.Conn,
	handle func(p *Peer)) *Server {
	if wrap == nil {
		wrap = func(nc net.Conn) net.Conn { return nc }
	}
	s := &Server{listener: ln, scheme: scheme, wrap: wrap}
	s.peers.done = make(chan struct{})
	accepting := make(chan struct{})
	go func() {
		defer close(accepting)
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			s.peers.start(newPeer(t, wrap(nc), s.peers.done), handle)
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-accepting
		s.peers.end()
	})
	return s
}

// Addr is the host:port, or the path of the Unix socket.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URL is the server's address with the path "/".
func (s *Server) URL() string {
	if s.scheme == "ws+unix" {
		return "ws+unix:" + s.Addr() + ":/"
	}
	return s.scheme + "://" + s.Addr() + "/"
}

// Shut stops accepting, so that the port is closed from then on; open connections stay.
func (s *Server) Shut() { s.listener.Close() }

// Pipe returns the client's end of an in-memory connection whose other end is played by handle.
// Each direction holds up to 64 KiB. It may be used in a testing/synctest bubble.
func Pipe(t testing.TB, handle func(p *Peer)) net.Conn {
	t.Helper()
	return PipeSize(t, 64<<10, handle)
}

// PipeSize is Pipe with a buffer of size bytes each way; with 0 every write waits for its
// reader (net.Pipe).
func PipeSize(t testing.TB, size int, handle func(p *Peer)) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	if size > 0 {
		client, server = newPipe(size)
	}
	peers := &group{done: make(chan struct{})}
	peers.start(newPeer(t, server, peers.done), handle)
	t.Cleanup(func() {
		client.Close()
		peers.end()
	})
	return client
}

// group is the connections of a server, or the one of a pipe.
type group struct {
	done chan struct{} // closed when the test ends
	wg   sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

func (g *group) start(p *Peer, handle func(p *Peer)) {
	g.mu.Lock()
	g.conns = append(g.conns, p.Conn)
	g.mu.Unlock()
	g.wg.Go(func() {
		defer p.linger()
		handle(p)
	})
}

func (g *group) end() {
	close(g.done)
	g.mu.Lock()
	for _, nc := range g.conns {
		nc.Close()
	}
	g.mu.Unlock()
	g.wg.Wait()
}

// Peer is the server's end of one connection. Its methods are for the handler's goroutine;
// writes may also come from others. They return the connection's error, which most handlers can
// ignore.
type Peer struct {
	T    testing.TB
	Conn net.Conn

	// RawRequest is the head of the upgrade request as it came, with the empty line; set by
	// Request.
	RawRequest []byte

	in      *bufio.Reader
	request *http.Request
	done    <-chan struct{}
}

func newPeer(t testing.TB, nc net.Conn, done <-chan struct{}) *Peer {
	return &Peer{T: t, Conn: nc, in: bufio.NewReader(nc), done: done}
}

// Done is closed when the test ends.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Stall neither reads nor writes until the channel is closed, nil for never, or the test ends.
func (p *Peer) Stall(until <-chan struct{}) {
	select {
	case <-until:
	case <-p.done:
	}
}

// Hangup closes the connection at once. Bytes of the client that were not read make it a reset
// on TCP.
func (p *Peer) Hangup() { p.Conn.Close() }

// Drop resets the connection: a TCP RST, without TLS's close_notify.
func (p *Peer) Drop() {
	nc := p.Conn
	if c, ok := nc.(*tls.Conn); ok {
		nc = c.NetConn()
	}
	switch c := nc.(type) {
	case *net.TCPConn:
		c.SetLinger(0)
	case *pipeConn:
		c.reset()
	}
	nc.Close()
}

// HalfClose ends the outgoing direction; reading goes on.
func (p *Peer) HalfClose() error {
	if c, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return errors.ErrUnsupported
}

// CloseRead ends the incoming direction, so that the client's writes fail: on a Unix socket and in memory,
// while TCP does not tell the client. Writing goes on.
func (p *Peer) CloseRead() error {
	if c, ok := p.Conn.(interface{ CloseRead() error }); ok {
		return c.CloseRead()
	}
	return errors.ErrUnsupported
}

// linger closes the connection so that what was written still arrives: closing a socket with
// unread bytes would reset it, and the client might lose what it had not read yet.
func (p *Peer) linger() {
	if p.HalfClose() == nil {
		io.Copy(io.Discard, p.in)
	}
	p.Conn.Close()
}
