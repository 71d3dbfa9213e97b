package repl

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"wsline/internal/wire"
	"wsline/session"
)

const (
	// quietInput is how long stdin must be silent for a count or an expectation that is reached to end a
	// pipe whose stdin stays open: what has been piped already is always sent.
	quietInput = 100 * time.Millisecond
	// unsentTime is how long a read of stdin takes that waits for more.
	unsentTime = 10 * time.Millisecond
	// maxReachedTime is how long the rest of the input is sent when a count or an expectation is reached.
	maxReachedTime = 10 * time.Second
	// hurryTime is how long the closing handshake may take when it decides nothing any more.
	hurryTime = 2 * time.Second
	// goneTime is how long the closing handshake may take when nobody reads what comes any more.
	goneTime = time.Second
	// termTime is how long the end may take after a SIGTERM.
	termTime = 10 * time.Second
	// stuckTime is how long the end of a dropped connection may take before Status, Tap or a filter, one of
	// which does not return, is left behind.
	stuckTime = time.Second
)

// converse stays until the conversation is over or there is a reason to end it, and then begins the
// closing handshake.
func (r *pipeRun) converse(ctx context.Context, res *Result) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	timer.Stop()
	var limit <-chan time.Time
	if r.Timeout > 0 && (r.Count > 0 || r.Expect != nil) {
		limit = time.After(r.Timeout)
	}
	var ended bool // all of the input has been sent
	var endedAt time.Time
	var silence time.Duration // until the connection ended
	reached, sent, done := r.reached, r.sent, r.s.Done()
	var opening *opening // another connection, nil while there is one
	for {
		select {
		case <-done:
			if opening = r.reopen(ctx, ended, res); opening != nil {
				done, silence = nil, r.silence(endedAt)
				timer.Stop() // without a connection there is no silence
				continue
			}
			r.over(ended, res)
			return
		case o := <-opening.ready():
			opening = nil
			if o.s == nil {
				res.ConnectErr = o.err
				r.over(ended, res)
				return
			}
			r.live(o.s)
			if done = r.s.Done(); ended {
				r.last.Store(time.Now().Add(-silence).UnixNano())
				r.setTimer(timer, res.Err, silence)
			}
		case err := <-r.welcome.failed:
			if r.unwelcome(err) {
				opening.stop(r, res)
				res.Err = err
				r.leave(wire.StatusNormalClosure, res)
				return
			}
		case err := <-sent:
			ended, endedAt, sent = true, time.Now(), nil
			if res.Unsent = errors.Is(err, session.ErrClosed); err != nil && !res.Unsent {
				res.Err = err
			}
			if r.isReached() {
				opening.stop(r, res)
				r.leave(wire.StatusNormalClosure, res)
				return
			}
			if opening == nil {
				r.setTimer(timer, err, 0)
			}
		case <-reached:
			reached, limit = nil, time.After(r.reachedTime())
			timer.Reset(0)
		case <-timer.C:
			if left := r.remaining(ended); left > 0 {
				timer.Reset(left)
				continue
			}
			opening.stop(r, res) // it may have brought what was waited for
			res.Idle = ended && !r.isReached() && r.isIdle()
			r.leave(wire.StatusNormalClosure, res)
			return
		case <-limit:
			opening.stop(r, res)
			if !r.isReached() {
				res.Err = r.lateError()
			}
			r.leave(wire.StatusNormalClosure, res)
			return
		case <-r.out.failed:
			opening.stop(r, res)
			r.leaveGone(res)
			return
		case signal := <-r.Signals:
			opening.stop(r, res)
			r.interrupt(signal, res)
			return
		}
	}
}

// silence is how long nothing has come since the end of the input.
func (r *pipeRun) silence(ended time.Time) time.Duration {
	return time.Duration(time.Now().UnixNano() - max(r.last.Load(), ended.UnixNano()))
}

// setTimer sets when to leave after the end of the input, which err ended, and a silence.
func (r *pipeRun) setTimer(timer *time.Timer, err error, silence time.Duration) {
	if failed := (*CommandError)(nil); r.Wait >= 0 {
		timer.Reset(r.Wait - silence)
	} else if errors.As(err, &failed) {
		timer.Reset(0)
	}
}

// over is the end of the last connection.
func (r *pipeRun) over(ended bool, res *Result) {
	if r.lives.end(); !ended {
		r.rest(res)
	}
}

// rest says what the connection's end left of the input: some that was not sent, or some that had not
// come yet. A command that the end made fail is an error.
func (r *pipeRun) rest(res *Result) {
	for {
		select {
		case err := <-r.sent:
			if failed := (*CommandError)(nil); errors.As(err, &failed) && res.Err == nil {
				res.Err = err
			}
			res.Unsent = errors.Is(err, session.ErrClosed)
			return
		case <-time.After(unsentTime):
		}
		from := r.readFrom.Load()
		if from != 0 && time.Now().UnixNano()-from >= int64(unsentTime) {
			res.Awaiting, res.Unsent = true, r.s.Flush() != nil
			return
		}
	}
}

