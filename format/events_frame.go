package format

import (
	"strconv"

	"wsline/internal/wire"
	"wsline/session"
)

// frame appends a frame as it was on the wire.
func (j *JSON) frame(dst []byte, ev *session.Event) []byte {
	dst = appendDir(j.begin(dst, "frame", ev.Time), ev.Dir)
	f := ev.Frame
	if f == nil {
		return dst
	}
	h := &f.Header
	dst = j.flags(dst, *h)
	if h.Masked {
		dst = appendHexMember(dst, "key", h.Key[:])
	}
	dst = appendHexMember(dst, "head", headOf(f))
	length, _ := promised(f)
	dst = strconv.AppendUint(append(dst, `,"length":`...), length, 10)
	dst = appendInt(dst, "have", f.Have)
	if f.Number != 0 {
		dst = appendInt(dst, "number", int64(f.Number))
	}
	if f.Packed != 0 || f.Size != 0 {
		dst = appendInt(appendInt(dst, "packed", f.Packed), "size", f.Size)
	}
	if readable(h) {
		dst = appendText(dst, f.Payload, nil)
	} else {
		dst = appendBytes(dst, f.Payload, nil)
	}
	if f.Err != nil {
		dst = appendBroken(dst, f.Err)
	}
	return dst
}

// flags appends what a header's first bits say; most frames of a flood have the same.
func (j *JSON) flags(dst []byte, h wire.Header) []byte {
	h.Length, h.Key = 0, [4]byte{}
	if h != j.bits || len(j.told) == 0 {
		j.bits = h
		j.told = appendBool(j.told[:0], "fin", h.Fin)
		j.told = appendInt(j.told, "rsv", rsvBits(&h))
		j.told = appendInt(j.told, "opcode", int64(h.Opcode))
		j.told = appendMember(j.told, "name", h.Opcode.String())
		j.told = appendBool(j.told, "masked", h.Masked)
	}
	return append(dst, j.told...)
}

// readable reports whether a frame's payload may be text: that of a text message which is not
// compressed, or of a ping or a pong.
func readable(h *wire.Header) bool {
	text := h.Opcode == wire.OpText || h.Opcode == wire.OpPing || h.Opcode == wire.OpPong
	return text && !h.RSV1
}

func rsvBits(h *wire.Header) (bits int64) {
	for i, set := range [...]bool{h.RSV3, h.RSV2, h.RSV1} {
		if set {
			bits |= 1 << i
		}
	}
	return bits
}
