package session

import (
	crand "crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"wsline/internal/wire"
)

// ErrPongTimeout is the error of an End whose peer left a ping of Config.PingInterval unanswered.
var ErrPongTimeout = errors.New("no pong came in answer to a ping")

// maxPongs is how many pings may wait for Config.PongDelay; older ones are not answered then, as RFC 6455
// §5.5.3 allows.
const maxPongs = 1024

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

// keepAlive pings, and ends the connection when a pong does not come. It is exact to a quarter of the
// time for it, and ends with the connection, or with our Close frame.
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

// pingAlive sends a ping whose payload, 64 random bits in hexadecimal, is not one that a person sends.
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

// delayedPongs are the answers to pings that wait for Config.PongDelay.
type delayedPongs struct {
	list  []delayedPong // oldest first, guarded by the session's mu
	added chan struct{} // has a value when the list is not empty any more
}

type delayedPong struct {
	at      time.Time
	payload []byte
}

// answerPing answers a ping as the configuration says. That it cannot be answered, as too much waits to be
// sent, is no error.
func (s *Session) answerPing(payload []byte) {
	switch {
	case s.cfg.NoPong:
	case s.cfg.PongDelay > 0:
		s.pongLater(payload)
	default:
		_ = s.Pong(payload)
	}
}

func (s *Session) pongLater(payload []byte) {
	s.mu.Lock()
	list := s.pongs.list
	if len(list) == maxPongs {
		list = append(list[:0], list[1:]...)
	}
	payload = append([]byte(nil), payload...)
	s.pongs.list = append(list, delayedPong{time.Now().Add(s.cfg.PongDelay), payload})
	s.mu.Unlock()
	select {
	case s.pongs.added <- struct{}{}:
	default:
	}
}

// sendPongs sends the pongs that are due, until the connection is over.
func (s *Session) sendPongs() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-s.over:
			return
		case <-s.pongs.added:
		case <-timer.C:
		}
		for {
			pong, wait, ok := s.nextPong()
			if wait > 0 {
				timer.Reset(wait)
			}
			if !ok {
				break
			}
			_ = s.Pong(pong)
		}
	}
}

// nextPong takes the first pong that is due; when none is, it says how long to wait for the next, 0 when
// there is none.
func (s *Session) nextPong() (payload []byte, wait time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pongs.list) == 0 {
		return nil, 0, false
	}
	first := s.pongs.list[0]
	if wait := time.Until(first.at); wait > 0 {
		return nil, wait, false
	}
	s.pongs.list = append(s.pongs.list[:0], s.pongs.list[1:]...)
	return first.payload, 0, true
}

// tellPing is for the reader: a ping came and is answered. Watched, it is told before its answer is.
func (r *reader) tellPing(payload []byte) {
	s := r.s
	s.pingsIn.Add(1)
	ev := Event{Kind: KindPing, Opcode: wire.OpPing, Payload: payload}
	if s.teller != nil {
		r.emit(ev)
		s.answerPing(payload)
		return
	}
	s.answerPing(payload)
	r.emit(ev)
}
