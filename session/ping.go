package session

import (
	"bytes"
	"slices"
	"time"
)

// maxPings is how many unanswered pings are remembered; a pong for one that is not has no round trip.
const maxPings = 256

type sentPing struct {
	payload []byte
	at      time.Time
	alive   bool          // one of Config.PingInterval
	waited  time.Duration // that the peer had been waited for when it was sent
	limit   time.Duration // for how long it may be waited for, if alive
}

func (s *Session) notePing(payload []byte, alive bool) {
	waited, _, _ := s.tap.Waited()
	s.pingMu.Lock()
	defer s.pingMu.Unlock()
	if len(s.pings) == maxPings {
		s.thinPings()
	}
	p := sentPing{
		payload: bytes.Clone(payload), at: time.Now(), alive: alive,
		waited: waited, limit: s.cfg.PingTimeout,
	}
	s.pings = append(s.pings, p)
}

// thinPings forgets every other ping of Config.PingInterval but the oldest, which is the next to be late,
// or the oldest of a person's when these are too many. The caller holds pingMu.
func (s *Session) thinPings() {
	alive := 0
	s.pings = slices.DeleteFunc(s.pings, func(p sentPing) bool {
		if p.alive {
			alive++
		}
		return p.alive && alive%2 == 0
	})
	if len(s.pings) == maxPings {
		i := slices.IndexFunc(s.pings, func(p sentPing) bool { return !p.alive })
		s.pings = slices.Delete(s.pings, i, i+1)
	}
}

// forgetPing forgets the last ping with that payload, which did not leave.
func (s *Session) forgetPing(payload []byte) {
	s.pingMu.Lock()
	defer s.pingMu.Unlock()
	for i, p := range slices.Backward(s.pings) {
		if bytes.Equal(p.payload, payload) {
			s.pings = slices.Delete(s.pings, i, i+1)
			return
		}
	}
}

// isAlive reports whether the last ping with that payload that was noted is one of
// Config.PingInterval.
func (s *Session) isAlive(payload []byte) bool {
	s.pingMu.Lock()
	defer s.pingMu.Unlock()
	for _, p := range slices.Backward(s.pings) {
		if bytes.Equal(p.payload, payload) {
			return p.alive
		}
	}
	return false
}

// answered finds the ping that a pong answers and returns the round trip, 0 for an unasked pong,
// and whether it was one of Config.PingInterval. A peer may answer the latest of several pings only
// (RFC 6455 §5.5.3), so the older ones are done as well.
func (s *Session) answered(payload []byte, now time.Time) (rtt time.Duration, alive bool) {
	s.pingMu.Lock()
	defer s.pingMu.Unlock()
	for i, p := range s.pings {
		if bytes.Equal(p.payload, payload) {
			rtt, alive = max(now.Sub(p.at), 1), p.alive
			s.pings = append(s.pings[:0], s.pings[i+1:]...)
			s.rtt.Store(int64(rtt))
			s.count(roundTrips, int64(rtt))
			return rtt, alive
		}
	}
	return 0, false
}