// remaining is how long the pipe stays yet.
func (r *pipeRun) remaining(ended bool) time.Duration {
	now := time.Now().UnixNano()
	if r.isReached() {
		if from := r.readFrom.Load(); !ended && (from == 0 || now-from < int64(quietInput)) {
			return quietInput
		}
		return 0
	}
	if r.out.isWaiting() {
		return max(r.Wait, time.Millisecond)
	}
	return r.Wait - time.Duration(now-max(r.last.Load(), 0))
}

// isIdle says, once all of the input has been sent, that there was none, and nothing came.
func (r *pipeRun) isIdle() bool {
	now := r.s.Stats()
	return !r.fed && r.past.MessagesOut+now.MessagesOut == 0 && r.past.MessagesIn+now.MessagesIn == 0
}

// reachedTime is how long the rest of the input may yet take to be sent once all is there that was waited
// for: the input may be endless, and the peer may not take it.
func (r *pipeRun) reachedTime() time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return maxReachedTime
}

func (r *pipeRun) isReached() bool {
	select {
	case <-r.reached:
		return true
	default:
		return false
	}
}

func (r *pipeRun) lateError() error {
	if r.Expect != nil {
		return &ExpectError{Pattern: r.Expect.String(), Timeout: r.Timeout}
	}
	return &CountError{Want: r.Count, Got: r.counted.Load(), Timeout: r.Timeout}
}

// leave begins the closing handshake and waits for its end; signals still count. Who sent a SIGTERM
// may not send another when the output is stuck.
func (r *pipeRun) leave(code wire.StatusCode, res *Result) {
	r.welcome.cancel()
	_ = r.s.Close(code, "") // ErrClosed: the end is near already
	late := r.leaveTime(res)
	var stuck <-chan time.Time
	for {
		select {
		case <-r.s.Done():
			return
		case <-r.out.failed:
			r.leaveGone(res)
			return
		case signal := <-r.Signals:
			res.note(signal)
			r.abandon(res)
			r.s.Drop()
			stuck = time.After(stuckTime)
		case <-late:
			late = nil
			if res.Terminated {
				r.abandon(res)
				stuck = time.After(stuckTime)
			}
			r.s.Drop()
		case <-stuck:
			return
		}
	}
}

// leaveTime is when the closing handshake is broken off; the session has its own limit for a silent peer.
func (r *pipeRun) leaveTime(res *Result) <-chan time.Time {
	switch {
	case res.Terminated:
		return time.After(termTime)
	case r.isReached() || res.Err != nil:
		return time.After(hurryTime)
	}
	return nil
}

// drain waits until all that came has been written; a signal ends the waiting for an output that is
// stuck.
func (r *pipeRun) drain(res *Result) {
	select {
	case <-r.out.end():
	case signal := <-r.Signals:
		res.note(signal)
		r.abandon(res)
	}
}

// abandon gives up the output, which may be stuck.
func (r *pipeRun) abandon(res *Result) {
	res.Abandoned = true
	r.out.abandon()
}

// leaveGone ends a conversation whose output cannot be written any more. When a terminal is gone, the
// signal that says so may come behind the error.
func (r *pipeRun) leaveGone(res *Result) {
	r.welcome.cancel()
	_ = r.s.Close(wire.StatusNormalClosure, "")
	timer := time.AfterFunc(goneTime, r.s.Drop)
	defer timer.Stop()
	for {
		select {
		case <-r.s.Done():
			return
		case signal := <-r.Signals:
			res.note(signal)
			r.s.Drop()
		}
	}
}

func (r *pipeRun) interrupt(signal os.Signal, res *Result) {
	res.note(signal)
	code := wire.StatusNormalClosure
	if !res.Interrupted {
		code = wire.StatusGoingAway
	}
	r.leave(code, res)
}

func (res *Result) note(signal os.Signal) {
	if signal == os.Interrupt {
		res.Interrupted = true
	} else if !res.Interrupted && !res.Terminated {
		res.Terminated, res.HungUp = true, signal == syscall.SIGHUP
	}
}

// judge says what an expectation that was not met makes of the end.
func (r *pipeRun) judge(res *Result) {
	res.Met = r.isReached()
	switch {
	case res.Met || res.Err != nil || res.Interrupted || res.Terminated:
	case r.Expect != nil:
		res.Err = &ExpectError{Pattern: r.Expect.String(), Timeout: r.waited(res.End)}
	case r.Count > 0:
		res.Err = &CountError{Want: r.Count, Got: r.counted.Load(), Timeout: r.waited(res.End)}
	}
}

// waited is the silence that ended the connection, 0 when something else did.
func (r *pipeRun) waited(end *session.End) time.Duration {
	if end.ByUs && end.Sent == wire.StatusNormalClosure {
		return max(r.Wait, 0)
	}
	return 0
}
