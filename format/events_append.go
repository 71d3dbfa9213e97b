package format

import (
	"encoding/base64"
	endian "encoding/binary"
	"encoding/hex"
	"errors"
	"math/bits"
	"strconv"
	"time"
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/session"
)

// appendString appends text as a JSON string. What Escape calls unsafe is written as \uHHHH, and so
// are DEL and bytes that are not UTF-8, which become U+FFFD. Nothing else but what RFC 8259 §7 asks
// for is escaped.
func appendString(dst, p []byte) []byte {
	return append(appendUnquoted(append(dst, '"'), p), '"')
}

// appendUnquoted is appendString without the quotation marks.
func appendUnquoted(dst, p []byte) []byte {
	for {
		n := simplePrefix(p)
		dst = append(dst, p[:n]...)
		if p = p[n:]; len(p) == 0 {
			return dst
		}
		if p[0] < utf8.RuneSelf {
			dst, p = appendShort(dst, p[0]), p[1:]
			continue
		}
		n = highPrefix(p)
		dst, p = appendJSONSafe(dst, p[:n]), p[n:]
	}
}

// simplePrefix is how many bytes p begins with that are ASCII and stand for themselves. It looks at
// eight at a time: in each byte of odd the highest bit is set for one that does not, exact up to
// and with the first of them, as nothing is borrowed or carried before it.
func simplePrefix(p []byte) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; len(p)-i >= 8; i += 8 {
		x := endian.LittleEndian.Uint64(p[i:])
		odd := x | (x - ' '*each) | (x + each) | // 0x80 and more, less than a space, DEL
			((x ^ '"'*each) - each) | ((x ^ '\\'*each) - each)
		if odd &= high; odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	for ; i < len(p); i++ {
		if c := p[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			break
		}
	}
	return i
}

// highPrefix is how many bytes p begins with that are not ASCII.
func highPrefix(p []byte) int {
	for i, c := range p {
		if c < utf8.RuneSelf {
			return i
		}
	}
	return len(p)
}

// appendShort appends the escape of an ASCII character.
func appendShort(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return appendHex(append(dst, `\u`...), rune(c), 4)
}

// appendName appends what stands before a member's value.
func appendName(dst []byte, name string) []byte {
	dst = append(append(dst, `,"`...), name...)
	return append(dst, `":`...)
}

// appendMember appends a member that is a string.
func appendMember(dst []byte, name, value string) []byte {
	return appendString(appendName(dst, name), []byte(value))
}

func appendBool(dst []byte, name string, value bool) []byte {
	return strconv.AppendBool(appendName(dst, name), value)
}

func appendInt(dst []byte, name string, value int64) []byte {
	return strconv.AppendInt(appendName(dst, name), value, 10)
}

func appendDir(dst []byte, dir session.Direction) []byte {
	if dir == session.Out {
		return append(dst, `,"dir":"out"`...)
	}
	return append(dst, `,"dir":"in"`...)
}

// appendData appends a payload and its length.
func appendData(dst, p []byte) []byte { return appendLength(appendText(dst, p, nil), p) }

// appendText appends a payload as text when it is UTF-8, otherwise as base64.
func appendText(dst, p []byte, pass Pass) []byte {
	n := simplePrefix(p) // most have nothing else, and need no other look
	if n < len(p) && !utf8.Valid(p[n:]) {
		return appendBytes(dst, p, pass)
	}
	dst = pass.bytes(append(dst, `,"text":"`...), p[:n])
	if n < len(p) {
		dst = pass.string(dst, p[n:])
	}
	return append(dst, '"')
}

// appendBytes appends a payload as base64.
func appendBytes(dst, p []byte, pass Pass) []byte {
	return append(pass.base64(append(dst, `,"base64":"`...), p), '"')
}

func appendBase64(dst []byte, name string, p []byte) []byte {
	dst = append(appendName(dst, name), '"')
	return append(base64.StdEncoding.AppendEncode(dst, p), '"')
}

func appendHexMember(dst []byte, name string, p []byte) []byte {
	dst = append(appendName(dst, name), '"')
	return append(hex.AppendEncode(dst, p), '"')
}

func appendLength(dst, p []byte) []byte { return appendInt(dst, "length", int64(len(p))) }

// appendCode appends a close code and the reason; one that is not UTF-8 has a name of its own.
func appendCode(dst []byte, code wire.StatusCode, reason string) []byte {
	dst = appendInt(dst, "code", int64(code))
	if utf8.ValidString(reason) {
		return appendMember(dst, "reason", reason)
	}
	return appendBase64(dst, "reason_base64", []byte(reason))
}

// appendCause appends what broke: a rule of the protocol, or anything else.
func appendCause(dst []byte, err error) []byte {
	var broken *wire.Error
	switch {
	case err == nil:
		return dst
	case errors.As(err, &broken):
		return appendBroken(dst, broken)
	}
	return appendMember(dst, "error", err.Error())
}

func appendBroken(dst []byte, e *wire.Error) []byte {
	dst = strconv.AppendInt(append(dst, `,"breaks":{"code":`...), int64(e.Code), 10)
	dst = appendMember(dst, "section", e.Section)
	return append(appendMember(dst, "text", e.Text), '}')
}

// appendTime appends a time in UTC, always with nine digits of a second's fraction.
func appendTime(dst []byte, at time.Time) []byte {
	return at.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000000Z07:00")
}

// appendSeconds appends a time span as seconds with so many digits after the point, at most nine;
// what is beyond them is cut off.
func appendSeconds(dst []byte, d time.Duration, digits int) []byte {
	ns := uint64(d)
	if d < 0 {
		dst, ns = append(dst, '-'), -ns
	}
	dst = append(strconv.AppendUint(dst, ns/1e9, 10), '.')
	return appendDigits(dst, ns%1e9, digits)
}

// appendDigits appends the first so many of the nine digits of a second's nanoseconds.
func appendDigits(dst []byte, ns uint64, digits int) []byte {
	var nine [9]byte
	for i := len(nine) - 1; i >= 0; i-- {
		nine[i] = '0' + byte(ns%10)
		ns /= 10
	}
	return append(dst, nine[:digits]...)
}
