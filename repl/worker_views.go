package repl

import (
	"strings"
	"time"

	"wsline/repl/command"
	"wsline/session"
)

// addViews adds what shows more of a connection, and what is sent wrong on purpose.
func (w *worker) addViews() {
	e, v := w.env, &w.l.Views
	e.Frame = func(f *session.RawFrame) error {
		return w.control(func() error { return w.now.conn.SendFrame(f) })
	}
	e.Raw = func(p []byte) error { return w.control(func() error { return w.now.conn.SendRaw(p) }) }
	e.Drop, e.Stall = w.dropNow, w.stall
	e.ShowFrames = v.showFrames(w.setFrames)
	e.Show = func(lines string) {
		look := func(dst []byte) []byte { return append(dst, lines...) }
		w.l.q.add(false, w.l.stamped(time.Now(), look))
	}
	w.addScreen()
	e.Filter, e.Filtering = w.filter, w.l.sieve.text
	if v.Headers != nil {
		e.Headers = w.told(func(c conn) string { return v.Headers(c.Handshake()) })
	}
	if v.Stats != nil {
		e.Stats = w.toldOfAll(func(c conn) string { return v.Stats(c.Stats()) })
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
	return func() string { return w.now.tells(text) }
}

// toldOfAll tells of each connection, with its name before it where there are several.
func (w *worker) toldOfAll(text func(c conn) string) func() string {
	return func() string {
		if len(w.peers) == 1 || w.env.Named {
			return w.now.tells(text)
		}
		var all []string
		for _, p := range w.peers {
			all = append(all, p.called()+"\n"+p.tells(text))
		}
		return strings.Join(all, "\n")
	}
}

func (p *peer) tells(text func(c conn) string) string {
	if p.latest == nil {
		return p.told(notConnectedText)
	}
	return text(p.latest)
}

// dropNow is /drop. What is typed after it is for the next connection.
func (w *worker) dropNow() error {
	p := w.now
	if !p.isOpen() {
		return command.ErrNotConnected
	}
	w.l.q.resume()
	command.Drop(p.conn)
	select {
	case <-p.conn.Done():
	case <-w.ctx.Done():
	}
	return nil
}

func (w *worker) stall(d time.Duration) error {
	p := w.now
	if !p.isOpen() {
		return command.ErrNotConnected
	}
	p.stalled.Stop(d, p.conn.Stall)
	return nil
}

// setFrames has frames told of, for the connections that there are and those that follow.
func (w *worker) setFrames(on bool) {
	w.frames = &on
	for _, p := range w.peers {
		if p.isOpen() {
			p.conn.SetFrames(on)
		}
	}
}
