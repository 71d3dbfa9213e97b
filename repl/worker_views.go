package repl

import (
	"time"

	"wsline/repl/command"
	"wsline/session"
)

// addViews adds what shows more of a connection, and what is sent wrong on purpose.
func (w *worker) addViews() {
	e, v := w.env, &w.l.Views
	e.Frame = func(f *session.RawFrame) error {
		return w.control(func() error { return w.conn.SendFrame(f) })
	}
	e.Raw = func(p []byte) error { return w.control(func() error { return w.conn.SendRaw(p) }) }
	e.Drop, e.Stall = w.dropNow, w.stall
	e.ShowFrames = v.showFrames(w.setFrames)
	e.Show = func(lines string) {
		look := func(dst []byte) []byte { return append(dst, lines...) }
		w.l.q.add(false, w.l.stamped(time.Now(), look))
	}
	e.Filter, e.Filtering = w.filter, w.l.sieve.text
	if v.Headers != nil {
		e.Headers = w.told(func(c conn) string { return v.Headers(c.Handshake()) })
	}
	if v.Stats != nil {
		e.Stats = w.told(func(c conn) string { return v.Stats(c.Stats()) })
	}
}

// filter is /filter.
func (w *worker) filter(expr string) error {
	if err := w.l.sieve.set(expr); err != nil {
		return err
	}
	text := "all messages are shown"
	if expr != "" {
		text = filteredText(expr)
	}
	w.say(text)
	return nil
}

// told tells of the connection that there is, or was.
func (w *worker) told(text func(c conn) string) func() string {
	return func() string {
		if w.latest == nil {
			return notConnectedText
		}
		return text(w.latest)
	}
}

// dropNow is /drop. What is typed after it is for the next connection.
func (w *worker) dropNow() error {
	if !w.isOpen() {
		return command.ErrNotConnected
	}
	command.Drop(w.conn)
	select {
	case <-w.conn.Done():
	case <-w.ctx.Done():
	}
	return nil
}

func (w *worker) stall(d time.Duration) error {
	if !w.isOpen() {
		return command.ErrNotConnected
	}
	w.stalled.Stop(d, w.conn.Stall)
	return nil
}

// setFrames has frames told of, for this connection and those that follow.
func (w *worker) setFrames(on bool) {
	w.frames = &on
	if w.isOpen() {
		w.conn.SetFrames(on)
	}
}
