package wst

import (
	"bytes"
	"fmt"

	"wsline/internal/wire"
	"wsline/script/match"
	"wsline/session"
)

// Sample is something that the pattern matches.
func (p *Pattern) Sample() (*session.Event, error) {
	ev := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText}
	switch p.Kind {
	case ExpectQuery:
		return nil, fmt.Errorf("<? %s says what is true of a message, not what to send", p.Query)
	case ExpectRegexp:
		text, ok := match.SampleRegexp(p.Regexp)
		if !ok {
			return nil, fmt.Errorf("no text is known that %s matches", Quoted(p.Regexp.String()))
		}
		ev.Payload = []byte(text)
	case ExpectBinary:
		ev.Opcode, ev.Payload = wire.OpBinary, bytes.Join(p.Parts, nil)
	case ExpectPing:
		ev.Kind, ev.Payload = session.KindPing, match.Unescape(p.Text)
	case ExpectPong:
		ev.Kind, ev.Payload = session.KindPong, match.Unescape(p.Text)
	case ExpectClose:
		ev.Kind, ev.Code = session.KindClose, wire.StatusCode(p.Code)
		ev.Reason = string(match.Unescape(p.Text))
		if p.AnyCode {
			ev.Code = wire.StatusNormalClosure
		}
	default:
		ev.Payload = match.SampleWith(p.Text)
	}
	return ev, nil
}
