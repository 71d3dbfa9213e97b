package repl

import "wsline/internal/plural"

// pausing is what waits while a talk is paused; the queue's lock guards it.
type pausing struct {
	on       bool
	held     []byte // what events look like
	messages int    // among them
	told     bool   // that there is no more room
}

// hasRoom says that nobody who adds has to wait.
func (q *queue) hasRoom(isEvent bool) bool {
	if isEvent && q.pausing.on {
		return len(q.pausing.held) < heldSize
	}
	return len(q.buf) < q.limit
}

// tellFull tells that a paused talk keeps no more. The lock is not held meanwhile.
func (q *queue) tellFull() {
	q.pausing.told = true
	if q.full != nil {
		q.mu.Unlock()
		q.full()
		q.mu.Lock()
	}
}

// event is add for what an event looks like, which waits while the talk is paused.
func (q *queue) event(urgent, isMessage bool, format func(dst []byte) []byte) {
	q.addTo(urgent, true, isMessage, format)
}

// hold keeps what an event looks like while the talk is paused; false when it is not.
func (q *queue) hold(text []byte, isMessage bool) bool {
	if !q.pausing.on {
		return false
	}
	q.pausing.held = append(q.pausing.held, text...)
	if isMessage && len(text) > 0 {
		q.pausing.messages++
	}
	return true
}

// pause keeps what events look like from now on.
func (q *queue) pause() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pausing.on = true
	q.wake()
}

// resume prints what was kept, and says whether the talk was paused.
func (q *queue) resume() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.pausing.on
	if !q.discarding {
		q.buf = append(q.buf, q.pausing.held...)
	}
	q.pausing = pausing{}
	if was {
		q.wake()
		q.room.Broadcast()
	}
	return was
}

// paused says whether the talk is, and how many messages wait.
func (q *queue) paused() (messages int, on bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pausing.messages, q.pausing.on
}

// pauseIsFull tells that the connection is not read any more.
func (l *loop) pauseIsFull() {
	l.status(plural.Size(heldSize) + " wait: until you go on nothing more is read, and no ping answered")
}

// pauseText tells how to go on.
func (l *loop) pauseText() string {
	if l.Term.Plain {
		return "paused: /resume goes on"
	}
	return "paused: Space on an empty line, or /resume, goes on"
}
