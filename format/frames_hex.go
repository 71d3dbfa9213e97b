package format

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/session"
)

// frameHexWidth is how wide the widest line of a frame in hexadecimal is.
const frameHexWidth = len("*     0000") + 2 + 3*16 + 2 + len("||") + 16

// frameHex appends a frame's bytes: its header, each part with what it means, and its payload, as
// it was on the wire and without the mask.
func (t *Talk) frameHex(dst []byte, ev *session.Event) []byte {
	f := ev.Frame
	if len(f.Head) > 0 {
		dst = t.frameNote(dst, t.pal.Status, 2, "header")
		dst = t.frameParts(dst, f)
	}
	if len(f.Payload) == 0 {
		return dst
	}
	if !f.Header.Masked {
		dst = t.frameNote(dst, t.pal.Status, 2, "payload")
		return t.frameDump(dst, f, f.Payload)
	}
	masked := wire.AppendMasked(nil, f.Payload, f.Header.Key)
	dst = t.frameNote(dst, t.pal.Status, 2, "payload, masked")
	dst = t.frameDump(dst, f, masked)
	dst = t.frameNote(dst, t.pal.Status, 2, "payload, unmasked")
	return t.frameDump(dst, f, f.Payload)
}

// A headPart is some bytes of a header and what they mean (RFC 6455 §5.2).
type headPart struct {
	bytes []byte
	text  string
}

func headParts(f *session.Frame) []headPart {
	h, b := &f.Header, headOf(f)
	flags := "no FIN"
	if h.Fin {
		flags = "FIN"
	}
	if rsv := rsvText(h, ", "); rsv != "" {
		flags += ", " + rsv
	}
	name := h.Opcode.String()
	if h.Opcode.IsReserved() {
		name = "reserved"
	}
	parts := []headPart{{b[:1], fmt.Sprintf("%s, opcode 0x%x (%s)", flags, uint8(h.Opcode), name)}}
	if b = b[1:]; len(b) == 0 {
		return parts
	}
	size, bits := 1, "7"
	switch b[0] & 0x7f {
	case 126:
		size, bits = 3, "16"
	case 127:
		size, bits = 9, "64"
	}
	text := fmt.Sprintf("length %d in %s bits", h.Length, bits)
	if len(b) < size {
		size, text = len(b), "length, cut off"
	} else if length, _ := promised(f); length >= hugeLength {
		text = "length of 2^63 or more in 64 bits"
	}
	if b[0]&0x80 != 0 {
		text = "masked, " + text
	} else {
		text = "not masked, " + text
	}
	parts = append(parts, headPart{b[:size], text})
	if b = b[size:]; len(b) > 0 {
		parts = append(parts, headPart{b, "masking key"})
	}
	return parts
}

// frameParts appends the header, one part a line.
func (t *Talk) frameParts(dst []byte, f *session.Frame) []byte {
	parts, widest := headParts(f), 0
	for _, p := range parts {
		widest = max(widest, len(p.bytes))
	}
	for _, p := range parts {
		dst = t.frameIndent(dst, 4)
		dst = append(dst, spaced(p.bytes)...)
		dst = append(dst, strings.Repeat("   ", widest-len(p.bytes))...)
		dst = append(dst, "  "...)
		dst = t.pal.Faint.Append(dst, p.text)
		dst = append(dst, '\n')
	}
	return dst
}

// spaced is p in hexadecimal with a space between two bytes.
func spaced(p []byte) string {
	var b strings.Builder
	for i := range p {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hex.EncodeToString(p[i : i+1]))
	}
	return b.String()
}

// frameDump appends the beginning of a payload as a hexdump.
func (t *Talk) frameDump(dst []byte, f *session.Frame, p []byte) []byte {
	row, width := 16, t.width()
	if 0 < width && width < frameHexWidth+runewidth.StringWidth(t.style.Name) {
		row = 8
	}
	p = p[:min(len(p), dumpLimit)]
	for at := 0; at < len(p); at += row {
		dst = t.frameIndent(dst, 4)
		dst = append(dst, t.pal.Faint.open...)
		dst = appendHex(dst, rune(at), 4)
		dst = append(dst, t.pal.Faint.end...)
		dst = appendDumpRow(dst, p[at:min(at+row, len(p))], row, &t.pal)
	}
	if more := min(f.Have, f.Header.Length) - int64(len(p)); more > 0 {
		text := "… " + plural.Of(more, "more byte")
		dst = t.frameNote(dst, t.pal.Faint, 4, text)
	}
	return dst
}
