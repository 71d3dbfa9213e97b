package wst

import (
	"strings"

	"wsline/format"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/script/match"
	"wsline/session"
)

// AppendPattern appends a line that sends what we sent, or expects what came: times, ids and tokens
// in messages may be others, see Generalize, which also says what the places are.
func AppendPattern(dst []byte, name string, ev *session.Event) (line []byte, replaced []string) {
	general := *ev
	switch {
	case ev.Kind == session.KindMessage && ev.Opcode == wire.OpBinary:
	case ev.Dir == session.Out:
		general.Payload = escapeReferences(ev.Payload)
		general.Reason = EscapeReferences(ev.Reason)
	case ev.Kind == session.KindMessage:
		general.Payload, replaced = match.Generalize(ev.Payload)
		general.Payload = escapeReferences(general.Payload)
	default:
		general.Payload = []byte(EscapeReferences(match.Escape(string(ev.Payload))))
		general.Reason = EscapeReferences(match.Escape(ev.Reason))
	}
	start := len(dst)
	dst = format.Conversation(append(dst, name...), &general)
	if len(dst) == start+len(name) {
		return dst[:start], nil // an event that is not part of a conversation
	}
	return dst, replaced
}

// PatternText is what stands behind "<" to expect what came, or what is as good as that another
// time.
func PatternText(ev *session.Event) string {
	line, _ := AppendPattern(nil, "", ev)
	return strings.ReplaceAll(strings.TrimSuffix(string(line[1:]), "\n"), "\n"+indent, "\n")
}

// Sends is a pattern for what a typed line makes a client send, nil when that is nothing that an
// expectation tells. Rest has its variables expanded.
func (l *Line) Sends(rest words.Text) *Pattern {
	ev := sentEvent(l.Command, rest)
	if ev == nil {
		return nil
	}
	p := &Pattern{Kind: ExpectText, Text: words.Plain(match.Escape(string(ev.Payload)))}
	switch {
	case ev.Kind == session.KindPing:
		p.Kind = ExpectPing
	case ev.Kind == session.KindPong:
		p.Kind = ExpectPong
	case ev.Kind == session.KindClose:
		p.Kind, p.Text, p.Code = ExpectClose, words.Plain(match.Escape(ev.Reason)), int(ev.Code)
	case ev.Opcode == wire.OpBinary:
		p.Kind, p.Parts = ExpectBinary, [][]byte{ev.Payload}
	case unforeseeable(l.Rest):
		p.Text = words.Plain(match.Wildcard)
	default:
		p.Text = words.Plain(string(match.Literal(ev.Payload)))
	}
	return p
}

// unforeseeable says whether a text has variables whose values are others each time.
func unforeseeable(text string) bool {
	found := false
	_, _ = expand(text, func(ref *reference) (string, *fault) {
		switch ref.name {
		case "uuid", "now", "random":
			found = true
		}
		return "", nil
	})
	return found
}
