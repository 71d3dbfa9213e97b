package repl

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/session"
)

const (
	keptMessages = 100      // that /last and /copy find
	keptTogether = 16 << 20 // bytes of them, but for the last alone
	keptLargest  = 64 << 20 // bytes of that
	keptSpare    = 64 << 10 // bytes of the largest buffer that is used again
)

// keptMessage is one that was shown.
type keptMessage struct {
	at      time.Time
	opcode  wire.Opcode
	size    int
	payload []byte // of at most keptLargest bytes, else none
}

// kept is the messages that were shown last. The handler of events adds, the worker takes.
type kept struct {
	mu    sync.Mutex
	ring  [keptMessages]keptMessage
	first int // the oldest
	count int
	bytes int // of the payloads together
}

// add keeps a message, and forgets the oldest for it.
func (k *kept) add(ev *session.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var spare []byte
	for k.count == keptMessages || k.count > 0 && k.bytes+len(ev.Payload) > keptTogether {
		oldest := &k.ring[k.first]
		if k.bytes -= len(oldest.payload); cap(oldest.payload) <= keptSpare {
			spare = oldest.payload[:0]
		}
		*oldest = keptMessage{}
		k.first, k.count = (k.first+1)%keptMessages, k.count-1
	}
	m := keptMessage{at: ev.Time, opcode: ev.Opcode, size: len(ev.Payload)}
	if m.size <= keptLargest {
		m.payload = append(spare, ev.Payload...)
		k.bytes += m.size
	}
	k.ring[(k.first+k.count)%keptMessages] = m
	k.count++
}

// last returns the n-th last message that is on the screen; others wait behind it.
func (k *kept) last(n, waiting int) (*session.Event, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	shown := max(0, k.count-waiting)
	switch {
	case shown == 0:
		return nil, errors.New("there is no message yet")
	case n > shown:
		return nil, fmt.Errorf("there is no message that far back: %s kept", areKept(shown))
	}
	m := &k.ring[(k.first+shown-n)%keptMessages]
	if len(m.payload) < m.size {
		return nil, fmt.Errorf("the message has %s: at most %s of one are kept",
			plural.Of(m.size, "byte"), plural.Size(keptLargest))
	}
	return &session.Event{
		Kind: session.KindMessage, Time: m.at, Opcode: m.opcode, Payload: bytes.Clone(m.payload),
	}, nil
}

func areKept(n int) string {
	if n == 1 {
		return "1 message is"
	}
	return plural.Of(n, "message") + " are"
}
