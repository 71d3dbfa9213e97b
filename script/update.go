package script

import (
	"encoding/json"
	"strings"

	"wsline/format"
	"wsline/internal/wire"
	"wsline/session"
)

// replace notes how the line of an expectation has to read to match what came. It is false for what
// cannot be told: what a regular expression or a query should be, lines of included files, those that
// something else has matched before, and secrets that have no other form than their own.
func (u *run) replace(l *Line, got *received) bool {
	e := l.Expect
	isExpression := e.Kind == ExpectRegexp || e.Kind == ExpectQuery
	if len(u.files) > 1 || l.Kind != LineExpect || e.Any || isExpression || u.held[l] {
		return false
	}
	var texts []string
	if text, ok := u.mergedText(l, got); ok {
		texts = append(texts, text)
	}
	for _, text := range append(texts, patternText(got)) {
		now := l.reads(u.vars.PutBack(text))
		if now == nil || !u.matches(now, got) || u.tellsSecret(now.Text, got) {
			continue
		}
		if u.updates == nil {
			u.updates = map[*Line]*Line{}
		}
		u.updates[l] = now
		u.hold(l)
		return true
	}
	return false
}

// reads is the line with another text behind its mark, nil when that cannot be read.
func (l *Line) reads(text string) *Line {
	other := *l
	other.Replace(text)
	c, err := Parse("", []byte(other.raw))
	if err != nil || len(c.Lines) != 1 {
		return nil
	}
	now := c.Lines[0]
	now.Pos = l.Pos
	return now
}

func (u *run) matches(l *Line, got *received) bool {
	pattern, err := l.Pattern(u.vars)
	if err != nil || !pattern.wants(got) {
		return false
	}
	_, diff := pattern.compare(u.ctx, got)
	return diff == nil
}

// tellsSecret says whether a text that expects what came has a secret in a form that PutBack does
// not know: as bytes in hexadecimal, or with what looks like a variable or a wildcard escaped.
func (u *run) tellsSecret(text string, got *received) bool {
	if got.isMessage() && got.opcode == wire.OpBinary {
		text = string(got.payload)
	}
	plain := strings.NewReplacer("$${", "${", `\\...`, wildcard, `\...`, wildcard).Replace(text)
	return u.vars.Redact(text) != text || u.vars.Redact(plain) != plain
}

// updatedLine is the line as it reads by now.
func (u *run) updatedLine(l *Line) *Line {
	if now := u.updates[l]; now != nil {
		return now
	}
	return l
}

// hold notes that something matches the line as it reads now, which must stay so.
func (u *run) hold(l *Line) {
	if !u.Update {
		return
	}
	if u.held == nil {
		u.held = map[*Line]bool{}
	}
	u.held[l] = true
}

// mergedText is the line with what still holds of its pattern, if both that and the message are
// JSON.
func (u *run) mergedText(l *Line, got *received) (string, bool) {
	e := l.Expect
	if e.Kind != ExpectText || e.Quoted || got.opcode != wire.OpText {
		return "", false
	}
	if !json.Valid(got.payload) {
		return "", false
	}
	merged, ok := merge([]byte(e.Text), got.payload, func(s string) string {
		if out, err := u.vars.Expand(s, l.Pos); err == nil {
			return out
		}
		return s
	}, escapeReferences)
	return " " + string(merged), ok
}

// patternText is what stands behind "<" to expect what came, or what is as good as that another
// time.
func patternText(got *received) string {
	line, _ := AppendPattern(nil, "", got.event())
	return strings.ReplaceAll(strings.TrimSuffix(string(line[1:]), "\n"), "\n"+indent, "\n")
}

// AppendPattern appends a line that sends what we sent, or expects what came: times, ids and tokens
// in messages may be others, see Generalize, which also says what the places are.
func AppendPattern(dst []byte, name string, ev *session.Event) (line []byte, replaced []string) {
	general := *ev
	switch {
	case ev.Kind == session.KindMessage && ev.Opcode == wire.OpBinary:
	case ev.Dir == session.Out:
		general.Payload = []byte(escapeReferences(string(ev.Payload)))
		general.Reason = escapeReferences(ev.Reason)
	case ev.Kind == session.KindMessage:
		general.Payload, replaced = Generalize(ev.Payload)
		general.Payload = []byte(escapeReferences(string(general.Payload)))
	default:
		general.Payload = []byte(escapeReferences(escapeWildcards(string(ev.Payload))))
		general.Reason = escapeReferences(escapeWildcards(ev.Reason))
	}
	start := len(dst)
	dst = format.Conversation(append(dst, name...), &general)
	if len(dst) == start+len(name) {
		return dst[:start], nil // an event that is not part of a conversation
	}
	return dst, replaced
}

// updated is the text of the conversation with the lines that were replaced, "" when none was.
func (u *run) updated(c *Conversation) string {
	if len(u.updates) == 0 {
		return ""
	}
	again, err := Parse(c.File, c.Bytes()) // c may be run by others at the same time
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
