package script

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"wsline/internal/wire"
	"wsline/session"
)

const (
	maxWaiting      = 1000    // received things that wait to be expected, on one connection
	maxWaitingBytes = 4 << 20 // of their payloads; one larger message may wait alone
)

// received is a thing that came and that a line may expect.
type received struct {
	kind    session.Kind // KindMessage, KindPing, KindPong or KindClose
	opcode  wire.Opcode
	payload []byte
	code    wire.StatusCode // of a Close frame
	at      time.Time
}

// isMessage says whether it is a text or binary message, and no control frame.
func (r *received) isMessage() bool { return r.kind == session.KindMessage }

// peer is one connection of a run. What comes waits in a queue of limited size; when that is full
// the session's reader waits too, and so does the socket.
type peer struct {
	name string
	s    *session.Session

	mu      sync.Mutex
	changed sync.Cond
	queue   []received
	bytes   int
	end     *session.End // nil while the connection is open
	left    bool         // nothing is expected any more: what comes is dropped
	closing bool         // a Close frame is waited for: for its sake older messages are dropped

	// Owned by the run.
	last   []byte // the last message that was taken, for /capture
	pings  int    // of a server: taken, and their pongs not yet passed in the script
	closed bool   // of a server: the client's Close frame was taken
	// Of a server: what the client sends at any time.
	repeated []wire.Message
}

// isRepeated says whether a message is one that the client of a server sends at any time.
func (p *peer) isRepeated(got *received) bool {
	return got.isMessage() && slices.ContainsFunc(p.repeated, func(m wire.Message) bool {
		return m.Opcode == got.opcode && bytes.Equal(m.Payload, got.payload)
	})
}

func newPeer(name string) *peer {
	p := &peer{name: name}
	p.changed.L = &p.mu
	return p
}

// event is the session's handler.
func (p *peer) event(ev *session.Event) {
	if ev.Dir == session.Out {
		return
	}
	got := received{kind: ev.Kind, opcode: ev.Opcode, at: ev.Time}
	switch ev.Kind {
	case session.KindEnd:
		p.mu.Lock()
		p.end = ev.End
		p.mu.Unlock()
		p.changed.Broadcast()
		return
	case session.KindClose:
		got.code, got.payload = ev.Code, []byte(ev.Reason)
	case session.KindMessage, session.KindPing, session.KindPong:
		got.payload = bytes.Clone(ev.Payload)
	default:
		return
	}
	p.put(got)
}

// put waits for room, as long as somebody may take what came.
func (p *peer) put(got received) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.left && (len(p.queue) >= maxWaiting ||
		p.bytes > 0 && p.bytes+len(got.payload) > maxWaitingBytes) {
		switch {
		case p.dropControl():
		case p.closing:
			p.remove(0)
		default:
			p.changed.Wait()
		}
	}
	if p.left {
		return
	}
	p.queue = append(p.queue, got)
	p.bytes += len(got.payload)
	p.changed.Broadcast()
}

// dropControl makes room by dropping the oldest ping or pong that waits: most of them nobody expects,
// and they must not stop the messages.
func (p *peer) dropControl() bool {
	for i := range p.queue {
		if k := p.queue[i].kind; k == session.KindPing || k == session.KindPong {
			p.remove(i)
			return true
		}
	}
	return false
}

func (p *peer) remove(i int) received {
	got := p.queue[i]
	p.queue = append(p.queue[:i], p.queue[i+1:]...)
	p.bytes -= len(got.payload)
	p.changed.Broadcast()
	return got
}

// take waits for the first thing that is wanted, takes it out of the queue and returns it. Nil
// comes with the reason: ctx.Err() when the time is up, else errEnded.
func (p *peer) take(ctx context.Context, wanted func(*received) bool) (*received, error) {
	defer context.AfterFunc(ctx, func() {
		p.mu.Lock() // whoever looked at ctx before waits by now
		defer p.mu.Unlock()
		p.changed.Broadcast()
	})()
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for i := range p.queue {
			if wanted(&p.queue[i]) {
				got := p.remove(i)
				return &got, nil
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if p.end != nil {
			return nil, errEnded
		}
		p.changed.Wait()
	}
}

// isFull says whether more messages wait than are kept, and the server has to wait too.
func (p *peer) isFull() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue) >= maxWaiting || p.bytes >= maxWaitingBytes
}

// awaitClose says that a Close frame is waited for, or not any more.
func (p *peer) awaitClose(is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = is
	p.changed.Broadcast()
}

// send does something that may have to wait until the server reads: for a limited time, or until ctx
// ends, and then the connection is dropped.
func (p *peer) send(ctx context.Context, limit time.Duration, do func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errStuck)
	defer cancel()
	stop := context.AfterFunc(ctx, p.s.Drop)
	err := do()
	if !stop() {
		return context.Cause(ctx) // also when the last bytes found room as the connection was dropped
	}
	return err
}

// waiting returns what came and was not taken, for people to see.
func (p *peer) waiting() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]received(nil), p.queue...)
}

// ended is how the connection ended, nil while it is open.
func (p *peer) ended() *session.End {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.end
}

// forsake drops what comes from now on: nobody waits for it.
func (p *peer) forsake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = true
	p.changed.Broadcast()
}

// leave ends the connection with a closing handshake that has until limit, and waits for its end.
func (p *peer) leave(code wire.StatusCode, limit time.Duration) {
	p.forsake()
	_ = p.s.Close(code, "") // ErrClosed: it is closing or over
	drop := time.AfterFunc(limit, p.s.Drop)
	defer drop.Stop()
	<-p.s.Done()
}
