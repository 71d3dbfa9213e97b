package listen

import (
	"context"
	"net/url"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/session"
)

// The methods that follow make an audience a repl.Conn.

// Ping sends a ping that was typed.
func (a *audience) Ping(p []byte) error {
	return a.each(func(s *session.Session) error { return s.Ping(p) })
}

func (a *audience) Pong(p []byte) error {
	return a.each(func(s *session.Session) error { return s.Pong(p) })
}

// SendFrame sends a frame as a server does.
func (a *audience) SendFrame(f *session.RawFrame) error {
	return a.each(func(s *session.Session) error { return s.SendFrame(unmasked(f)) })
}

// unmasked is a frame that is masked only with a key that was given: a server does not mask (RFC 6455
// §5.1).
func unmasked(f *session.RawFrame) *session.RawFrame {
	frame := *f
	frame.Masked = f.Masked && f.Key != nil
	return &frame
}

func (a *audience) SendRaw(p []byte) error {
	return a.each(func(s *session.Session) error { return s.SendRaw(p) })
}

func (a *audience) SetFrames(on bool) {
	for _, c := range a.present() {
		c.s.SetFrames(on)
	}
}

func (a *audience) Stall(on bool) {
	for _, c := range a.present() {
		c.s.Stall(on)
	}
}

// Flush waits until everything sent has left.
func (a *audience) Flush() error { return a.each((*session.Session).Flush) }

// Close closes all connections with a code, and listens no more.
func (a *audience) Close(code wire.StatusCode, reason string) error {
	err := session.ErrClosed
	a.closing.Do(func() {
		err = nil
		for _, c := range a.present() {
			_ = c.s.Close(code, reason) // ErrClosed: it is under way
		}
		a.end()
	})
	return err
}

// Drop ends all connections at once.
func (a *audience) Drop() {
	a.closing.Do(a.end)
	for _, c := range a.present() {
		c.s.Drop()
	}
}

// end closes the server and tells that it is over.
func (a *audience) end() {
	go func() {
		defer close(a.done)
		a.close(context.Background())
		a.telling.Lock()
		defer a.telling.Unlock()
		a.name = ""
		a.handle(&session.Event{Kind: session.KindEnd, Time: time.Now(), End: a.ending()})
	}()
}

// Done is closed when all have gone.
func (a *audience) Done() <-chan struct{} { return a.done }

// Wait returns how it ended: we closed.
func (a *audience) Wait() *session.End {
	<-a.done
	return a.ending()
}

func (a *audience) ending() *session.End {
	return &session.End{
		Cause: session.CauseClosed, ByUs: true, Sent: wire.StatusGoingAway, Received: true,
		Code: wire.StatusGoingAway,
	}
}

// Stats are the sums of those who are there.
func (a *audience) Stats() session.Stats {
	sum := session.Stats{Since: a.since}
	for _, c := range a.present() {
		st := c.s.Stats()
		sum.MessagesIn += st.MessagesIn
		sum.MessagesOut += st.MessagesOut
		sum.BytesIn += st.BytesIn
		sum.BytesOut += st.BytesOut
		sum.PingsIn += st.PingsIn
		sum.PongsIn += st.PongsIn
		sum.PingsOut += st.PingsOut
	}
	return sum
}

// Handshake names the address; there is no handshake of all.
func (a *audience) Handshake() *dial.Handshake {
	u, _ := url.Parse(a.url())
	return &dial.Handshake{URL: u}
}

// NewWriter sends one message in pieces to all who are there now.
func (a *audience) NewWriter(op wire.Opcode) command.PieceWriter {
	w := &audienceWriter{}
	for _, c := range a.present() {
		w.list = append(w.list, c.s.NewWriter(op))
	}
	return w
}

type audienceWriter struct{ list []*session.Writer }

// Write is an error when nobody is left.
func (w *audienceWriter) Write(p []byte) (int, error) {
	return len(p), w.each(func(one *session.Writer) error { _, err := one.Write(p); return err })
}

// Last sends the last piece.
func (w *audienceWriter) Last(p []byte) error {
	return w.each(func(one *session.Writer) error { return one.Last(p) })
}

// each goes on with those without an error.
func (w *audienceWriter) each(do func(*session.Writer) error) error {
	err := errNobodyThere
	var left []*session.Writer
	for _, one := range w.list {
		e := do(one)
		if e == nil {
			left = append(left, one)
		} else if len(left) == 0 {
			err = e
		}
	}
	if w.list = left; len(left) > 0 {
		return nil
	}
	return err
}
