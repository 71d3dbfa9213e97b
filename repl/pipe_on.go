package repl

import (
	"errors"

	"wsline/session"
)

// next has what is fed go to the next connection, and says whether there is one.
func (r *pipeRun) next() bool {
	s := r.lives.after(r.to)
	if s == nil {
		return false
	}
	if r.to = s; r.batch != nil {
		r.batch = r.newBatch()
	}
	return true
}

func (r *pipeRun) newBatch() *session.Batch {
	b := r.to.NewBatch()
	if r.lives.on && r.together {
		b.Settled()
	}
	return b
}

// togetherOn is send, which sends pieces through the batch, for as many connections as it takes: what
// has not left one goes to the next, what has left in part is not sent again.
func (r *pipeRun) togetherOn(send func(pieces [][]byte, n int64) error) func(pieces [][]byte, n int64) error {
	if !r.lives.on {
		return send
	}
	return func(pieces [][]byte, n int64) error {
		for {
			r.lives.sending()
			err := send(pieces, n)
			if err == nil {
				err = r.batch.Flush()
			}
			left, late := r.batch.Settle()
			if r.lives.keeps {
				for i, piece := range pieces[:left] {
					r.lives.keep(n+int64(i), r.opcode(), piece)
				}
			}
			closed := errors.Is(err, session.ErrClosed) || errors.Is(late, session.ErrClosed)
			r.lives.sent(n-1+int64(left), !closed)
			if !closed {
				return err
			}
			if pieces, n = pieces[left:], n+int64(left); !r.next() {
				return session.ErrClosed
			}
			if len(pieces) == 0 {
				return nil
			}
		}
	}
}

// wholeOn is send for all of the input, which cannot go on on another connection.
func (r *pipeRun) wholeOn(send func() error) error {
	if !r.lives.on {
		return send()
	}
	r.lives.sending()
	err := send()
	if err == nil {
		err = r.to.Flush()
	}
	at := r.to.Begun()
	switch closed := errors.Is(err, session.ErrClosed); {
	case at >= 0 && (!closed || r.to.HasLeft(at)):
		r.lives.sent(1, !closed)
	default:
		r.lives.sent(0, false)
	}
	return err
}

// oneByOneOn is togetherOn for a send that sends something else than one message a piece.
func (r *pipeRun) oneByOneOn(send func(pieces [][]byte, n int64) error) func(pieces [][]byte, n int64) error {
	if !r.lives.on {
		return send
	}
	return func(pieces [][]byte, n int64) error {
		for i := 0; i < len(pieces); {
			n := n + int64(i)
			before := r.to.Begun()
			if !r.JSON && !r.Slash { // a command may take its time, and a gap is not to wait for that
				r.lives.sending()
			}
			err := send(pieces[i:i+1], n)
			at := r.to.Begun()
			r.lives.sending()
			if r.batch != nil && err == nil {
				if err = r.batch.Flush(); err == nil {
					at = r.to.Begun()
				}
			}
			if err == nil {
				err = r.to.Flush()
			}
			closed := errors.Is(err, session.ErrClosed)
			if !closed || at != before && r.to.HasLeft(at) {
				if r.lives.keeps && at != before {
					r.lives.keep(n, r.opcode(), pieces[i])
				}
				r.lives.sent(n, !closed)
				i++
			} else {
				r.lives.sent(n-1, false)
			}
			switch {
			case closed && !r.next():
				return session.ErrClosed
			case !closed && err != nil:
				return err
			}
		}
		return nil
	}
}
