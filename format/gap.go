package format

import (
	"fmt"
	"strconv"
	"time"

	"wsline/internal/plural"
	"wsline/session"
)

// gapText is what lay between two connections, or before the first.
func gapText(g *session.Gap) string {
	text := fmt.Sprintf("connected again after %v", plural.Rounded(g.Down))
	if g.Tries > 1 {
		text += ", at attempt " + strconv.Itoa(g.Tries)
	}
	switch {
	case g.To == 0 && g.Unheard == 0:
		return text
	case g.To == 0:
		return text + "; " + plural.Of(g.Unheard, "message") + " may not have arrived"
	}
	what, verb := fmt.Sprintf("message %d of the input", g.To), "was"
	if g.To > g.From {
		what, verb = fmt.Sprintf("messages %d to %d of the input", g.From, g.To), "were"
	}
	text += "; " + what + " may not have arrived"
	if g.Resent {
		return text + ", and " + verb + " sent again"
	}
	return text + ", and " + verb + " not sent again"
}

// appendGap appends the members of a reconnect line.
func appendGap(dst []byte, g *session.Gap) []byte {
	dst = appendMember(dst, "cause", g.Cause)
	dst = appendInt(dst, "tries", int64(g.Tries))
	dst = appendSeconds(appendName(dst, "down"), g.Down, 9)
	if g.Unheard > 0 {
		dst = appendInt(dst, "unheard_messages", g.Unheard)
	}
	if g.To > 0 {
		dst = strconv.AppendInt(append(dst, `,"unheard":{"from":`...), g.From, 10)
		dst = append(appendInt(dst, "to", g.To), '}')
		if g.Resent {
			dst = append(dst, `,"resent":true`...)
		}
	}
	return dst
}

// jsonGap are those members but the cause.
type jsonGap struct {
	Tries   int                      `json:"tries"`
	Down    seconds                  `json:"down"`
	Unheard struct{ From, To int64 } `json:"unheard"`
	Resent  bool                     `json:"resent"`
	Lost    int64                    `json:"unheard_messages"`
}

func (g *jsonGap) gap(cause string) *session.Gap {
	return &session.Gap{Cause: cause, Tries: g.Tries, Down: time.Duration(g.Down),
		From: g.Unheard.From, To: g.Unheard.To, Resent: g.Resent,
		Unheard: g.Lost}
}
