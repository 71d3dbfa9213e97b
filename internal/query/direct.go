package query

import (
	"bytes"
	"cmp"
	"strconv"

	"github.com/itchyny/gojq"

	"wsline/internal/query/value"
)

// A direct is an expression that is followed in the text of a message, without making values of
// what it does not look at: paths, comparisons, select, and objects and arrays of those, map too.
// It knows no errors: where gojq would have one, or something else stands in the way, it gives up,
// and the message is gojq's from the beginning. nil is an expression that needs gojq.
type direct []stage

// A stage makes none, one or several parts of a part. One of one, keep, each and all is set.
type stage struct {
	one      step
	keep     step     // passes the part on where it makes what is true
	each     bool     // passes each element on
	all      []direct // what each of them makes; it is the last stage
	holds    bool     // one makes an object or array, which may hold the input itself
	strict   bool     // gives up only where gojq has an error
	optional bool     // makes nothing where gojq has an error
}

// A step makes a part of a part; false gives up.
type step func(in part) (out part, ok bool)

// A part is JSON: a part of the message, or made by the expression as gojq would write it.
type part struct {
	text []byte
	made bool
}

var (
	null = part{[]byte("null"), true}
	yes  = part{[]byte("true"), true}
	no   = part{[]byte("false"), true}
)

func boolean(b bool) (part, bool) {
	if b {
		return yes, true
	}
	return no, true
}

// isTrue tells whether it is neither false nor null.
func (p part) isTrue() bool { return p.text[0] != 'f' && p.text[0] != 'n' }

// output is what Run returns for a part of a document; false gives up.
func (p part) output(doc []byte, limit int) ([]byte, bool) {
	text, ok := p.text, true
	switch {
	case p.made || value.IsNormal(text):
	case text[0] != '"' && len(text) == len(doc) && &text[0] == &doc[0]: // the input itself
		text = value.Compact(text)
	default:
		text, ok = value.AppendPart(nil, text, limit)
	}
	return text, ok && len(text) <= limit
}

// run is Run on a document.
func (d direct) run(doc []byte) (out [][]byte, ok bool) {
	size := 0
	ok = d != nil && d.each(part{doc, false}, func(p part) bool {
		text, ok := p.output(doc, MaxOutput-size)
		size += len(text)
		out = append(out, text)
		return ok && len(out) <= MaxOutputs
	})
	return out, ok
}

// isTrue is True of a document.
func (d direct) isTrue(doc []byte) (last, ok bool) {
	n := 0
	ok = d != nil && d.each(part{doc, false}, func(p part) bool {
		last = p.isTrue()
		n++
		return n <= MaxOutputs
	})
	return last, ok
}

// each calls do for each output; false, also of do, gives up.
func (d direct) each(in part, do func(out part) bool) bool {
	for i, s := range d {
		switch {
		case s.each && (in.text[0] == '[' || in.text[0] == '{'):
			for element := range value.Each(in.text) {
				if !d[i+1:].each(part{element, in.made}, do) {
					return false
				}
			}
			return true
		case s.each:
			return s.optional
		case s.all != nil:
			for _, one := range s.all {
				if !one.each(in, do) {
					return false
				}
			}
			return true
		case s.keep != nil:
			if cond, ok := s.keep(in); !ok || !cond.isTrue() {
				return ok
			}
		default:
			out, ok := s.one(in)
			if !ok {
				return s.optional
			}
			in = out
		}
	}
	return do(in)
}

// named is the step to a member.
func named(name string) step {
	return func(in part) (part, bool) {
		switch in.text[0] {
		case '{':
			if member := value.Member(in.text, name); member != nil {
				return part{member, in.made}, true
			}
			return null, true
		case 'n':
			return null, true
		}
		return part{}, false
	}
}

// indexed is the step to an element.
func indexed(index int) step {
	return func(in part) (part, bool) {
		switch in.text[0] {
		case '[':
			if element := value.Element(in.text, index); element != nil {
				return part{element, in.made}, true
			}
			return null, true
		case 'n':
			return null, true
		}
		return part{}, false // of a string it is a character
	}
}

// A field is a member of an object that is made.
type field struct {
	name  string
	label []byte // the name as JSON, and a colon
	value step
}

// object makes an object of fields, which are sorted.
func object(fields []field) step {
	return func(in part) (part, bool) {
		text := []byte{'{'}
		for i, f := range fields {
			v, ok := f.value(in)
			if !ok {
				return part{}, false
			}
			if i > 0 {
				text = append(text, ',')
			}
			if text, ok = v.appendTo(append(text, f.label...)); !ok {
				return part{}, false
			}
		}
		return part{append(text, '}'), true}, true
	}
}

// array makes an array of the outputs of a direct.
func array(elements direct) step {
	return func(in part) (part, bool) {
		text := []byte{'['}
		ok := elements.each(in, func(p part) (ok bool) {
			if len(text) > 1 {
				text = append(text, ',')
			}
			text, ok = p.appendTo(text)
			return ok
		})
		return part{append(text, ']'), true}, ok
	}
}

// appendTo appends the part to what is made of it; false gives up.
func (p part) appendTo(text []byte) ([]byte, bool) {
	if !p.made {
		return value.AppendPart(text, p.text, MaxOutput)
	}
	text = append(text, p.text...)
	return text, len(text) <= MaxOutput
}

// comparison compares as operators do.
func comparison(left, right step, holds func(order int) bool) step {
	return func(in part) (part, bool) {
		l, ok := left(in)
		if !ok {
			return part{}, false
		}
		r, ok := right(in)
		if !ok {
			return part{}, false
		}
		return boolean(holds(compare(l.text, r.text)))
	}
}

// compare is gojq.Compare of the values of two texts.
func compare(l, r []byte) int {
	if l[0] == '"' && r[0] == '"' && value.IsNormal(l) && value.IsNormal(r) {
		return bytes.Compare(l[1:len(l)-1], r[1:len(r)-1])
	}
	if m, ok := integer(l); ok {
		if n, ok := integer(r); ok {
			return cmp.Compare(m, n)
		}
	}
	return gojq.Compare(value.Decode(l), value.Decode(r))
}

// integer is the value of an integer that is not too long.
func integer(t []byte) (int64, bool) {
	if c := t[len(t)-1]; len(t) > 18 || c < '0' || c > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(string(t), 10, 64)
	return n, err == nil
}
