package session

import (
	"errors"

	"wsline/internal/wire"
)

// framesIn tells of the frames that come. It is the reader's, which shows it all that the tap
// shows.
type framesIn struct {
	r      *reader
	on     bool // the frame at hand is to be told
	held   bool // it has come, and waits for its message to be decompressed
	number int  // of the message's last frame, as in Frame
	*told       // nil while none was told
}

// told is a frame that is to be told.
type told struct {
	frame   Frame
	head    [wire.MaxHeaderSize]byte
	payload []byte
	ev      Event // its other fields stay empty
}

// begin is a header that came, with what there is of the payload; err is the rule that it breaks,
// or the limit.
func (f *framesIn) begin(h wire.Header, head, have []byte, err error) {
	number := 0
	if !h.Opcode.IsControl() {
		f.number = numberOf(&h, f.number)
		number = f.number
	}
	if f.on = f.r.s.framesOn.Load(); !f.on {
		return
	}
	if f.told == nil {
		f.told = new(told)
	}
	f.held = false
	f.frame = Frame{Header: h, Head: append(f.head[:0], head...), Number: number}
	f.payload = f.payload[:0]
	if err != nil {
		f.add(have)
		f.end(err)
	} else if h.Length == 0 && !h.Opcode.IsControl() {
		f.done()
	}
}

// whole is the frame of a message that is one, not masked, and err the rule that it breaks, or the
// limit.
func (f *framesIn) whole(m *wire.Message, err error) {
	f.number = 0
	if f.told == nil {
		f.told = new(told)
	}
	h := wire.Header{Fin: true, Opcode: m.Opcode, Length: int64(len(m.Payload))}
	f.on, f.held = true, false
	f.frame = Frame{Header: h, Head: h.Append(f.head[:0])}
	f.payload = f.payload[:0]
	f.add(m.Payload)
	f.end(err)
}

// numberOf is the Number of a data frame after one with the number last.
func numberOf(h *wire.Header, last int) int {
	switch {
	case h.Opcode == wire.OpContinuation && last > 0:
		return last + 1
	case h.Fin:
		return 0
	}
	return 1
}

// data is a piece of a data frame's payload that came; err is the rule that it breaks.
func (f *framesIn) data(piece []byte, err error) {
	if !f.on {
		return
	}
	f.add(piece)
	if err != nil {
		f.end(err)
	} else if f.frame.Have == f.frame.Header.Length {
		f.done()
	}
}

// control is the payload of a control frame, all of it.
func (f *framesIn) control(payload []byte, err error) {
	if f.on {
		f.add(payload)
		f.end(err)
	}
}

func (f *framesIn) add(piece []byte) {
	f.frame.Have += int64(len(piece))
	f.payload = append(f.payload, piece[:min(len(piece), FramePayload-len(f.payload))]...)
}

// done is the end of a data frame that broke no rule so far.
func (f *framesIn) done() {
	r := f.r
	switch fin := f.frame.Header.Fin; {
	case fin && r.compressed:
		f.held = true
	case fin && r.text && !r.partial.Done():
		f.end(errCutUTF8())
	default:
		f.end(nil)
	}
}

// unpacked is the size of the message whose last frame is held.
func (f *framesIn) unpacked(size int64) {
	if f.on && f.held {
		f.frame.Packed, f.frame.Size = f.r.size, size
		f.end(nil)
	}
}

// end tells of the frame at hand, if there is one that was not told. An error that is a rule broken
// was found in it.
func (f *framesIn) end(err error) {
	if !f.on {
		return
	}
	f.on = false
	f.frame.Err = ruleBroken(err)
	f.frame.Payload = f.payload
	if f.frame.Header.Masked {
		wire.Mask(f.payload, f.frame.Header.Key, 0)
	}
	s := f.r.s
	s.hideFrame(&f.frame)
	f.ev.Kind, f.ev.Time = KindFrame, s.tap.ReadAt()
	f.ev.Opcode, f.ev.Frame = f.frame.Header.Opcode, &f.frame
	s.handle(&f.ev)
}

// ruleBroken is the rule of the protocol that err says is broken, nil for none.
func ruleBroken(err error) *wire.Error {
	if err == nil {
		return nil
	}
	var broken *wire.Error
	errors.As(err, &broken)
	return broken
}
