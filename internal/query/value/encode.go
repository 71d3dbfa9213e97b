package value

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Append appends the JSON of a value that gojq made, as gojq.Marshal writes it: members are sorted
// by their names. It stops, with false, as soon as dst is longer than limit or the value deeper
// than MaxDepth: values may share their parts, so that the JSON can be much longer than the memory
// that they take.
func Append(dst []byte, v any, limit int) ([]byte, bool) {
	dst, ok := appendValue(dst, v, limit, 0)
	return dst, ok && len(dst) <= limit
}

func appendValue(dst []byte, v any, limit, depth int) ([]byte, bool) {
	if depth > MaxDepth || len(dst) > limit {
		return dst, false
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), true
	case bool:
		return strconv.AppendBool(dst, v), true
	case int:
		return strconv.AppendInt(dst, int64(v), 10), true
	case float64:
		return appendFloat(dst, v), true
	case json.Number:
		return append(dst, v...), true
	case *big.Int:
		// The digits take time that grows with their square.
		if v.BitLen()/4 > limit-len(dst) {
			return dst, false
		}
		return v.Append(dst, 10), true
	case string:
		if len(v) > limit-len(dst) {
			return dst, false
		}
		return appendString(dst, v), true
	case []any:
		return appendArray(dst, v, limit, depth)
	case map[string]any:
		return appendObject(dst, v, limit, depth)
	}
	return dst, false // gojq makes no others
}

func appendArray(dst []byte, list []any, limit, depth int) ([]byte, bool) {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var ok bool
		if dst, ok = appendValue(dst, v, limit, depth+1); !ok {
			return dst, false
		}
	}
	return append(dst, ']'), true
}

func appendObject(dst []byte, members map[string]any, limit, depth int) ([]byte, bool) {
	var few [16]string // so that most objects need no memory
	names := few[:0]
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	dst = append(dst, '{')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, name), ':')
		var ok bool
		if dst, ok = appendValue(dst, members[name], limit, depth+1); !ok {
			return dst, false
		}
	}
	return append(dst, '}'), true
}

// appendFloat writes NaN as null, and infinities as the largest numbers.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) {
		return append(dst, "null"...)
	}
	f = min(max(f, -math.MaxFloat64), math.MaxFloat64)
	size := math.Abs(f)
	if size == 0 || 1e-6 <= size && size < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst) - 4; string(dst[n:n+3]) == "e-0" { // e-9, not e-09
		dst = append(dst[:n+2], dst[n+3])
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		size := 1
		if c >= utf8.RuneSelf {
			if _, size = utf8.DecodeRuneInString(s[i:]); size > 1 {
				i += size
				continue
			}
		} else if isClean(c) {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			if c >= utf8.RuneSelf {
				dst = append(dst, `\ufffd`...)
			} else {
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

// isClean tells whether an ASCII character is written as it is.
func isClean(c byte) bool { return ' ' <= c && c <= '~' && c != '"' && c != '\\' }

// spare is how deep what stands around a part may be; it is taken off MaxDepth.
const spare = 100

// AppendPart appends a text that Document returned, or a part of it, as Append appends its value.
func AppendPart(dst, t []byte, limit int) ([]byte, bool) {
	if IsNormal(t) {
		dst = append(dst, t...)
		return dst, len(dst) <= limit
	}
	dst, ok := appendValue(dst, Decode(t), limit, spare)
	return dst, ok && len(dst) <= limit
}

// IsNormal tells whether such a text is known to be what Append makes of its value.
func IsNormal(t []byte) bool {
	switch t[0] {
	case '{', '[':
		return false
	case '"':
		return isLiteral(t) && bytes.IndexByte(t, 0x7f) < 0
	}
	return true
}
