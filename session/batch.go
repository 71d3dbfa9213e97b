package session

import (
	crand "crypto/rand"
	"math/rand/v2"

	"wsline/internal/wire"
)

const (
	// batchCap is the size of the buffer: of all that it is not handed over with, and of a message
	// behind it.
	batchCap   = batchSize + batchLimit + 1<<10
	batchSize  = 128 << 10 // bytes of frames that are handed over at once
	batchLimit = 16 << 10  // bytes of the largest message that joins a batch
)

// A Batch sends many small messages at the cost of few: it gathers their frames, and hands them over when
// there are enough, or at Flush. With Config.Watch it gathers nothing. It is for one goroutine,
// which flushes it before it waits for anything.
type Batch struct {
	s               *Session
	alone           int // bytes of the smallest message that is sent by itself
	buf             []byte
	keys            *rand.ChaCha8
	next            uint64 // whose upper half is the next key, 0 for none
	one             [1][]byte
	messages, bytes int64  // in buf
	binary          int64  // messages of them
	line            []byte // a message with its Config.LineEnd

	// With Settled: where messages begin that have not been settled, in buf, and in what leaves.
	settled bool
	starts  []int
	handed  []int64
}

// Settled has the batch know which of its messages have left, for Settle, and returns it.
func (b *Batch) Settled() *Batch {
	b.settled = true
	return b
}

// Settle waits until the network has taken all that was sent, and says how many messages of it have left
// since the last Settle, at least in part: with nil that is all. With ErrClosed it has waited for
// the end of the connection, whose peer may have got those that left, and has not got the others. Nobody
// else sends messages on the session meanwhile.
func (b *Batch) Settle() (left int, err error) {
	if err = b.Flush(); err == nil {
		err = b.s.Flush()
	}
	if left = len(b.handed); err != nil {
		for left = 0; left < len(b.handed) && b.s.HasLeft(b.handed[left]); left++ {
		}
	}
	b.handed = b.handed[:0]
	return left, err
}

// NewBatch returns an empty batch.
func (s *Session) NewBatch() *Batch {
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	b := &Batch{s: s, keys: rand.NewChaCha8(seed), alone: batchLimit + 1}
	if s.deflater.on {
		b.alone = minPacked
	}
	if s.teller != nil {
		b.alone = 0
	}
	return b
}

// Send is Session.Send, but that it may hand over later: then ErrClosed comes with a later call.
func (b *Batch) Send(op wire.Opcode, payload []byte) error {
	b.one[0] = payload
	_, err := b.SendAll(op, b.one[:])
	b.one[0] = nil
	return err
}

// SendAll is Send for each of the payloads, up to one whose error it returns, and says how many
// were before that.
func (b *Batch) SendAll(op wire.Opcode, payloads [][]byte) (sent int, err error) {
	isText, masked := op == wire.OpText, !b.s.server
	for i, payload := range payloads {
		if len(payload) >= b.alone {
			if err := b.sendAlone(op, payload); err != nil {
				return i, err
			}
			continue
		}
		if isText && b.s.cfg.LineEnd != "" {
			b.line = append(append(b.line[:0], payload...), b.s.cfg.LineEnd...)
			payload = b.line
		}
		if b.buf == nil {
			b.buf = make([]byte, 0, batchCap) // growing to it would leave as much behind
		}
		at := len(b.buf)
		buf, plain := wire.AppendMessage(b.buf, op, payload, masked, b.key())
		if isText && !plain && !wire.ValidUTF8(payload) {
			b.buf = buf[:at]
			return i, ErrNotUTF8
		}
		if b.settled {
			b.starts = append(b.starts, at)
		}
		b.buf = buf
		b.messages++
		if !isText {
			b.binary++
		}
		b.bytes += int64(len(payload))
		if len(b.buf) >= batchSize {
			if err := b.Flush(); err != nil {
				return i, err
			}
		}
	}
	return len(payloads), nil
}

// sendAlone sends a message by itself, behind what was gathered.
func (b *Batch) sendAlone(op wire.Opcode, payload []byte) error {
	if err := b.Flush(); err != nil {
		return err
	}
	before := b.begun()
	err := b.s.Send(op, payload)
	if at := b.begun(); at != before {
		b.handed = append(b.handed, at)
	}
	return err
}

// begun is where the message stands in what leaves that was begun last, -1 when nobody asks for it.
func (b *Batch) begun() int64 {
	if !b.settled {
		return -1
	}
	return b.s.Begun()
}

// Begun is where in all that leaves the message begins that was begun last, in bytes from the first
// frame on; -1 before there is one.
func (s *Session) Begun() int64 { return s.tap.Begun() }

// HasLeft waits for the end of the connection, and says whether what begins there has left before it, at
// least in part.
func (s *Session) HasLeft(begun int64) bool {
	<-s.done
	_, sent := s.tap.Progress()
	return begun < sent
}

// key is a masking key from a strong source (RFC 6455 §10.3), which gives two at a time.
func (b *Batch) key() uint32 {
	if b.next == 0 {
		b.next = b.keys.Uint64()
		return uint32(b.next)
	}
	key := uint32(b.next >> 32)
	b.next = 0
	return key
}

// Flush hands over what was gathered. It blocks while the outgoing buffer is full. With ErrClosed it is
// not told which of the messages left.
func (b *Batch) Flush() error {
	if len(b.buf) == 0 {
		return nil
	}
	before := b.begun()
	b.s.leaving.Add(b.messages)
	err := b.s.tap.WriteFrames(b.buf)
	b.s.leaving.Add(-b.messages)
	if at := b.begun(); at != before {
		for _, start := range b.starts {
			b.handed = append(b.handed, at+int64(start))
		}
	}
	b.starts = b.starts[:0]
	if err == nil {
		b.s.messagesOut.Add(b.messages)
		b.s.bytesOut.Add(b.bytes)
		b.s.binaryOut.Add(b.binary)
	}
	b.buf, b.messages, b.bytes, b.binary = b.buf[:0], 0, 0, 0
	return b.s.closedError(err)
}
