package session

import (
	"sync"
	"sync/atomic"
)

const (
	// queueLimit is how many bytes of events may wait for the handler before those who send more
	// wait too, until half of it is left.
	queueLimit = 1 << 20
	// queueDue is how many may wait before they are told without anybody's asking.
	queueDue = 64 << 10
)

// A teller calls a handler for several goroutines, one event at a time, in the order in which they
// were told. What we send is put into a queue by who sends it, who never calls the handler and
// never waits for it, but for room. The queue is told when something of it is about to be written,
// so that there is one wake-up for each write and not for each message: by a goroutine of the
// teller's own, or by the reader, before it tells of what came.
type teller struct {
	handle func(*Event)

	mu    sync.Mutex
	turn  sync.Cond // the reader's: busy is false
	work  sync.Cond // the own goroutine's: there is something to tell, or the end
	roomy sync.Cond // of those who wait for room

	// Guarded by mu.
	queued   *notes // to be told next, nil for none
	busy     bool   // the handler is being called
	wanted   bool   // the reader waits for its turn, in which it tells the queue too
	due      bool   // the queue is to be told now
	released bool   // nobody waits for room any more
	ended    bool   // KindEnd is being told, or was

	bytes atomic.Int64 // of the notes that have not been told; grows under mu

	idle Event
	done chan struct{} // closed when the own goroutine has ended
}

func newTeller(handle func(*Event)) *teller {
	t := &teller{handle: handle, done: make(chan struct{})}
	t.idle.Kind = KindIdle
	t.turn.L, t.work.L, t.roomy.L = &t.mu, &t.mu, &t.mu
	go t.run()
	return t
}

// tell is the reader's: it returns when the handler has returned.
func (t *teller) tell(ev *Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wanted = true
	for t.busy {
		t.turn.Wait()
	}
	t.wanted = false
	t.ended = ev.Kind == KindEnd
	t.drain(ev)
	if t.due || t.ended {
		t.work.Signal()
	}
}

// note is for everyone else: the event is told in its turn, when it is due. It is false when
// KindEnd was told.
func (t *teller) note(ev *Event) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(ev)
}

// add is note for who holds mu.
func (t *teller) add(ev *Event) bool {
	if t.ended {
		return false
	}
	if t.queued == nil {
		t.queued = emptyNotes.Get().(*notes)
	}
	if t.bytes.Add(t.queued.add(ev)) > queueDue {
		t.wake()
	}
	return true
}

// noteNow is note for what nothing else makes due.
func (t *teller) noteNow(ev *Event) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	ok := t.add(ev)
	t.wake()
	return ok
}

// wake has what was noted told; the caller holds mu.
func (t *teller) wake() {
	if t.queued != nil && !t.due {
		if t.due = true; !t.busy && !t.wanted {
			t.work.Signal()
		}
	}
}

// room is for who is about to send: it waits while too much waits for the handler.
func (t *teller) room() {
	if t.bytes.Load() <= queueLimit {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.bytes.Load() > queueLimit/2 && !t.released {
		t.roomy.Wait()
	}
}

// release lets go of everyone who waits for room.
func (t *teller) release() {
	t.mu.Lock()
	t.released = true
	t.mu.Unlock()
	t.roomy.Broadcast()
}

// run tells what is in the queue, until the end has been told.
func (t *teller) run() {
	defer close(t.done)
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		for t.busy || t.wanted || !t.due {
			if t.ended && !t.busy {
				return
			}
			t.work.Wait()
		}
		t.drain(&t.idle)
		t.turn.Signal()
	}
}

// drain tells what is in the queue now, but not what comes meanwhile, and then the last event; the
// caller holds mu.
func (t *teller) drain(last *Event) {
	list := t.queued
	t.queued, t.busy, t.due = nil, true, false
	t.call(list, last)
	t.busy = false
}

// call calls the handler without the lock.
func (t *teller) call(list *notes, last *Event) {
	t.mu.Unlock()
	defer t.mu.Lock()
	if list != nil {
		for i := range list.events {
			size := sizeOf(&list.events[i]) // as it was counted, whatever the handler does with it
			t.handle(&list.events[i])
			t.told(size)
		}
		list.empty()
	}
	t.handle(last)
}

// told notes that an event of so many bytes does not wait any more.
func (t *teller) told(size int64) {
	if left := t.bytes.Add(-size); left <= queueLimit/2 && left+size > queueLimit/2 {
		t.mu.Lock() // who looked before waits by now
		t.roomy.Broadcast()
		t.mu.Unlock()
	}
}
