package repl

import "wsline/session"

// event is the handler of every session. Those of several connections come one after the other:
// what is slow for one of them, such as the terminal, is so for all.
func (l *loop) event(ev *session.Event) {
	defer l.guard()
	l.telling.Lock()
	defer l.telling.Unlock()
	if l.Tap != nil {
		l.Tap(ev)
	}
	l.silence.note(ev)
	switch {
	case isQuiet(ev, l.QuietReplies):
	case ev.Auto && ev.Dir == session.Out:
		l.show(ev)
	case ev.Dir == session.Out && ev.Kind != session.KindFrame && ev.Kind != session.KindPing:
	case ev.Kind == session.KindOpen:
		l.opened(ev)
	case ev.Kind == session.KindMessage:
		l.sieve.pass(ev, l.show)
	default:
		l.show(ev)
	}
}

// isQuiet says that a message is part of the conversation for whom all is told, and not for a person:
// a heartbeat, what answers one, and with quiet what is answered by itself, and that answer.
func isQuiet(ev *session.Event, quiet bool) bool {
	return ev.Kind == session.KindMessage && (ev.Alive || ev.Auto && quiet)
}

// opened shows that there is a connection.
func (l *loop) opened(ev *session.Event) {
	if l.greeted {
		l.show(ev)
		return
	}
	l.greeted = true
	l.greet(ev)
}

// show lets an event be seen. Of a KindIdle that is what else there is to say by then.
func (l *loop) show(ev *session.Event) {
	if l.aside != nil {
		l.aside.print(l.Print, ev) // which prints messages only
	}
	isMessage := ev.Kind == session.KindMessage && ev.Dir == session.In
	if l.aside != nil && isMessage {
		if !ev.More {
			l.kept.add(ev)
		}
		return
	}
	last := ev.Kind == session.KindEnd // is shown in any case
	l.q.event(last, isMessage, func(dst []byte) []byte {
		if isMessage {
			return l.message(dst, ev)
		}
		return l.Look.Event(dst, ev)
	})
	if last && l.Views.Explain != nil && !l.ExitOnClose {
		if text := l.Views.Explain(ev.End); text != "" {
			l.q.event(last, false, func(dst []byte) []byte { return l.Look.Status(dst, text) })
		}
	}
	switch ev.Kind {
	case session.KindOpen:
		l.q.setConnected(ev.Conn, true)
	case session.KindEnd:
		l.q.setConnected(ev.Conn, false)
	}
}
