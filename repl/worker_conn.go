package repl

import (
	"context"
	"errors"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
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
			err = line.ErrInterrupted
		}
		return err
	}
	w.setConn(c)
	if w.frames != nil {
		c.SetFrames(*w.frames)
	}
	for _, m := range w.l.OnOpen {
		w.sent(m.Opcode, m.Payload)
		if err := sendIn(c, w.l.Fragment, m.Opcode, m.Payload); err != nil && !errors.Is(err, session.ErrClosed) {
			w.fail(err)
		}
	}
	return nil
}

func (w *worker) send(ctx context.Context, op wire.Opcode, payload []byte) error {
	w.echoSent(session.KindMessage, op, payload)
	return w.deliver(ctx, func() error { return sendIn(w.conn, w.l.Fragment, op, payload) })
}

func (w *worker) begin(
	ctx context.Context, op wire.Opcode, first []byte,
) (rest command.PieceWriter, err error) {
	err = w.deliver(ctx, func() (err error) {
		rest, err = begin(w.conn, op, first)
		return err
	})
	return rest, err
}

// deliver sends something once, over a new connection when there is none. An error other than
// unsentError is that of what is sent.
func (w *worker) deliver(ctx context.Context, send func() error) error {
	for again := false; ; again = true {
		if !w.isOpen() {
			if err := w.connectAgain(ctx); err != nil {
				return unsentError{err}
			}
		}
		err := send()
		if !errors.Is(err, session.ErrClosed) {
			return err
		}
		switch { // our Close frame has left: the end is near, or not
		case !w.awaitEnd(ctx):
			return unsentError{command.ErrClosing}
		case again || w.l.ExitOnClose:
			return unsentError{err}
		}
	}
}

// awaitEnd waits for the end of a connection that takes nothing more; false when that is closingTime
// ago.
func (w *worker) awaitEnd(ctx context.Context) bool {
	if w.closeBy.IsZero() {
		w.closeBy = time.Now().Add(closingTime)
	}
	late := time.NewTimer(time.Until(w.closeBy))
	defer late.Stop()
	select {
	case <-w.conn.Done():
	case <-ctx.Done():
	case <-late.C:
	}
	return !w.isOpen()
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
		if !w.awaitEnd(ctx) && ctx.Err() == nil {
			w.say(stillClosing)
		}
		select {
		case <-w.conn.Done():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	w.setConn(nil)
	return w.dial(ctx, args)
}

// notConnectedText is what /status and the like tell then.
const notConnectedText = "not connected: /connect connects again"

const stillClosing = "closing: the peer has not answered yet"

func (w *worker) ping(payload []byte) error {
	w.echoSent(session.KindPing, wire.OpPing, payload)
	return w.control(func() error { return w.conn.Ping(payload) })
}

func (w *worker) pong(payload []byte) error {
	w.echoSent(session.KindPong, wire.OpPong, payload)
	return w.control(func() error { return w.conn.Pong(payload) })
}

// close waits a little for the end, so that what was typed after it is for the next connection.
func (w *worker) close(code wire.StatusCode, reason string) error {
	w.echoClose(code, reason)
	err := w.control(func() error { return w.conn.Close(code, reason) })
	if err == nil && !w.awaitEnd(w.ctx) && w.ctx.Err() == nil {
		w.say(stillClosing)
	}
	return err
}

// control sends a control frame.
func (w *worker) control(send func() error) error {
	if !w.isOpen() {
		return command.ErrNotConnected
	}
	err := send()
	switch {
	case !errors.Is(err, session.ErrClosed):
		return err
	case w.awaitEnd(w.ctx):
		return command.ErrNotConnected
	}
	return command.ErrClosing
}

func (w *worker) status() string {
	if !w.isOpen() {
		return notConnectedText
	}
	return command.StatusText(w.conn.Handshake(), w.conn.Stats(), w.l.Views.hiding())
}
