package repl

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"wsline/session"
)

// endedTime is how long Welcome may find out that its connection is over.
const endedTime = 100 * time.Millisecond

// welcome is what is known of Welcome.
type welcome struct {
	ctx    context.Context
	cancel context.CancelFunc
	failed chan error  // why the run ends
	done   atomic.Bool // it went well on a connection
	late   error       // why the present connection counts as silent, owned by converse

	turn  chan struct{} // holds one value while it runs: one connection after the other
	ended error         // why it failed on the last one, which had ended
}

func (w *welcome) init(ctx context.Context) {
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.failed, w.turn = make(chan error, 1), make(chan struct{}, 1)
}

// welcomed runs Welcome, and says whether the connection has lived through it. Where its end broke
// that off, the end decides.
func (r *pipeRun) welcomed(s *session.Session) bool {
	if r.Welcome == nil {
		return true
	}
	w := &r.welcome
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	ctx, cancel := context.WithCancel(w.ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
			return
		case <-s.Done():
		}
		select {
		case <-ctx.Done():
		case <-time.After(endedTime):
			cancel()
		}
	}()
	err := r.Welcome(ctx, s)
	isCanceled := ctx.Err() != nil
	cancel()
	<-watched
	switch w.ended = nil; {
	case err == nil:
		w.done.Store(true)
		return true
	case w.ctx.Err() != nil, isCanceled:
	case err == session.ErrClosed: // which says nothing more than the end does
	case errors.Is(err, session.ErrClosed):
		w.ended = err
	default:
		select {
		case w.failed <- err:
		default: // that of a connection before has not been taken yet
		}
	}
	return false
}

// unwelcome takes why Welcome has failed. What did not come in time may come on the next connection,
// where it went well before: the present one is dropped then.
func (r *pipeRun) unwelcome(err error) (isOver bool) {
	var timeout interface{ Timeout() bool }
	if r.Again == nil || !r.welcome.done.Load() || !errors.As(err, &timeout) || !timeout.Timeout() {
		return true
	}
	select {
	case <-r.s.Done(): // its end is known, and another may have taken its place
	default:
		r.welcome.late = err
		r.s.Drop()
	}
	return false
}

// ending is the end of the present connection, as another may follow it.
func (r *pipeRun) ending() *session.End {
	end := r.s.Wait()
	if late := r.welcome.late; late != nil {
		r.welcome.late = nil
		silent := *end
		silent.Cause, silent.Err = session.CauseTimeout, late
		return &silent
	}
	return end
}

// Send sends a message on a connection, in frames of at most fragment bytes, 0 for any size.
func (m Message) Send(s *session.Session, fragment int) error {
	return sendIn(sessionConn{s}, fragment, m.Opcode, m.Payload)
}
