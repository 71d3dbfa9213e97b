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
	if s.cfg.PingInterval > 0 {
		s.helpers.Go(s.keepAlive)
	}
	if s.cfg.PongDelay > 0 && !s.cfg.NoPong {
		s.pongs.added = make(chan struct{}, 1)
		s.helpers.Go(s.sendPongs)
	}
}

// keepAlive pings, and ends the connection when a pong does not come. It is exact to a quarter of
// the time for it, and ends with the connection, or with our Close frame.
func (s *Session) keepAlive() {
	ping := time.NewTicker(s.cfg.PingInterval)
	defer ping.Stop()
	step := max(s.cfg.PingTimeout/4, time.Millisecond)
	var tick <-chan time.Time
	if s.cfg.PingTimeout > 0 {
		check := time.NewTicker(step)
		defer check.Stop()
		tick = check.C
	}
	for {
		select {
		case <-s.over:
			return
		case <-ping.C:
			if s.pingAlive() == ErrClosed {
				return
			}
		case <-tick:
			if s.peersTurn() && s.pongMissing(step) {
				s.abort()
				return
			}
		}
	}
}

// pingAlive sends a ping whose payload, 64 random bits in hexadecimal, is not one that a person
// sends.
func (s *Session) pingAlive() error {
	var random [8]byte
	crand.Read(random[:]) // never fails
	return s.ping(hex.AppendEncode(nil, random[:]), true)
}

// peersTurn says whether we wait for the peer: to send something, or to take what it is sent.
func (s *Session) peersTurn() bool {
	_, _, waiting := s.tap.Progress()
	return waiting || s.echoing.Load()
}

// pongMissing adds a time that the peer had to answer, and says whether it had enough.
func (s *Session) pongMissing(had time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent != nil {
		return false // the closing handshake has its own limit
	}
	for i := range s.pings {
		p := &s.pings[i]
		if !p.alive {
			continue
		}
		if p.waited >= s.cfg.PingTimeout {
			s.late = ErrPongTimeout
			return true
		}
		p.waited += had
	}
	return false
}
