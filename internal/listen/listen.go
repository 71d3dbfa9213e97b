// Package listen is the accepting side: the endpoints inside the program that stand for an
// address, "echo:" and "demo:".
//
// Each is a real WebSocket server on a free port of 127.0.0.1, so that a conversation with it
// goes the same way as one with any other server. It serves any number of connections until it
// is closed, accepts permessage-deflate and the first subprotocol offered, and does not look at
// the Origin field.
package listen

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// Endpoint is a running server.
type Endpoint struct {
	listener net.Listener
	server   *http.Server
	serve    func(*websocket.Conn)
	running  sync.WaitGroup // the accept loop, the connections, and their handlers

	mu     sync.Mutex // guards the rest
	conns  map[net.Conn]struct{}
	closed bool
}

// Start starts the endpoint of that name, "echo:" or "demo:". An error is of the network, or
// says that there is no such endpoint.
func Start(name string) (*Endpoint, error) {
	var serve func(*websocket.Conn)
	switch name {
	case "echo:":
		serve = echo
	case "demo:":
		serve = demo
	default:
		return nil, fmt.Errorf("no endpoint is called %q", name)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &Endpoint{listener: ln, serve: serve, conns: make(map[net.Conn]struct{})}
	e.server = &http.Server{
		Handler:   http.HandlerFunc(e.accept),
		ConnState: e.count,
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	e.running.Go(func() { e.server.Serve(ln) })
	return e, nil
}

// URL is the endpoint's address, ws://127.0.0.1:PORT/.
func (e *Endpoint) URL() *url.URL {
	return &url.URL{Scheme: "ws", Host: e.listener.Addr().String(), Path: "/"}
}

// Close ends the connections at once and waits until all that the endpoint started has ended.
func (e *Endpoint) Close() {
	e.mu.Lock()
	e.closed = true
	for nc := range e.conns {
		nc.Close()
	}
	e.mu.Unlock()
	e.server.Close()
	e.running.Wait()
}

// count counts a connection as running until it is closed, or until it is hijacked and its
// handler returns.
func (e *Endpoint) count(nc net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		e.running.Add(1)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.conns[nc] = struct{}{}
		if e.closed {
			nc.Close()
		}
	case http.StateClosed:
		e.forget(nc)
		e.running.Done()
	case http.StateHijacked:
		e.running.Done()
	}
}

func (e *Endpoint) forget(nc net.Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.conns, nc)
}

func (e *Endpoint) accept(w http.ResponseWriter, r *http.Request) {
	e.running.Add(1) // while the connection is still counted
	defer e.running.Done()
	h := &hijacker{ResponseWriter: w}
	ws, err := websocket.Accept(h, r, &websocket.AcceptOptions{
		Subprotocols:       firstOffered(r),
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionContextTakeover,
	})
	if h.hijacked != nil {
		defer e.forget(h.hijacked)
	}
	if err != nil {
		return // Accept has answered the request
	}
	defer ws.CloseNow()
	e.serve(ws)
}

func firstOffered(r *http.Request) []string {
	offered := strings.Join(r.Header.Values("Sec-WebSocket-Protocol"), ",")
	for name := range strings.SplitSeq(offered, ",") {
		if name = strings.TrimSpace(name); name != "" {
			return []string{name}
		}
	}
	return nil
}
