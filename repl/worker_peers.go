package repl

import (
	"fmt"
	"reflect"
	"slices"

	"wsline/internal/name"
	"wsline/internal/wire"
	"wsline/session"
)

// The set of connections is the worker's: it alone adds to it, and says which one lines without a
// name are for. Others look under its lock.

// names are those that connections have, in the order in which they were opened.
func (w *worker) names() (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.peers {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names
}

// peerOf is the connection with that name; nil when there is none.
func (w *worker) peerOf(name string) *peer {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.peers {
		if p.name == name {
			return p
		}
	}
	return nil
}

// peerFor is the same of one that may be new.
func (w *worker) peerFor(name string) *peer {
	p := w.peerOf(name)
	if p == nil {
		p = &peer{w: w, name: name}
		w.mu.Lock()
		w.peers = append(w.peers, p)
		w.mu.Unlock()
	}
	return p
}

// placeOf is where the connection with that name leads to.
func (w *worker) placeOf(name string) string {
	p := w.peerOf(name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if p == nil {
		return ""
	}
	return p.place
}

// address is the connection that a line is for, and what of it is typed there. With an error it is
// the one that it would be for without a name.
func (w *worker) address(line string) (p *peer, rest string, err error) {
	w.mu.Lock()
	to := w.to
	w.mu.Unlock()
	if w.l.NoSlash {
		return to, line, nil
	}
	called, rest, err := name.CutAddress(line, w.names())
	if err != nil || called == "" {
		return to, line, err
	}
	return w.peerOf(called), rest, nil
}

// about makes what is done next be for a connection.
func (w *worker) about(p *peer) { w.now, w.env.Conn = p, p.name }

// as is command.Env.As.
func (w *worker) as(name string, do func() error) error {
	p := w.peerOf(name)
	if p == nil {
		return fmt.Errorf("there is no connection %q", name)
	}
	defer w.about(w.now)
	w.about(p)
	return do()
}

// sendTo is /to; "" is the first connection.
func (w *worker) sendTo(name string) error {
	p := w.peers[0]
	if name != "" {
		p = w.peerOf(name)
	}
	w.mu.Lock()
	w.to = p
	w.mu.Unlock()
	w.l.q.setTo(p.name)
	return nil
}

// endAny waits for the end of a connection, or of an attempt to connect again, a job, or the context's
// end.
func (w *worker) endAny() (ended *peer, j job, isJob bool) {
	cases := []reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.ctx.Done())},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.jobs)},
	}
	var open []*peer
	for _, p := range w.peers {
		var over <-chan struct{}
		switch {
		case p.conn != nil:
			over = p.conn.Done()
		case p.again != nil:
			over = p.again.done
		default:
			continue
		}
		open = append(open, p)
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(over)})
	}
	switch i, v, _ := reflect.Select(cases); i {
	case 0:
		return nil, job{}, false
	case 1:
		return nil, v.Interface().(job), true
	default:
		return open[i-2], job{}, false
	}
}

// live are the connections that there are.
func (w *worker) live() []*peer {
	return slices.DeleteFunc(slices.Clone(w.peers), func(p *peer) bool { return p.conn == nil })
}

// worst is how the talk ended, of the ends of its connections: the first that was no closing
// handshake, else the first that the peer began with a code of its own, else the first.
func worst(ends []*session.End) *session.End {
	for _, isWorse := range []func(*session.End) bool{
		func(e *session.End) bool { return e.Cause != session.CauseClosed },
		func(e *session.End) bool {
			return !e.ByUs && e.Code != wire.StatusNormalClosure && e.Code != wire.StatusGoingAway
		},
	} {
		if i := slices.IndexFunc(ends, isWorse); i >= 0 {
			return ends[i]
		}
	}
	if len(ends) > 0 {
		return ends[0]
	}
	return nil
}

// withOthers is a text about the connection that the line is for, and where there are several its
// name before that and a line for each of the others behind it.
func (w *worker) withOthers(text string) string {
	if len(w.peers) == 1 {
		return text
	}
	text = fmt.Sprintf("%-12s %s\n%s", "name", w.now.called(), text)
	for _, p := range w.peers {
		if p != w.now {
			text += fmt.Sprintf("\n%-12s %s", p.called(), p.summary())
		}
	}
	return text
}

// called is the name, or that there is none.
func (p *peer) called() string {
	if p.name == "" {
		return "(no name)"
	}
	return p.name
}

// summary is what is to be said of a connection on one line.
func (p *peer) summary() string {
	if p.latest == nil {
		return "not connected"
	}
	text := "not connected"
	if h := p.latest.Handshake(); h.URL != nil {
		hide := p.w.l.Views.hiding()
		text = hide.Address(h.URL)
		if !p.isOpen() {
			text += ", not connected"
		}
	}
	st := p.latest.Stats()
	return fmt.Sprintf("%s, %d in, %d out", text, st.MessagesIn, st.MessagesOut)
}
