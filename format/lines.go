package format

import (
	"bytes"
	"encoding/hex"

	"github.com/mattn/go-runewidth"

	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/session"
)

// message appends a message that came, on a terminal of that width, 0 for unknown.
func (t *Talk) message(dst []byte, ev *session.Event, width int) []byte {
	p := ev.Payload
	if ev.Opcode == wire.OpBinary {
		return t.binary(dst, ev)
	}
	if pretty := t.pretty(); pretty.wants(len(p)) || t.style.Whole && pretty != PrettyNever {
		marked := append(t.mark(dst, t.pal.In, "<"), ' ')
		if laid, ok := appendJSON(marked, p, &t.pal, t.rows("<", width)); ok {
			return append(laid, '\n')
		}
	}
	if plain(p) {
		dst = append(t.mark(dst, t.pal.In, "<"), ' ')
		return appendLines(dst, p, t.pal.In)
	}
	dst = append(t.mark(dst, t.pal.In, "<text"), ' ')
	return appendQuoted(dst, p, t.pal.In)
}

// rows is where JSON is laid out behind a mark.
func (t *Talk) rows(mark string, width int) rows {
	in := rows{margin: "  "}
	if t.times() != TimesOff {
		width -= len(timeBlanks)
	}
	if t.pretty() == PrettyFit && width >= narrowest {
		in.room, in.first = width, runewidth.StringWidth(t.style.Name+mark)+1
	}
	return in
}

// found marks what is looked for in the lines of a message that came, dst[from:], or leaves them
// out.
func (t *Talk) found(dst []byte, from int, ev *session.Event) []byte {
	if t.style.Live == nil || t.style.Live.Finds() == nil {
		return dst
	}
	p := t.style.Live.Finds()
	marked := from + len(t.pal.In.open) + len(t.style.Name) + len("<")
	if !t.style.Whole && !p.Passes(ev.Payload, dst[marked:]) {
		return dst[:from]
	}
	if !t.style.Color {
		return dst
	}
	return p.Mark(dst, marked)
}

// binary appends a binary message that came.
func (t *Talk) binary(dst []byte, ev *session.Event) []byte {
	p := ev.Payload
	dst = t.mark(dst, t.pal.In, "<binary")
	if !t.saved {
		size := " " + plural.Of(len(p), "byte") + "\n"
		return appendDump(append(dst, size...), p, &t.pal, t.width(), t.style.Whole)
	}
	if len(p) > 0 {
		dst = hex.AppendEncode(append(dst, ' '), p)
	}
	return append(dst, '\n')
}

// sent appends a message of ours.
func (t *Talk) sent(dst []byte, op wire.Opcode, p []byte) []byte {
	dst = append(t.mark(dst, t.pal.Out, ">"), ' ')
	switch {
	case op == wire.OpBinary:
		return t.sentBinary(dst, p)
	case !plain(p):
		return appendQuoted(append(dst, "/text "...), p, Paint{})
	case p[0] == '/':
		dst = append(dst, '/') // a second slash: text, not a command
	}
	return appendLines(dst, p, Paint{})
}

func (t *Talk) sentBinary(dst, p []byte) []byte {
	dst = append(dst, "/binary "...)
	if len(p) == 0 {
		return append(dst, "base64:\n"...) // no hexadecimal digits would be an argument forgotten
	}
	n := len(p)
	if !t.saved {
		n = min(n, dumpLimit)
	}
	dst = append(hex.AppendEncode(dst, p[:n]), '\n')
	return appendMore(dst, len(p)-n, &t.pal)
}

// control appends a control frame: word is its kind and its code.
func (t *Talk) control(dst []byte, ev *session.Event, word string, data []byte) []byte {
	mark := "<"
	if ev.Dir == session.Out {
		mark = "> /"
	}
	dst = t.mark(dst, t.pal.Control, mark+word)
	if len(data) == 0 {
		return append(dst, '\n')
	}
	dst = append(dst, ' ')
	if plainWord(data) {
		return appendLines(dst, data, t.pal.Control)
	}
	return appendQuoted(dst, data, t.pal.Control)
}

// status appends one line for the reader's eyes, whatever text holds.
func (t *Talk) status(dst []byte, text string) []byte {
	if t.saved {
		return dst
	}
	dst = t.mark(dst, t.pal.Status, "*")
	dst = append(append(dst, ' '), t.pal.Status.open...)
	dst = Escape(dst, []byte(text), false)
	dst = append(dst, t.pal.Status.end...)
	return append(dst, '\n')
}

// mark appends the connection's name and a line's mark.
func (t *Talk) mark(dst []byte, paint Paint, mark string) []byte {
	dst = append(append(dst, t.name...), paint.open...)
	dst = append(dst, mark...)
	return append(dst, paint.end...)
}

// appendLines appends safe text and a line feed. Its second line and those after it are indented.
func appendLines(dst, text []byte, paint Paint) []byte {
	for i := 0; ; i++ {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		if i > 0 {
			dst = append(dst, "  "...)
		}
		if len(line) > 0 {
			dst = append(dst, paint.open...)
			dst = append(dst, line...)
			dst = append(dst, paint.end...)
		}
		dst = append(dst, '\n')
		if !more {
			return dst
		}
		text = rest
	}
}

func appendQuoted(dst, p []byte, paint Paint) []byte {
	dst = append(dst, paint.open...)
	dst = Quote(dst, p)
	dst = append(dst, paint.end...)
	return append(dst, '\n')
}
