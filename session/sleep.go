package session

import "time"

const (
	// lookEvery is how often the keepalive looks whether the machine was asleep: soon after it woke, and
	// still rarely enough to cost nothing.
	lookEvery = 2 * time.Second

	// longSleep is by how much a clock must have jumped. Less is a clock that was set right, or a machine
	// that is busy; no proxy or NAT forgets a connection that soon.
	longSleep = 30 * time.Second

	// wakeTimeout is how long a pong may take after a sleep, unless PingTimeout is shorter. The usual limit
	// is for a peer that is at work, and leaves it a pause. After a sleep the question is whether the
	// connection is still there: one that is answers within a round trip, one that is not mostly in no way
	// at all, as what stood between has forgotten it. Somebody sits there and waits. 5 s are for a network
	// that has to come back first: they reach beyond the fourth time that TCP sends the ping again, 3 s
	// after it; the next would be at 6 s.
	wakeTimeout = 5 * time.Second
)

// sleepWatch notices that the machine was asleep, or the process stopped, between two looks. With Linux
// and macOS the monotonic clock, by which timers run, stands meanwhile, and the wall clock gets ahead of
// it. With Windows it goes on, and what was to be looked at every lookEvery is looked at late.
type sleepWatch struct {
	clocks     func() (mono, wall time.Time)
	mono, wall time.Time // at the last look
}

// newSleepWatch begins with a look at clocks, nil for the system's.
func newSleepWatch(clocks func() (mono, wall time.Time)) *sleepWatch {
	if clocks == nil {
		clocks = systemClocks
	}
	w := &sleepWatch{clocks: clocks}
	w.restart()
	return w
}

func systemClocks() (mono, wall time.Time) {
	now := time.Now()
	return now, now.Round(0)
}

// look reports whether there was a sleep since the last look, or restart.
func (w *sleepWatch) look() bool {
	mono, wall := w.mono, w.wall
	w.restart()
	passed := w.mono.Sub(mono)
	return w.wall.Sub(wall)-passed > longSleep || passed > lookEvery+longSleep
}

// restart is for when the last look is long ago for another reason.
func (w *sleepWatch) restart() { w.mono, w.wall = w.clocks() }

// wakePings gives the peer wakeTimeout from now on for each of our pings, also for those that it may have
// answered while we slept.
func (s *Session) wakePings() {
	waited, _, _ := s.tap.Waited()
	s.pingMu.Lock()
	defer s.pingMu.Unlock()
	for i := range s.pings {
		s.pings[i].waited, s.pings[i].limit = waited, min(s.cfg.PingTimeout, wakeTimeout)
	}
}
