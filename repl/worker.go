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

// worker runs what was typed, one line after the other, and keeps the connection.
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
	conn       conn // nil when there is none
	quit       bool
	opened     bool      // there has been a connection
	closeBy    time.Time // conn is to be over, zero while things can be sent
	lost       int       // lines that were not sent, as the talk ended
	connectErr error
	ended      *session.End
	latest     conn  // the last that there was, also when it is over
	frames     *bool // whether frames are told of, as /frames said; nil: it did not
	stalled    command.Stalling
	hinted     bool   // it was told that a word is a command with a slash before it
	unechoed   string // the line that is done, while it does not stand on the screen; "" for none

	mu        sync.Mutex
	current   conn // conn, for stop and drop
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
	w.pending.Store(1)
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.env = &command.Env{
		Send: w.send, Begin: w.begin, Ping: w.ping, Pong: w.pong, Close: w.close,
		Connect: w.connect, Status: w.status, Edit: w.edit, Quit: w.leave,
		Say: w.say, Progress: w.say, Transfer: w.transfer,
		Unquote: l.Unquote, NoSlash: l.NoSlash, Home: l.Home, Extra: l.Extra,
		Columns: l.columns, Plain: l.Term.Plain,
		Echo: func(line string) { l.echo(false, line) },
	}
	w.addViews()
	return w
}

// stop begins the closing handshake; what waits is not done any more.
func (w *worker) stop(code wire.StatusCode) {
	w.mu.Lock()
	w.stopped, w.code = true, code
	c := w.current
	w.mu.Unlock()
	if c != nil {
		_ = c.Close(code, "") // ErrClosed: it is under way
	}
	w.cancel()
}

// drop ends the connection at once.
func (w *worker) drop() {
	w.mu.Lock()
	w.dropped = true
	c := w.current
	w.mu.Unlock()
	if c != nil {
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
		return false
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
	if w.conn != nil {
		w.end()
	}
	if w.lost += len(w.drain()); w.lost > 0 {
		w.tellLost()
	}
}

// end ends the last connection.
func (w *worker) end() {
	w.mu.Lock()
	if !w.quit && !w.stopped { // the context's end
		w.code = wire.StatusGoingAway
	}
	code := w.code
	w.mu.Unlock()
	w.ending.Store(true)
	_ = w.conn.Close(code, "")
	if !w.awaitEnd(context.Background()) {
		w.say("closing: the peer has not answered; Ctrl-C leaves at once")
	}
	gaveUp := time.AfterFunc(quitTime, w.conn.Drop)
	<-w.conn.Done()
	w.ended = w.conn.Wait()
	if !gaveUp.Stop() { // it dropped the connection, and that is how it ended
		late := *w.ended
		late.Cause, late.Err = session.CauseTimeout, session.ErrCloseTimeout
		w.ended = &late
	}
}

// next does one job, or notes the connection's end.
func (w *worker) next() {
	var done <-chan struct{}
	if w.conn != nil {
		done = w.conn.Done()
	}
	select {
	case <-w.ctx.Done():
	case j := <-w.jobs:
		w.do(j)
	case <-done:
		if w.l.ExitOnClose {
			w.quit = true
			return
		}
		w.setConn(nil)
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

func (w *worker) setConn(c conn) {
	w.mu.Lock()
	w.conn, w.current, w.closeBy = c, c, time.Time{}
	stopped, dropped, code := w.stopped, w.dropped, w.code
	w.mu.Unlock()
	if c != nil {
		w.latest = c
	}
	if c != nil && stopped {
		_ = c.Close(code, "")
	}
	if c != nil && dropped {
		c.Drop()
	}
}
