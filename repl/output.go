package repl

import (
	"io"
	"sync"
)

const outputBuffer = 256 << 10 // bytes that may gather while a write is under way

// output gathers what is printed and writes it by load: a lone message is written at once, a flood in
// large pieces. When it is full, append waits, and so does the socket that is read.
type output struct {
	to io.Writer

	mu      sync.Mutex
	changed sync.Cond
	buf     []byte // gathered, not being written yet
	spare   []byte
	writing bool
	closed  bool
	left    bool  // abandoned: nobody waits for the write that is under way
	err     error // the first error of a write; nothing is written after it

	done   chan struct{}
	failed chan struct{} // closed when err is set
}

// newOutput starts the goroutine that writes; close ends it and waits for it.
func newOutput(to io.Writer) *output {
	o := &output{to: to, done: make(chan struct{}), failed: make(chan struct{})}
	o.changed.L = &o.mu
	go o.write()
	return o
}

// append gathers what add appends to the slice that it is given.
func (o *output) append(add func(dst []byte) []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.err == nil && !o.closed && len(o.buf) >= outputBuffer {
		o.changed.Wait()
	}
	if o.err != nil || o.closed {
		return
	}
	o.buf = add(o.buf)
	o.changed.Broadcast()
}

// close writes what has gathered and returns the first error of any write.
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

// abandon gives up what has gathered: nothing waits any more, not even for a write that nobody reads,
// whose goroutine is left behind.
func (o *output) abandon() {
	o.mu.Lock()
	o.closed, o.left = true, true
	o.buf = o.buf[:0]
	o.mu.Unlock()
	o.changed.Broadcast()
}

func (o *output) write() {
	defer close(o.done)
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		for len(o.buf) == 0 && !o.closed {
			o.changed.Wait()
		}
		if len(o.buf) == 0 {
			return
		}
		batch := o.buf
		o.buf, o.spare = o.spare[:0], nil
		o.changed.Broadcast()
		o.mu.Unlock()
		_, err := o.to.Write(batch)
		o.mu.Lock()
		o.spare = batch
		if cap(batch) > 4*outputBuffer {
			o.spare = nil // one huge message does not keep its memory
		}
		if err != nil {
			o.err = err
			close(o.failed)
			o.changed.Broadcast()
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
