package repl

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
	"wsline/session"
)

const (
	maxJobs     = 4096            // lines that may wait to be run
	closingTime = time.Second     // a peer's answer to our Close frame may take, before it is worth a word
	quitTime    = 5 * time.Second // it may take after that when the talk is left
)

// worker runs what was typed, one line after the other, and keeps the connections.
type worker struct {
	l         *loop
	open      opener
	jobs      chan job
	finished  chan struct{} // closed when it has ended
	ctx       context.Context
	cancel    context.CancelFunc
	composing atomic.Bool  // an editor has the terminal
	ending    atomic.Bool  // all is done but for the end of the last closing handshake
	pending   atomic.Int64 // jobs that are not done, and the first connection
	unshown   atomic.Int64 // lines among them that are not on the screen

	// Owned by run; the loop reads the results after finished.
	env        *command.Env
	now        *peer // what is done is for this one
	quit       bool
	number     int64 // of the line that is done
	opened     bool  // there has been a connection
	lost       int   // lines that were not sent, as the talk ended
	connectErr error
	ended      *session.End
	frames     *bool  // whether frames are told of, as /frames said; nil: it did not
	hinted     bool   // it was told that a word is a command with a slash before it
	suggested  bool   // what Suggest had to say was said
	unechoed   string // the line that is done, while it does not stand on the screen; "" for none

	mu        sync.Mutex
	peers     []*peer // in the order in which they were opened; the first is the talk's
	to        *peer   // what is typed without a name is for this one
	stopped   bool
	dropped   bool
	code      wire.StatusCode    // of our Close frame, when stopped
	undial    context.CancelFunc // gives up connecting again, nil when nothing is under way
	unsend    context.CancelFunc // gives up a transfer or a waiting, once; nil when none is under way
	abandoned bool
}

func newWorker(ctx context.Context, l *loop, open opener) *worker {
	w := &worker{
		l: l, open: open, jobs: make(chan job, maxJobs), finished: make(chan struct{}),
		code: wire.StatusNormalClosure,
	}
	w.now = w.peerFor(l.Name)
	w.to = w.now
	w.pending.Store(1)
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.env = &command.Env{
		Send: w.send, Begin: w.begin, Ping: w.ping, Pong: w.pong, Close: w.close,
		Connect: w.connect, Status: w.status, Edit: w.edit, Quit: w.leave,
		Say: w.say, Progress: w.say, Transfer: w.transfer,
		Unquote: l.Unquote, NoSlash: l.NoSlash, Home: l.Home, Extra: l.Extra,
		Columns: l.columns, Plain: l.Term.Plain,
		Echo: func(line string) { l.echo(false, w.now, line) },
	}
	w.env.Redo, w.env.History, w.env.Snippets = w.redo, w.history, l.Snippets
	if !l.unnamed {
		w.env.As, w.env.Names, w.env.To = w.as, w.names, w.sendTo
	}
	w.addViews()
	return w
}

// stop begins the closing handshake; what waits is not done any more.
func (w *worker) stop(code wire.StatusCode) {
	w.mu.Lock()
	w.stopped, w.code = true, code
	open := w.currents()
	w.mu.Unlock()
	for _, c := range open {
		_ = c.Close(code, "") // ErrClosed: it is under way
	}
	w.cancel()
}

// currents are the connections that there are. The caller has mu.
func (w *worker) currents() (open []conn) {
	for _, p := range w.peers {
		if p.current != nil {
			open = append(open, p.current)
		}
	}
	return open
}

// drop ends the connections at once.
func (w *worker) drop() {
	w.mu.Lock()
	w.dropped = true
	open := w.currents()
	w.mu.Unlock()
	for _, c := range open {
		c.Drop()
	}
}

// giveUp gives up an attempt to connect again, or what takes its time, and says whether there was
// one.
func (w *worker) giveUp() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.undial != nil:
		w.undial()
		w.abandoned = true
	case w.unsend != nil:
		w.unsend()
		w.unsend = nil // a peer that does not read may keep it
		w.l.status("giving it up; Ctrl-C again leaves")
	default:
		return w.giveUpAgain()
	}
	return true
}

// transfer is command.Env.Transfer.
func (w *worker) transfer(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	set := func(f context.CancelFunc) {
		w.mu.Lock()
		w.unsend = f
		w.mu.Unlock()
	}
	set(cancel)
	return ctx, func() {
		set(nil)
		cancel()
	}
}

func (w *worker) run() {
	defer close(w.finished)
	defer w.cancel()
	defer w.l.guard()
	if w.connectErr = w.dial(w.ctx, nil); w.connectErr == nil {
		w.opened = true
		w.pending.Add(-1)
		for !w.quit && w.ctx.Err() == nil {
			w.next()
		}
	}
	for _, p := range w.peers {
		w.forgetAgain(p)
	}
	if live := w.live(); len(live) > 0 {
		w.end(live)
	}
	if w.lost += len(w.drain()); w.lost > 0 {
		w.tellLost()
	}
}

// end ends the connections that there are.
func (w *worker) end(live []*peer) {
	w.mu.Lock()
	if !w.quit && !w.stopped { // the context's end
		w.code = wire.StatusGoingAway
	}
	code := w.code
	w.mu.Unlock()
	w.ending.Store(true)
	for _, p := range live {
		_ = p.conn.Close(code, "")
	}
	for _, p := range live {
		if !p.awaitEnd(context.Background()) {
			w.say("closing: the peer has not answered; Ctrl-C leaves at once")
			break
		}
	}
	ends := make([]*session.End, len(live))
	var waiting sync.WaitGroup
	for i, p := range live {
		waiting.Go(func() { ends[i] = p.end() })
	}
	waiting.Wait()
	w.ended = worst(ends)
}

// next does one job, or notes the end of a connection. That of one does not end the talk while
// another lives.
func (w *worker) next() {
	switch ended, j, isJob := w.endAny(); {
	case isJob:
		w.do(j)
	case ended == nil:
	case ended.again != nil:
		w.settle(ended)
	case w.l.ExitOnClose && w.l.again == nil && len(w.live()) == 1:
		w.quit = true
	default:
		w.hasEnded(ended)
		if w.l.ExitOnClose && !w.hasOthers(nil) {
			w.quit = true
		}
	}
}

// leave is /quit.
func (w *worker) leave() {
	w.quit = true
	w.l.call(func() {
		w.l.leaving = max(w.l.leaving, quitting)
		w.l.refresh()
	})
}

func (w *worker) say(text string) {
	look := func(dst []byte) []byte { return w.l.Look.Status(dst, text) }
	w.l.q.add(false, w.l.stamped(time.Now(), look))
}

// fail shows an error; an interruption is none.
func (w *worker) fail(err error) {
	if errors.Is(err, line.ErrInterrupted) || errors.Is(err, context.Canceled) {
		w.say(line.ErrInterrupted.Error())
		return
	}
	look := func(dst []byte) []byte { return w.l.Look.Error(dst, err) }
	w.l.q.add(false, w.l.stamped(time.Now(), look))
}
