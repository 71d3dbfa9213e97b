package session

import (
	"errors"
	"sync"
	"time"

	"wsline/internal/wire"
)

const (
	// maxAsides and maxAsideBytes are how many answers may wait until the peer takes what was sent
	// before. More are not sent: who reads must not wait for a peer that does not.
	maxAsides     = 1024
	maxAsideBytes = 1 << 20
	// maxRepeats is how many messages a session repeats.
	maxRepeats = 64
)

var (
	// ErrHeartbeatTimeout is the error of an End whose peer left a Heartbeat unanswered.
	ErrHeartbeatTimeout = errors.New("no answer came to a heartbeat")
	// ErrRepeats is Repeat's when that many messages are repeated already.
	ErrRepeats = errors.New("64 messages are repeated already")
)

// looks says that somebody looks at the messages that come, who answers them, or is answered.
func (c *Config) looks() bool {
	return c.Heartbeat.Answers != nil && c.Heartbeat.Interval > 0 || c.Respond != nil
}

// A Heartbeat is a message that is sent while a connection is open, for servers that want to hear of
// the application, and not of the library that answers its pings.
type Heartbeat struct {
	Message  wire.Message
	Interval time.Duration // after which it is sent, again and again; 0: never
	// Answers says whether a message that came, as a whole, answers it; nil: none does. It is called by
	// the reader, and such a message is told as Alive. One that has not come within Interval, while the
	// reader waited for the peer, ends the connection: CauseTimeout, ErrHeartbeatTimeout. The time
	// begins anew with the end of a fragmented message of ours, which it may have had to wait for.
	Answers func(op wire.Opcode, payload []byte) bool
}

// What marks a message of ours that nobody has called Send for; see tap.Conn.WriteAside.
const (
	markAlive byte = iota + 1 // a Heartbeat
	markAuto                  // an answer of Config.Respond, or a message of Repeat
)

// asides are what a session sends beside what others do, in a goroutine of its own: neither the
// reader nor a clock waits for a peer that takes nothing.
type asides struct {
	s     *Session
	added chan struct{} // has a value when the list is not empty any more
	full  bool          // it has been told; the reader's

	mu      sync.Mutex
	list    []aside
	size    int // bytes of the list
	repeats []*beat
	stop    chan struct{} // of repeats
	asked   bool          // a heartbeat has no answer yet,
	unsent  bool          // since it waits for our own handler,
	waited  time.Duration // and so long the peer had been waited for when it was due
}

// An aside is a message that waits to be sent.
type aside struct {
	wire.Message
	mark byte
	of   *beat // nil: an answer
}

// A beat is a message that is sent again and again.
type beat struct {
	message wire.Message
	every   time.Duration
	mark    byte
	waiting bool // in the list, guarded by asides.mu
}

// withAsides starts what sends asides, if it has not been; the caller holds mu.
func (s *Session) withAsides() *asides {
	if s.asides == nil {
		s.asides = &asides{s: s, added: make(chan struct{}, 1)}
		s.helpers.Go(s.asides.run)
	}
	return s.asides
}

// startAsides starts what Config wants.
func (s *Session) startAsides() {
	h := &s.cfg.Heartbeat
	if h.Interval <= 0 && s.cfg.Respond == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.withAsides()
	if h.Interval > 0 {
		s.helpers.Go(func() { a.beatHeart(h) })
	}
}

// Repeat sends a message every so often, the first time after that, until StopRepeats or the end of
// the connection. It is told as Auto. While the peer does not take one no other is sent. Errors:
// ErrClosed, ErrNotUTF8, ErrRepeats.
func (s *Session) Repeat(every time.Duration, op wire.Opcode, payload []byte) error {
	if op == wire.OpText && !wire.ValidUTF8(payload) {
		return ErrNotUTF8
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.over:
		return ErrClosed
	default:
	}
	if s.sent != nil {
		return ErrClosed
	}
	a := s.withAsides()
	if len(a.repeats) == maxRepeats {
		return ErrRepeats
	}
	if a.stop == nil {
		a.stop = make(chan struct{})
	}
	b := &beat{message: wire.Message{Opcode: op, Payload: payload}, every: every, mark: markAuto}
	a.repeats = append(a.repeats, b)
	stop := a.stop
	s.helpers.Go(func() { a.repeat(b, stop) })
	return nil
}

