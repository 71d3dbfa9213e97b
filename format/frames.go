package format

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/session"
)

// Frames says how a talk shows frames.
type Frames uint8

const (
	FramesOff  Frames = iota // not at all
	FramesLine               // each on one line
	FramesHex                // each with its header and its payload in hexadecimal
)

// ParseFrames reads "off", "on" or "hex".
func ParseFrames(s string) (Frames, error) {
	for _, f := range []Frames{FramesOff, FramesLine, FramesHex} {
		if s == f.String() {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%q is not on, off or hex", s)
}

// String is the word that ParseFrames reads.
func (f Frames) String() string {
	switch f {
	case FramesOff:
		return "off"
	case FramesLine:
		return "on"
	case FramesHex:
		return "hex"
	}
	return fmt.Sprintf("Frames(%d)", uint8(f))
}

// SetFrames changes how frames are shown from now on.
func (t *Talk) SetFrames(f Frames) { t.frames.Store(uint32(f)) }

const (
	frameWidth = 100 // columns of a frame's line when those of the terminal are not known
	leastRoom  = 16  // columns that text has at least, should the line be wrapped for it
	leastHex   = 8   // columns below which a part of the bytes is not worth showing
)

// frame appends a frame, for the reader's eyes:
//
//	alice* 12:00:00.123456 > text         FIN         5 bytes  mask 37fa213d  "hello"
//	alice* 12:00:00.124012 < text         no-FIN      3 bytes  fragment 1  "hel"
//	alice* 12:00:00.124013 < continuation FIN         2 bytes  fragment 2  "lo"
//
// What stands in every line comes first, so that it is below each other.
func (t *Talk) frame(dst []byte, ev *session.Event) []byte {
	mode, f := Frames(t.frames.Load()), ev.Frame
	if mode == FramesOff || f == nil || t.saved {
		return dst
	}
	l := frameLine{dst: t.mark(dst, t.pal.Status, "*")}
	l.cols = len("*") + runewidth.StringWidth(t.style.Name)
	if t.times() == TimesOff {
		l.add(t.pal.Faint, " "+ev.Time.Format("15:04:05.000000"))
	}
	t.frameHead(&l, ev)
	room := frameWidth
	if width := t.width(); width > 0 {
		room = width
	}
	l.preview(f, framePaint(&t.pal, ev), room-l.cols-len("  "))
	dst = append(l.dst, '\n')
	if mode == FramesHex {
		dst = t.frameHex(dst, ev)
	}
	if f.Err != nil {
		text := "breaks " + f.Err.Section + ": " + f.Err.Text
		dst = t.frameNote(dst, t.pal.Error, 2, text)
	}
	return dst
}

// frameNote appends a line that belongs to a frame.
func (t *Talk) frameNote(dst []byte, paint Paint, indent int, text string) []byte {
	dst = t.frameIndent(dst, indent)
	dst = append(dst, paint.open...)
	dst = Escape(dst, []byte(text), false)
	return append(append(dst, paint.end...), '\n')
}

func (t *Talk) frameIndent(dst []byte, indent int) []byte {
	dst = t.mark(dst, t.pal.Status, "*")
	return append(dst, "        "[:1+indent]...)
}

// framePaint is the colour of a frame's opcode and payload.
func framePaint(pal *Palette, ev *session.Event) Paint {
	switch op := ev.Frame.Header.Opcode; {
	case op.IsReserved():
		return pal.Error
	case op.IsControl():
		return pal.Control
	case ev.Dir == session.Out:
		return pal.Out
	}
	return pal.In
}

func opcodeName(op wire.Opcode) string {
	if op.IsReserved() {
		return "opcode 0x" + strconv.FormatUint(uint64(op), 16)
	}
	return op.String()
}

// frameHead appends what a frame's header says, and what is known of its message.
func (t *Talk) frameHead(l *frameLine, ev *session.Event) {
	f, pal := ev.Frame, &t.pal
	h := &f.Header
	if ev.Dir == session.Out {
		l.add(pal.Out, " >")
	} else {
		l.add(pal.In, " <")
	}
	l.add(framePaint(pal, ev), fmt.Sprintf(" %-12s", opcodeName(h.Opcode)))
	fin := " no-FIN"
	if h.Fin {
		fin = " FIN   "
	}
	l.add(Paint{}, fin+fmt.Sprintf(" %6s byte", lengthText(f)))
	if h.Length != 1 {
		l.add(Paint{}, "s")
	} else {
		l.pad = 1
	}
	if rsv := rsvText(h, " "); rsv != "" {
		l.add(pal.Hint, "  "+rsv)
	}
	if h.Masked {
		l.add(pal.Faint, "  mask "+hex.EncodeToString(h.Key[:]))
	}
	if f.Number > 0 {
		l.add(Paint{}, "  fragment "+strconv.Itoa(f.Number))
	}
	if f.Packed > 0 || f.Size > 0 {
		l.add(pal.Hint, "  "+ratioText(f.Packed, f.Size))
	}
	if f.Have < h.Length {
		l.add(pal.Error, fmt.Sprintf("  cut off after %d", f.Have))
	}
}

// rsvText names the RSV bits that are set.
func rsvText(h *wire.Header, between string) string {
	text := ""
	for i, set := range []bool{h.RSV1, h.RSV2, h.RSV3} {
		if set {
			if text != "" {
				text += between
			}
			text += "RSV" + strconv.Itoa(i+1)
		}
	}
	return text
}

// ratioText says what a message's compression gained.
func ratioText(packed, size int64) string {
	text := fmt.Sprintf("%d -> %s", packed, plural.Of(size, "byte"))
	if size == 0 {
		return text
	}
	return text + fmt.Sprintf(" (%.0f %%)", math.Round(100*float64(packed)/float64(size)))
}

// A frameLine is a line that knows its width. What add appends is ASCII.
type frameLine struct {
	dst  []byte
	cols int
	pad  int // spaces that are due before more is appended
}

func (l *frameLine) add(paint Paint, text string) {
	for ; l.pad > 0; l.pad-- {
		text = " " + text
	}
	l.dst = paint.Append(l.dst, text)
	l.cols += len(text)
}

// preview appends the beginning of a frame's payload, in at most so many columns.
func (l *frameLine) preview(f *session.Frame, paint Paint, room int) {
	h, p := &f.Header, f.Payload
	if h.Opcode == wire.OpClose && (h.Length == 0 || len(p) >= 2) {
		l.closing(p, paint, room)
		return
	}
	more := h.Length > int64(len(p))
	switch {
	case len(p) == 0:
	case textLike(h, p, more):
		l.add(Paint{}, "  ")
		l.dst = appendPreview(l.dst, p, paint, max(leastRoom, room), more)
	case room >= leastHex || !more && room >= 2*len(p):
		l.add(Paint{}, "  ")
		l.dst = appendHexPreview(l.dst, p, paint, room, more)
	}
}

// appendHexPreview appends the beginning of p in hexadecimal in at most room columns, and "…" when
// there is more of it.
func appendHexPreview(dst, p []byte, paint Paint, room int, more bool) []byte {
	n := min(len(p), room/2)
	if more = more || n < len(p); more {
		n = min(n, (room-1)/2)
	}
	dst = append(dst, paint.open...)
	dst = hex.AppendEncode(dst, p[:n])
	dst = append(dst, paint.end...)
	if more {
		dst = append(dst, "…"...)
	}
	return dst
}

// closing appends the code and the reason of a Close frame.
func (l *frameLine) closing(p []byte, paint Paint, room int) {
	text := "no code"
	if len(p) >= 2 {
		code, _, _ := wire.ParseClose(p)
		text = strconv.Itoa(int(code))
		p = p[2:]
		name := code.NameFor(string(p))
		if name != "" && (len(p) == 0 || room >= len(text)+len(name)+len(" () ")+leastRoom) {
			text += " (" + name + ")"
		}
	}
	l.add(paint, "  "+text)
	if len(p) > 0 {
		l.add(Paint{}, " ")
		l.dst = appendPreview(l.dst, p, paint, max(leastRoom, room-len(text)-1), false)
	}
}

// textLike reports whether a payload is best shown as text. A frame does not say what it goes on
// with, nor whether that is compressed.
func textLike(h *wire.Header, p []byte, more bool) bool {
	switch {
	case h.RSV1 || h.Opcode == wire.OpBinary:
		return false
	case h.Opcode == wire.OpText:
		return true
	}
	if h.Opcode == wire.OpContinuation { // a character may have begun in the frame before
		for i := 0; i < utf8.UTFMax-1 && len(p) > 0 && !utf8.RuneStart(p[0]); i++ {
			p = p[1:]
		}
	}
	if more || !h.Fin { // and end in the next
		p = p[:len(p)-openEnd(p)]
	}
	for len(p) > 0 {
		if p = p[safePrefix(p):]; len(p) == 0 {
			return true
		}
		if bytes.IndexByte([]byte("\t\r\n"), p[0]) < 0 {
			return false
		}
		p = p[1:]
	}
	return true
}

// openEnd is how many bytes at the end of p begin a character that more bytes would complete.
func openEnd(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if end := p[len(p)-n:]; utf8.RuneStart(end[0]) {
			if utf8.FullRune(end) {
				return 0
			}
			return n
		}
	}
	return 0
}

// appendPreview appends the beginning of p as a quoted string in at most room columns, and "…"
// when there is more of it.
func appendPreview(dst, p []byte, paint Paint, room int, more bool) []byte {
	n := 0
	for i := 0; i < room && n < len(p); i++ {
		_, size := utf8.DecodeRune(p[n:])
		n += size
	}
	quoted := Quote(nil, p[:n])
	for n > 0 {
		left := room
		if more || n < len(p) {
			left--
		}
		if runewidth.StringWidth(string(quoted)) <= left {
			break
		}
		_, size := utf8.DecodeLastRune(p[:n])
		n -= size
		quoted = Quote(nil, p[:n])
	}
	dst = append(dst, paint.open...)
	dst = append(dst, quoted...)
	dst = append(dst, paint.end...)
	if more || n < len(p) {
		dst = append(dst, "…"...)
	}
	return dst
}
