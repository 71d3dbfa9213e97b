package format

import (
	"bytes"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/mattn/go-runewidth"

	"wsline/internal/dial"
	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/session"
)

// Talk shows events on a terminal, in the language in which a conversation is typed and saved.
//
//	> text               a text message of ours, or a command: /ping data, /close code reason
//	> //text             a text message of ours that begins with a slash
//	> /text "a\x1bb"     one that is not plain, as Quote writes it
//	< text               a text message that came
//	<text "a\x1bb"       one that is not plain
//	<binary 4 bytes      a binary one; its first 4 KiB follow as a hexdump, indented by two spaces
//	<ping data           control frames that came, their data quoted when it is not plain
//	<pong data
//	<close 1000 reason   or <close alone, for a Close frame without a code
//	* anything           for the reader's eyes
//
// A message of several lines goes on in lines indented by two spaces, and so does a line that is
// longer than the terminal is wide (see Style.Wrap). Text is plain, and stands
// as it is, when reading it back gives the same bytes: it is not empty, has nothing unsafe (see
// Escape) but line feeds and tabs, does not begin with white space, and no line of it ends with
// any. The data of a control frame must also be one line that does not begin with a quotation
// mark. JSON that is laid out (see Pretty) reads back to the same JSON. A time at a line's
// beginning is not part of the language.
//
// Every line ends with a line feed, and colours begin and end on the same line. A Talk may be used
// concurrently.
type Talk struct {
	style Style
	pal   Palette
	name  string // the style's, in its colour
	faint Paint  // of all of an event, whose palette is then empty
	saved bool   // the conversation form: nothing for the eyes only, nothing left out

	frames atomic.Uint32 // a Frames
}

// NewTalk returns a printer in the given style.
func NewTalk(style Style) *Talk {
	style.Name = string(Escape(nil, []byte(style.Name), false))
	t := &Talk{style: style, pal: NewPalette(style.Color)}
	if style.Faint {
		t.faint, t.pal = t.pal.Faint, Palette{}
	}
	if t.name = style.Name; style.Color && !style.Faint && t.name != "" {
		t.name = string(namePaint(style.NameColor).Append(nil, t.name))
	}
	t.SetFrames(style.Frames)
	return t
}

// Conversation appends an event in the form in which conversations are saved: as a Talk shows it,
// but binary messages in full, in hexadecimal on one line, JSON as it was sent, and no status
// lines.
func Conversation(dst []byte, ev *session.Event) []byte {
	t := Talk{saved: true, style: Style{Pretty: PrettyNever}}
	return t.Event(dst, ev)
}

// Event appends what a talk shows for one event, with its time when the style wants it. What is
// ours is shown as it would have been typed at the prompt: "> hi", "> /binary 0bad",
// "> //text that begins with a slash", "> /text "quoted"", "> /ping data".
func (t *Talk) Event(dst []byte, ev *session.Event) []byte {
	from := len(dst)
	width := t.columns() // asked once: it costs a call of the system
	dst = wrapTo(t.Stamp(t.event(dst, ev, width), from, ev.Time), from, width, every)
	return t.faint.lines(dst, from)
}

// columns is how wide the terminal is now, 0 for unknown.
func (t *Talk) columns() int {
	if t.style.Wrap == nil {
		return 0
	}
	return t.style.Wrap()
}

// Unwrapped appends what Event does, without its time, and in lines of any length.
func (t *Talk) Unwrapped(dst []byte, ev *session.Event) []byte { return t.event(dst, ev, t.columns()) }

func (t *Talk) event(dst []byte, ev *session.Event, width int) []byte {
	switch ev.Kind {
	case session.KindOpen:
		return t.open(dst, ev)
	case session.KindNotice:
		return t.status(dst, ev.Text)
	case session.KindGap:
		return t.status(dst, gapText(ev.Gap))
	case session.KindEnd:
		return t.status(dst, endText(ev.End))
	case session.KindMessage:
		if ev.Dir == session.Out {
			return t.sent(dst, ev.Opcode, ev.Payload)
		}
		return t.found(t.message(dst, ev, width), len(dst), ev)
	case session.KindPing:
		return t.control(dst, ev, "ping", ev.Payload)
	case session.KindPong:
		dst = t.control(dst, ev, "pong", ev.Payload)
		if ev.RTT > 0 {
			dst = t.status(dst, "round trip "+plural.Rounded(ev.RTT).String())
		}
		return dst
	case session.KindClose:
		return t.control(dst, ev, "close"+codeWord(ev), []byte(ev.Reason))
	case session.KindFrame:
		return t.frame(dst, ev)
	}
	return dst
}

// open appends what has been connected to. What an event has to say besides, such as how to go on,
// stands on a line of its own where one is too short.
func (t *Talk) open(dst []byte, ev *session.Event) []byte {
	text := openText(ev.Handshake, t.style.Secrets)
	if ev.Text == "" {
		return t.status(dst, text)
	}
	both, width := text+", "+ev.Text, t.width()
	if runewidth.StringWidth(t.style.Name+"* "+both) <= width || width <= 0 {
		return t.status(dst, both)
	}
	return t.status(t.status(dst, text), ev.Text)
}

