package script

import (
	"context"
	"errors"
	"strings"
	"time"

	names "wsline/internal/name"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// serverTimeout is how long a script that plays the server waits for each thing, without /timeout:
// a client is often a person.
const serverTimeout = time.Hour

// Serve plays the server's part of a conversation once: what stands after "<" is sent, what stands
// after ">" is awaited, and /connect waits for a client. Connect takes the next client instead of
// opening a connection; with the words --refuse STATUS it refuses that one. What the server cannot
// do nor see of the client (/wait, /silence, /exec, wrong frames) is passed over.
func (r *Runner) Serve(ctx context.Context, c *wst.Conversation) *report.Result {
	u := r.newRun(ctx, c)
	u.server = true
	if r.Timeout <= 0 {
		u.timeout = serverTimeout
	}
	return u.run(c)
}

// play sends what a line says that comes.
func (u *run) play(l *wst.Line) error {
	pattern, err := l.Pattern(u.vars)
	if err != nil {
		return u.failed(l, report.VariableFailure, err)
	}
	if pattern.Kind == wst.ExpectRefused || pattern.Kind == wst.ExpectError {
		return nil // its /connect has done it
	}
	ev, err := pattern.Sample()
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	p, err := u.connected(l)
	if err != nil {
		return err
	}
	u.note(l, u.vars.Redact(l.Source()))
	if u.answered(p, ev) {
		return nil
	}
	if ev.Kind == session.KindMessage {
		p.last = ev.Payload
	}
	if err := p.send(u.ctx, u.sendTime(), func() error { return send(p.s, ev) }); err != nil {
		return u.unsent(l, p, err)
	}
	return nil
}

// answered says whether the session sends something by itself: a pong for a ping that was awaited,
// the answer to a Close frame.
func (u *run) answered(p *peer, ev *session.Event) bool {
	switch ev.Kind {
	case session.KindPong:
		if p.pings > 0 {
			p.pings--
			return true
		}
	case session.KindClose:
		return p.closed
	}
	return false
}

func send(s *session.Session, ev *session.Event) error {
	switch ev.Kind {
	case session.KindPing:
		return s.Ping(ev.Payload)
	case session.KindPong:
		return s.Pong(ev.Payload)
	case session.KindClose:
		code := ev.Code
		if code == wire.StatusNoStatusRcvd {
			code = 0
		}
		return s.Close(code, ev.Reason)
	}
	return s.Send(ev.Opcode, ev.Payload)
}

// await waits for what a line says that is typed.
func (u *run) await(c *wst.Conversation, i int) error {
	l := c.Lines[i]
	rest, err := l.Expand(u.vars)
	if err != nil {
		return u.failed(l, report.VariableFailure, err)
	}
	switch l.Command {
	case "connect":
		return u.accept(c, i, rest)
	case "wait", "silence", "within", "exec", "expect", "save":
		return nil
	case "quit", "drop":
		return u.awaitEnd(l)
	}
	if done, err := u.command(l, rest); done {
		return err
	}
	pattern := l.Sends(rest)
	if pattern == nil {
		return nil // nothing that can be told
	}
	return u.receive(l, pattern)
}

// receive waits for what a pattern says, and for nothing else.
func (u *run) receive(l *wst.Line, pattern *wst.Pattern) error {
	p, err := u.connected(l)
	if err != nil {
		return err
	}
	ctx, cancel := u.limit()
	defer cancel()
	got, err := p.take(ctx, wantedBy(pattern))
	for err == nil {
		_, diff := pattern.Match(ctx, got.event())
		if diff == nil {
			break
		}
		if !p.isRepeated(got) {
			return u.mismatch(l, p, got, pattern, diff)
		}
		got, err = p.take(ctx, wantedBy(pattern))
	}
	if err != nil {
		return u.nothing(l, p, pattern, nil, err)
	}
	switch got.kind {
	case session.KindPing:
		p.pings++
	case session.KindClose:
		p.closed = true
	}
	return u.matched(l, p, got, nil)
}

// awaitEnd waits until the client has closed the connection, or dropped it.
func (u *run) awaitEnd(l *wst.Line) error {
	p, err := u.connected(l)
	if err != nil {
		return err
	}
	p.forsake()
	select {
	case <-p.s.Done():
		return nil
	case <-u.ctx.Done():
		return u.ctx.Err()
	}
}

// accept is /connect for the server: it waits for the next client.
func (u *run) accept(c *wst.Conversation, i int, rest words.Text) error {
	l := c.Lines[i]
	args, err := rest.Arguments()
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	name, _, err := names.OfConnect(l.Name, args)
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	args = []string{}
	if next := c.ExpectationAfter(i, name); next != nil && next.Kind == wst.ExpectRefused {
		status := next.Code
		if strings.Trim(status, "0123456789") != "" || status == "" {
			status = "403"
		}
		args = []string{"--refuse", status}
	} else if next != nil && next.Kind == wst.ExpectError {
		return nil // no client comes
	}
	switch err := u.open(name, args); {
	case u.ctx.Err() != nil:
		return u.ctx.Err()
	case errors.Is(err, ErrRefused):
		u.status("refused a client with " + args[1])
		return nil
	case err != nil:
		return u.failed(l, report.ConnectFailure, err)
	}
	return nil
}

// ErrRefused is a server's Connect that has refused a client as it was told.
var ErrRefused = errors.New("the client was refused")
