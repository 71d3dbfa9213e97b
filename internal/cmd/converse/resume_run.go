package converse

import (
	"context"
	"errors"

	"wsline/format"
	"wsline/internal/resume"
	"wsline/internal/wire"
	"wsline/repl"
	"wsline/script"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// A loginError is why a conversation of --on-open failed.
type loginError struct{ *report.Failure }

// Is says that the connection had ended.
func (e loginError) Is(err error) bool {
	return err == session.ErrClosed && e.Kind == report.ClosedFailure
}

// Timeout says that something did not come in time.
func (e loginError) Timeout() bool {
	return e.Kind == report.TimeoutFailure || e.Kind == report.SlowFailure
}

// welcome sends what is sent first on a connection, and waits for what a conversation awaits.
// Sent is told what is sent, without secrets.
func (t *talking) welcome(ctx context.Context, s *session.Session, sent func(repl.Message)) error {
	r := t.resume
	r.mu.Lock()
	o := r.opened[s]
	delete(r.opened, s)
	r.mu.Unlock()
	if o.login != nil {
		defer o.login.Leave()
	}
	for _, item := range o.first {
		if item.script != nil {
			if err := r.login(ctx, item.script, o, s, sent); err != nil {
				return err
			}
			continue
		}
		m := t.messages([]string{item.text})[0]
		sent(r.shown(m))
		if err := m.Send(s, t.fragment); err != nil {
			return err
		}
	}
	return nil
}

// login runs a conversation, whose variables are the values.
func (r *resuming) login(
	ctx context.Context, c *wst.Conversation, o *opening, s *session.Session, sent func(repl.Message),
) error {
	vars := r.values.Clone()
	before := vars.Clone()
	runner := &script.Runner{
		Vars:    func() *wst.Vars { return vars },
		Between: func(v *wst.Vars) { r.values.Sync(v, before) },
		Sending: func(op wire.Opcode, payload []byte) {
			sent(r.shown(repl.Message{Opcode: op, Payload: payload}))
		},
	}
	err := runner.RunOn(ctx, c, o.login, s)
	if f := (*report.Failure)(nil); errors.As(err, &f) {
		return loginError{f}
	}
	return err
}

// shown is a message without secrets.
func (r *resuming) shown(m repl.Message) repl.Message {
	return repl.Message{Opcode: m.Opcode, Payload: []byte(r.redactor().Hide(string(m.Payload)))}
}

// resumePipe has a pipe go on with what has come.
func (t *talking) resumePipe(p *repl.Pipe) {
	r := t.resume
	if r == nil {
		return
	}
	p.OnOpen = nil
	if len(r.first) > 0 {
		p.Welcome = func(ctx context.Context, s *session.Session) error {
			return t.welcome(ctx, s, func(repl.Message) {})
		}
	}
	if !r.values.Captures() {
		return
	}
	talk := format.NewTalk(t.look.Style(t.env, t.look.StderrColor, t.env.StderrTerminal))
	p.Took = func(ev *session.Event) {
		r.values.Took(ev)
		if text := t.state.Trouble(); text != "" {
			t.env.Stderr.Write(talk.Error(nil, text, ""))
		}
	}
	if t.state != nil {
		p.Printing = func() func() {
			values, ok := r.values.Snapshot()
			if !ok {
				return nil
			}
			return func() { t.state.Put(values) }
		}
	}
}

// resumeTalk has a talk go on with what has come, which the file has as soon as it is on its way to the
// screen.
func (t *talking) resumeTalk(talk *repl.Talk) {
	r := t.resume
	if r == nil {
		return
	}
	talk.OnOpen = nil
	if len(r.first) > 0 {
		talk.Welcome = t.welcome
	}
	tap := talk.Tap
	talk.Tap = func(ev *session.Event) {
		tap(ev)
		if ev.Dir == session.Out || ev.Conn != t.as {
			return
		}
		r.values.Took(ev)
		if values, ok := r.values.Snapshot(); ok && t.state != nil {
			t.state.Put(values)
		}
	}
}

// firstShown are the messages that are sent first, as a person sees them.
func (t *talking) firstShown(p *repl.Pipe) (list []repl.Message) {
	if t.resume == nil {
		return p.OnOpen
	}
	t.resume.mu.Lock()
	defer t.resume.mu.Unlock()
	for _, item := range t.resume.latest.first {
		if item.script == nil {
			list = append(list, t.resume.shown(t.messages([]string{item.text})[0]))
		}
	}
	return list
}

// keepState begins to keep the values in their file.
func (t *talking) keepState() (err error) {
	if t.resume != nil && t.resume.path != "" {
		t.state, err = resume.Start(t.resume.path, t.resume.saved)
	}
	return err
}
