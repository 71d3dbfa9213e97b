package session

import (
	"bytes"
	"runtime"
	"sync"
)

// queueLimit is how many bytes of events may wait for the handler before those who send more wait too,
// until half of it is left.
const queueLimit = 1 << 20

// A teller calls a handler for several goroutines, one event at a time, in the order in which they were
// told: the reader tells of what came and waits until that is told, and a goroutine of the teller's own
// tells what others have put into the queue, who never call the handler and never wait for it, but for
// room.
type teller struct {
	handle func(*Event)

	mu      sync.Mutex
	changed sync.Cond // any of the fields below changed

	// Guarded by mu.
	caller   string   // the goroutine that is calling the handler, "" for none
	queue    []*Event // to be told next: copies, and the reader's own
	spare    []*Event // the memory of the last queue
	bytes    int      // of the copies that have not been told
	waiting  *Event   // the reader's, while it waits for that to be told
	released bool     // nobody waits for room any more
	ended    bool     // KindEnd is being told, or was

	idle   Event
	reader string        // its goroutine, set by itself; before that the one that opens
	done   chan struct{} // closed when the teller's goroutine has ended
}

func newTeller(handle func(*Event)) *teller {
	t := &teller{handle: handle, reader: goroutine(), done: make(chan struct{})}
	t.idle.Kind = KindIdle
	t.changed.L = &t.mu
	go t.run()
	return t
}

// tell is the reader's: it returns when the handler has returned.
func (t *teller) tell(ev *Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ev.Kind == KindEnd {
		t.ended = true
	}
	if t.caller != "" || len(t.queue) > 0 { // its place is behind what waits
		t.waiting = ev
		t.queue = append(t.queue, ev)
		t.changed.Broadcast()
		for t.waiting != nil {
			t.changed.Wait()
		}
		return
	}
	t.caller = t.reader
	t.call(ev)
	t.caller = ""
	if len(t.queue) > 0 || t.ended {
		t.changed.Broadcast()
	}
}

// note is for everyone else: the event is told when its turn comes. It is false when KindEnd was told.
func (t *teller) note(ev *Event) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return false
	}
	ev = cloneEvent(ev)
	t.queue = append(t.queue, ev)
	t.bytes += sizeOf(ev)
	if len(t.queue) == 1 {
		t.changed.Broadcast()
	}
	return true
}

// room is for who is about to send: it waits while too much waits for the handler. The handler itself,
// which may send as well, does not wait: only it can make room.
func (t *teller) room() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bytes <= queueLimit || t.caller == goroutine() {
		return
	}
	for t.bytes > queueLimit/2 && !t.released {
		t.changed.Wait()
	}
}

// release lets go of everyone who waits for room.
func (t *teller) release() {
	t.mu.Lock()
	t.released = true
	t.mu.Unlock()
	t.changed.Broadcast()
}

// run tells what is in the queue, until the end has been told.
func (t *teller) run() {
	defer close(t.done)
	own := goroutine()
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		for t.caller != "" || len(t.queue) == 0 {
			if t.ended && t.caller == "" {
				return
			}
			t.changed.Wait()
		}
		t.caller = own
		t.drain()
		t.caller = ""
		t.changed.Broadcast()
	}
}

// drain tells what is in the queue; the caller holds mu and is t.caller.
func (t *teller) drain() {
	list := t.queue
	t.queue, t.spare = t.spare[:0], nil
	for _, ev := range list {
		t.call(ev)
		if ev == t.waiting {
			t.waiting = nil
			t.changed.Broadcast()
			continue
		}
		had := t.bytes
		if t.bytes -= sizeOf(ev); had > queueLimit/2 && t.bytes <= queueLimit/2 {
			t.changed.Broadcast()
		}
	}
	if !t.ended {
		t.call(&t.idle)
	}
	clear(list)
	if cap(list) <= queueLimit/256 {
		t.spare = list
	}
}

// call calls the handler without the lock, for who is t.caller.
func (t *teller) call(ev *Event) {
	t.mu.Unlock()
	defer t.mu.Lock()
	t.handle(ev)
}

// goroutine names the one that calls it, as its stack does. It takes about a microsecond.
func goroutine() string {
	var b [40]byte // "goroutine 18 [running]:..."
	name, _, _ := bytes.Cut(b[:runtime.Stack(b[:], false)], []byte(" ["))
	return string(name)
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
