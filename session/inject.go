package session

import (
	crand "crypto/rand"

	"wsline/internal/wire"
)

// RawFrame is a frame that is sent as it is, right or wrong, for testing servers.
type RawFrame struct {
	Fin     bool
	RSV     byte        // RSV1 is 4, RSV2 is 2, RSV3 is 1
	Opcode  wire.Opcode // 0 to 15
	Masked  bool
	Key     *[4]byte // nil: a fresh one
	Length  int64    // that the header says; negative: the payload's
	Payload []byte
}

// bytes is the frame as it goes on the wire.
func (f *RawFrame) bytes() []byte {
	h := wire.Header{
		Fin: f.Fin, RSV1: f.RSV&4 != 0, RSV2: f.RSV&2 != 0, RSV3: f.RSV&1 != 0,
		Opcode: f.Opcode, Masked: f.Masked, Length: f.Length,
	}
	if f.Length < 0 {
		h.Length = int64(len(f.Payload))
	}
	if f.Key != nil {
		h.Key = *f.Key
	} else if f.Masked {
		crand.Read(h.Key[:]) // never fails
	}
	b := make([]byte, 0, wire.MaxHeaderSize+len(f.Payload))
	if b = h.Append(b); f.Masked {
		return wire.AppendMasked(b, f.Payload, h.Key)
	}
	return append(b, f.Payload...)
}

// closes says whether it is a Close frame by the rules for the sender, and what it says.
func (f *RawFrame) closes(server bool) (code wire.StatusCode, reason string, ok bool) {
	if f.Opcode != wire.OpClose || !f.Fin || f.RSV != 0 || f.Masked == server ||
		len(f.Payload) > wire.MaxControlPayload || f.Length >= 0 && f.Length != int64(len(f.Payload)) {
		return 0, "", false
	}
	code, reason, err := wire.ParseClose(f.Payload)
	if code == wire.StatusNoStatusRcvd {
		code = 0
	}
	return code, reason, err == nil
}

// SendFrame sends a frame behind what has been handed over, also after our Close frame. A Close
// frame by the rules is ours, if none was sent before: nothing of Send follows it. Of others only a
// KindFrame is told. It blocks while the outgoing buffer is full. Errors: ErrClosed when the
// connection is over.
func (s *Session) SendFrame(f *RawFrame) error {
	b := f.bytes()
	if code, reason, ok := f.closes(s.server); ok {
		if err := s.sendCloseFrame(code, reason, true, b); err == nil {
			return nil
		}
	}
	return s.SendRaw(b)
}

// SendRaw sends bytes that need not be a frame, as SendFrame does.
func (s *Session) SendRaw(p []byte) error {
	s.room() // its frames are told
	return s.closedError(s.tap.WriteRaw(p))
}

// Stall stops the reading, or goes on with it. What the reader has in its hands is still told of.
// The closing handshake and Drop end a stall, and there is none after that.
func (s *Session) Stall(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tap.Stall(on && s.sent == nil && !s.dropped)
}
