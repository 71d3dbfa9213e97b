package repl

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wsline/internal/wire"
	"wsline/session"
)

// keptBytes is how many bytes of messages that may not have arrived are kept to be sent again.
const (
	keptBytes = 16 << 20
	pieceSize = 64 // bytes that a piece takes besides its payload
)

// lives are the connections of a run, one after the other, as those see them who send; and which
// pieces of the input have left on them.
type lives struct {
	on, keeps bool // another may follow; what may not have arrived is kept

	// Numbers of pieces of the input, from 1.
	left  atomic.Int64 // the last that has left, at least in part
	upTo  atomic.Int64 // the last that left on the present connection, or was heard of before
	heard atomic.Int64 // the last that had left when the peer was heard of last; with keeps, that it has got

	mu      sync.Mutex
	changed sync.Cond
	s       *session.Session // that may be sent to
	over    bool             // and no other follows
	busy    bool             // pieces are being sent, and left does not say yet which have left
	kept    []piece
	size    int    // bytes of kept
	marks   []mark // with keeps, of the present connection, in order
}

// A mark says up to which piece all had left at a time.
type mark struct {
	at time.Time
	n  int64
}

// A piece is a message of the input that has left.
type piece struct {
	n int64
	Message
}

func (l *lives) init(p *Pipe) {
	l.on, l.keeps = p.Again != nil, p.Again != nil && p.Resend
	l.changed.L = &l.mu
}

// set says which connection may be sent to.
func (l *lives) set(s *session.Session) {
	l.mu.Lock()
	l.s = s
	l.mu.Unlock()
	l.changed.Broadcast()
}

// end says that no other connection follows.
func (l *lives) end() {
	l.mu.Lock()
	l.over = true
	l.mu.Unlock()
	l.changed.Broadcast()
}

// after waits for the connection that follows one, and is nil when none does.
func (l *lives) after(old *session.Session) *session.Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.s == old && !l.over {
		l.changed.Wait()
	}
	if l.s == old {
		return nil
	}
	return l.s
}

// event is told what comes: a sign of life. What is to arrive at least once has arrived when the pong
// comes to a ping that left behind it (RFC 6455 §5.5.3): an answer to something sent before proves
// nothing.
func (l *lives) event(ev *session.Event) {
	switch {
	case !l.on || ev.Dir == session.Out:
	case l.keeps:
		if ev.Kind == session.KindPong && ev.RTT > 0 {
			l.proven(ev.Time.Add(-ev.RTT))
		}
	case ev.Kind == session.KindMessage, ev.Kind == session.KindMessages,
		ev.Kind == session.KindPing, ev.Kind == session.KindPong:
		l.heard.Store(l.upTo.Load())
	}
}

// proven says that the peer has got what had left before a time.
func (l *lives) proven(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.marks) > 0 && l.marks[0].at.Before(at) {
		l.heard.Store(l.marks[0].n)
		l.marks = l.marks[1:]
	}
	l.forget()
}

// markTime is how fine marks are.
const markTime = 10 * time.Millisecond

// mark notes that all has left up to a piece; the caller holds mu.
func (l *lives) mark(n int64) {
	now := time.Now()
	if last := len(l.marks) - 1; last > 0 && now.Sub(l.marks[last-1].at) < markTime {
		l.marks[last] = mark{now, n}
		return
	}
	l.marks = append(l.marks, mark{now, n})
}

// sending says that pieces are being sent.
func (l *lives) sending() {
	l.mu.Lock()
	l.busy = true
	l.mu.Unlock()
}

// sent says up to which piece they have left, in part at least, and whether the connection has taken
// all that: only then what comes later is a sign of life behind them.
func (l *lives) sent(n int64, whole bool) {
	l.left.Store(n)
	if whole {
		l.upTo.Store(n)
	}
	l.mu.Lock()
	if l.busy = false; l.keeps && whole {
		l.mark(n)
	}
	l.mu.Unlock()
	l.changed.Broadcast()
}

// unheard are the first and the last piece that may not have arrived, 0 for none, once those have
// left that were being sent when the connection ended.
func (l *lives) unheard() (from, to int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.busy {
		l.changed.Wait()
	}
	if from, to = l.heard.Load()+1, l.left.Load(); from > to {
		return 0, 0
	}
	return from, to
}

