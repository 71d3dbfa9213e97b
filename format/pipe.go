package format

import (
	"fmt"

	"wsline/internal/wire"
	"wsline/session"
)

// Pipe passes on the messages that came: the exact bytes of each, then End. A message that comes in pieces
// is passed on in pieces, but not as base64 or with Pretty, which want it whole. Other events are
// nothing to it. It does not allocate but to grow dst, unless Pretty is set. The zero value puts
// nothing between messages.
type Pipe struct {
	Binary BinaryOut // how binary messages are written
	End    string    // after each message: "\n", "\x00" or ""
	Exact  bool      // but not after a binary one that is written as it is
	Pretty bool      // lay out text that is a whole JSON object or array, of any size

	// Terminal is for a screen instead of a pipe: what is not plain is quoted, as a Talk does, and
	// lines after a message's first are indented. Messages do not come in pieces then.
	Terminal bool

	// Pass takes a message in pieces when that is long; with Pretty and Terminal it does not.
	Pass Pass
}

// Event appends what a pipe gets for one event.
func (p *Pipe) Event(dst []byte, ev *session.Event) []byte {
	switch {
	case ev.Dir != session.In:
	case ev.Kind == session.KindMessage:
		return p.message(dst, ev.Opcode, ev.Payload, ev.More)
	case ev.Kind == session.KindMessages:
		return p.messages(dst, ev.Messages)
	}
	return dst
}

// messages appends many: those of which nothing but the bytes matters without a further look.
func (p *Pipe) messages(dst []byte, run []wire.Message) []byte {
	asItIs, end := !p.Terminal && !p.Pretty, p.End
	for i := range run {
		m := &run[i]
		if !asItIs || m.Opcode != wire.OpText || len(m.Payload) > passed {
			dst = p.message(dst, m.Opcode, m.Payload, false)
			continue
		}
		dst = append(dst, m.Payload...)
		if len(end) == 1 {
			dst = append(dst, end[0])
		} else {
			dst = append(dst, end...)
		}
	}
	return dst
}

func (p *Pipe) message(dst []byte, op wire.Opcode, payload []byte, more bool) []byte {
	switch isBinary := op == wire.OpBinary; {
	case p.Terminal && (!isBinary || p.Binary == BinaryRaw):
		return p.shown(dst, payload)
	case isBinary:
		dst = p.Binary.append(dst, payload, p.Pass)
	default:
		dst = p.text(dst, payload)
	}
	if more || p.Exact && op == wire.OpBinary && p.Binary == BinaryRaw {
		return dst
	}
	return append(dst, p.End...)
}

func (p *Pipe) text(dst, payload []byte) []byte {
	if p.Pretty {
		var plain Palette
		if laid, ok := appendJSON(dst, payload, &plain, rows{}); ok {
			return laid
		}
	}
	return p.Pass.bytes(dst, payload)
}

// shown appends a payload as it may stand on a terminal.
func (p *Pipe) shown(dst, payload []byte) []byte {
	if p.Pretty {
		if laid, ok := appendJSON(dst, payload, &Palette{}, rows{}); ok {
			return append(laid, '\n')
		}
	}
	if plain(payload) {
		return appendLines(dst, payload, Paint{})
	}
	return appendQuoted(dst, payload, Paint{})
}

// BinaryOut is how binary messages leave through a pipe.
type BinaryOut uint8

const (
	BinaryRaw    BinaryOut = iota // as they are
	BinaryHex                     // lower case, without spaces
	BinaryBase64                  // RFC 4648 §4, with padding
)

// ParseBinaryOut reads "raw", "hex" or "base64".
func ParseBinaryOut(s string) (BinaryOut, error) {
	switch s {
	case "raw":
		return BinaryRaw, nil
	case "hex":
		return BinaryHex, nil
	case "base64":
		return BinaryBase64, nil
	}
	return 0, fmt.Errorf("%q is not raw, hex or base64", s)
}

// String is the word that ParseBinaryOut reads.
func (b BinaryOut) String() string {
	switch b {
	case BinaryRaw:
		return "raw"
	case BinaryHex:
		return "hex"
	case BinaryBase64:
		return "base64"
	}
	return fmt.Sprintf("BinaryOut(%d)", uint8(b))
}

func (b BinaryOut) append(dst, p []byte, pass Pass) []byte {
	switch b {
	case BinaryHex:
		return pass.hex(dst, p)
	case BinaryBase64:
		return pass.base64(dst, p)
	}
	return pass.bytes(dst, p)
}
