package session

import (
	"time"

	"wsline/internal/wire"
)

// watch makes what we send be told too.
func (s *Session) watch() {
	s.teller = newTeller(s.handle)
	s.handle = s.teller.tell
	s.framesOn.Store(s.cfg.Frames)
	s.packing.turn = make(chan struct{}, 1)
	s.watchOut()
}

// SetFrames begins or ends telling of frames; Config.Watch must be set. It begins and ends with
// whole frames.
func (s *Session) SetFrames(on bool) { s.framesOn.Store(on && s.cfg.Watch) }

// tellOut tells of what we are about to send. It is ErrClosed when that would not leave any more.
func (s *Session) tellOut(ev *Event) error {
	s.teller.room()
	s.mu.Lock()
	closed := s.sent != nil
	s.mu.Unlock()
	ev.Dir, ev.Time = Out, time.Now()
	if closed || !s.teller.note(ev) {
		return ErrClosed
	}
	return nil
}

// tellMessage tells of a message or a piece of one that we are about to send, when that is asked
// for.
func (s *Session) tellMessage(op wire.Opcode, payload []byte, more bool) error {
	if s.teller == nil {
		return nil
	}
	return s.tellOut(&Event{Kind: KindMessage, Opcode: op, Payload: payload, More: more})
}

// tellControl tells of a ping or a pong that we are about to send, when that is asked for.
func (s *Session) tellControl(op wire.Opcode, payload []byte) error {
	if s.teller == nil {
		return nil
	}
	if err := s.closedError(s.tap.ControlErr(op)); err != nil {
		return err
	}
	kind := KindPing
	if op == wire.OpPong {
		kind = KindPong
	}
	return s.tellOut(&Event{Kind: kind, Opcode: op, Payload: payload})
}

// distributions are the sizes and round trips of Stats.
type distributions struct{ sizesIn, sizesOut, roundTrips Distribution }

// count adds a value to one of the distributions, when they are kept.
func (s *Session) count(of func(*distributions) *Distribution, v int64) {
	if s.teller == nil {
		return
	}
	s.distMu.Lock()
	defer s.distMu.Unlock()
	of(&s.dist).Add(v)
}

func sizesIn(d *distributions) *Distribution    { return &d.sizesIn }
func sizesOut(d *distributions) *Distribution   { return &d.sizesOut }
func roundTrips(d *distributions) *Distribution { return &d.roundTrips }

// watched adds to st what is only known with Config.Watch.
func (s *Session) watched(st *Stats) {
	st.WireIn, st.WireOut = s.tap.Progress()
	s.distMu.Lock()
	defer s.distMu.Unlock()
	st.SizesIn, st.SizesOut, st.RoundTrips = s.dist.sizesIn, s.dist.sizesOut, s.dist.roundTrips
}
