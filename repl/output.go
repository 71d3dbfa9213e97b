package repl

import (
	"io"
	"sync"

	"wsline/session"
)

const (
	outputBuffer = 256 << 10 // bytes that a screen gathers at most
	largeOutput  = 128 << 10 // bytes that are worth a write of their own
	// outputSize is what a buffer has from the start, as memory that is never touched costs none,
	// and growing to it leaves more than it behind: what is worth a write, and a message that makes
	// it so.
	outputSize = largeOutput + 16<<10
	keptOutput = 1 << 20 // a larger buffer is given back after its write
)

// output writes what one goroutine gathers, on another: while one batch is written the next is gathered,
// and when that is full, flush waits, and so does the socket that is read.
type output struct {
	to io.Writer

	// Owned by the goroutine that gathers.
	batch []byte
	// handing is asked when what has been gathered is handed over, and what it returns is called once
	// that has been written; nil: nobody.
	handing func() (written func())

	mu      sync.Mutex
	changed sync.Cond
	full    []byte // being written, or about to be; nil when the writing goroutine waits
	spare   []byte // the buffer that is neither
	closed  bool
	left    bool   // abandoned: nobody waits for the write that is under way
	waiting bool   // flush waits
	writing bool   // full is being written
	err     error  // the first error of a write; nothing is written after it
	written func() // to be called when full has been written; nil: nobody

	done   chan struct{}
	failed chan struct{} // closed when err is set
}

// newOutput starts the goroutine that writes; close ends it and waits for it.
func newOutput(to io.Writer) *output {
	o := &output{
		to: to, done: make(chan struct{}), failed: make(chan struct{}),
		batch: make([]byte, 0, outputSize), spare: make([]byte, 0, outputSize),
	}
	o.changed.L = &o.mu
	go o.write()
	return o
}

// print gathers what look appends for an event, and hands it over when it is worth it, or due.
func (o *output) print(look func(dst []byte, ev *session.Event) []byte, ev *session.Event) {
	o.batch = look(o.batch, ev)
	if len(o.batch) >= largeOutput || ev.Kind == session.KindIdle || ev.Kind == session.KindEnd {
		o.flush()
	}
}

// pass is for look, to hand over what it has appended so far.
func (o *output) pass(batch []byte) []byte {
	if o.batch = batch; len(batch) >= largeOutput {
		o.flush()
	}
	return o.batch
}

// flush hands what batch has to the writing goroutine, and waits while that is busy with the last.
func (o *output) flush() {
	if len(o.batch) == 0 {
		o.follow()
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = true
	for o.full != nil && o.err == nil && !o.closed {
		o.changed.Wait()
	}
	o.waiting = false
	if o.err != nil || o.closed {
		o.batch = o.batch[:0]
		return
	}
	o.full, o.batch, o.spare = o.batch, o.spare, nil
	if o.handing != nil {
		o.written = o.handing()
	}
	o.changed.Broadcast()
}

// follow has what handing returns called behind what was handed over before.
func (o *output) follow() {
	if o.handing == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || o.closed {
		return
	}
	if f := o.handing(); f != nil && o.full != nil {
		o.written = f
	} else if f != nil {
		f()
	}
}

// isWaiting says that gathered output waits for an earlier write.
func (o *output) isWaiting() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.waiting
}

// close writes what was handed over and returns the first error of any write. Nothing is gathered any more.
func (o *output) close() error {
	o.mu.Lock()
	o.closed = true
	left := o.left
	o.mu.Unlock()
	o.changed.Broadcast()
	if left {
		return nil
	}
	<-o.done
	return o.err
}

// abandon gives up what has not been written: nothing waits any more, not even for a write that nobody
// reads, whose goroutine is left behind.
func (o *output) abandon() {
	o.mu.Lock()
	o.closed, o.left = true, true
	if !o.writing {
		o.full = nil
	}
	o.mu.Unlock()
	o.changed.Broadcast()
}

func (o *output) write() {
	defer close(o.done)
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		for o.full == nil && !o.closed {
			o.changed.Wait()
		}
		if o.full == nil {
			return
		}
		full := o.full
		o.writing = true
		o.mu.Unlock()
		_, err := o.to.Write(full)
		o.mu.Lock()
		if err == nil && o.written != nil {
			o.written()
		}
		o.full, o.spare, o.writing, o.written = nil, full[:0], false, nil
		if cap(full) > keptOutput {
			o.spare = make([]byte, 0, outputSize) // one huge message does not keep its memory
		}
		if err != nil {
			o.err = err
			close(o.failed)
		}
		o.changed.Broadcast()
		if err != nil {
			return
		}
	}
}

// end ends the gathering. The channel is closed when all that was gathered has been written, or nobody
// waits for that.
func (o *output) end() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.changed.Broadcast()
	if !o.left {
		return o.done
	}
	left := make(chan struct{})
	close(left)
	return left
}
