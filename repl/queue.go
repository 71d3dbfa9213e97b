package repl

import (
	"bytes"
	"sync"
)

const (
	queueSize = 256 << 10 // bytes that wait to be printed before the socket has to wait
	heldSize  = 4 << 20   // the same while the terminal is lent to an editor
	printSize = 64 << 10  // bytes printed between two looks at the keys, when lines are no longer
)

// queue is what waits to be printed. Everybody adds, the talk's loop takes. Whoever adds while it
// is full waits, and so a slow terminal slows the socket; the loop itself never waits.
type queue struct {
	ready chan struct{} // has a value when there is something to take
	full  func()        // told, once, that a paused talk keeps no more; nil: nobody

	mu         sync.Mutex
	room       sync.Cond
	buf        []byte
	scratch    []byte // to format in, nil while somebody does
	limit      int
	closed     bool
	discarding bool
	to         string          // the name of the connection that lines are for
	connected  map[string]bool // what the events in buf make of the connections
	pausing    pausing
}

func newQueue(to string) *queue {
	q := &queue{to: to, ready: make(chan struct{}, 1), limit: queueSize, connected: map[string]bool{}}
	q.room.L = &q.mu
	return q
}

// add appends what format appends; it waits for room unless it is urgent. The functions of a Look
// are called here only, several at a time: what is long to format keeps no key waiting.
func (q *queue) add(urgent bool, format func(dst []byte) []byte) {
	q.addTo(urgent, false, false, format)
}

// addTo is add, or event.
func (q *queue) addTo(urgent, isEvent, isMessage bool, format func(dst []byte) []byte) {
	text, ok := q.admit(urgent, isEvent)
	if !ok {
		return
	}
	text = format(text[:0])
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n')
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuses(urgent) {
		return
	}
	if len(text) > 0 {
		q.wake()
	}
	switch {
	case isEvent && q.hold(text, isMessage):
	case len(q.buf) == 0:
		q.buf, text = text, q.buf
	default:
		q.buf = append(q.buf, text...)
	}
	if cap(text) <= 4*queueSize { // one huge message does not keep its memory
		q.scratch = text
	}
}

// admit waits for room, and returns a buffer to format in; false when nothing is taken any more.
func (q *queue) admit(urgent, isEvent bool) (scratch []byte, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !urgent && !q.closed && !q.discarding && !q.hasRoom(isEvent) {
		if isEvent && q.pausing.on && !q.pausing.told {
			q.tellFull()
			continue
		}
		q.room.Wait()
	}
	scratch, q.scratch = q.scratch, nil // whoever comes meanwhile has one of its own
	return scratch, !q.refuses(urgent)
}

func (q *queue) refuses(urgent bool) bool { return q.closed || q.discarding && !urgent }

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// setConnected says whether there is a connection of that name after everything that has been added.
func (q *queue) setConnected(name string, connected bool) {
	q.mu.Lock()
	q.connected[name] = connected
	q.mu.Unlock()
	q.wake()
}

// setTo says which connection lines are for, in the same way.
func (q *queue) setTo(name string) {
	q.mu.Lock()
	q.to = name
	q.mu.Unlock()
	q.wake()
}

// take returns everything that waits, and what the prompt is after it, in exchange for a buffer that
// is not used any more.
func (q *queue) take(spare []byte) (all []byte, to string, connected bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	all, q.buf = q.buf, spare[:0]
	q.room.Broadcast()
	return all, q.to, q.connected[q.to]
}

// size is how many bytes wait.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.buf)
}

func (q *queue) setLimit(n int) {
	q.mu.Lock()
	q.limit = n
	q.mu.Unlock()
	q.room.Broadcast()
}

// discard throws away what waits, and from now on what is not urgent: nobody waits any more.
func (q *queue) discard() {
	q.mu.Lock()
	q.buf, q.discarding, q.pausing = q.buf[:0], true, pausing{}
	q.mu.Unlock()
	q.room.Broadcast()
}

// close lets nobody wait any more; what is added later is lost.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.room.Broadcast()
}

// printable is how much of block is printed at once: whole lines as long as they are not very long.
func printable(block []byte) int {
	if len(block) <= printSize {
		return len(block)
	}
	if i := bytes.LastIndexByte(block[:printSize], '\n'); i >= 0 {
		return i + 1
	}
	return printSize
}
