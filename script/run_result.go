package script

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

func asFailure(err error, f **report.Failure) bool { return errors.As(err, f) }

// failure is that of a line; its texts are fit for reports.
func (u *run) failure(l *wst.Line, kind report.FailureKind, message string) *report.Failure {
	f := &report.Failure{
		Pos: l.Pos, Source: u.vars.Redact(l.Source()),
		Kind: kind, Message: u.vars.RedactCut(message), Code: exit.Expectation,
	}
	if kind == report.CommandFailure {
		f.Code = exit.Usage
	}
	if file := u.files[len(u.files)-1]; file != u.res.File {
		f.File = file
	}
	return f
}

func (u *run) fail(l *wst.Line, kind report.FailureKind, message string) error {
	return u.failure(l, kind, message)
}

// failed is the failure that an error is the cause of.
func (u *run) failed(l *wst.Line, kind report.FailureKind, err error) error {
	if u.ctx.Err() != nil {
		return u.ctx.Err()
	}
	f := u.failure(l, kind, "")
	f.Err, f.Message = err, oneLine(u.vars.RedactCut(err.Error()))
	var syntax *wst.SyntaxError
	var variable *wst.VariableError
	switch {
	case kind == report.ConnectFailure:
		var message string
		message, f.Hint, f.Code = u.Describe(err)
		f.Message, f.Hint = u.vars.RedactCut(message), u.vars.RedactCut(f.Hint)
		if f.Code == 5 {
			f.Kind = report.RefusedFailure
		}
	case errors.As(err, &syntax):
		f.Pos = syntax.Pos
		f.Message, f.Hint = u.vars.RedactCut(syntax.Text), u.vars.RedactCut(syntax.Hint)
	case errors.As(err, &variable):
		f.Pos = l.At(variable.Offset)
		f.Message, f.Hint = u.vars.RedactCut(variable.Text), u.vars.RedactCut(variable.Hint)
	}
	return f
}

// unsent is the failure of a message or a command that could not be done.
func (u *run) unsent(l *wst.Line, p *peer, err error) error {
	if u.ctx.Err() != nil {
		return u.ctx.Err()
	}
	if errors.Is(err, errStuck) {
		f := u.failure(l, report.TimeoutFailure,
			fmt.Sprintf("it was not sent within %s: the server does not read", u.sendTime()))
		if p.isFull() {
			f.Hint = "many messages wait that no line expects, and so may the server"
		}
		f.Code = exit.Timeout
		u.meanwhile(f, p)
		return f
	}
	if !errors.Is(err, session.ErrClosed) && !errors.Is(err, command.ErrNotConnected) {
		return u.failed(l, report.CommandFailure, err)
	}
	f := u.failure(l, report.ClosedFailure, "it was not sent: the connection is closed")
	u.settle(p)
	if end := p.ended(); end != nil {
		u.ending(f, end)
	}
	u.meanwhile(f, p)
	return f
}

// settle waits a moment for the end of a connection that takes nothing more: it says why.
func (u *run) settle(p *peer) {
	select {
	case <-p.s.Done():
	case <-time.After(settleTime):
	case <-u.ctx.Done():
	}
}

// ending adds how a connection ended before it should.
func (u *run) ending(f *report.Failure, end *session.End) {
	f.Got, f.Code = u.endText(end), u.endCode(end)
	if u.Explain != nil && end != nil {
		f.Hint = u.vars.Redact(u.Explain(end))
	}
}

// endCode is the exit code for a connection that ended before it should.
func (u *run) endCode(end *session.End) int {
	switch {
	case end == nil:
		return exit.Expectation
	case end.Cause == session.CauseTimeout:
		return exit.Timeout
	case end.Cause != session.CauseClosed:
		return exit.Broken
	case !end.ByUs && end.Code != wire.StatusNormalClosure && end.Code != wire.StatusGoingAway &&
		end.Code != wire.StatusNoStatusRcvd:
		return exit.Closed
	}
	return exit.Expectation
}

// finish makes of what ended the lines what the result says.
func (u *run) finish(err error) {
	var f *report.Failure
	switch {
	case err == nil:
		u.res.Status = report.Passed
	case errors.Is(err, errSkip):
		u.res.Status = report.Skipped
	case asFailure(err, &f):
		u.res.Status = report.Failed
		if f.Code != 9 {
			u.res.Status = report.Errored
		}
		u.res.Failures = []*report.Failure{f}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		u.res.Status = report.Canceled
	default:
		u.res.Status = report.Errored
		u.res.Failures = []*report.Failure{{
			Kind: report.InternalFailure, Message: u.vars.Redact(err.Error()), Code: exit.Own, Err: err,
		}}
	}
}

// elapsed is how long the run has been going.
func (u *run) elapsed() time.Duration { return time.Since(u.res.Start) }

// note adds what was typed, without its secrets, to the transcript.
func (u *run) note(l *wst.Line, text string) {
	u.res.Add(report.Entry{
		Pos: l.Pos, Kind: report.EntrySent, Text: text, Elapsed: u.elapsed(),
	})
}

// status adds what a command has to tell to the transcript.
func (u *run) status(text string) {
	for line := range strings.SplitSeq(u.vars.Redact(text), "\n") {
		u.res.Add(report.Entry{
			Kind: report.EntryStatus, Text: "* " + line, Elapsed: u.elapsed(),
		})
	}
}

// oneLine is a text without its line ends, and with single blanks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// came adds what came to the transcript; l is the line that it was for, nil for several.
func (u *run) came(l *wst.Line, p *peer, got *received, mark report.Mark) {
	e := report.Entry{Kind: report.EntryReceived, Text: u.show(p, got), Mark: mark}
	e.Elapsed = got.at.Sub(u.res.Start)
	if l != nil {
		e.Pos = l.Pos
	}
	u.res.Add(e)
}

// show is what came as a conversation has it, of what is long the beginning. Secrets are hidden
// before it is laid out or cut: a value may have several lines.
func (u *run) show(p *peer, got *received) string {
	const most = report.MaxEntry - 64 // with what is said behind it, an entry
	short, size := *got, min(len(got.payload), 4*most)
	for short.opcode == wire.OpText && size < len(got.payload) && !utf8.RuneStart(got.payload[size]) {
		size--
	}
	left := len(got.payload) - size
	short.payload = got.payload[:size]
	hide := u.hide(got)
	if left > 0 {
		hide = u.vars.RedactEnd
	}
	if got.isMessage() && got.opcode == wire.OpBinary {
		if text := u.vars.Redactor().Hex(short.payload, left > 0); text != "" {
			return report.Excerpt(p.name+"<binary "+text, most, left)
		}
	} else {
		short.payload = []byte(hide(string(short.payload)))
	}
	text := strings.TrimSuffix(string(format.Conversation([]byte(p.name), short.event())), "\n")
	return report.Excerpt(text, most, left)
}

// hide is what hides secrets in what came.
func (u *run) hide(got *received) func(string) string {
	if got.isMessage() {
		return u.vars.Redact
	}
	return u.vars.Redactor().HideControl
}

// event is what came as the session told of it.
func (r *received) event() *session.Event {
	ev := &session.Event{Kind: r.kind, Time: r.at, Opcode: r.opcode, Payload: r.payload}
	if r.kind == session.KindClose {
		ev.Opcode, ev.Code, ev.Reason, ev.Payload = wire.OpClose, r.code, string(r.payload), nil
	}
	return ev
}
