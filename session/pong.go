package session

import "time"

// maxPongs is how many pings may wait for Config.PongDelay; older ones are not answered then, as
// RFC 6455 §5.5.3 allows.
const maxPongs = 1024

// delayedPongs are the answers to pings that wait for Config.PongDelay.
type delayedPongs struct {
	list  []delayedPong // oldest first, guarded by the session's mu
	added chan struct{} // has a value when the list is not empty any more
}

type delayedPong struct {
	at      time.Time
	payload []byte
}

// answerPing answers a ping as the configuration says. That it cannot be answered, as too much
// waits to be sent, is no error.
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

// nextPong takes the first pong that is due; when none is, it says how long to wait for the next, 0
// when there is none.
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
