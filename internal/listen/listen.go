// Package listen is the accepting side: a server whose clients are sessions, and the endpoints inside
// the program that stand for an address, "echo:" and "demo:".
//
// A Server reads and checks the opening handshake itself (RFC 6455 §4.2) and hands out requests, which
// are let in or refused. What comes before that is bounded in time and size. It has one goroutine that
// accepts, one for each connection that is not refused, and those of the sessions; all have ended when
// Close returns.
package listen

import (
	"context"
	"fmt"
	"net/url"

	"wsline/session"
)

// demoLimit is the longest message in bytes that the endpoint demo: takes, 100 MiB as the Node library
// does.
const demoLimit = 100 << 20

// Endpoint is a running server inside the program, on a free port of 127.0.0.1, so that a conversation
// with it goes the same way as one with any other server. It serves any number of connections until it
// is closed, accepts permessage-deflate and the first subprotocol offered, and does not look at the
// Origin field.
type Endpoint struct{ server *Server }

// Start starts the endpoint of that name, "echo:" or "demo:". An error is of the network, or
// says that there is no such endpoint.
func Start(name string) (*Endpoint, error) {
	var handle func(*Request)
	switch name {
	case "echo:":
		handle = func(r *Request) {
			_, _ = Echo(r, &session.Config{AnswerReason: true}, nil) // an error: the client has gone
		}
	case "demo:":
		handle = func(r *Request) {
			_, _ = Demo(r, &session.Config{AnswerReason: true, MaxMessage: demoLimit}, nil)
		}
	default:
		return nil, fmt.Errorf("no endpoint is called %q", name)
	}
	s, err := Listen(&Config{
		Addr: "127.0.0.1:0", AnySubprotocol: true, Compress: true,
		Handle: handle,
	})
	if err != nil {
		return nil, err
	}
	return &Endpoint{s}, nil
}

// URL is the endpoint's address, ws://127.0.0.1:PORT/.
func (e *Endpoint) URL() *url.URL {
	return &url.URL{Scheme: "ws", Host: e.server.Addr().String(), Path: "/"}
}

// Close ends the connections at once and waits until all that the endpoint started has ended.
func (e *Endpoint) Close() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e.server.Close(ctx)
}
