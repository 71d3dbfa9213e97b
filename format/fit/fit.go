// Package fit lays out JSON in rows: an object or array stands on one row where it fits into what
// is left of that, if need be without blanks behind commas and colons, and has each member on rows of
// its own where it does not.
//
// The tokens are those that were sent: numbers, escapes, the order of members and duplicates stay
// as they are; only the white space between them is ours. It knows no terminal and escapes nothing
// by itself: what may be shown of a string, and how wide that is, is handed in.
package fit

// MaxDepth is how deep JSON may be nested to be laid out.
const MaxDepth = 1000

// Paint is what stands before and behind what is painted.
type Paint struct{ Open, End string }

// Style is how JSON is laid out.
type Style struct {
	Key, String, Number, Literal Paint

	Margin string // before each row but the first
	Room   int    // columns of a row; 0: each member has a row of its own
	First  int    // columns that are taken of the first row
	Limit  int    // bytes that are appended at most, and a row

	Safe  func(dst, s []byte) []byte // appends a string as it may be shown
	Cells func(s []byte) int         // columns that this takes
}

// Append appends p, which is valid JSON without space before it. It returns false, and dst as it
// was, when p is nested too deep or would grow too long. The time and the memory that it takes are
// those of p's length, whatever the room.
func (s *Style) Append(dst, p []byte) ([]byte, bool) {
	l := layout{Style: s, dst: dst, limit: len(dst) + s.Limit, column: s.First}
	if s.Room > 0 {
		l.widths = s.measure(p)
	}
	for len(p) > 0 {
		n := l.token(p)
		if n == 0 {
			return l.dst[:len(dst)], false
		}
		p = p[n:]
	}
	return l.dst, true
}

// layout is the place in JSON up to which it has been laid out.
type layout struct {
	*Style
	dst    []byte
	limit  int // of the length of dst
	depth  int
	flat   int     // the depth within an object or array that stands on one row; 0: in none
	tight  bool    // that has no blanks
	column int     // of the row, when there is room to keep to
	widths []width // of the objects and arrays that begin yet
}

// token lays out the token or the space that p begins with, and returns its size; 0 is a limit
// reached.
func (l *layout) token(p []byte) int {
	switch p[0] {
	case ' ', '\t', '\r', '\n':
		return 1
	case '{', '[':
		return l.begin(p)
	case '}', ']':
		return l.end(p[0])
	case ',':
		return l.next()
	case ':':
		l.part(":")
		return 1
	case '"':
		return l.string(p)
	case 't', 'f', 'n':
		return l.scalar(p, l.Literal)
	}
	return l.scalar(p, l.Number)
}

// part appends what stands between tokens of a row.
func (l *layout) part(mark string) {
	l.dst = append(l.dst, mark...)
	if l.column += len(mark); !l.tight {
		l.dst = append(l.dst, ' ')
		l.column++
	}
}

// begin lays out the beginning of an object or array, or the whole of an empty one.
func (l *layout) begin(p []byte) int {
	if n := empty(p); n > 0 {
		l.dst = append(l.dst, p[0], p[n-1])
		l.column += 2
		return n
	}
	if l.depth++; l.depth > MaxDepth {
		return 0
	}
	l.dst = append(l.dst, p[0])
	if l.fits() {
		l.flat = l.depth
	}
	l.column++
	if l.flat > 0 {
		return 1
	}
	return l.row()
}

// fits says that the object or array that begins at this column stands on one row: it does so within
// another, and where there is room, also for the comma behind it.
func (l *layout) fits() bool {
	if l.Room == 0 {
		return false
	}
	w := l.widths[0]
	l.widths = l.widths[1:]
	room := int32(l.Room - l.column)
	if l.depth > 1 {
		room--
	}
	if l.flat > 0 || w.tight > room {
		return false
	}
	l.tight = w.loose > room
	return true
}

// end lays out the end of an object or array.
func (l *layout) end(c byte) int {
	l.depth--
	ok := 1
	if l.flat == 0 {
		ok = l.row()
	} else if l.flat > l.depth {
		l.flat, l.tight = 0, false
	}
	l.dst = append(l.dst, c)
	l.column++
	return ok
}

// next lays out what parts two members.
func (l *layout) next() int {
	if l.flat > 0 {
		l.part(",")
		return 1
	}
	l.dst = append(l.dst, ',')
	return l.row()
}

// row begins the next row.
func (l *layout) row() int {
	l.dst = append(append(l.dst, '\n'), l.Margin...)
	for range l.depth {
		l.dst = append(l.dst, "  "...)
	}
	l.column = len(l.Margin) + 2*l.depth
	if len(l.dst) > l.limit {
		return 0
	}
	return 1
}

func (l *layout) string(p []byte) int {
	n := stringSize(p)
	paint := l.String
	if next := p[n:]; len(next) > 0 && next[space(next):][0] == ':' {
		paint = l.Key
	}
	l.dst = append(l.dst, paint.Open...)
	l.dst = l.Safe(l.dst, p[:n])
	l.dst = append(l.dst, paint.End...)
	if l.Room > 0 {
		l.column += l.Cells(p[:n])
	}
	return n
}

func (l *layout) scalar(p []byte, paint Paint) int {
	n := scalarSize(p)
	l.dst = append(l.dst, paint.Open...)
	l.dst = append(l.dst, p[:n]...)
	l.dst = append(l.dst, paint.End...)
	l.column += n
	return n
}

// width is how many columns an object or array takes on one row, with blanks and without.
type width struct{ loose, tight int32 }

// measure returns the width of each object and array but for empty ones, in the order in which they
// begin.
func (s *Style) measure(p []byte) (widths []width) {
	var at width
	var few [16]int
	open := few[:0] // of widths, whose ends are yet to come
	for len(p) > 0 {
		n, columns := 1, 1
		switch p[0] {
		case ' ', '\t', '\r', '\n':
			columns = 0
		case '{', '[':
			if n = empty(p); n > 0 {
				columns = 2
				break
			}
			n, open = 1, append(open, len(widths))
			widths = append(widths, at)
		case '}', ']':
			w := &widths[open[len(open)-1]]
			w.loose, w.tight = at.loose+1-w.loose, at.tight+1-w.tight
			open = open[:len(open)-1]
		case ',', ':':
			at.loose++
		case '"':
			n = stringSize(p)
			columns = s.Cells(p[:n])
		default:
			n = scalarSize(p)
			columns = n
		}
		at.loose += int32(columns)
		at.tight += int32(columns)
		p = p[n:]
	}
	return widths
}

// empty is the size of the empty object or array that p begins with, 0 for one that is not.
func empty(p []byte) int {
	if n := 1 + space(p[1:]); p[n] == '}' || p[n] == ']' {
		return n + 1
	}
	return 0
}

// space is the number of bytes of white space that p begins with.
func space(p []byte) (n int) {
	for n < len(p) && (p[n] == ' ' || p[n] == '\n' || p[n] == '\r' || p[n] == '\t') {
		n++
	}
	return n
}

// scalarSize is the size of the number or word that p begins with.
func scalarSize(p []byte) int {
	for i, c := range p {
		switch c {
		case ' ', '\t', '\r', '\n', ',', ']', '}':
			return i
		}
	}
	return len(p)
}

// stringSize is the size of the JSON string that p begins with.
func stringSize(p []byte) int {
	for i := 1; ; i++ {
		switch p[i] {
		case '"':
			return i + 1
		case '\\':
			i++ // what is escaped
		}
	}
}
