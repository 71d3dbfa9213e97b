package line

import (
	"bytes"
	"time"
	"unicode/utf8"

	"github.com/chzyer/readline"
)

// A Key is one press, or a piece of a paste.
type Key struct {
	code rune   // a character, one of readline's Char… and Meta… codes, or one of those below
	text string // what was pasted, for keyPaste
	more bool   // of the same paste as the key before
}

// IsInterrupt says that the key is Ctrl-C.
func (k Key) IsInterrupt() bool { return k.code == readline.CharInterrupt }

// IsSpace says that the key is the space bar.
func (k Key) IsSpace() bool { return k.code == ' ' }

// Codes that readline has none for; its Meta codes are -1 to -5.
const (
	keyPaste rune = -100 - iota
	keyDelete
	keyNewline // Alt-Enter: a line end that belongs to the message
	keyEscape  // Escape alone
)

const (
	pasteEnd     = "\x1b[201~"
	maxKeyParams = 32 // bytes kept of a sequence's parameters: more than any key has

	escapeTime = 50 * time.Millisecond // after which an ESC was the key, and begins no other
	pasteTime  = time.Second           // without a byte, after which a paste has ended
)

type keyState uint8

const (
	keyGround keyState = iota
	keyEsc
	keyCSI
	keySS3
	keyPasting
)

// Decoder turns what a terminal sends into keys. It is a state machine, so that the bytes may
// come in any pieces. The zero value is ready.
type Decoder struct {
	state  keyState
	params []byte // of a CSI sequence
	rest   []byte // of a character that is not complete yet
	held   int    // bytes of pasteEnd that have been seen
	paste  []byte
	cr     bool // the last pasted byte was CR: an LF after it is the same line end
	begun  bool // a piece of the paste is out
}

// Feed appends the keys that p completes.
func (d *Decoder) Feed(keys []Key, p []byte) []Key {
	for _, b := range p {
		if d.state == keyPasting {
			keys = d.pasteByte(keys, b)
		} else {
			keys = d.byte(keys, b)
		}
	}
	return d.flushPaste(keys)
}

// Wait is after how long without a byte Timeout is to be called, 0 when nothing has begun.
func (d *Decoder) Wait() time.Duration {
	switch d.state {
	case keyGround:
		return 0
	case keyPasting:
		return pasteTime
	}
	return escapeTime
}

// Timeout ends what has begun: an Escape was pressed alone, or the end of a paste never came.
func (d *Decoder) Timeout(keys []Key) []Key {
	state := d.state
	d.state, d.params = keyGround, d.params[:0]
	switch state {
	case keyEsc:
		return append(keys, Key{code: keyEscape})
	case keyPasting:
		d.paste = append(d.paste, pasteEnd[:d.held]...)
		d.held = 0
		return d.endPaste(keys)
	}
	return keys
}

func (d *Decoder) byte(keys []Key, b byte) []Key {
	switch {
	case b == readline.CharEsc:
		d.state, d.params, d.rest = keyEsc, d.params[:0], d.rest[:0]
		return keys
	case d.state == keyGround:
		return d.character(keys, b)
	case b == readline.CharEnter && d.state == keyEsc:
		d.state = keyGround
		return append(keys, Key{code: keyNewline})
	case b < 0x20: // a control character within a sequence is meant for itself
		d.state = keyGround
		return d.character(keys, b)
	}
	switch d.state {
	case keyEsc:
		return d.escaped(keys, b)
	case keySS3:
		d.state = keyGround
		return appendKey(keys, letterKey(b, false))
	}
	return d.csi(keys, b)
}

// character takes a byte that is no part of a sequence.
func (d *Decoder) character(keys []Key, b byte) []Key {
	if b < utf8.RuneSelf && len(d.rest) == 0 {
		return append(keys, Key{code: rune(b)})
	}
	d.rest = append(d.rest, b)
	for len(d.rest) > 0 && utf8.FullRune(d.rest) {
		r, n := utf8.DecodeRune(d.rest)
		d.rest = append(d.rest[:0], d.rest[n:]...)
		keys = append(keys, Key{code: r})
	}
	return keys
}

