package repl

import (
	"context"
	"errors"

	"wsline/internal/wire"
	"wsline/session"
)

// isOpen says whether there is a connection that has not ended.
func (w *worker) isOpen() bool {
	if w.conn == nil {
		return false
	}
	select {
	case <-w.conn.Done():
		return false
	default:
		return true
	}
}

// dial opens a connection and sends what is to be sent first.
func (w *worker) dial(ctx context.Context, args []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if w.opened {
		w.mu.Lock()
		w.undial, w.abandoned = cancel, false
		w.mu.Unlock()
	}
	c, err := w.open(ctx, args, w.l.event)
	w.mu.Lock()
	abandoned := w.abandoned
	w.undial, w.abandoned = nil, false
	w.mu.Unlock()
	if err != nil {
		if abandoned {
			err = ErrInterrupted
		}
		return err
	}
	w.setConn(c)
	for _, m := range w.l.OnOpen {
		w.sent(m.Op, m.Payload)
		if err := c.Send(m.Op, m.Payload); err != nil && !errors.Is(err, session.ErrClosed) {
			w.fail(err)
		}
	}
	return nil
}

// send sends a message once, over a new connection when there is none. An error other than
// unsentError is the message's own.
func (w *worker) send(ctx context.Context, op wire.Opcode, payload []byte) error {
	for again := false; ; again = true {
		if !w.isOpen() {
			if err := w.connectAgain(ctx); err != nil {
				return unsentError{err}
			}
		}
		err := w.conn.Send(op, payload)
		if !errors.Is(err, session.ErrClosed) {
			return err
		}
		if again || w.l.ExitOnClose {
			return unsentError{err}
		}
		select { // our Close frame has left: the end is near
		case <-w.conn.Done():
		case <-ctx.Done():
			return unsentError{ctx.Err()}
		}
	}
}

func (w *worker) connectAgain(ctx context.Context) error {
	if w.l.ExitOnClose {
		return session.ErrClosed
	}
	w.say("not connected: connecting again")
	return w.dial(ctx, nil)
}

// connect is /connect: the connection that is open is closed first.
func (w *worker) connect(ctx context.Context, args []string) error {
	if check := w.l.CheckConnect; check != nil && len(args) > 0 {
		if err := check(args); err != nil {
			return err
		}
	}
	if w.isOpen() {
		_ = w.conn.Close(wire.StatusNormalClosure, "")
		select {
		case <-w.conn.Done():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	w.setConn(nil)
	return w.dial(ctx, args)
}

func (w *worker) ping(payload []byte) error {
	if !w.isOpen() {
		return ErrNotConnected
	}
	return w.conn.Ping(payload)
}

func (w *worker) pong(payload []byte) error {
	if !w.isOpen() {
		return ErrNotConnected
	}
	return w.conn.Pong(payload)
}

func (w *worker) close(code wire.StatusCode, reason string) error {
	if !w.isOpen() {
		return ErrNotConnected
	}
	return w.conn.Close(code, reason)
}

func (w *worker) status() string {
	if !w.isOpen() {
		return ErrNotConnected.Error()
	}
	return statusText(w.conn.Handshake(), w.conn.Stats())
}
