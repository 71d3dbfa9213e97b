package script

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/words"
	"wsline/script/match"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// maxUnordered is how many expectations an /unordered has at most: each is held against each
// message.
const maxUnordered = 200

// errStuck is that of something that could not be sent in time.
var errStuck = errors.New("the server does not read")

// errEnded is take's when the connection is over and nothing more can come.
var errEnded = errors.New("the connection is over")

// expect waits for what a line expects.
func (u *run) expect(l *wst.Line) error {
	pattern, err := u.updatedLine(l).Pattern(u.vars)
	if err != nil {
		return u.failed(l, report.VariableFailure, err)
	}
	if pattern.Kind == wst.ExpectRefused || pattern.Kind == wst.ExpectError {
		return u.expectRefusal(l, pattern)
	}
	p, err := u.connected(l)
	if err != nil {
		return err
	}
	if pattern.Kind == wst.ExpectClose {
		p.awaitClose(true)
		defer p.awaitClose(false)
	}
	ctx, cancel := u.limit()
	defer cancel()
	var passed []string
	for {
		got, err := p.take(ctx, wantedBy(pattern))
		if len(passed) > 0 && ctx.Err() != nil {
			err = ctx.Err() // the server may send faster than messages are passed over
		}
		if err != nil {
			return u.nothing(l, p, pattern, passed, err)
		}
		groups, diff := pattern.Match(u.ctx, got.event()) // which has limits of its own
		switch {
		case diff == nil:
			u.hold(l)
			return u.matched(l, p, got, groups)
		case pattern.Any:
			u.came(l, p, got, report.PassedOver)
			passed = append(passed, u.show(p, got))
			if len(passed) > 2*report.MaxMeanwhile {
				passed = slices.Delete(passed, 0, report.MaxMeanwhile)
			}
		case u.Update && u.replace(l, got):
			return u.matched(l, p, got, nil)
		default:
			return u.mismatch(l, p, got, pattern, diff)
		}
	}
}

// wantedBy says which things that came are held against a pattern.
func wantedBy(p *wst.Pattern) func(*received) bool {
	return func(got *received) bool { return p.Wants(got.kind) }
}

// limit is the time that an expectation has.
func (u *run) limit() (context.Context, context.CancelFunc) {
	d := u.timeout
	if u.within >= 0 {
		d = u.within
	}
	return context.WithTimeout(u.ctx, d)
}

// matched notes that a line got what it expects.
func (u *run) matched(l *wst.Line, p *peer, got *received, groups map[string]string) error {
	u.came(l, p, got, report.Matched)
	u.within = noBound
	if got.isMessage() {
		p.last = got.payload
	}
	return u.captureGroups(l, groups)
}

func (u *run) captureGroups(l *wst.Line, groups map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		if err := u.vars.Set(name, groups[name]); err != nil {
			return u.failed(l, report.CommandFailure, err)
		}
	}
	return nil
}

func (u *run) mismatch(
	l *wst.Line, p *peer, got *received, pattern *wst.Pattern, diff []match.Difference,
) error {
	u.came(l, p, got, report.Differs)
	f := u.failure(l, report.MismatchFailure, "") // its first difference says it
	f.Expected, f.Got = u.expected(l), u.show(p, got)
	f.Differences = u.withoutSecrets(pattern, got, diff)
	if u.held[l] {
		f.Hint = "the line is done more than once: write ... for what is another each time"
	}
	u.meanwhile(f, p)
	return f
}

// withoutSecrets are the differences between a pattern and what came as they may be shown. They have
// parts of texts, and part of a secret could not be told as one: so both are compared once more,
// with their secrets hidden before.
func (u *run) withoutSecrets(
	p *wst.Pattern, got *received, diff []match.Difference,
) []match.Difference {
	text, payload := u.redacted(p.Text), u.hide(got)(string(got.payload))
	switch {
	case text.String() == p.Text.String() && payload == string(got.payload):
	case p.Kind == wst.ExpectQuery:
		diff[0].Got = match.Cut(payload, match.MaxShown)
	case p.Kind == wst.ExpectBinary && diff[0].Got != "":
		diff = match.Note("the bytes differ, and a secret is among them")
	case diff[0].Want != "" || diff[0].Got != "" || diff[0].Path != "":
		hidden := *p
		hidden.Text = text
		if _, diff = hidden.Compare([]byte(payload)); diff == nil {
			diff = match.Note("a secret is another than what was expected")
		}
	}
	for i, d := range diff {
		want, came := u.vars.RedactCut(d.Want), u.vars.RedactCut(d.Got)
		if want != d.Want || came != d.Got { // the places are not known any more
			d.WantAt, d.GotAt = -1, -1
		}
		d.Want, d.Got = want, came
		d.Note, d.Path = u.vars.RedactCut(d.Note), u.vars.RedactCut(d.Path)
		diff[i] = d
	}
	return diff
}

