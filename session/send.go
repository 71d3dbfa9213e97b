package session

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"wsline/internal/tap"
	"wsline/internal/wire"
)

// Send sends one text (wire.OpText) or binary (wire.OpBinary) message. It blocks while the outgoing
// buffer is full and does not keep payload. Errors: ErrNotUTF8, ErrClosed.
func (s *Session) Send(op wire.Opcode, payload []byte) error {
	return s.send(op, payload, 0, s.tap.WriteFrame)
}

// Reply is Send for a Config.Answer, on the reader's goroutine: what it sends leaves at the latest
// when the reader waits for more.
func (s *Session) Reply(op wire.Opcode, payload []byte) error {
	return s.send(op, payload, 0, s.tap.WriteAnswer)
}

// send sends a message with a mark, 0 for none; see tap.Conn.WriteAside. Write writes its frame when
// it is not compressed.
func (s *Session) send(
	op wire.Opcode, payload []byte, mark byte, write func(wire.Header, []byte) error,
) error {
	if op == wire.OpText && !utf8.Valid(payload) {
		return ErrNotUTF8
	}
	payload = s.ended(op, payload)
	s.leaving.Add(1) // the end may come of it before this returns
	err := s.sendMessage(op, payload, mark, write)
	s.leaving.Add(-1)
	if err != nil {
		return s.closedError(err)
	}
	s.messagesOut.Add(1)
	if op == wire.OpBinary {
		s.binaryOut.Add(1)
	}
	s.bytesOut.Add(int64(len(payload)))
	if s.teller != nil {
		s.count(sizesOut, int64(len(payload)))
	}
	return nil
}

// ended is a message with the end of a line where Config.LineEnd wants one.
func (s *Session) ended(op wire.Opcode, payload []byte) []byte {
	if s.cfg.LineEnd == "" || op != wire.OpText {
		return payload
	}
	return append(slices.Clip(payload), s.cfg.LineEnd...)
}

func (s *Session) sendMessage(
	op wire.Opcode, payload []byte, mark byte, write func(wire.Header, []byte) error,
) error {
	s.room()
	h := wire.Header{Fin: true, Opcode: op, Masked: !s.server}
	if s.deflater.on && len(payload) >= minPacked {
		return s.sendPacked(h, payload, mark)
	}
	return write(h, payload)
}

// Flush waits until everything sent has been handed to the network, as long as the peer takes it.
// It is ErrClosed when the connection ends before.
func (s *Session) Flush() error { return s.closedError(s.tap.Flush()) }

// Ping sends a ping with a payload of at most 125 bytes. The pong's event has the round trip.
func (s *Session) Ping(payload []byte) error {
	if len(payload) > wire.MaxControlPayload {
		return ErrControlTooLong
	}
	return s.ping(payload, false)
}

// ping sends a ping; alive says that it is one of Config.PingInterval.
func (s *Session) ping(payload []byte, alive bool) error {
	s.room()
	if s.isClosing() {
		return ErrClosed // a pong that comes now answers nothing
	}
	s.notePing(payload, alive) // after what may wait for our own output
	if err := s.control(wire.OpPing, payload); err != nil {
		s.forgetPing(payload)
		return err
	}
	s.pingsOut.Add(1)
	return nil
}

// isClosing reports whether our Close frame was sent.
func (s *Session) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent != nil
}

// Pong sends an unasked pong with a payload of at most 125 bytes.
func (s *Session) Pong(payload []byte) error {
	if len(payload) > wire.MaxControlPayload {
		return ErrControlTooLong
	}
	s.room()
	return s.control(wire.OpPong, payload)
}

func (s *Session) control(op wire.Opcode, payload []byte) error {
	h := wire.Header{Fin: true, Opcode: op, Masked: !s.server}
	return s.closedError(s.tap.WriteControl(h, payload))
}

// closedError makes any error of the tap the plain ErrClosed, but for a
// full buffer of control frames, after which the connection goes on.
func (s *Session) closedError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tap.ErrControlFull):
		return fmt.Errorf("%w: the peer does not read", tap.ErrControlFull)
	}
	return ErrClosed
}
