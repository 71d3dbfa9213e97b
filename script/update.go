package script

import (
	"encoding/json"
	"strings"

	"wsline/format"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/script/match"
	"wsline/script/wst"
)

// replace notes how the line of an expectation has to read to match what came. It is false for what
// cannot be told: what a regular expression or a query should be, lines of included files, those that
// something else has matched before, and secrets that have no other form than their own.
func (u *run) replace(l *wst.Line, got *received) bool {
	e := l.Expect
	isExpression := e.Kind == wst.ExpectRegexp || e.Kind == wst.ExpectQuery
	if len(u.files) > 1 || l.Kind != wst.LineExpect || e.Any || isExpression || u.held[l] {
		return false
	}
	var texts []string
	if text, ok := u.mergedText(l, got); ok {
		texts = append(texts, text)
	}
	for _, text := range append(texts, wst.PatternText(got.event())) {
		now := l.With(u.vars.PutBack(text))
		if now == nil || !u.matches(now, got) || u.tellsSecret(now.Text, got) {
			continue
		}
		if u.updates == nil {
			u.updates = map[*wst.Line]*wst.Line{}
		}
		u.updates[l] = now
		u.hold(l)
		return true
	}
	return false
}

func (u *run) matches(l *wst.Line, got *received) bool {
	pattern, err := l.Pattern(u.vars)
	if err != nil || !pattern.Wants(got.kind) {
		return false
	}
	_, diff := pattern.Match(u.ctx, got.event())
	return diff == nil
}

// tellsSecret says whether a text that expects what came has a secret in a form that PutBack does
// not know: as bytes in hexadecimal, or with what looks like a variable or a wildcard escaped.
func (u *run) tellsSecret(text string, got *received) bool {
	if got.isMessage() && got.opcode == wire.OpBinary {
		text = string(got.payload)
	}
	plain := strings.NewReplacer(
		"$${", "${", `\\...`, match.Wildcard, `\...`, match.Wildcard).Replace(text)
	return u.vars.Redact(text) != text || u.vars.Redact(plain) != plain
}

// updatedLine is the line as it reads by now.
func (u *run) updatedLine(l *wst.Line) *wst.Line {
	if now := u.updates[l]; now != nil {
		return now
	}
	return l
}

// hold notes that something matches the line as it reads now, which must stay so.
func (u *run) hold(l *wst.Line) {
	if !u.Update {
		return
	}
	if u.held == nil {
		u.held = map[*wst.Line]bool{}
	}
	u.held[l] = true
}

// mergedText is the line with what still holds of its pattern, if both that and the message are
// JSON.
func (u *run) mergedText(l *wst.Line, got *received) (string, bool) {
	e := l.Expect
	if e.Kind != wst.ExpectText || e.Quoted || got.opcode != wire.OpText {
		return "", false
	}
	if !json.Valid(got.payload) {
		return "", false
	}
	merged, ok := match.Merge(wst.Sources(e.Text), got.payload, func(s string) words.Text {
		if out, err := u.vars.Expand(s, l.Pos); err == nil {
			return out
		}
		return words.Plain(s)
	}, wst.EscapeReferences)
	space := e.Text[:len(e.Text)-len(strings.TrimLeft(e.Text, " "))]
	return " " + space + string(format.EscapeJSON(nil, merged)), ok
}

// updated is the text of the conversation with the lines that were replaced, "" when none was.
func (u *run) updated(c *wst.Conversation) string {
	if len(u.updates) == 0 {
		return ""
	}
	again, err := wst.Parse(c.File, c.Bytes()) // c may be run by others at the same time
	if err != nil {
		return ""
	}
	for i, l := range c.Lines {
		if now, ok := u.updates[l]; ok {
			again.Lines[i].Replace(now.Text)
		}
	}
	return string(again.Bytes())
}
