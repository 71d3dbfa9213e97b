package script

import (
	"context"
	"fmt"

	"wsline/script/match"
	"wsline/script/report"
	"wsline/script/wst"
)

// pairing pairs what comes with the expectations of an /unordered. Each thing that comes takes an
// expectation that it matches; where another thing has that already, the other one looks for a new
// one (an augmenting path), so that all are paired whenever that is possible.
type pairing struct {
	u     *run
	ctx   context.Context
	wants []*want
	got   []*received
}

// want is one expectation.
type want struct {
	line    *wst.Line
	peer    *peer
	pattern *wst.Pattern
	by      int // index into got of what it is paired with, -1 for none
	groups  map[string]string
}

// unordered waits for as many things as there are expectations, and pairs them in any order.
func (u *run) unordered(c *wst.Conversation, from, to int) error {
	ctx, cancel := u.limit()
	defer cancel()
	w := &pairing{u: u, ctx: ctx}
	for _, l := range c.Lines[from:to] {
		if l.Expect == nil {
			if l.Kind == wst.LineTyped {
				return u.fail(l, report.CommandFailure,
					"only expectations stand between /unordered and /end")
			}
			continue
		}
		if len(w.wants) == maxUnordered {
			return u.fail(l, report.LimitFailure,
				fmt.Sprintf("more than %d expectations in one /unordered", maxUnordered))
		}
		if err := w.add(l); err != nil {
			return err
		}
	}
	for {
		open := w.open()
		if open == nil {
			return w.done()
		}
		got, err := open.peer.take(ctx, w.wanted(open.peer))
		if err != nil {
			return u.nothing(open.line, open.peer, open.pattern, nil, err)
		}
		w.got = append(w.got, got)
		if !w.pair(open.peer, len(w.got)-1, make([]bool, len(w.wants))) {
			return w.mismatch(open.peer, got)
		}
		u.came(nil, open.peer, got, report.Matched)
	}
}

func (w *pairing) add(l *wst.Line) error {
	pattern, err := l.Pattern(w.u.vars)
	if err != nil {
		return w.u.failed(l, report.VariableFailure, err)
	}
	switch {
	case pattern.Any:
		return w.u.fail(l, report.CommandFailure,
			"<* passes over others, which /unordered does not")
	case pattern.Kind == wst.ExpectRefused || pattern.Kind == wst.ExpectError:
		return w.u.fail(l, report.CommandFailure,
			"only what comes on a connection stands in /unordered")
	}
	p, err := w.u.connected(l)
	if err != nil {
		return err
	}
	w.wants = append(w.wants, &want{line: l, peer: p, pattern: pattern, by: -1})
	return nil
}

// open is the first expectation without a pair, nil when there is none.
func (w *pairing) open() *want {
	for _, want := range w.wants {
		if want.by < 0 {
			return want
		}
	}
	return nil
}

// wanted says whether a thing is of a kind that an expectation of the connection still waits for.
func (w *pairing) wanted(p *peer) func(got *received) bool {
	return func(got *received) bool {
		for _, want := range w.wants {
			if want.by < 0 && want.peer == p && want.pattern.Wants(got.kind) {
				return true
			}
		}
		return false
	}
}

// pair finds an expectation for the thing with that index; tried are those that were asked for it.
func (w *pairing) pair(p *peer, index int, tried []bool) bool {
	got := w.got[index]
	for i, want := range w.wants {
		if tried[i] || want.peer != p || !want.pattern.Wants(got.kind) {
			continue
		}
		groups, diff := want.pattern.Match(w.u.ctx, got.event())
		if diff != nil {
			continue
		}
		tried[i] = true
		if want.by < 0 || w.pair(p, want.by, tried) {
			want.by, want.groups = index, groups
			return true
		}
	}
	return false
}

// mismatch tells of a thing that no expectation is left for, beside the one that is nearest to it.
func (w *pairing) mismatch(p *peer, got *received) error {
	var nearest *want
	var diff []match.Difference
	for _, want := range w.wants {
		if want.by >= 0 || want.peer != p || !want.pattern.Wants(got.kind) {
			continue
		}
		_, d := want.pattern.Match(w.u.ctx, got.event())
		if nearest == nil || len(d) < len(diff) {
			nearest, diff = want, d
		}
	}
	err := w.u.mismatch(nearest.line, p, got, nearest.pattern, diff)
	var f *report.Failure
	if asFailure(err, &f) {
		f.Message = "what came matches none of the expectations that are left, " +
			"of which this one is the nearest"
	}
	return err
}

// done takes over what the expressions found, in the order of the lines.
func (w *pairing) done() error {
	w.u.within = noBound
	for _, want := range w.wants {
		if err := w.u.captureGroups(want.line, want.groups); err != nil {
			return err
		}
		if got := w.got[want.by]; got.isMessage() {
			want.peer.last = got.payload
		}
	}
	return nil
}
