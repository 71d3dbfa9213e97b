package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"wsline/internal/crowd"
	"wsline/internal/wire"
	"wsline/session"
)

const (
	headTime    = 10 * time.Second // for TLS and the request
	acceptTime  = time.Minute      // a request may wait for Accept
	maxGreeting = 128              // connections whose request has not been read
	maxWaiting  = 64               // requests that wait for Accept
)

// Config says how a Server listens and whom it lets in. It is not changed.
type Config struct {
	Addr string      // host:port; port 0 takes a free one
	TLS  *tls.Config // nil: none

	// Origins are patterns as path.Match has them, of a whole Origin when "://" is in them, else of
	// its host and port, in any case: requests with another Origin, or none, are refused with 403.
	// Nil, or "*": everybody is let in.
	Origins []string
	// User and Password are demanded with Basic authentication (RFC 7617), unless both are empty.
	User, Password string
	// Subprotocols are those that may be chosen; what the client prefers wins. With none in common a
	// client is let in without, or refused with 400 when RequireSubprotocol says so.
	Subprotocols       []string
	RequireSubprotocol bool
	AnySubprotocol     bool // the first that is offered is taken, whatever Subprotocols says
	MaxClients         int  // more are refused with 503; 0: no limit
	Compress           bool // permessage-deflate is agreed to (RFC 7692)

	// Handle is called for each request that is let in, in a goroutine of its own; it answers the
	// request, and returns at the latest when the session has ended. It need not stay for that:
	// what is to be done then is Session.AfterDone's. Nil: Accept hands requests out.
	Handle func(*Request)
	// Log is told who was refused, and why; it may be called concurrently. Nil: nobody is told.
	Log func(text string)
}

// Server is a running server. Its methods may be called concurrently.
type Server struct {
	cfg      *Config
	listener net.Listener
	running  sync.WaitGroup // the accept loop, one for each connection, and what waits for sessions
	greeting chan struct{}  // has a value for each request that is at the door
	waiting  chan *Request
	closing  chan struct{} // closed by Close

	mu       sync.Mutex            // guards the rest
	requests map[*Request]struct{} // that are no session yet
	door     []*Request            // of them, those that are read or refused, in the order they came in
	sessions map[*session.Session]struct{}
	clients  int // requests that were let in and are not over
	queued   int // requests that wait for Accept
	lastID   int
	closed   bool
}

// Listen starts a server. An error is of the network.
func Listen(cfg *Config) (*Server, error) {
	ln, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, listener: ln, greeting: make(chan struct{}, maxGreeting),
		waiting: make(chan *Request), closing: make(chan struct{}),
		requests: map[*Request]struct{}{}, sessions: map[*session.Session]struct{}{},
	}
	s.running.Go(s.serve)
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Scheme is ws, or wss with TLS.
func (s *Server) Scheme() string {
	if s.cfg.TLS != nil {
		return "wss"
	}
	return "ws"
}

// Accept returns the next request that is let in, when Config.Handle is nil. A request that nobody
// takes is refused with 503 after a minute. Errors: those of ctx; net.ErrClosed after Close.
func (s *Server) Accept(ctx context.Context) (*Request, error) {
	select {
	case r := <-s.waiting:
		return r, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closing:
		return nil, net.ErrClosed
	}
}

// Close takes no more clients, closes the sessions with 1001, and waits until all that the server
// started has ended. When ctx ends before, what is left is dropped.
func (s *Server) Close(ctx context.Context) {
	for _, session := range s.shut() {
		_ = session.Close(wire.StatusGoingAway, "") // ErrClosed: it is under way
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.running.Wait()
	}()
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	for _, session := range s.shut() {
		session.Drop()
	}
	<-ended
}

// shut ends what is no session yet, and returns those that there are.
func (s *Server) shut() (list []*session.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.closing)
		_ = s.listener.Close()
	}
	for r := range s.requests {
		_ = r.raw.Close()
	}
	for session := range s.sessions {
		list = append(list, session)
	}
	return list
}

// serve accepts connections until the listener is closed.
func (s *Server) serve() {
	pause := time.Duration(0)
	for {
		nc, err := s.listener.Accept()
		if err == nil {
			pause = 0
			s.admitToDoor(nc)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		pause = min(pause+50*time.Millisecond, time.Second) // as with too many open files
		select {
		case <-time.After(pause):
		case <-s.closing:
			return
		}
	}
}

// admitToDoor has the request of a connection read. When there is no room, who has been at the door for
// longest has to go: a client that has something to say says it at once.
func (s *Server) admitToDoor(nc net.Conn) {
	r := newRequest(s, nc)
	if !s.track(r) {
		_ = nc.Close()
		return
	}
	select {
	case s.greeting <- struct{}{}:
	default:
		s.turnAway()
		s.greeting <- struct{}{} // who was turned away leaves at once, and so does everybody on Close
	}
	s.running.Go(func() { s.greet(r) })
}

// turnAway ends the connection that has been at the door for longest.
func (s *Server) turnAway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.door) > maxGreeting { // the last is the one that wants to come in
		r := s.door[0]
		s.door = s.door[1:]
		r.crowded = true
		_ = r.raw.Close()
	}
}

// greet reads the request of a connection, and has it handled when it may come in.
func (s *Server) greet(r *Request) {
	ok := s.read(r)
	isHere := s.passDoor(r)
	<-s.greeting
	switch {
	case !ok:
	case !isHere:
		r.gone()
	case s.cfg.Handle == nil:
		s.queue(r)
	default:
		s.cfg.Handle(r)
		r.abandon()
	}
}

// queue keeps a request for Accept.
func (s *Server) queue(r *Request) {
	late := time.NewTimer(acceptTime)
	defer late.Stop()
	s.mu.Lock()
	full := s.queued >= maxWaiting
	s.queued++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.queued--
		s.mu.Unlock()
	}()
	if !full {
		select {
		case s.waiting <- r:
			return
		case <-late.C:
		case <-s.closing:
		}
	}
	r.abandon()
}

// track has Close end a request that is no session yet, and keeps it at the door; false when the server is
// closed already.
func (s *Server) track(r *Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.requests[r] = struct{}{}
	s.door = append(s.door, r)
	return true
}

// passDoor takes a request from the door; false when it was turned away before.
func (s *Server) passDoor(r *Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.door, r); i >= 0 {
		s.door = slices.Delete(s.door, i, i+1)
	}
	return !r.crowded
}

// isCrowded says whether a request was turned away.
func (s *Server) isCrowded(r *Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.crowded
}

func (s *Server) forget(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, r)
}

// enter counts a client and gives it a number; false when there are too many.
func (s *Server) enter() (id int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.MaxClients > 0 && s.clients >= s.cfg.MaxClients {
		return 0, false
	}
	s.clients++
	s.lastID++
	return s.lastID, true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients--
}

// adopt keeps a session until it ends; false when the server is closed.
func (s *Server) adopt(r *Request, session *session.Session) bool {
	if !s.keep(r, session) {
		return false
	}
	crowd.Came()
	s.running.Add(1) // while the request's own goroutine is running
	session.AfterDone(func() {
		defer s.running.Done()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.sessions, session)
		s.clients--
	})
	return true
}

// keep makes a request a session; false when the server is closed.
func (s *Server) keep(r *Request, session *session.Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, r)
	if s.closed {
		s.clients--
		return false
	}
	s.sessions[session] = struct{}{}
	return true
}

func (s *Server) log(text string) {
	if s.cfg.Log != nil {
		s.cfg.Log(text)
	}
}