// codeWord is the code of a Close frame after the word close. A frame without one is "<close" when
// it came and "/close 0" when it was ours, since /close alone is 1000.
func codeWord(ev *session.Event) string {
	switch {
	case ev.Code != wire.StatusNoStatusRcvd && ev.Code != 0:
		return " " + strconv.Itoa(int(ev.Code))
	case ev.Dir == session.Out:
		return " 0"
	}
	return ""
}

// timeLayout is how the time of a line is written; timeBlanks take as many columns.
const (
	timeLayout = "15:04:05.000 "
	timeBlanks = "             "
)

// Stamp puts the time before the lines in dst[from:] when the style wants it, and blanks before those
// that go on with the one before, so that what is one below the other stays so. For the zero time
// there are blanks before all.
func (t *Talk) Stamp(dst []byte, from int, at time.Time) []byte {
	if t.times() == TimesOff || len(dst) == from {
		return dst
	}
	var room [64]byte
	stamp := []byte(timeBlanks)
	if !at.IsZero() {
		stamp = t.appendTime(append(room[:0], t.pal.Faint.open...), at)
		stamp = append(append(stamp[:len(stamp)-1], t.pal.Faint.end...), ' ')
	}
	if bytes.IndexByte(dst[from:], '\n') == len(dst)-from-1 {
		return wrapStamped(slices.Insert(dst, from, stamp...), from, t.style.Wrap, stamp)
	}
	lines := bytes.Clone(dst[from:])
	dst = dst[:from]
	for line := range bytes.Lines(lines) {
		if line[0] == ' ' {
			dst = append(dst, timeBlanks...)
		} else {
			dst = append(dst, stamp...)
		}
		dst = append(dst, line...)
	}
	return wrapStamped(dst, from, t.style.Wrap, stamp)
}

// unstamped tells how wide lines may be that Stamp is to put the time before. Where it leaves too
// few columns Stamp alone breaks them.
func (t *Talk) unstamped() func() int {
	if t.style.Wrap == nil || t.times() == TimesOff {
		return t.style.Wrap
	}
	return func() int { return t.style.Wrap() - len(timeBlanks) }
}

// Handshake appends what Handshake does for an event of KindOpen, with the time before it when the
// style wants it.
func (t *Talk) Handshake(dst []byte, ev *session.Event, style HandshakeStyle) []byte {
	from := len(dst)
	dst = t.Stamp(t.Unstamped(dst, ev.Handshake, style), from, ev.Time)
	return Wrap(dst, from, t.style.Wrap)
}

// Unstamped appends what Handshake does, in lines that have room for the time.
func (t *Talk) Unstamped(dst []byte, h *dial.Handshake, style HandshakeStyle) []byte {
	style.Wrap = t.unstamped()
	return Handshake(dst, h, style)
}

// Status appends a line for the reader's eyes, "* text"; a text of several lines is several of
// them. Stamp puts the time before it.
func (t *Talk) Status(dst []byte, text string) []byte {
	from := len(dst)
	for line := range bytes.Lines([]byte(text)) {
		dst = t.status(dst, string(bytes.TrimRight(line, "\r\n")))
	}
	return wrapOurs(dst, from, t.unstamped())
}

// Prompt is what stands before the line being typed: "> ", or "not connected> ", with the
// connection's name and in colour as the style says. It takes PromptWidth columns.
func (t *Talk) Prompt(connected bool) string {
	rest := t.prompt(connected)[len(t.style.Name):]
	return string(t.pal.Out.Append([]byte(t.name), rest)) + " "
}

// PromptWidth is how many columns Prompt takes.
func (t *Talk) PromptWidth(connected bool) int {
	return runewidth.StringWidth(t.prompt(connected)) + 1
}

func (t *Talk) prompt(connected bool) string {
	switch {
	case connected:
		return t.style.Name + ">"
	case t.style.Name == "":
		return "not connected>"
	}
	return t.style.Name + " not connected>"
}

// Error appends "wsline: error: message" and, when there is one, "wsline: hint: hint". Each may
// have several lines; those after the first are indented by two spaces.
func (t *Talk) Error(dst []byte, message, hint string) []byte {
	from := len(dst)
	dst = appendError(dst, "error:", message, t.pal.Error)
	if hint != "" {
		dst = appendError(dst, "hint:", hint, t.pal.Hint)
	}
	return wrapOurs(dst, from, t.unstamped())
}

func appendError(dst []byte, label, text string, paint Paint) []byte {
	dst = append(dst, "wsline: "...)
	dst = append(paint.Append(dst, label), ' ')
	return appendLines(dst, Escape(nil, []byte(text), true), Paint{})
}
