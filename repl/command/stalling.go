package command

import (
	"sync"
	"time"
)

// A Stalling ends a stall when its time has passed.
type Stalling struct {
	mu    sync.Mutex
	timer *time.Timer // of the last one with a time; nil: there was none
	count int         // of calls
}

// Stop stops the reading, or goes on with it, as Env.Stall says. The call that came last decides.
func (s *Stalling) Stop(d time.Duration, stall func(on bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
	s.count++
	stall(d != 0)
	if d <= 0 {
		return
	}
	count := s.count
	s.timer = time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.count == count {
			stall(false)
		}
	})
}

const dropTime = time.Second // that a peer may take to read what was sent before

// Drop ends a connection when what was sent has left, or the peer does not take it.
func Drop(c interface {
	Flush() error
	Drop()
}) {
	late := time.AfterFunc(dropTime, c.Drop)
	defer late.Stop()
	_ = c.Flush() // ErrClosed: the end is near already
	c.Drop()
}
