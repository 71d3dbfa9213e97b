package repl

import (
	"context"
	"errors"

	"wsline/repl/line"
	"wsline/session"
)

// An attempt opens a connection in the place of one that has ended, while other lines are done.
type attempt struct {
	cancel context.CancelFunc
	end    *session.End
	done   chan struct{} // closed when c and err are known
	c      conn
	err    error

	givenUp bool // guarded by worker.mu
}

// hasEnded notes the end of a connection, and has another take its place where that is wanted.
func (w *worker) hasEnded(p *peer) {
	end := p.conn.Wait()
	p.set(nil)
	if w.l.again == nil || w.ctx.Err() != nil {
		return
	}
	open := w.l.again(p.name, end)
	if open == nil {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	a := &attempt{cancel: cancel, end: end, done: make(chan struct{})}
	w.setAgain(p, a)
	go func() {
		defer close(a.done)
		defer cancel()
		a.c, a.err = open(ctx, p.handle)
	}()
}

func (w *worker) setAgain(p *peer, a *attempt) {
	w.mu.Lock()
	p.again = a
	w.mu.Unlock()
}

// settle goes on with what came of an attempt that is over.
func (w *worker) settle(p *peer) {
	a := p.again
	w.setAgain(p, nil)
	switch {
	case a.c != nil:
		w.welcome(w.ctx, p, a.c)
		return
	case a.err != nil && w.ctx.Err() == nil:
		if errors.Is(a.err, context.Canceled) {
			a.err = line.ErrInterrupted
		}
		w.fail(a.err)
	}
	if w.l.ExitOnClose && !w.hasOthers(nil) {
		w.quit, w.ended = true, a.end
	}
}

// awaitAgain waits for an attempt that is under way.
func (w *worker) awaitAgain(ctx context.Context, p *peer) error {
	w.l.q.resume()
	select {
	case <-p.again.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if errors.Is(p.again.err, context.Canceled) {
		w.setAgain(p, nil)
		return line.ErrInterrupted
	}
	w.settle(p)
	return nil
}

// forgetAgain gives up an attempt, and waits for its end. A connection that came too late is dropped.
func (w *worker) forgetAgain(p *peer) {
	a := p.again
	if a == nil {
		return
	}
	a.cancel()
	w.l.q.resume() // else what it tells may wait for the person
	<-a.done
	w.setAgain(p, nil)
	if a.c != nil {
		a.c.Drop()
		<-a.c.Done()
	}
}

// giveUpAgain gives up the attempts that are under way, and says whether there were any; the caller
// has mu.
func (w *worker) giveUpAgain() (any bool) {
	for _, p := range w.peers {
		if p.again != nil && !p.again.givenUp {
			p.again.givenUp = true
			p.again.cancel()
			any = true
		}
	}
	return any
}

// hasOthers says whether there is a connection, or one on its way, besides that of a peer.
func (w *worker) hasOthers(but *peer) bool {
	for _, p := range w.peers {
		if p != but && (p.conn != nil || p.again != nil) {
			return true
		}
	}
	return false
}
