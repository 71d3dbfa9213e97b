package session

import (
	"fmt"
	"sync/atomic"

	"wsline/internal/wire"
)

// freeBuffer is how many bytes of a message may be held without a Budget being asked.
const freeBuffer = streamBuffer

// A Budget bounds how many bytes the messages that are coming take up, over all sessions that share it:
// what is small in compressed form, or begun and never ended, is the peer's to decide. 64 KiB of each
// session are not counted. A nil Budget has no bound.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget returns a Budget of so many bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// take takes n bytes for a session that holds so many already.
func (b *Budget) take(n, held int64) error {
	if b == nil {
		return nil
	}
	if b.used.Add(n) <= b.limit {
		return nil
	}
	b.used.Add(-n)
	return &MemoryError{Limit: b.limit, Alone: held+n > b.limit}
}

func (b *Budget) give(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}

// MemoryError is a message for which a Budget has no room.
type MemoryError struct {
	Limit int64 // bytes
	Alone bool  // it would not have room if there were no others
}

func (e *MemoryError) Error() string {
	if e.Alone {
		return fmt.Sprintf("a message takes more than the %d bytes that there are for all", e.Limit)
	}
	return fmt.Sprintf("the messages that are coming take more than %d bytes together", e.Limit)
}

// code is what the peer is told.
func (e *MemoryError) code() (code wire.StatusCode, reason string) {
	if e.Alone {
		return wire.StatusMessageTooBig, "message too big"
	}
	return wire.StatusTryAgainLater, "too many large messages at once"
}

// grow makes room in the reader's buffer, which is full.
func (r *reader) grow() error {
	size := max(r.larger(), firstRead)
	if size <= freeBuffer {
		buf := make([]byte, size)
		copy(buf, r.buf)
		r.buf = buf
		return nil
	}
	if err := r.s.cfg.Memory.take(size, r.held); err != nil { // both are there while it is copied
		r.drop()
		return err
	}
	buf := make([]byte, size)
	copy(buf, r.buf)
	r.s.cfg.Memory.give(r.held)
	r.buf, r.held = buf, size
	return nil
}

// larger is how large the buffer becomes: twice as large, or as all that the last frame has
// promised, once a part of that has come: a header alone costs the peer nothing. Of a large message
// whose size is not known it is at once what all but huge ones need: the system gives memory when
// something is written there, and each copy would need it twice. Where the last one was not that
// large it is twice that first, as the runtime clears what it gives again. A Budget counts all of
// it, so with one it is doubled. A byte more is for the end.
func (r *reader) larger() int64 {
	size := int64(2 * len(r.buf))
	switch {
	case r.fin && !r.compressed && int64(len(r.buf)) >= r.size/promised:
		return r.size + 1
	case r.s.cfg.Memory != nil || len(r.buf) < keptBuffer: // doubled
	case int64(len(r.buf)) < 2*r.large && r.large <= reserved/16:
		size = 2 * r.large
	default:
		size = max(size, reserved+1)
	}
	if limit := r.s.cfg.MaxMessage; limit > 0 {
		size = min(size, limit+1)
	}
	return size
}

// shrink gives a large buffer back after its message, which used so much of it; of one that others
// want, too, little is kept.
func (r *reader) shrink(used int) {
	kept := keptBuffer
	if r.s.cfg.Memory != nil {
		kept = freeBuffer
	}
	if len(r.buf) > kept {
		r.large = int64(used)
		r.drop()
	}
}

// drop gives the buffer back, whatever it holds.
func (r *reader) drop() {
	r.buf = nil
	r.s.cfg.Memory.give(r.held)
	r.held = 0
}
