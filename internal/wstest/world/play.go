package world

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// Dial is a network in which every address leads to the software, but those on ports that its fact
// "ports" leaves out, where there is one: they are closed. A client that begins with TLS gets the
// answer 400 of a port without it, or what the fact "tls" says: end or silence.
func (s *Software) Dial(t testing.TB) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if open := s.Facts["ports"]; open != "" && !strings.Contains(" "+open+" ", " "+port+" ") {
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
		}
		return wstest.Pipe(t, s.serve), nil
	}
}

// serve answers one request, and closes the connection as a server does.
func (s *Software) serve(p *wstest.Peer) {
	first, ok := p.First()
	switch {
	case !ok:
		return
	case first == 22: // a ClientHello
		s.serveTLS(p)
		return
	}
	q := p.Request()
	for _, r := range s.rules {
		if r.meets(q) {
			r.answer(p)
			return
		}
	}
	p.T.Errorf("%s has no answer to\n%s", s.Path, p.RawRequest)
}

func (s *Software) serveTLS(p *wstest.Peer) {
	switch s.Facts["tls"] {
	case "end":
	case "silence":
		p.Stall(nil)
	default:
		p.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
	}
}

func (r *rule) answer(p *wstest.Peer) {
	switch {
	case r.upgraded:
		var opts []wstest.AcceptOption
		for _, f := range r.head {
			opts = append(opts, wstest.Field(f))
		}
		p.Accept(opts...)
	case len(r.head) > 0:
		r.write(p)
		return
	}
	newPlayer(p, r.upgraded).play(r.steps)
}

// write sends an HTTP answer.
func (r *rule) write(p *wstest.Peer) {
	body := r.body
	var b strings.Builder
	for _, line := range r.head {
		if name, value, _ := strings.Cut(line, ": "); strings.EqualFold(name, "Content-Length") && value == "?" {
			line = fmt.Sprintf("%s: %d", name, len(body))
		} else if strings.EqualFold(name, "Transfer-Encoding") && value == "chunked" {
			body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		}
		b.WriteString(line + "\r\n")
	}
	if p.Request().Method == http.MethodHead {
		body = ""
	}
	p.Write([]byte(b.String() + "\r\n" + body))
}

// A player is a server's end of a connection after its answer.
type player struct {
	p        *wstest.Peer
	messages chan message  // of the client
	heard    chan struct{} // something came
	gone     chan struct{} // closed when the client is
	deaf     chan struct{} // closed when pings and Close frames are answered no more
}

// A message is one of the client.
type message struct {
	opcode  wire.Opcode
	payload string
}

func newPlayer(p *wstest.Peer, upgraded bool) *player {
	pl := &player{p: p, messages: make(chan message, 1000), heard: make(chan struct{}, 1),
		gone: make(chan struct{}), deaf: make(chan struct{})}
	go pl.read(upgraded)
	return pl
}

// read reads what the client sends until its end.
func (pl *player) read(upgraded bool) {
	defer close(pl.gone)
	if !upgraded {
		_, _ = io.Copy(io.Discard, pl.p.Conn)
		return
	}
	for {
		h, payload, err := pl.p.ReadFrame()
		if err != nil {
			return
		}
		select {
		case pl.heard <- struct{}{}:
		default:
		}
		isDeaf := false
		select {
		case <-pl.deaf:
			isDeaf = true
		default:
		}
		switch {
		case h.Opcode == wire.OpPing && !isDeaf:
			pl.p.Pong(string(payload))
		case h.Opcode == wire.OpClose && !isDeaf:
			pl.p.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpClose}, payload)
			pl.p.Conn.Close()
			return
		case !h.Opcode.IsControl():
			pl.messages <- message{h.Opcode, string(payload)}
		}
	}
}

// play takes the steps, and then waits for the client to go: until then read has the connection.
func (pl *player) play(steps []step) {
	for _, s := range steps {
		if !pl.take(s) {
			break
		}
	}
	select {
	case <-pl.gone:
	case <-pl.p.Done():
		pl.p.Conn.Close()
		<-pl.gone
	}
}

// take takes one step; false when there is to be no other.
func (pl *player) take(s step) (goOn bool) {
	p := pl.p
	switch s.verb {
	case "text":
		p.Text(s.text)
	case "binary":
		p.Binary([]byte(s.text))
	case "ping":
		p.Ping(s.text)
	case "pong":
		p.Pong(s.text)
	case "raw":
		p.Write([]byte(s.text))
	case "deaf":
		close(pl.deaf)
	case "read":
		return pl.await(s)
	case "echo":
		return pl.echo()
	case "wait":
		return pl.wait(s.time)
	case "idle":
		return pl.idle(s.time)
	case "silence":
		return false
	case "close":
		if s.code == wire.StatusNoStatusRcvd {
			p.Write(wstest.Frame(wire.OpClose, ""))
		} else {
			p.Close(s.code, s.text)
		}
		pl.wait(time.Second) // for the client's own
		p.HalfClose()
		return false
	case "end":
		p.HalfClose()
		return false
	case "reset":
		p.Drop()
		return false
	}
	return true
}

func (pl *player) await(s step) bool {
	for {
		select {
		case got := <-pl.messages:
			if s.any || got.payload == s.text {
				return true
			}
		case <-pl.gone:
			return false
		case <-pl.p.Done():
			return false
		}
	}
}

func (pl *player) echo() bool {
	for {
		select {
		case got := <-pl.messages:
			pl.p.WriteFrame(wire.Header{Fin: true, Opcode: got.opcode}, []byte(got.payload))
		case <-pl.gone:
			return false
		case <-pl.p.Done():
			return false
		}
	}
}

func (pl *player) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-pl.gone:
	case <-pl.p.Done():
	}
	return false
}

// idle waits until nothing has come for d.
func (pl *player) idle(d time.Duration) bool {
	for {
		select {
		case <-time.After(d):
			return true
		case <-pl.heard:
		case <-pl.gone:
			return false
		case <-pl.p.Done():
			return false
		}
	}
}
