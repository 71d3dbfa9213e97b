package session

import (
	"bytes"
	"sync"
)

const ownBytes = 4 << 10 // of a payload that has memory of its own

// notes are events that wait to be told: copies, which lie in memory that is used again.
type notes struct {
	events []Event
	frames []Frame
	bytes  []byte // of payloads; what points into it stays as it is when it grows
}

// emptyNotes are all sessions', so that one which is silent holds none.
var emptyNotes = sync.Pool{New: func() any { return new(notes) }}

// add copies an event and returns its size.
func (n *notes) add(ev *Event) int64 {
	n.events = append(n.events, *ev)
	e := &n.events[len(n.events)-1]
	e.Payload = n.clone(ev.Payload)
	if ev.Frame != nil {
		n.frames = append(n.frames, *ev.Frame)
		f := &n.frames[len(n.frames)-1]
		f.Head, f.Payload = n.clone(f.Head), n.clone(f.Payload)
		e.Frame = f
	}
	return sizeOf(e)
}

func (n *notes) clone(b []byte) []byte {
	if len(b) > ownBytes || b == nil {
		return bytes.Clone(b)
	}
	at := len(n.bytes)
	n.bytes = append(n.bytes, b...)
	return n.bytes[at:len(n.bytes):len(n.bytes)]
}

// empty gives its memory to whoever has something to tell next.
func (n *notes) empty() {
	clear(n.events)
	clear(n.frames)
	n.events, n.frames, n.bytes = n.events[:0], n.frames[:0], n.bytes[:0]
	emptyNotes.Put(n)
}

// sizeOf is about how many bytes an event takes.
func sizeOf(ev *Event) int64 {
	n := 256 + len(ev.Payload) + len(ev.Reason)
	if ev.Frame != nil {
		n += 256 + len(ev.Frame.Payload)
	}
	return int64(n)
}