// keep keeps a message that has left.
func (l *lives) keep(n int64, op wire.Opcode, payload []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, piece{n, Message{Opcode: op, Payload: bytes.Clone(payload)}})
	l.size += len(payload) + pieceSize
	l.forget()
}

// forget forgets the messages that the peer has got, and what is too much; the caller holds mu.
func (l *lives) forget() {
	heard := l.heard.Load()
	for len(l.kept) > 0 && (l.kept[0].n <= heard || l.size > keptBytes) {
		l.size -= len(l.kept[0].Payload) + pieceSize
		l.kept[0] = piece{}
		l.kept = l.kept[1:]
	}
}

// keepsFrom says that the messages from that one on are kept, which are to be sent again.
func (l *lives) keepsFrom(n int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return n > 0 && slices.ContainsFunc(l.kept, func(p piece) bool { return p.n == n })
}

// again are the messages to be sent again.
func (l *lives) again() (list []piece) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks = nil
	for _, p := range l.kept {
		if p.n > l.heard.Load() {
			list = append(list, p)
		}
	}
	return list
}

// sentAgain says that messages have left again.
func (l *lives) sentAgain(list []piece) {
	if len(list) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mark(list[len(list)-1].n)
}

// An opening is a connection on its way, in the place of one that has ended. nil is none.
type opening struct {
	cancel context.CancelFunc
	result chan opened
}

func (o *opening) ready() <-chan opened {
	if o == nil {
		return nil
	}
	return o.result
}

// stop gives it up. A second signal gives up the output, which it may wait for.
func (o *opening) stop(r *pipeRun, res *Result) {
	if o == nil {
		return
	}
	o.cancel()
	select {
	case got := <-o.result:
		if got.s != nil {
			r.live(got.s)
		}
	case signal := <-r.Signals:
		res.note(signal)
		r.abandon(res)
	}
}

// reopen opens a connection in the place of the present one, which has ended; nil when nobody wants
// another. A message that is all of the input cannot go on on another.
func (r *pipeRun) reopen(ctx context.Context, ended bool, res *Result) *opening {
	if r.Again == nil || r.isReached() || res.Err != nil || res.Unsent || r.Whole && !ended {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	o := &opening{cancel: cancel, result: make(chan opened, 1)}
	end := r.ending()
	go func() {
		defer cancel()
		r.welcomes.Wait() // what the last one found out is for the next connection
		s, err := r.Again(ctx, end, r.gap)
		o.result <- opened{s, err}
	}()
	return o
}

// gap is the handler of a connection in the place of another: it knows what may not have arrived.
func (r *pipeRun) gap(ev *session.Event) {
	if ev.Kind == session.KindGap {
		ev.Gap.From, ev.Gap.To = r.lives.unheard()
		ev.Gap.Unheard = 0
		if ev.Gap.Resent = r.lives.keepsFrom(ev.Gap.From); !r.lives.keeps {
			r.lives.heard.Store(r.lives.left.Load())
		}
		r.lives.upTo.Store(r.lives.heard.Load())
	}
	r.event(ev)
}

// live goes on with a connection: what is to be sent on each is sent first.
func (r *pipeRun) live(s *session.Session) {
	if r.s != nil {
		st := r.s.Stats()
		r.past.MessagesIn += st.MessagesIn
		r.past.MessagesOut += st.MessagesOut
	}
	r.s = s
	again := r.lives.again()
	if len(r.OnOpen)+len(again) == 0 && r.Welcome == nil {
		r.lives.set(s)
		return
	}
	r.welcomes.Go(func() {
		if r.first(s, again) {
			r.lives.set(s)
		}
	})
}

// first sends what is sent first, and says whether the connection has lived through it.
func (r *pipeRun) first(s *session.Session, again []piece) bool {
	to := sessionConn{s}
	for _, m := range r.OnOpen {
		if r.welcome.ctx.Err() != nil || sendIn(to, r.Fragment, m.Opcode, m.Payload) != nil {
			return false
		}
	}
	if !r.welcomed(s) {
		return false
	}
	for _, p := range again {
		if sendIn(to, r.Fragment, p.Opcode, p.Payload) != nil {
			return false
		}
	}
	if s.Flush() != nil {
		return false
	}
	r.lives.sentAgain(again)
	return true
}