// StopRepeats ends all that Repeat began, and says how many messages that were.
func (s *Session) StopRepeats() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.asides; a != nil && a.stop != nil {
		n = len(a.repeats)
		close(a.stop)
		a.repeats, a.stop = nil, nil
	}
	return n
}

func (a *asides) repeat(b *beat, stop <-chan struct{}) {
	tick := time.NewTicker(b.every)
	defer tick.Stop()
	for {
		select {
		case <-a.s.over:
			return
		case <-stop:
			return
		case <-tick.C:
			a.beat(b)
		}
	}
}

// beatHeart sends the heartbeats, and ends the connection when the answer to one is late.
func (a *asides) beatHeart(h *Heartbeat) {
	b := &beat{message: h.Message, mark: markAlive}
	tick, late := time.NewTicker(h.Interval), time.NewTimer(time.Hour)
	defer tick.Stop()
	defer late.Stop()
	late.Stop()
	for {
		select {
		case <-a.s.over:
			return
		case <-tick.C:
			if h.Answers != nil && a.ask() { // before it can be answered
				late.Reset(h.Interval)
			}
			a.beat(b)
		case <-late.C:
			left := a.due(h.Interval)
			if left <= 0 {
				a.s.abort()
				return
			}
			late.Reset(nextLook(left, h.Interval))
		}
	}
}

// ask notes that an answer is due from now on; false when one was already.
func (a *asides) ask() bool {
	waited, _, _ := a.s.tap.Waited()
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.asked
	if !was {
		a.asked, a.unsent, a.waited = true, true, waited
	}
	return !was
}

// due is how long the peer may still take to answer, while it is waited for.
func (a *asides) due(limit time.Duration) time.Duration {
	waited, _, _ := a.s.tap.Waited()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	left := a.waited + limit - waited
	switch {
	case a.s.sent != nil: // the closing handshake has its own limit
		return limit
	case !a.asked: // for the next one: the timer was set for one that has been answered
		return limit
	case a.unsent, a.s.tap.IsOpen(): // it may wait for our own handler, or for a message in fragments
		a.waited = waited
		return limit
	case left <= 0:
		a.s.late = ErrHeartbeatTimeout
	}
	return left
}

// leaves notes that what keeps a heartbeat now is the peer.
func (a *asides) leaves() {
	a.mu.Lock()
	a.unsent = false
	a.mu.Unlock()
}

// answered is the reader's: an answer came.
func (a *asides) answered() {
	a.mu.Lock()
	a.asked = false
	a.mu.Unlock()
}

// beat has a message sent, unless it waits to be sent already.
func (a *asides) beat(b *beat) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !b.waiting {
		b.waiting = true
		a.add(aside{b.message, b.mark, b})
	}
}

// answer is the reader's: it has an answer sent.
func (a *asides) answer(m wire.Message) {
	if a.put(m) || a.full {
		return
	}
	a.full = true
	a.s.reader.emit(Event{Kind: KindNotice,
		Text: "the server does not take what is sent: some answers to its messages are left out"})
}

func (a *asides) put(m wire.Message) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) >= maxAsides || len(a.list) > 0 && a.size+len(m.Payload) > maxAsideBytes {
		return false
	}
	a.add(aside{Message: m, mark: markAuto})
	return true
}

// add is for who holds mu.
func (a *asides) add(m aside) {
	a.list = append(a.list, m)
	a.size += len(m.Payload)
	select {
	case a.added <- struct{}{}:
	default:
	}
}

func (a *asides) next() (m aside, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) == 0 {
		a.list = nil
		return m, false
	}
	m = a.list[0]
	a.list[0] = aside{}
	a.list = a.list[1:]
	a.size -= len(m.Payload)
	if m.of != nil {
		m.of.waiting = false
	}
	return m, true
}

// run sends what was added, until the connection is over.
func (a *asides) run() {
	for {
		if m, ok := a.next(); !ok {
			select {
			case <-a.s.over:
				return
			case <-a.added:
			}
		} else if a.s.sendAside(&m) == ErrClosed {
			return
		}
	}
}

// sendAside is Send but for the mark.
func (s *Session) sendAside(m *aside) error {
	s.room() // which our own handler may leave none of
	if m.mark == markAlive {
		s.asides.leaves()
	}
	return s.send(m.Opcode, m.Payload, m.mark, func(h wire.Header, payload []byte) error {
		return s.tap.WriteAside(h, payload, payload, m.mark)
	})
}
