package tap

import "time"

// Flush waits until everything has been handed to the network, or writing ends before that. What is
// being written when the connection ends may have left yet: that is waited for.
func (w *writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.flushed() && (w.werr == nil || w.writing) {
		w.await()
	}
	return w.left()
}

// FlushWithin is Flush for at most limit; ErrFlushTimeout says that it was not enough.
func (w *writer) FlushWithin(limit time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.wait(limit, func() bool { return w.werr != nil || w.flushed() }) {
		return ErrFlushTimeout
	}
	return w.left()
}

// left is why something has not left, nil when all but our Close frame has; the caller holds mu.
func (w *writer) left() error {
	if !w.flushed() {
		return w.werr
	}
	return w.lost
}

// flushed says whether everything has been handed to the network; the caller holds mu.
func (w *writer) flushed() bool { return len(w.out) == 0 && !w.writing && !w.busy }

// wait waits for at most limit until it is so, and says whether it is; the caller holds mu.
func (w *writer) wait(limit time.Duration, so func() bool) bool {
	late := false
	timer := time.AfterFunc(limit, func() {
		w.mu.Lock()
		late = true
		w.mu.Unlock()
		w.changed.Broadcast()
	})
	defer timer.Stop()
	for !so() {
		if late {
			return false
		}
		w.await()
	}
	return true
}
