package script

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wsline/internal/words"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// command does one of the commands of scripts, but for /connect and those that begin a block. Rest
// has its variables expanded. It is false for any other name.
func (u *run) command(l *wst.Line, rest words.Text) (bool, error) {
	var do func(*wst.Line, words.Text) error
	switch l.Command {
	case "set":
		do = u.set
	case "capture":
		do = u.capture
	case "wait":
		do = u.wait
	case "silence":
		do = u.silence
	case "every":
		do = u.every
	case "timeout":
		do = u.setTimeout
	case "within":
		do = u.setWithin
	case "include":
		do = u.include
	case "skip":
		do = u.skip
	case "exec":
		do = u.exec
	case "expect":
		do = func(l *wst.Line, _ words.Text) error { return u.expect(l) }
	case "save":
		do = u.save
	default:
		return false, nil
	}
	return true, do(l, rest)
}

func (u *run) set(l *wst.Line, rest words.Text) error {
	name, value, err := wst.ParseSet(rest)
	if err == nil {
		err = u.vars.Set(name, value)
	}
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	return nil
}

// capture gives a variable a value out of the last message of the connection.
func (u *run) capture(l *wst.Line, rest words.Text) error {
	capture, err := wst.ParseCapture(rest)
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	p := u.peers[l.Name]
	if p == nil || p.last == nil {
		return u.fail(l, report.VariableFailure, "there is no message yet to capture from")
	}
	if err := capture.Set(u.ctx, u.vars, p.last); err != nil {
		return u.failed(l, report.VariableFailure, err)
	}
	return nil
}

func (u *run) wait(l *wst.Line, rest words.Text) error {
	d, err := wst.ParseTime(rest.String())
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	select {
	case <-time.After(d):
		return nil
	case <-u.ctx.Done():
		return u.ctx.Err()
	}
}

// silence fails when a message comes, or has come that nothing expected.
func (u *run) silence(l *wst.Line, rest words.Text) error {
	d, err := wst.ParseTime(rest.String())
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	p, err := u.connected(l)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(u.ctx, d)
	defer cancel()
	got, err := p.take(ctx, (*received).isMessage)
	switch {
	case u.ctx.Err() != nil:
		return u.ctx.Err()
	case err != nil: // the time is up, or the connection over: nothing came
		return nil
	}
	f := u.failure(l, report.SilenceFailure, "a message came within "+d.String()+" of silence")
	f.Got = u.show(p, got)
	return f
}

// every has a message sent again and again, or ends that. A server passes over such messages.
func (u *run) every(l *wst.Line, rest words.Text) error {
	e, err := wst.ParseEvery(rest)
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	p, err := u.connected(l)
	switch {
	case err != nil:
		return err
	case u.server:
		p.repeated = append(p.repeated, e.Message)
	case e.Time == 0:
		p.s.StopRepeats()
	default:
		err = p.s.Repeat(e.Time, e.Message.Opcode, e.Message.Payload)
	}
	if errors.Is(err, session.ErrClosed) {
		return u.unsent(l, p, err)
	} else if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	return nil
}

func (u *run) setTimeout(l *wst.Line, rest words.Text) error {
	d, err := wst.ParseTime(rest.String())
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	u.timeout = d
	return nil
}

func (u *run) setWithin(l *wst.Line, rest words.Text) error {
	d, err := wst.ParseTime(rest.String())
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	u.within = d
	return nil
}

func (u *run) skip(_ *wst.Line, rest words.Text) error {
	u.res.SkipReason = u.vars.Redact(strings.TrimSpace(rest.String()))
	return errSkip
}

func (u *run) exec(l *wst.Line, rest words.Text) error {
	if u.Exec == nil {
		f := u.failure(l, report.CommandFailure, "/exec runs a program, which is not allowed here")
		f.Hint = "--allow-exec allows it"
		return f
	}
	args, err := rest.Strings()
	if err != nil {
		return u.failed(l, report.CommandFailure, err)
	}
	ctx, cancel := context.WithTimeout(u.ctx, u.timeout)
	defer cancel()
	out, isCut, err := u.Exec(ctx, args)
	if isCut { // within a value perhaps
		out = u.vars.RedactEnd(out)
	}
	if out != "" {
		u.status(strings.TrimRight(out, "\n"))
	}
	switch {
	case ctx.Err() != nil && u.ctx.Err() == nil:
		return u.fail(l, report.TimeoutFailure,
			fmt.Sprintf("the program did not end within %s", u.timeout))
	case err != nil:
		return u.failed(l, report.VariableFailure, err)
	}
	return nil
}

// save is for a talk; a script has nothing to save but itself.
func (u *run) save(l *wst.Line, _ words.Text) error {
	return u.fail(l, report.CommandFailure,
		"/save writes what was talked, which a script has in a file already")
}
