package session

import (
	"time"

	"wsline/internal/wire"
)

// watch makes what we send be told too.
func (s *Session) watch() {
	s.dist = new(distributions)
	s.teller = newTeller(s.handle)
	s.handle = s.teller.tell
	s.framesOn.Store(s.cfg.Frames)
	s.tap.OnBegin(s.began)
	s.watchOut()
}

// SetFrames begins or ends telling of frames; Config.Watch must be set. It begins and ends with
// whole frames.
func (s *Session) SetFrames(on bool) { s.framesOn.Store(on && s.cfg.Watch) }

// room waits, with Config.Watch, while too much of what we have sent waits for the handler.
func (s *Session) room() {
	if s.teller != nil {
		s.teller.room()
	}
}

// began tells of something when it has its place among what leaves, so that what is told leaves, in
// that order; see tap.Conn.OnBegin.
func (s *Session) began(h wire.Header, payload []byte, mark byte) {
	ev := Event{Kind: KindMessage, Dir: Out, Time: time.Now(), Opcode: h.Opcode, Payload: payload}
	switch h.Opcode {
	case wire.OpPing:
		ev.Kind, ev.Alive = KindPing, s.isAlive(payload)
	case wire.OpPong:
		ev.Kind = KindPong
	case wire.OpClose:
		ev.Kind, ev.Payload = KindClose, nil
		ev.Code, ev.Reason, _ = wire.ParseClose(payload)
	case wire.OpContinuation:
		ev.Opcode, ev.More = s.sending, !h.Fin
	default:
		s.sending, ev.More = h.Opcode, !h.Fin
		ev.Alive, ev.Auto = mark == markAlive, mark == markAuto
	}
	s.teller.note(&ev)
}

// Typed tells the handler of something that was typed, in the order of what is sent before and after:
// a command, of which no other event tells, or how the text message that follows was typed. That is nil
// for a command, whose event has the opcode 0. It is false without Config.Watch, and when the connection
// is over: nothing is told any more that it could be in order with.
func (s *Session) Typed(text string, message []byte) bool {
	if s.teller == nil {
		return false
	}
	ev := &Event{Kind: KindTyped, Dir: Out, Time: time.Now(), Text: text}
	if message != nil {
		ev.Opcode, ev.Payload = wire.OpText, message
	}
	return s.teller.noteNow(ev)
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
	of(s.dist).Add(v)
}

func sizesIn(d *distributions) *Distribution    { return &d.sizesIn }
func sizesOut(d *distributions) *Distribution   { return &d.sizesOut }
func roundTrips(d *distributions) *Distribution { return &d.roundTrips }

// watched adds to st what is only known with Config.Watch.
func (s *Session) watched(st *Stats) {
	st.WireIn, st.WireOut = s.tap.Progress()
	s.distMu.Lock()
	defer s.distMu.Unlock()
	st.SizesIn, st.SizesOut = s.dist.sizesIn.snapshot(), s.dist.sizesOut.snapshot()
	st.RoundTrips = s.dist.roundTrips.snapshot()
}
