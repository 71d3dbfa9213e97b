package repl

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"wsline/session"
)

const (
	silenceLeast = 20 * time.Second // in which nothing went either way, before it is worth a word
	silenceStep  = 10 * time.Second // after which it is told anew, up to
	silenceLong  = time.Minute      // after which each minute is
)

// silence is how long nothing has gone either way. Who ends idle connections, as proxies and
// servers do, counts the same.
type silence struct {
	since atomic.Int64 // when something went, in nanoseconds; 0 while not connected
	timer *time.Timer  // owned by the loop
}

// note takes an event of the handler's.
func (s *silence) note(ev *session.Event) {
	switch ev.Kind {
	case session.KindIdle, session.KindNotice:
	case session.KindEnd:
		s.since.Store(0)
	default:
		at := ev.Time
		if at.IsZero() {
			at = time.Now()
		}
		s.since.Store(at.UnixNano())
	}
}

// text is what there is to say of it now, "" for nothing.
func (s *silence) text(now time.Time) string {
	d := s.lasts(now)
	switch {
	case d < silenceLeast:
		return ""
	case d < 2*silenceLong:
		return strconv.Itoa(int(d.Truncate(silenceStep)/time.Second)) + " s"
	}
	return strconv.Itoa(int(d/silenceLong)) + " min"
}

func (s *silence) lasts(now time.Time) time.Duration {
	since := s.since.Load()
	if since == 0 {
		return 0
	}
	return time.Duration(now.UnixNano() - since)
}

// next is when text will be another.
func (s *silence) next(now time.Time) time.Duration {
	switch d := s.lasts(now); {
	case d < silenceLeast:
		return silenceLeast - d
	case d < 2*silenceLong:
		return silenceStep - d%silenceStep
	default:
		return silenceLong - d%silenceLong
	}
}

// signs is what stands before the prompt: what is not as usual.
func (l *loop) signs() (signs string) {
	switch n := l.w.unshown.Load(); {
	case n == 1:
		signs = "(1 line waits) "
	case n > 1:
		signs = fmt.Sprintf("(%d lines wait) ", n)
	}
	switch n, paused := l.q.paused(); {
	case paused && n == 0:
		signs += "(paused) "
	case paused:
		signs += fmt.Sprintf("(paused, %d waiting) ", n)
	}
	if l.sieve.text() != "" || l.hides.Load() {
		signs += "(filtered) "
	}
	if text := l.silence.text(time.Now()); text != "" && l.connected {
		signs += "(idle for " + text + ") "
	}
	return signs
}
