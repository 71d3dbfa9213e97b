package format

import (
	"strconv"
	"strings"

	"wsline/internal/hide"
	"wsline/session"
)

// conversation is one connection in a saved conversation. What answers by itself is not typed
// again: the pong for a ping, the Close frame for the peer's.
type conversation struct {
	opts    *RecordOptions
	talk    Talk
	joiner  joiner
	replies Replies
}

func (c *conversation) event(dst []byte, ev *session.Event) []byte {
	if c.replies.Automatic(ev) {
		return dst
	}
	switch ev.Kind {
	case session.KindOpen:
		c.joiner.parts = [2]joined{}
		if c.opts.Line == nil {
			return c.connect(dst, ev)
		}
	case session.KindMessage:
		whole, length := c.joiner.add(ev)
		if whole == nil {
			return dst
		}
		if kept := int64(len(whole.Payload)); kept < length {
			dst = append(dst, "# of the next message only the first "...)
			dst = strconv.AppendInt(dst, kept, 10)
			dst = strconv.AppendInt(append(dst, " bytes are kept, of "...), length, 10)
			dst = append(dst, '\n')
		}
		return c.line(dst, whole)
	case session.KindFrame:
		return dst
	}
	return c.line(dst, ev)
}

func (c *conversation) line(dst []byte, ev *session.Event) []byte {
	if c.opts.Line != nil {
		return c.opts.Line(dst, c.talk.style.Name, ev)
	}
	return c.talk.Event(dst, ev)
}

func (c *conversation) connect(dst []byte, ev *session.Event) []byte {
	target := c.opts.Connect
	if h := ev.Handshake; target == "" && h != nil && h.URL != nil {
		if target = h.URL.String(); !c.opts.Secrets {
			target = hide.URL(h.URL)
		}
	}
	dst = append(append(dst, c.talk.style.Name...), "> /connect"...)
	if c.talk.style.Name != "" {
		dst = append(append(dst, " --as "...), c.talk.style.Name...)
	}
	if target != "" {
		dst = Escape(append(dst, ' '), []byte(target), false)
	}
	return append(dst, '\n')
}

// ScriptName is the name of a connection as a conversation can have it: of letters, digits, "_" and
// "-". In a recording that is shown it may be anything.
func ScriptName(conn string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		case r == '_' || r == '-':
			return r
		}
		return '_'
	}, conn)
}
