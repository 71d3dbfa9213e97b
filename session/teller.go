package session

import (
	"bytes"
	"sync"
)

// queueLimit is how many bytes of events may wait for the handler before those who cause more wait
// too.
const queueLimit = 1 << 20

// A teller calls a handler for several goroutines, one event at a time, in the order in which they
// were told. The reader waits for its turn. What others tell while the handler is called waits in a
// queue, so that the handler may itself cause events, and what we send is told before the answer to
// it can be.
type teller struct {
	handle func(*Event)

	mu      sync.Mutex
	changed sync.Cond // any of the fields below changed

	// Guarded by mu.
	busy     bool     // the handler is being called
	wanted   bool     // the reader waits for its turn
	queue    []*Event // copies, to be told next
	bytes    int      // that the queue holds
	settling bool     // a goroutine is there for the rest of the queue
	released bool     // nobody waits for room any more
	ended    bool     // KindEnd is being told, or was

	settlers sync.WaitGroup
}

func newTeller(handle func(*Event)) *teller {
	t := &teller{handle: handle}
	t.changed.L = &t.mu
	return t
}

// tell is the reader's: it returns when the handler has returned.
func (t *teller) tell(ev *Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wanted = true
	t.wait()
	t.wanted = false
	t.ended = ev.Kind == KindEnd
	t.busy = true
	t.drain()
	for t.ended && len(t.queue) > 0 {
		t.drain()
	}
	t.call(ev)
	t.leave()
}

// note is for everyone else. It returns when the event has its place in the order, having waited
// only while more than queueLimit bytes of events do. It is false when KindEnd was told.
func (t *teller) note(ev *Event) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for (t.busy || t.wanted) && t.bytes > queueLimit && !t.released {
		t.changed.Wait()
	}
	if t.ended {
		return false
	}
	if t.busy || t.wanted || len(t.queue) > 0 {
		t.push(ev)
		t.next()
		return true
	}
	t.busy = true
	t.call(ev)
	t.call(&Event{Kind: KindIdle})
	t.leave()
	return true
}

// put is note, but that it neither waits nor calls the handler, which may wait for who closes the
// connection: settle must follow.
func (t *teller) put(ev *Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.push(ev)
	}
}

// settle has what put has put told, if nobody else is about to, and does not wait for the handler.
func (t *teller) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.busy && !t.wanted {
		t.tellLater()
	}
}

// next takes a turn for the queue if nobody has one who will see to it.
func (t *teller) next() {
	if !t.busy && !t.wanted {
		t.busy = true
		t.leave()
	}
}

// release lets go of everyone who waits for room.
func (t *teller) release() {
	t.mu.Lock()
	t.released = true
	t.mu.Unlock()
	t.changed.Broadcast()
}

// wait waits while the handler is called; the caller of this and of what follows holds mu.
func (t *teller) wait() {
	for t.busy {
		t.changed.Wait()
	}
}

// call calls the handler without the lock; the caller has made the teller busy.
func (t *teller) call(ev *Event) {
	t.mu.Unlock()
	defer t.mu.Lock()
	t.handle(ev)
}

// drain tells what is in the queue now, but not what comes meanwhile: nobody is kept here for ever.
func (t *teller) drain() {
	if len(t.queue) == 0 {
		return
	}
	list := t.queue
	t.queue = nil
	for _, ev := range list {
		t.call(ev)
		t.bytes -= sizeOf(ev)
		t.changed.Broadcast()
	}
	t.call(&Event{Kind: KindIdle})
}

// leave ends a turn, after what was queued during it. What has been queued since then is for a
// goroutine of its own.
func (t *teller) leave() {
	t.drain()
	t.busy = false
	t.changed.Broadcast()
	t.tellLater()
}

// tellLater leaves the queue to a goroutine of its own.
func (t *teller) tellLater() {
	if len(t.queue) == 0 || t.settling {
		return
	}
	t.settling = true
	t.settlers.Go(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.wait()
		t.busy, t.settling = true, false
		t.leave()
	})
}

func (t *teller) push(ev *Event) {
	ev = cloneEvent(ev)
	t.queue = append(t.queue, ev)
	t.bytes += sizeOf(ev)
}

// sizeOf is about how many bytes an event takes.
func sizeOf(ev *Event) int {
	n := 256 + len(ev.Payload) + len(ev.Reason)
	if ev.Frame != nil {
		n += 256 + len(ev.Frame.Payload)
	}
	return n
}

// cloneEvent copies what is valid only during a call.
func cloneEvent(ev *Event) *Event {
	e := *ev
	e.Payload = bytes.Clone(ev.Payload)
	if ev.Frame != nil {
		f := *ev.Frame
		f.Head, f.Payload = bytes.Clone(f.Head), bytes.Clone(f.Payload)
		e.Frame = &f
	}
	return &e
}
