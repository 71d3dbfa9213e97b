package listen

import (
	"math"
	"runtime/debug"

	"wsline/session"
)

const (
	// maxMemory is how many bytes the messages of all clients may take up, unless a flag says otherwise.
	maxMemory = 256 << 20
	// ownMemory and clientMemory are for all else, and for what each client takes at most besides.
	ownMemory, clientMemory = 64 << 20, 1 << 20
)

// memory is the bytes that the messages of all clients may take up, 0 for any number.
func (o *options) memory() int64 {
	if o.maxMemory == nil {
		return maxMemory
	}
	return *o.maxMemory
}

// budget is nil for no limit.
func (o *options) budget() *session.Budget {
	if n := o.memory(); n > 0 {
		return session.NewBudget(n)
	}
	return nil
}

// collect has the garbage collector run in time, so that buffers which were given back do not make the
// process twice as large as the messages may be. Who sets GOMEMLIMIT knows better. The caller holds mu.
func (h *hall) collect() {
	n := h.c.typed.memory()
	if n == 0 || h.limited != debug.SetMemoryLimit(-1) {
		return
	}
	h.limited = math.MaxInt64
	if room := int64(ownMemory + len(h.clients)*clientMemory); n < math.MaxInt64-room {
		h.limited = n + room
	}
	debug.SetMemoryLimit(h.limited)
}
