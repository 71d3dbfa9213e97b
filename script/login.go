package script

import (
	"context"

	"wsline/internal/exit"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// A Login is a conversation on a connection that somebody else opens, and goes on with when the
// conversation is over. It is for one connection.
type Login struct{ p *peer }

// NewLogin returns a Login for a connection that is to be opened.
func NewLogin() *Login { return &Login{newPeer("")} }

// Event is told what happens on the connection. It waits where much has come that nothing has expected yet.
func (l *Login) Event(ev *session.Event) { l.p.event(ev) }

// Leave ends the waiting: nothing is expected any more.
func (l *Login) Leave() { l.p.forsake() }

// CheckLogin says what a conversation has that a Login cannot have; what follows from the variables it finds
// when it runs.
func CheckLogin(c *wst.Conversation) error {
	for _, l := range c.Lines {
		text := ""
		switch {
		case l.Kind != wst.LineTyped && l.Kind != wst.LineExpect:
			continue
		case l.Command == "connect":
			text = "the connection is open already: /connect has no place here"
		case l.Name != "":
			text = "there is one connection here, without a name"
		case l.Kind == wst.LineTyped && (l.Command == "exec" || l.Command == "save"):
			text = "/" + l.Command + " has no place here"
		default:
			continue
		}
		return &wst.SyntaxError{File: c.File, Pos: l.Pos, Text: text, Source: l.Source()}
	}
	return nil
}

// RunOn runs a conversation on the connection of a Login, which stays open. It returns nil, the error of
// ctx, or a *report.Failure with its file.
func (r *Runner) RunOn(ctx context.Context, c *wst.Conversation, l *Login, s *session.Session) error {
	own := *r
	own.Describe, own.Connect = describe, refuse
	u := own.newRun(ctx, c)
	if u.timeout <= 0 {
		u.timeout = wst.DefaultTimeout
	}
	l.p.s, u.peers[""] = s, l.p
	err := u.lines(c, 0, len(c.Lines))
	if u.Between != nil {
		u.Between(u.vars)
	}
	var f *report.Failure
	switch {
	case err == errSkip:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !asFailure(err, &f):
		return err
	}
	if f.File == "" {
		f.File = c.File
	}
	return f
}

// refuse is a Connect for what has a connection already.
func refuse(context.Context, []string, func(*session.Event)) (*session.Session, error) {
	return nil, exit.Usagef("", "the connection is open already: /connect has no place here")
}
