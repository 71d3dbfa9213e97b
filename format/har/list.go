package har

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
)

// decode reads a message. One that is JSON, and otherwise wrong, has the error.
func decode(d *json.Decoder) (*Message, error) {
	var text json.RawMessage
	if err := d.Decode(&text); err != nil {
		return nil, err
	}
	m := &Message{}
	if !m.quick(text) {
		*m = Message{}
		m.Err = json.Unmarshal(text, m)
	}
	return m, nil
}

// quick reads a message from JSON as encoding/json does, when it has no other members than browsers
// write, each by its exact name. It is false for any other.
func (m *Message) quick(p []byte) bool {
	if p[0] != '{' {
		return false
	}
	for {
		p = bytes.TrimLeft(p[1:], " \t\r\n")
		if p[0] == '}' {
			return true
		}
		n := scalarSize(p)
		name := string(p[:n])
		p = bytes.TrimLeft(p[n:], ": \t\r\n")
		if n = scalarSize(p); n == 0 {
			return false
		}
		var into *Text
		switch name {
		case `"type"`:
			into = &m.Type
		case `"time"`:
			into = &m.Time
		case `"opcode"`:
			into = &m.Opcode
		case `"data"`:
			into = &m.Data
		default:
			return false
		}
		if into.UnmarshalJSON(p[:n]) != nil {
			return false
		}
		if p = bytes.TrimLeft(p[n:], " \t\r\n"); p[0] == '}' {
			return true
		}
	}
}

// scalarSize is how long the string or the number is that JSON begins with, 0 for any other value.
func scalarSize(p []byte) int {
	if p[0] != '"' {
		i := 0
		for i < len(p) && (p[i] >= '0' && p[i] <= '9' || strings.IndexByte("+-.eE", p[i]) >= 0) {
			i++
		}
		return i
	}
	for i := 1; ; i += 2 { // what is escaped is passed over
		quote := bytes.IndexByte(p[i:], '"')
		escape := bytes.IndexByte(p[i:i+quote], '\\')
		if escape < 0 {
			return i + quote + 1
		}
		i += escape
	}
}

// A List is where messages stand in an archive, or control frames.
type List struct {
	areControls bool
	from        int64 // its first element
	count       int
}

// A ListReader reads lists again, from an archive that is as it was.
type ListReader struct {
	lists []List
	in    io.ReaderAt
	d     *json.Decoder // of the first of them; nil before
}

// ReadLists returns a reader of the lists of an entry, of the messages first.
func ReadLists(in io.ReaderAt, lists []List) *ListReader {
	r := &ListReader{in: in}
	for _, areControls := range []bool{false, true} {
		for _, l := range lists {
			if l.areControls == areControls {
				r.lists = append(r.lists, l)
			}
		}
	}
	return r
}

// Next returns what stands next in the lists, io.EOF behind the last.
func (r *ListReader) Next() (*Message, error) {
	for len(r.lists) > 0 && r.lists[0].count == 0 {
		r.lists, r.d = r.lists[1:], nil
	}
	if len(r.lists) == 0 {
		return nil, io.EOF
	}
	list := &r.lists[0]
	list.count--
	if r.d == nil {
		rest := io.NewSectionReader(r.in, list.from, math.MaxInt64-list.from)
		in := bufio.NewReaderSize(rest, 16<<10)
		r.d = json.NewDecoder(io.MultiReader(strings.NewReader("["), in))
		if _, err := r.d.Token(); err != nil {
			return nil, err
		}
	}
	m, err := decode(r.d)
	if err == io.EOF {
		err = ErrCutOff // since it was read
	}
	return m, err
}
