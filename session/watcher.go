package session

import (
	"time"

	"wsline/internal/wire"
)

// FrameHeader checks each frame against the protocol and the size limit; see tap.Watcher.
func (r *reader) FrameHeader(h wire.Header, head, have []byte) error {
	err := r.checkHeader(h, len(head))
	r.frames.begin(h, head, have, err)
	return err
}

// BadHeader is the header whose error ends the reading; see tap.Watcher.
func (r *reader) BadHeader(h wire.Header, head []byte, err error) {
	r.frames.begin(h, head, nil, err)
}

func (r *reader) checkHeader(h wire.Header, size int) error {
	if err := r.checker.Header(h, size); err != nil {
		return err
	}
	if h.Opcode.IsControl() {
		return nil
	}
	if h.Opcode != wire.OpContinuation {
		r.text, r.compressed, r.size = h.Opcode == wire.OpText, h.RSV1, 0
		r.partial.Reset()
	}
	r.fin, r.unmasked = h.Fin, 0
	r.size += h.Length
	if limit := r.s.cfg.MaxMessage; limit > 0 && (r.size > limit || r.size < 0) {
		return &TooBigError{Limit: limit}
	}
	return nil
}

// Data checks text as its bytes come, long before its message is whole; see tap.Watcher.
func (r *reader) Data(h wire.Header, piece []byte) (err error) {
	if r.text && !r.compressed && !h.Opcode.IsControl() && !r.writeText(h, piece) {
		err = errNotUTF8()
	}
	r.frames.data(piece, err)
	return err
}

// writeText checks a piece of the current frame's text, which it leaves masked.
func (r *reader) writeText(h wire.Header, piece []byte) bool {
	if !h.Masked {
		return r.partial.Write(piece)
	}
	for len(piece) > 0 {
		n := min(len(piece), firstRead)
		r.scratch = append(r.scratch[:0], piece[:n]...)
		r.unmasked = wire.Mask(r.scratch, h.Key, r.unmasked)
		if !r.partial.Write(r.scratch) {
			return false
		}
		piece = piece[n:]
	}
	return true
}

// Control answers pings and the Close frame, and tells of them; see tap.Watcher.
func (r *reader) Control(h wire.Header, payload []byte) error {
	asItCame := payload
	if h.Masked {
		payload = append([]byte(nil), payload...)
		wire.Mask(payload, h.Key, 0)
	}
	err := r.checker.Control(h, payload)
	r.frames.control(asItCame, err)
	if err != nil {
		return err
	}
	switch h.Opcode {
	case wire.OpPing:
		r.tellPing(payload)
	case wire.OpPong:
		r.s.pongsIn.Add(1)
		now := time.Now()
		rtt, alive := r.s.answered(payload, now)
		r.emit(Event{
			Kind: KindPong, Opcode: h.Opcode, Payload: payload, RTT: rtt, Alive: alive,
		})
	case wire.OpClose:
		r.code, r.reason, _ = wire.ParseClose(payload)
		r.tellClose()
		return errPeerClosed
	}
	return nil
}

// tellClose tells of the peer's Close frame and answers it. Watched, it is told before its answer
// is.
func (r *reader) tellClose() {
	ev := Event{Kind: KindClose, Opcode: wire.OpClose, Code: r.code}
	ev.Reason = r.s.hideReason(r.reason)
	r.s.hear()
	if r.s.teller != nil {
		r.emit(ev)
		r.s.answerClose(r.code, r.reason)
		return
	}
	r.s.answerClose(r.code, r.reason)
	r.emit(ev)
}

// tellPing is for the reader: a ping came and is answered. Watched, it is told before its answer
// is.
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
