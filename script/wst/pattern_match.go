package wst

import (
	"context"
	"strconv"

	"wsline/internal/wire"
	"wsline/script/match"
	"wsline/session"
)

// Wants says whether a thing of that kind that came is held against the pattern, and not left for
// another one. Control frames may come between any messages (RFC 6455 §5.4), so their order is no
// matter of a script.
func (p *Pattern) Wants(kind session.Kind) bool {
	switch p.Kind {
	case ExpectPing:
		return kind == session.KindPing
	case ExpectPong:
		return kind == session.KindPong
	case ExpectClose:
		return kind == session.KindClose
	}
	return kind == session.KindMessage
}

// Match holds what came against a pattern. Without differences it matches; the named groups of a
// regular expression become variables.
func (p *Pattern) Match(
	ctx context.Context, ev *session.Event,
) (groups map[string]string, diff []match.Difference) {
	if ev.Kind == session.KindMessage && (ev.Opcode == wire.OpBinary) != (p.Kind == ExpectBinary) {
		return nil, match.Note("expected " + p.Kind.String() + ", got " + opcodeText(ev.Opcode))
	}
	switch p.Kind {
	case ExpectQuery:
		return nil, match.Query(ctx, p.Query, ev.Payload)
	case ExpectClose:
		if diff := p.compareCode(ev.Code); diff != nil {
			return nil, diff
		}
		return p.Compare([]byte(ev.Reason))
	}
	return p.Compare(ev.Payload)
}

// Compare holds the payload of what came, or the reason of a Close frame, against a pattern of that
// kind. It returns how they differ, nil when they do not, and the named groups of an ExpectRegexp.
// The code of a Close frame, and an ExpectQuery, which needs a context, are for Match to compare.
func (p *Pattern) Compare(got []byte) (groups map[string]string, diff []match.Difference) {
	switch p.Kind {
	case ExpectText:
		return nil, match.TextWith(p.Text, got)
	case ExpectBinary:
		return nil, match.Parts(p.Parts, got)
	case ExpectRegexp:
		return match.Regexp(p.Regexp, got)
	case ExpectPing, ExpectPong, ExpectClose, ExpectError:
		return nil, match.PlainWith(p.Text, got)
	}
	return nil, nil
}

func (p *Pattern) compareCode(got wire.StatusCode) []match.Difference {
	if p.AnyCode || p.Code == int(got) {
		return nil
	}
	want, came := codeText(p.Code), codeText(int(got))
	return match.Note("expected " + want + ", got " + came)
}

func opcodeText(op wire.Opcode) string {
	if op == wire.OpBinary {
		return "a binary message"
	}
	return "a text message"
}

func codeText(code int) string {
	if code == int(wire.StatusNoStatusRcvd) {
		return "no code"
	}
	text := "code " + strconv.Itoa(code)
	if name := wire.StatusCode(code).Name(); name != "" {
		text += " (" + name + ")"
	}
	return text
}
