package repl

import (
	"context"
	"errors"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
	"wsline/session"
)

// dial opens the connection that what is done is for, and sends what is to be sent first.
func (w *worker) dial(ctx context.Context, args []string) error {
	p := w.now
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if w.opened {
		w.mu.Lock()
		w.undial, w.abandoned = cancel, false
		w.mu.Unlock()
	}
	c, err := w.open(ctx, p.name, args, p.handle)
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
	w.welcome(ctx, p, c)
	return nil
}

// welcome goes on with a connection: what is to be sent first is sent.
func (w *worker) welcome(ctx context.Context, p *peer, c conn) {
	p.set(c)
	if w.frames != nil {
		c.SetFrames(*w.frames)
	}
	if p != w.peers[0] { // what is sent first is not for every server
		return
	}
	defer w.about(w.now)
	w.about(p)
	for _, m := range w.l.OnOpen {
		w.sent(m.Opcode, m.Payload)
		if err := sendIn(c, w.l.Fragment, m.Opcode, m.Payload); err != nil && !errors.Is(err, session.ErrClosed) {
			w.fail(err)
		}
	}
	if s, ok := c.(sessionConn); ok && w.l.Welcome != nil {
		sent := func(m Message) { w.sent(m.Opcode, m.Payload) }
		if err := w.l.Welcome(ctx, s.Session, sent); err != nil && ctx.Err() == nil {
			w.fail(err)
		}
	}
}

func (w *worker) send(ctx context.Context, op wire.Opcode, payload []byte) error {
	w.echoSent(session.KindMessage, op, payload)
	return w.deliver(ctx, func() error { return sendIn(w.now.conn, w.l.Fragment, op, payload) })
}

func (w *worker) begin(
	ctx context.Context, op wire.Opcode, first []byte,
) (rest command.PieceWriter, err error) {
	err = w.deliver(ctx, func() (err error) {
		rest, err = begin(w.now.conn, op, first)
		return err
	})
	return rest, err
}

// deliver sends something once, over a new connection when there is none. An error other than
// unsentError is that of what is sent.
func (w *worker) deliver(ctx context.Context, send func() error) error {
	for again := false; ; again = true {
		if w.l.again != nil && w.now.conn != nil && !w.now.isOpen() {
			w.hasEnded(w.now)
		}
		if w.now.again != nil {
			if err := w.awaitAgain(ctx, w.now); err != nil {
				return unsentError{err}
			}
		}
		if !w.now.isOpen() {
			if err := w.connectAgain(ctx); err != nil {
				return unsentError{err}
			}
		}
		err := send()
		if !errors.Is(err, session.ErrClosed) {
			return err
		}
		switch { // our Close frame has left: the end is near, or not
		case !w.now.awaitEnd(ctx):
			return unsentError{command.ErrClosing}
		case again || w.l.ExitOnClose:
			return unsentError{err}
		}
	}
}

func (w *worker) connectAgain(ctx context.Context) error {
	if w.l.ExitOnClose {
		return session.ErrClosed
	}
	w.say(w.now.told("not connected: connecting again"))
	return w.dial(ctx, nil)
}

// connect is /connect: the connection of that name which is open is closed first. From now on there
// is one with that name, also when it cannot be opened, so that nothing that is typed for it goes
// to another.
func (w *worker) connect(ctx context.Context, name string, args []string) error {
	if name != "" && w.l.unnamed {
		return errors.New("there is one connection here, without a name")
	}
	if name != "" {
		defer w.about(w.now)
		w.about(w.peerFor(name))
	}
	w.forgetAgain(w.now) // nobody else uses its connector then
	if check := w.l.CheckConnect; check != nil && (len(args) > 0 || args != nil && name != "") {
		if err := check(w.now.name, args); err != nil {
			return err
		}
	}
	p := w.now
	if p.isOpen() {
		_ = p.conn.Close(wire.StatusNormalClosure, "")
		if !p.awaitEnd(ctx) && ctx.Err() == nil {
			w.say(p.told(stillClosing))
		}
		select {
		case <-p.conn.Done():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.set(nil)
	return w.dial(ctx, args)
}

// notConnectedText is what /status and the like tell then.
const notConnectedText = "not connected: /connect connects again"

const stillClosing = "closing: the peer has not answered yet"

func (w *worker) ping(payload []byte) error {
	w.echoSent(session.KindPing, wire.OpPing, payload)
	return w.control(func() error { return w.now.conn.Ping(payload) })
}

func (w *worker) pong(payload []byte) error {
	w.echoSent(session.KindPong, wire.OpPong, payload)
	return w.control(func() error { return w.now.conn.Pong(payload) })
}

// close waits a little for the end, so that what was typed after it is for the next connection.
func (w *worker) close(code wire.StatusCode, reason string) error {
	if w.now.again != nil {
		w.forgetAgain(w.now)
		if w.now.conn == nil {
			w.say(w.now.told("not connected"))
			return nil
		}
	}
	w.echoClose(code, reason)
	err := w.control(func() error { return w.now.conn.Close(code, reason) })
	if err == nil && !w.now.awaitEnd(w.ctx) && w.ctx.Err() == nil {
		w.say(w.now.told(stillClosing))
	}
	return err
}

// control sends a control frame.
func (w *worker) control(send func() error) error {
	if !w.now.isOpen() {
		return command.ErrNotConnected
	}
	err := send()
	switch {
	case !errors.Is(err, session.ErrClosed):
		return err
	case w.now.awaitEnd(w.ctx):
		return command.ErrNotConnected
	}
	return command.ErrClosing
}

func (w *worker) status() string {
	text := w.now.told(notConnectedText)
	if c := w.now.conn; w.now.isOpen() {
		text = command.StatusText(c.Handshake(), c.Stats(), w.l.Views.hiding())
	}
	return w.withOthers(text)
}
