package session

import (
	crand "crypto/rand"
	"math/rand/v2"

	"wsline/internal/dial"
	"wsline/internal/wire"
)

const (
	batchSize  = 128 << 10 // bytes of frames that are handed over at once
	batchLimit = 16 << 10 // bytes of the largest message that joins a batch
)

// A Batch sends many small messages at the cost of few: it gathers their frames, and hands them over when
// there are enough, or at Flush. With Config.Watch it gathers nothing. It is for one goroutine, which flushes it before it waits for anything.
type Batch struct {
	s               *Session
	alone           int // bytes of the smallest message that is sent by itself
	buf             []byte
	keys            *rand.ChaCha8
	messages, bytes int64  // in buf
	binary          int64  // messages of them
	line            []byte // a message with its Config.LineEnd
}

// NewBatch returns an empty batch.
func (s *Session) NewBatch() *Batch {
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	b := &Batch{s: s, keys: rand.NewChaCha8(seed), alone: batchLimit + 1}
	if s.conn.Handshake.Compressed {
		b.alone = dial.MinCompressed
	}
	if s.teller != nil {
		b.alone = 0
	}
	return b
}

// Send is Session.Send, but that it may hand over later: then ErrClosed comes with a later call.
func (b *Batch) Send(op wire.Opcode, payload []byte) error {
	if len(payload) >= b.alone {
		if err := b.Flush(); err != nil {
			return err
		}
		return b.s.Send(op, payload)
	}
	if op == wire.OpText && !wire.ValidUTF8(payload) {
		return ErrNotUTF8
	}
	if op == wire.OpText && b.s.cfg.LineEnd != "" {
		b.line = append(append(b.line[:0], payload...), b.s.cfg.LineEnd...)
		payload = b.line
	}
	key := uint32(b.keys.Uint64()) // RFC 6455 §10.3
	b.buf = wire.AppendMessage(b.buf, op, payload, !b.s.server, key)
	b.messages++
	if op == wire.OpBinary {
		b.binary++
	}
	b.bytes += int64(len(payload))
	if len(b.buf) >= batchSize {
		return b.Flush()
	}
	return nil
}

// Flush hands over what was gathered. It blocks while the outgoing buffer is full. With ErrClosed it is
// not told which of the messages left.
func (b *Batch) Flush() error {
	if len(b.buf) == 0 {
		return nil
	}
	b.s.leaving.Add(b.messages)
	err := b.s.tap.WriteFrames(b.buf)
	b.s.leaving.Add(-b.messages)
	if err == nil {
		b.s.messagesOut.Add(b.messages)
		b.s.bytesOut.Add(b.bytes)
		b.s.binaryOut.Add(b.binary)
	}
	b.buf, b.messages, b.bytes, b.binary = b.buf[:0], 0, 0, 0
	return b.s.closedError(err)
}
