package repl

import (
	"strings"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
	"wsline/session"
)

// Sent is the event of its being sent.
func (m Message) Sent(at time.Time) *session.Event {
	return &session.Event{
		Kind: session.KindMessage, Dir: session.Out, Time: at, Opcode: m.Opcode, Payload: m.Payload,
	}
}

// stamped puts the time before the lines that look appends.
func (l *loop) stamped(at time.Time, look func(dst []byte) []byte) func(dst []byte) []byte {
	return func(dst []byte) []byte {
		from := len(dst)
		if dst = look(dst); l.Look.Stamp != nil {
			dst = l.Look.Stamp(dst, from, at)
		}
		return dst
	}
}

// columns is how many a line for Look.Status may have, 0 for unknown.
func (l *loop) columns() int {
	if l.Term.Width == nil || l.Term.Width() <= 0 {
		return 0
	}
	blank := l.stamped(time.Time{}, func(dst []byte) []byte { return l.Look.Status(dst, "x") })(nil)
	taken := line.Width(strings.TrimSuffix(string(blank), "\n")) - len("x")
	return max(1, l.Term.Width()-taken)
}

// echo lets a line stand on the screen as a line of the conversation.
func (l *loop) echo(urgent bool, p *peer, text string) {
	l.q.add(urgent, l.stamped(time.Now(), func(dst []byte) []byte {
		return line.AppendText(append(dst, l.Look.Prompt(p.name, true)...), text)
	}))
}

// mayChange says that what a line sends may be something else than what was typed: it has values
// put in. Such a line stands on the screen as it was sent. One of which no single event tells stays
// as it was typed.
func (t *Talk) mayChange(text string) bool {
	if t.NoSlash {
		return false
	}
	name, rest, isCommand := command.Parse(text)
	switch name {
	case "again": // what it does is shown, and not the wish for it
		return isCommand
	case "snippet":
		word, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		return isCommand && word != "" && word != "save"
	}
	if t.Extra.Expand == nil || !strings.Contains(text, "${") {
		return false
	}
	switch name {
	case "text", "ping", "pong", "close":
		return true
	case "binary":
		return !strings.HasPrefix(strings.TrimSpace(rest), "@")
	}
	return !isCommand
}

// echoTyped lets the line that is done stand on the screen as it was typed, when it does not stand
// there yet.
func (w *worker) echoTyped() {
	if text := w.unechoed; text != "" {
		w.unechoed = ""
		w.l.echo(false, w.now, text)
	}
}

// echoSent lets the line that is done stand on the screen as what it sends, when it does not stand
// there yet. Values that are secret are hidden.
func (w *worker) echoSent(kind session.Kind, op wire.Opcode, payload []byte) {
	if w.unechoed == "" {
		return
	}
	shown := string(payload)
	if hide := w.l.Extra.Shown; hide != nil {
		shown = hide(shown)
	}
	ev := &session.Event{
		Kind: kind, Dir: session.Out, Time: time.Now(), Opcode: op, Payload: []byte(shown),
	}
	_, typed, isCommand := command.Parse(w.unechoed)
	if kind == session.KindMessage && !isCommand && typed == shown {
		w.echoTyped()
		return
	}
	w.unechoed = ""
	w.showSent(ev)
}

// echoClose is echoSent for a Close frame.
func (w *worker) echoClose(code wire.StatusCode, reason string) {
	if w.unechoed == "" {
		return
	}
	if hide := w.l.Extra.Shown; hide != nil {
		reason = hide(reason)
	}
	w.unechoed = ""
	w.showSent(&session.Event{
		Kind: session.KindClose, Dir: session.Out, Time: time.Now(), Code: code, Reason: reason,
	})
}

// sent shows a message that was not typed.
func (w *worker) sent(op wire.Opcode, payload []byte) {
	w.showSent(Message{op, payload}.Sent(time.Now()))
}

func (w *worker) showSent(ev *session.Event) {
	ev.Conn = w.now.name
	w.l.q.add(false, func(dst []byte) []byte { return w.l.Look.Sent(dst, ev) })
}