// redacted is a pattern without secrets.
func (u *run) redacted(pattern words.Text) words.Text {
	hidden := pattern.Map(u.vars.Redact)
	if text := u.vars.Redact(hidden.String()); text != hidden.String() { // partly in a value
		return words.Plain(text)
	}
	return hidden
}

// nothing is why nothing came that a line expects.
func (u *run) nothing(
	l *wst.Line, p *peer, pattern *wst.Pattern, passed []string, err error,
) error {
	if u.ctx.Err() != nil {
		return u.ctx.Err()
	}
	var f *report.Failure
	what := pattern.Kind.String()
	if len(passed) > 0 {
		what = strings.TrimSuffix(what, " that matches") + " that matches"
	}
	switch {
	case errors.Is(err, errEnded):
		end := p.ended()
		f = u.failure(l, report.ClosedFailure, "the connection ended before "+what+" came")
		u.ending(f, end)
	case u.within >= 0:
		f = u.failure(l, report.SlowFailure,
			fmt.Sprintf("%s did not come within %s", what, u.within))
	default:
		f = u.failure(l, report.TimeoutFailure,
			fmt.Sprintf("%s did not come within %s", what, u.timeout))
		f.Hint = "/timeout 30s gives it more time"
	}
	f.Expected = u.expected(l)
	for _, text := range passed {
		f.Passing(text)
	}
	u.meanwhile(f, p)
	return f
}

// expected is what a line expects, as it is written; that of an /expect as a line with "<" has it.
func (u *run) expected(l *wst.Line) string {
	source := l.Source()
	if l.Command == "expect" {
		rest := strings.TrimLeft(l.Rest, " ")
		if !strings.HasPrefix(rest, "<") {
			rest = "< " + rest
		}
		source = l.Name + rest
	}
	return u.vars.Redact(source)
}

// endText is the status line that a talk shows for the end of a connection, without secrets: its
// reason is the peer's.
func (u *run) endText(end *session.End) string {
	ev := &session.Event{Kind: session.KindEnd, End: end}
	text := format.NewTalk(format.Style{}).Event(nil, u.vars.Redactor().Event(ev))
	return u.vars.Redact(strings.TrimSpace(string(text)))
}

// meanwhile notes what came and nothing has taken.
func (u *run) meanwhile(f *report.Failure, p *peer) {
	for _, got := range p.waiting() {
		f.Passing(u.show(p, &got))
	}
}

// expectRefusal compares how the last /connect failed with what a line expects of that.
func (u *run) expectRefusal(l *wst.Line, p *wst.Pattern) error {
	err := u.refused[l.Name]
	delete(u.refused, l.Name)
	if err == nil {
		return u.fail(l, report.AcceptedFailure, "no /connect stands before "+p.Kind.String())
	}
	message, _, code := u.Describe(err)
	message = u.vars.Redact(message)
	var refused *dial.Error
	status := 0
	if errors.As(err, &refused) {
		status = refused.Status
	}
	var diff []match.Difference
	switch {
	case p.Kind == wst.ExpectError:
		diff = match.PlainWith(u.redacted(p.Text), []byte(message))
	case status == 0:
		diff = match.Note("expected a refusal with a status, got: " + message)
	case !p.AnyCode && p.Code != status:
		diff = match.Note(fmt.Sprintf("expected status %d, got %d", p.Code, status))
	}
	mark := report.Matched
	if diff != nil {
		mark = report.Differs
	}
	u.res.Add(report.Entry{
		Pos: l.Pos, Kind: report.EntryStatus, Text: "* " + message, Mark: mark,
		Elapsed: u.elapsed(),
	})
	if diff == nil {
		return nil
	}
	f := u.failure(l, report.RefusedFailure, "the connection was not refused as expected")
	f.Expected, f.Got, f.Differences = u.vars.Redact(l.Source()), message, diff
	if p.Kind == wst.ExpectRefused && status == 0 {
		f.Code = code
	}
	return f
}
