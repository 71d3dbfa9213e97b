package wst

import (
	"context"
	"strings"

	"wsline/format"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/script/match"
	"wsline/session"
)

// A Message is what one line of a conversation sends or expects, as an event without a time.
type Message struct {
	Line *Line
	session.Event
}

// Messages are what the lines of a conversation send and expect: messages, pings, pongs and Close
// frames, with "${" for "$${" and "..." for \... in text. Lines that are none of these by
// themselves (other commands, patterns that are expressions) are left out, and so are those with
// variables.
func Messages(c *Conversation) []Message {
	var list []Message
	for _, l := range c.Lines {
		var ev *session.Event
		switch {
		case l.Kind == LineTyped && l.Expect == nil:
			ev = typedEvent(l)
		case l.Kind == LineExpect && l.Expect != nil:
			ev = expectedEvent(l)
		}
		if ev != nil {
			list = append(list, Message{l, *ev})
		}
	}
	return list
}

// typedEvent is what a typed line sends, nil for anything else than an event.
func typedEvent(l *Line) *session.Event {
	text, isKnown, _ := known(l.Rest)
	if !isKnown {
		return nil
	}
	return sentEvent(l.Command, words.Plain(text))
}

// sentEvent is what a message, or a command with its argument, sends.
func sentEvent(name string, rest words.Text) *session.Event {
	switch name {
	case "", "binary", "text", "ping", "pong", "close":
	default:
		return nil
	}
	var ev *session.Event
	env := dryEnv(func(s sent) {
		ev = &session.Event{
			Kind: s.kind, Dir: session.Out, Opcode: s.opcode, Payload: s.payload, Code: s.code,
			Reason: s.reason,
		}
	})
	if isFile(name, rest) || env.Run(context.Background(), name, rest) != nil {
		return nil
	}
	return ev
}

// expectedEvent is what an expectation waits for, nil when that is not one event.
func expectedEvent(l *Line) *session.Event {
	none := false
	p, f := l.Expect.pattern(func(*reference) (string, *fault) { none = true; return "", nil })
	if none || f != nil || p.AnyCode || len(p.Parts) > 1 {
		return nil
	}
	ev := &session.Event{Kind: session.KindMessage, Dir: session.In}
	switch p.Kind {
	case ExpectText:
		ev.Opcode, ev.Payload = wire.OpText, match.UnescapeText(p.Text)
	case ExpectBinary:
		ev.Opcode, ev.Payload = wire.OpBinary, p.Parts[0]
	case ExpectPing:
		ev.Kind, ev.Payload = session.KindPing, match.Unescape(p.Text)
	case ExpectPong:
		ev.Kind, ev.Payload = session.KindPong, match.Unescape(p.Text)
	case ExpectClose:
		ev.Kind = session.KindClose
		ev.Code, ev.Reason = wire.StatusCode(p.Code), string(match.Unescape(p.Text))
	default:
		return nil
	}
	return ev
}

// AppendEvent appends an event as a line of a script: as format.Conversation writes it, but so that
// what was said means nothing else in a script: "${" is written "$${", and a backslash before "..."
// in what came as a pattern has it. Messages gives the same event back. The name is the
// connection's.
//
// What came and has "..." in it, without a backslash, becomes a pattern that matches it and more.
func AppendEvent(dst []byte, name string, ev *session.Event) []byte {
	escaped := *ev
	switch {
	case ev.Kind == session.KindMessage && ev.Opcode == wire.OpBinary:
	case ev.Dir == session.Out:
		escaped.Payload = escapeReferences(ev.Payload)
		escaped.Reason = EscapeReferences(ev.Reason)
	default:
		escaped.Payload = []byte(escapeText(ev, string(ev.Payload)))
		escaped.Reason = escapeText(ev, ev.Reason)
	}
	start := len(dst)
	dst = format.Conversation(append(dst, name...), &escaped)
	if len(dst) == start+len(name) {
		return dst[:start] // an event that is not part of a conversation
	}
	return dst
}

// escapeText writes a text of an event so that it reads back as that. In what came "..." is left
// alone, unless a backslash before it would be taken for something else; JSON has escapes of its
// own.
func escapeText(ev *session.Event, text string) string {
	if ev.Dir == session.In && strings.Contains(text, `\`+match.Wildcard) {
		if !match.IsJSON([]byte(text)) || ev.Kind != session.KindMessage {
			text = match.Escape(text)
		}
	}
	return EscapeReferences(text)
}

// ReplaceEvent puts what came in the place of what a LineExpect expects, as AppendEvent writes it.
// The line keeps its name and its time; what has been parsed of it stays as it was.
func (l *Line) ReplaceEvent(ev *session.Event) {
	text := strings.TrimSuffix(string(AppendEvent(nil, "", ev)), "\n")
	text = strings.ReplaceAll(text, "\n"+indent, "\n")
	l.Replace(strings.TrimPrefix(text, "<"))
}
