package repl

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"wsline/internal/wire"
	"wsline/session"
)

const maxJobs = 4096 // lines that may wait to be run

// job is a line that was typed, or the wish to leave when all lines before it are done.
type job struct {
	line string
	quit bool
}

// unsentError is why a message did not leave.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// worker runs what was typed, one line after the other, and keeps the connection.
type worker struct {
	l         *loop
	open      opener
	jobs      chan job
	finished  chan struct{} // closed when it has ended
	ctx       context.Context
	cancel    context.CancelFunc
	composing atomic.Bool // an editor has the terminal

	// Owned by run; the loop reads the results after finished.
	env        *Env
	conn       conn // nil when there is none
	quit       bool
	opened     bool // there has been a connection
	connectErr error
	ended      *session.End

	mu        sync.Mutex
	current   conn // conn, for stop and drop
	stopped   bool
	dropped   bool
	code      wire.StatusCode    // of our Close frame, when stopped
	undial    context.CancelFunc // gives up connecting again, nil when nothing is under way
	abandoned bool
}

func newWorker(ctx context.Context, l *loop, open opener) *worker {
	w := &worker{
		l: l, open: open, jobs: make(chan job, maxJobs), finished: make(chan struct{}),
		code: wire.StatusNormalClosure,
	}
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.env = &Env{
		Send: w.send, Ping: w.ping, Pong: w.pong, Close: w.close, Connect: w.connect, Status: w.status,
		Edit: w.edit, Quit: w.leave, Say: w.say, NoSlash: l.NoSlash, Home: l.Home,
	}
	return w
}

// take adds a job; false when too many wait.
func (w *worker) take(j job) bool {
	select {
	case w.jobs <- j:
		return true
	default:
		return false
	}
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

// giveUp gives up an attempt to connect again and says whether there was one.
func (w *worker) giveUp() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.undial == nil {
		return false
	}
	w.undial()
	w.abandoned = true
	return true
}

func (w *worker) run() {
	defer close(w.finished)
	defer w.cancel()
	defer w.l.guard()
	if w.connectErr = w.dial(w.ctx, nil); w.connectErr != nil {
		return
	}
	w.opened = true
	for !w.quit && w.ctx.Err() == nil {
		w.next()
	}
	if w.conn != nil {
		w.mu.Lock()
		if !w.quit && !w.stopped { // the context's end
			w.code = wire.StatusGoingAway
		}
		code := w.code
		w.mu.Unlock()
		_ = w.conn.Close(code, "")
		<-w.conn.Done()
		w.ended = w.conn.Wait()
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

func (w *worker) do(j job) {
	if j.quit {
		w.quit = true
		return
	}
	err := w.env.Do(w.ctx, j.line)
	if err == nil || w.ctx.Err() != nil {
		return
	}
	var unsent unsentError
	if errors.As(err, &unsent) {
		err = unsent.error
	}
	w.fail(err)
	if unsent.error != nil {
		w.returnLine(j.line)
	}
}

// returnLine gives a line that was not sent back to be edited, so that it is neither lost nor sent
// to another connection than the one it was meant for.
func (w *worker) returnLine(line string) {
	more := 0
	for len(w.jobs) > 0 {
		if j := <-w.jobs; j.quit {
			w.quit = true
		} else {
			more++
		}
	}
	w.l.call(func() {
		l, text := w.l, "the message was not sent"
		if l.ed.buf.Len() == 0 && l.ed.search == nil {
			l.ed.set(line)
			text += ": it is being edited again"
		}
		if more > 0 {
			text += fmt.Sprintf(", nor %s typed after it", plural(int64(more), "line"))
		}
		l.status(text)
	})
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
	w.l.q.add(false, func(dst []byte) []byte { return w.l.Look.Status(dst, text) })
}

// fail shows an error.
func (w *worker) fail(err error) {
	w.l.q.add(false, func(dst []byte) []byte { return w.l.Look.Error(dst, err) })
}

// sent shows a message that was not typed.
func (w *worker) sent(op wire.Opcode, payload []byte) {
	w.l.q.add(false, func(dst []byte) []byte { return w.l.Look.Sent(dst, op, payload) })
}

func (w *worker) setConn(c conn) {
	w.mu.Lock()
	w.conn, w.current = c, c
	stopped, dropped, code := w.stopped, w.dropped, w.code
	w.mu.Unlock()
	if c != nil && stopped {
		_ = c.Close(code, "")
	}
	if c != nil && dropped {
		c.Drop()
	}
}
