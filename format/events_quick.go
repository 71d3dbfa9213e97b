package format

import (
	"encoding/base64"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// A quickReader reads the lines of most events as JSON writes them: without white space, each
// member once and by its exact name. It makes of a line what encoding/json makes of it, or leaves
// it to that.
type quickReader struct {
	line jsonLine
	text []byte // what has not been read of the line
	seen uint32 // members that were, one bit each

	// What the line before had, as often the next does: strings need not be made anew, nor a second
	// be found in the calendar.
	kind, conn, head string
	prefix           string // of a time, up to the point before the nanoseconds
	second           int64
}

// read returns what a line holds, until the next call; ok is false for one that it does not know.
func (q *quickReader) read(text []byte) (l *jsonLine, ok bool) {
	q.line, q.text, q.seen = jsonLine{}, text, 0
	if !q.skip('{') {
		return nil, false
	}
	for {
		name, ok := q.plain()
		if !ok || !q.skip(':') || !q.member(name) {
			return nil, false
		}
		if q.skip('}') {
			return &q.line, len(q.text) == 0
		}
		if !q.skip(',') {
			return nil, false
		}
	}
}

// skip passes over a character, if it is the next.
func (q *quickReader) skip(c byte) bool {
	if len(q.text) == 0 || q.text[0] != c {
		return false
	}
	q.text = q.text[1:]
	return true
}

// member reads the value of a member.
func (q *quickReader) member(name []byte) (ok bool) {
	l := &q.line
	switch string(name) {
	case "type":
		l.Type, ok = q.again(&q.kind, 0)
	case "time":
		l.Time, ok = q.time()
	case "at":
		_, ok = q.number()
		return ok && q.once(1)
	case "conn":
		l.Conn, ok = q.again(&q.conn, 2)
	case "dir":
		l.Dir, ok = q.direction()
	case "opcode":
		l.Opcode, ok = q.opcode()
	case "text":
		l.bytes = q.string()
		return l.bytes != nil && q.once(6)
	case "base64":
		l.Base64, ok = q.base64()
	case "reason":
		p := q.string()
		l.Reason = string(p)
		return p != nil && q.once(8)
	case "rtt":
		p, ok := q.number()
		return ok && l.RTT.UnmarshalJSON(p) == nil && q.once(9)
	case "more":
		l.More, ok = q.bool(10)
	case "keepalive":
		l.Alive, ok = q.bool(11)
	case "length":
		n, isInt := q.integer(12)
		l.Length, ok = uint64(n), isInt && n >= 0
	case "code":
		n, isInt := q.integer(13)
		l.Code, ok = int(n), isInt && n == int64(int(n))
	default:
		return q.frameMember(name)
	}
	return ok
}

// frameMember reads the value of a member that only frames have.
func (q *quickReader) frameMember(name []byte) (ok bool) {
	l := &q.line
	switch string(name) {
	case "fin":
		l.Fin, ok = q.bool(14)
	case "rsv":
		n, isInt := q.integer(15)
		l.RSV, ok = byte(n), isInt && n == int64(byte(n))
	case "name":
		_, ok = q.plain()
		return ok && q.once(16)
	case "masked":
		l.Masked, ok = q.bool(17)
	case "key":
		p, isPlain := q.plain()
		l.Key, ok = string(p), isPlain && q.once(18)
	case "head":
		l.Head, ok = q.again(&q.head, 19)
	case "have":
		l.Have, ok = q.integer(20)
	case "number":
		n, isInt := q.integer(21)
		l.Number, ok = int(n), isInt && n == int64(int(n))
	case "packed":
		l.Packed, ok = q.integer(22)
	case "size":
		l.Size, ok = q.integer(23)
	}
	return ok
}

// once notes that a member was there; of one that is there twice encoding/json knows what counts.
func (q *quickReader) once(member int) bool {
	bit := uint32(1) << member
	first := q.seen&bit == 0
	q.seen |= bit
	return first
}

// plain reads a string without escapes, of ASCII; it stands in the line.
func (q *quickReader) plain() ([]byte, bool) {
	if !q.skip('"') {
		return nil, false
	}
	n := simplePrefix(q.text)
	p := q.text[:n]
	q.text = q.text[n:]
	return p, q.skip('"')
}

// again reads a plain string that is often that of the line before.
func (q *quickReader) again(last *string, member int) (string, bool) {
	p, ok := q.plain()
	if string(p) != *last {
		*last = string(p)
	}
	return *last, ok && q.once(member)
}

func (q *quickReader) direction() (string, bool) {
	p, ok := q.plain()
	ok = ok && q.once(4)
	switch string(p) {
	case "in":
		return "in", ok
	case "out":
		return "out", ok
	}
	return "", false
}

// opcode reads the name or the number of an opcode as it stands there.
func (q *quickReader) opcode() (p []byte, ok bool) {
	before := q.text
	if len(before) > 0 && before[0] == '"' {
		_, ok = q.plain()
	} else {
		_, ok = q.integer(5)
		return before[:len(before)-len(q.text)], ok
	}
	return before[:len(before)-len(q.text)], ok && q.once(5)
}

func (q *quickReader) base64() ([]byte, bool) {
	p, ok := q.plain()
	b := make([]byte, base64.StdEncoding.DecodedLen(len(p)))
	n, err := base64.StdEncoding.Decode(b, p)
	return b[:n], ok && err == nil && q.once(7)
}

func (q *quickReader) bool(member int) (value, ok bool) {
	const yes, no = "true", "false"
	switch t := q.text; {
	case len(t) >= len(yes) && string(t[:len(yes)]) == yes:
		q.text = t[len(yes):]
		return true, q.once(member)
	case len(t) >= len(no) && string(t[:len(no)]) == no:
		q.text = t[len(no):]
		return false, q.once(member)
	}
	return false, false
}

// number reads a number without an exponent, and returns it as it stands there.
func (q *quickReader) number() ([]byte, bool) {
	t, i := q.text, 0
	if len(t) > 0 && t[0] == '-' {
		i = 1
	}
	whole := digits(t[i:])
	if whole == 0 || whole > 1 && t[i] == '0' {
		return nil, false
	}
	if i += whole; i < len(t) && t[i] == '.' {
		places := digits(t[i+1:])
		if i += 1 + places; places == 0 {
			return nil, false
		}
	}
	q.text = t[i:]
	return t[:i], true
}

// digits is how many digits p begins with.
func digits(p []byte) int {
	for i, c := range p {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(p)
}

func (q *quickReader) integer(member int) (int64, bool) {
	p, ok := q.number()
	if !ok || len(p) > 19 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(p), 10, 64)
	return n, err == nil && q.once(member) && (n != 0 || len(p) == 1) // -0 is no uint64
}

// time reads a time as appendTime writes it.
func (q *quickReader) time() (time.Time, bool) {
	p, ok := q.plain()
	const point = len("2006-01-02T15:04:05.")
	if ok = ok && len(p) == point+10 && digits(p[point:]) == 9 && p[point+9] == 'Z'; !ok {
		return time.Time{}, false
	}
	if string(p[:point]) != q.prefix {
		at, err := time.Parse(time.RFC3339Nano, string(p))
		if err != nil {
			return time.Time{}, false
		}
		q.prefix, q.second = string(p[:point]), at.Unix()
	}
	ns := int64(0)
	for _, c := range p[point : point+9] {
		ns = 10*ns + int64(c-'0')
	}
	return time.Unix(q.second, ns).UTC(), q.once(3)
}

// string reads a string, and returns bytes of its own; nil for one that is not as it should be.
func (q *quickReader) string() []byte {
	if !q.skip('"') {
		return nil
	}
	var p []byte
	for {
		n := simplePrefix(q.text)
		if n == len(q.text) {
			return nil
		}
		if p == nil { // as often there is nothing else
			p = make([]byte, 0, n)
		}
		p = append(p, q.text[:n]...)
		q.text = q.text[n:]
		switch c := q.text[0]; {
		case c == '"':
			q.text = q.text[1:]
			return p
		case c == '\\':
			if p, n = appendUnescaped(p, q.text); n == 0 {
				return nil
			}
		case c < ' ':
			return nil
		default:
			if n = max(1, highPrefix(q.text)); !utf8.Valid(q.text[:n]) {
				return nil
			}
			p = append(p, q.text[:n]...)
		}
		q.text = q.text[n:]
	}
}

// appendUnescaped appends the character that p begins with the escape of, and returns how long that
// is, 0 for one that stands for no character.
func appendUnescaped(dst, p []byte) ([]byte, int) {
	if len(p) < 2 {
		return dst, 0
	}
	switch c := p[1]; c {
	case '"', '\\', '/':
		return append(dst, c), 2
	case 'b':
		return append(dst, '\b'), 2
	case 'f':
		return append(dst, '\f'), 2
	case 'n':
		return append(dst, '\n'), 2
	case 'r':
		return append(dst, '\r'), 2
	case 't':
		return append(dst, '\t'), 2
	case 'u':
		r, n := hexRune(p), 6
		if utf16.IsSurrogate(r) {
			r, n = utf16.DecodeRune(r, hexRune(p[6:])), 12
			if r == utf8.RuneError {
				return dst, 0
			}
		}
		if r >= 0 {
			return utf8.AppendRune(dst, r), n
		}
	}
	return dst, 0
}

// hexRune is what p begins with as \uHHHH, and negative when it does not.
func hexRune(p []byte) rune {
	if len(p) < 6 || p[0] != '\\' || p[1] != 'u' {
		return -1
	}
	r, err := strconv.ParseUint(string(p[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(r)
}
