package session

import (
	crand "crypto/rand"
	"encoding/hex"
	"errors"
	"time"
)

// ErrPongTimeout is the error of an End whose peer left a ping of Config.PingInterval unanswered.
var ErrPongTimeout = errors.New("no pong came in answer to a ping")

// startHelpers starts what runs beside the reader and ends before KindEnd is told.
func (s *Session) startHelpers() {
	s.startAsides()
	if s.cfg.PingInterval > 0 {
		s.helpers.Go(s.keepAlive)
	}
	if s.cfg.PongDelay > 0 && !s.cfg.NoPong {
		s.pongs.added = make(chan struct{}, 1)
		s.helpers.Go(s.sendPongs)
	}
}

// keepAlive pings, and ends the connection when a pong does not come. After a sleep of the machine it
// does so at once, see wakeTimeout. It ends with the connection, or with our Close frame.
func (s *Session) keepAlive() {
	ping, look := time.NewTicker(s.cfg.PingInterval), time.NewTicker(lookEvery)
	defer ping.Stop()
	defer look.Stop()
	late := time.NewTimer(s.cfg.PingTimeout)
	defer late.Stop()
	limited := s.cfg.PingTimeout > 0
	if !limited {
		late.Stop()
	}
	watch := newSleepWatch(s.cfg.clocks)
	for {
		var due, overdue bool
		select {
		case <-s.over:
			return
		case <-look.C:
		case <-ping.C:
			due = true
		case <-late.C:
			overdue = true
		}
		slept := watch.look()
		if slept {
			ping.Reset(s.cfg.PingInterval)
		}
		if due || slept {
			if s.pingAlive() == ErrClosed {
				return
			}
			watch.restart() // it may have waited for our own output
		}
		if slept && limited {
			s.wakePings()
			overdue = true
		}
		if overdue && !s.awaitPong(late) {
			return
		}
	}
}

// awaitPong ends the connection when a pong is late. Otherwise it sets the timer to when one may be.
func (s *Session) awaitPong(late *time.Timer) bool {
	left := s.pongDue()
	if left <= 0 {
		s.abort()
		return false
	}
	late.Reset(nextLook(left, s.cfg.PingTimeout))
	return true
}

// pingAlive sends a ping whose payload, 64 random bits in hexadecimal, no pong that answers another
// ping has.
func (s *Session) pingAlive() error {
	var random [8]byte
	crand.Read(random[:]) // never fails
	return s.ping(hex.AppendEncode(nil, random[:]), true)
}

// pongDue is how long the peer may still leave the oldest of our pings unanswered, while it is waited
// for.
func (s *Session) pongDue() time.Duration {
	waited, _, _ := s.tap.Waited()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent != nil {
		return s.cfg.PingTimeout // the closing handshake has its own limit
	}
	s.pingMu.Lock()
	defer s.pingMu.Unlock()
	for i := range s.pings {
		if p := &s.pings[i]; p.alive {
			left := p.waited + p.limit - waited
			if left <= 0 {
				s.late = ErrPongTimeout
			}
			return left
		}
	}
	return s.cfg.PingTimeout
}
