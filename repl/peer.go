package repl

import (
	"context"
	"time"

	"wsline/repl/command"
	"wsline/session"
)

// peer is one connection of a talk under its name: from its opening to its end, and on to the next
// opening. It is the worker's, but for what the worker's lock guards.
type peer struct {
	w    *worker
	name string // "": it has none, as the one that most talks begin with

	conn    conn             // nil when there is none
	latest  conn             // the last that there was, also when it is over
	closeBy time.Time        // conn is to be over, zero while things can be sent
	stalled command.Stalling // of conn

	// Guarded by worker.mu, and written by the worker alone.
	again *attempt // to connect again, nil when none is under way

	// Guarded by worker.mu.
	current conn   // conn, for stop and drop
	place   string // where it leads to, for the history
}

// handle is the handler of its sessions.
func (p *peer) handle(ev *session.Event) {
	ev.Conn = p.name
	p.w.l.event(ev)
}

// isOpen says whether there is a connection that has not ended.
func (p *peer) isOpen() bool {
	if p.conn == nil {
		return false
	}
	select {
	case <-p.conn.Done():
		return false
	default:
		return true
	}
}

// set makes a connection the one that there is; nil: there is none.
func (p *peer) set(c conn) {
	place := ""
	if of := p.w.l.Place; of != nil {
		place = of(p.name)
	}
	p.w.mu.Lock()
	p.conn, p.current, p.closeBy = c, c, time.Time{}
	if c != nil {
		p.latest, p.place = c, place
	}
	stopped, dropped, code := p.w.stopped, p.w.dropped, p.w.code
	p.w.mu.Unlock()
	if c != nil && stopped {
		_ = c.Close(code, "")
	}
	if c != nil && dropped {
		c.Drop()
	}
}

// awaitEnd waits for the end of a connection that takes nothing more; false when that is closingTime
// ago.
func (p *peer) awaitEnd(ctx context.Context) bool {
	p.w.l.q.resume() // else the reader may wait for the person, who waits for the end
	if p.closeBy.IsZero() {
		p.closeBy = time.Now().Add(closingTime)
	}
	late := time.NewTimer(time.Until(p.closeBy))
	defer late.Stop()
	select {
	case <-p.conn.Done():
	case <-ctx.Done():
	case <-late.C:
	}
	return !p.isOpen()
}

// end waits for the end of a connection whose Close frame has left, for a limited time.
func (p *peer) end() *session.End {
	gaveUp := time.AfterFunc(quitTime, p.conn.Drop)
	<-p.conn.Done()
	ended := p.conn.Wait()
	if !gaveUp.Stop() { // it dropped the connection, and that is how it ended
		late := *ended
		late.Cause, late.Err = session.CauseTimeout, session.ErrCloseTimeout
		ended = &late
	}
	return ended
}

// told is a text with the name before it, where there is one.
func (p *peer) told(text string) string {
	if p.name == "" {
		return text
	}
	return p.name + " is " + text
}
