package listen

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"wsline/internal/dial"
	"wsline/internal/tap"
	"wsline/session"
)

// lingerTime is how long a refused client may take to close, so that the refusal is not overtaken
// by the reset that unread data would cause.
const lingerTime = 500 * time.Millisecond

// ErrAnswered is a request's that has had its answer.
var ErrAnswered = errors.New("the request was answered already")

// Request is an opening handshake that may come in: its answer is Open or Refuse, once. Its fields
// are not changed.
type Request struct {
	ID          int      // counts the clients from 1
	Remote      net.Addr // of the client
	URL         *url.URL // that it asks for: ws or wss, with the Host
	Header      http.Header
	Head        []byte // the request as it was on the wire
	Subprotocol string // that will be chosen, "" for none

	server    *Server
	raw       net.Conn // as it was accepted: what Close closes
	nc        net.Conn // raw, or TLS on it
	crowded   bool     // it was turned away; guarded by server.mu
	tap       *tap.Conn
	handshake dial.Handshake
	since     time.Time

	mu       sync.Mutex
	answered bool
}

func newRequest(s *Server, nc net.Conn) *Request {
	return &Request{server: s, raw: nc, nc: nc, Remote: nc.RemoteAddr(), since: time.Now()}
}

// Open lets the client in. Handle is called as that of session.Open is; of cfg the part about
// dialling is not used. Errors: ErrAnswered; net.ErrClosed when the server is; else the client was
// gone.
func (r *Request) Open(cfg *session.Config, handle func(*session.Event)) (*session.Session, error) {
	if !r.take() {
		return nil, ErrAnswered
	}
	r.handshake.Response = r.response()
	r.handshake.Timings.Upgrade = time.Since(r.since)
	r.handshake.Timings.Total = r.handshake.Timings.Upgrade
	_ = r.nc.SetDeadline(time.Now().Add(headTime))
	if _, err := r.tap.Write(r.handshake.Response); err != nil {
		r.gone()
		return nil, fmt.Errorf("the client left before it was let in: %w", err)
	}
	_ = r.nc.SetDeadline(time.Time{})
	r.tap.Frames()
	conn := &dial.Conn{Tap: r.tap, Handshake: r.handshake}
	s := session.Accept(conn, cfg, handle)
	if !r.server.adopt(r, s) {
		s.Drop()
		s.Wait()
		return nil, net.ErrClosed
	}
	return s, nil
}

// Refuse answers with a status of 400 to 599, or a redirect, and the body as plain text; a body
// that is empty is the status in words.
func (r *Request) Refuse(status int, body string, fields ...dial.Field) error {
	if !r.take() {
		return ErrAnswered
	}
	refuse(r.nc, refusal{status: status, body: body, fields: fields})
	r.gone()
	return nil
}

// abandon refuses a request that nobody has answered.
func (r *Request) abandon() {
	_ = r.Refuse(http.StatusServiceUnavailable, "", dial.Field{Name: "Retry-After", Value: "1"})
}

func (r *Request) take() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.answered
	r.answered = true
	return !was
}

// gone ends a request that is no session.
func (r *Request) gone() {
	_ = r.tap.Close()
	r.server.forget(r)
	r.server.leave()
}

// response is the head that lets the client in (RFC 6455 §4.2.2).
func (r *Request) response() []byte {
	h := &r.handshake
	var b strings.Builder
	b.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
	field := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	field("Sec-WebSocket-Accept", h.Accept)
	field("Sec-WebSocket-Protocol", h.Subprotocol)
	field("Sec-WebSocket-Extensions", h.Extensions)
	b.WriteString("\r\n")
	h.Status, h.AcceptGot, h.Header = http.StatusSwitchingProtocols, h.Accept, http.Header{}
	for line := range strings.SplitSeq(b.String(), "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			h.Header.Set(name, value)
		}
	}
	return []byte(b.String())
}

// A refusal is an answer that lets nobody in.
type refusal struct {
	status int
	body   string
	fields []dial.Field
}

// text is the body, without its line feed.
func (f *refusal) text() string {
	if f.body != "" {
		return f.body
	}
	return strings.ToLower(http.StatusText(f.status))
}

// refuse writes a refusal and waits a moment for the client to close.
func refuse(nc net.Conn, f refusal) {
	body := f.text() + "\n"
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\n", f.status, http.StatusText(f.status))
	for _, field := range f.fields {
		head += field.Name + ": " + field.Value + "\r\n"
	}
	head += fmt.Sprintf("Content-Type: text/plain; charset=utf-8\r\n"+
		"X-Content-Type-Options: nosniff\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", len(body))
	_ = nc.SetDeadline(time.Now().Add(lingerTime))
	if _, err := io.WriteString(nc, head+body); err != nil {
		return
	}
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_, _ = io.CopyN(io.Discard, nc, 4*maxHead)
}
