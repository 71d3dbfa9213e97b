package repl

import (
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/session"
)

// sender is what of a conn sends messages.
type sender interface {
	Send(op wire.Opcode, payload []byte) error
	NewWriter(op wire.Opcode) command.PieceWriter
}

// sendIn sends one message in frames of at most size bytes; 0: in one.
func sendIn(c sender, size int, op wire.Opcode, payload []byte) error {
	if size == 0 || len(payload) <= size {
		return c.Send(op, payload)
	}
	if op == wire.OpText && !utf8.Valid(payload) { // before a part of it has left
		return session.ErrNotUTF8
	}
	w := c.NewWriter(op)
	for len(payload) > size {
		if _, err := w.Write(payload[:size]); err != nil {
			return err
		}
		payload = payload[size:]
	}
	return w.Last(payload)
}
