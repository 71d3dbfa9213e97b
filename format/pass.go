package format

import (
	"encoding/base64"
	"encoding/hex"
	"unicode/utf8"
)

// A Pass takes what has been appended so far, when that is much, and returns what to go on with: so
// what is long need not be held as a whole a second time. Nil appends all of it.
type Pass func(dst []byte) []byte

// passed is how many bytes are appended at a time, a multiple of three for base64.
const passed = 24 << 10

// bytes appends p as it is. What is short, as most messages are, takes no call.
func (pass Pass) bytes(dst, p []byte) []byte {
	if len(p) > passed {
		dst, p = pass.begin(dst, p)
	}
	return append(dst, p...)
}

// begin appends all of p but its last piece, which it returns.
func (pass Pass) begin(dst, p []byte) ([]byte, []byte) {
	for ; pass != nil && len(p) > passed; p = p[passed:] {
		dst = pass(append(dst, p[:passed]...))
	}
	return dst, p
}

func (pass Pass) hex(dst, p []byte) []byte { return pass.pieces(dst, p, hex.AppendEncode) }

func (pass Pass) base64(dst, p []byte) []byte {
	return pass.pieces(dst, p, base64.StdEncoding.AppendEncode)
}

func (pass Pass) pieces(dst, p []byte, to func(dst, p []byte) []byte) []byte {
	for ; pass != nil && len(p) > passed; p = p[passed:] {
		dst = pass(to(dst, p[:passed]))
	}
	return to(dst, p)
}

// string appends text, which is UTF-8, as it stands between the quotation marks of a JSON string.
func (pass Pass) string(dst, p []byte) []byte {
	before := byte('"')
	for pass != nil && len(p) > passed {
		n := passed
		for !utf8.RuneStart(p[n]) {
			n--
		}
		dst = appendNext(dst, p[:n], before)
		before, p = dst[len(dst)-1], p[n:]
		dst = pass(dst)
	}
	return appendNext(dst, p, before)
}

// appendNext is appendUnquoted for text behind what was appended before: what joins a character
// that stands there as it is does so here as well. An escape ends with a byte that nothing joins.
func appendNext(dst, p []byte, before byte) []byte {
	for before >= utf8.RuneSelf && len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if !unseen(r) || !joins(r, before) {
			break
		}
		dst, p = append(dst, p[:size]...), p[size:]
	}
	return appendUnquoted(dst, p)
}