// escaped takes the byte after ESC.
func (d *Decoder) escaped(keys []Key, b byte) []Key {
	d.state = keyGround
	switch b {
	case '[':
		d.state = keyCSI
	case 'O':
		d.state = keySS3
	case 'b':
		return appendKey(keys, readline.MetaBackward)
	case 'f':
		return appendKey(keys, readline.MetaForward)
	case 'd':
		return appendKey(keys, readline.MetaDelete)
	case readline.CharBackspace:
		return appendKey(keys, readline.MetaBackspace)
	}
	return keys
}

func (d *Decoder) csi(keys []Key, b byte) []Key {
	if b < 0x40 || b > 0x7e { // parameters and intermediates
		if len(d.params) < maxKeyParams {
			d.params = append(d.params, b)
		}
		return keys
	}
	d.state = keyGround
	if b != '~' {
		i := bytes.IndexByte(d.params, ';')
		return appendKey(keys, letterKey(b, i >= 0 && string(d.params[i:]) != ";2"))
	}
	switch string(d.params) {
	case "200":
		d.state = keyPasting
		d.cr, d.begun = false, false
	case "1", "7":
		return appendKey(keys, readline.CharLineStart)
	case "4", "8":
		return appendKey(keys, readline.CharLineEnd)
	case "3":
		return appendKey(keys, keyDelete)
	case "3;3", "3;5":
		return appendKey(keys, readline.MetaDelete)
	}
	return keys
}

// letterKey is the key of a sequence that ends in a letter; words says that Alt or Ctrl was held.
func letterKey(b byte, words bool) rune {
	switch b {
	case 'A':
		return readline.CharPrev
	case 'B':
		return readline.CharNext
	case 'C':
		if words {
			return readline.MetaForward
		}
		return readline.CharForward
	case 'D':
		if words {
			return readline.MetaBackward
		}
		return readline.CharBackward
	case 'H':
		return readline.CharLineStart
	case 'F':
		return readline.CharLineEnd
	}
	return 0
}

func appendKey(keys []Key, code rune) []Key {
	if code == 0 {
		return keys
	}
	return append(keys, Key{code: code})
}

// pasteByte takes a byte between the marks of a bracketed paste.
func (d *Decoder) pasteByte(keys []Key, b byte) []Key {
	if b == pasteEnd[d.held] {
		if d.held++; d.held < len(pasteEnd) {
			return keys
		}
		d.held = 0
		return d.endPaste(keys)
	}
	for i := range d.held {
		d.pasted(pasteEnd[i])
	}
	d.held = 0
	if b == pasteEnd[0] {
		d.held = 1
		return keys
	}
	d.pasted(b)
	return keys
}

// pasted keeps one byte, with CRLF and CR made LF.
func (d *Decoder) pasted(b byte) {
	after := d.cr
	d.cr = b == '\r'
	switch {
	case b == '\n' && after:
	case b == '\r':
		d.paste = append(d.paste, '\n')
	default:
		d.paste = append(d.paste, b)
	}
}

// flushPaste appends what has been pasted so far, but for a character that may go on and a newline
// that may be the last.
func (d *Decoder) flushPaste(keys []Key) []Key {
	n := completeRunes(d.paste)
	if n > 0 && d.paste[n-1] == '\n' {
		n--
	}
	return d.piece(keys, n)
}

// endPaste appends the rest of a paste. A newline at its end is what one copies with whole lines,
// and not meant.
func (d *Decoder) endPaste(keys []Key) []Key {
	d.state, d.rest = keyGround, d.rest[:0]
	keys = d.piece(keys, len(bytes.TrimSuffix(d.paste, []byte("\n"))))
	d.paste = d.paste[:0]
	return keys
}

// piece appends the first n bytes of a paste.
func (d *Decoder) piece(keys []Key, n int) []Key {
	if n == 0 {
		return keys
	}
	keys = append(keys, Key{code: keyPaste, text: string(d.paste[:n]), more: d.begun})
	d.paste = append(d.paste[:0], d.paste[n:]...)
	d.begun = true
	return keys
}

// completeRunes is the length of p without a last character that is cut off.
func completeRunes(p []byte) int {
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				return i
			}
			break
		}
	}
	return len(p)
}
