package query

import (
	"slices"

	"github.com/itchyny/gojq"
)

// looked finds out which members of an object an expression looks at, so that the others need not
// be made into values. It knows what is commonly written and takes all else for a look at the
// whole.
type looked struct{ names []string }

// maxLooked is how many names are worth to be compared with those of a message.
const maxLooked = 16

// lookedAt returns the names of the members, nil if the whole may be looked at. The object itself
// may come out, as of select.
func lookedAt(q *gojq.Query) []string {
	l := looked{names: []string{}}
	if l.query(q) == whole || len(l.names) > maxLooked {
		return nil
	}
	return l.names
}

// A use is what an expression does with its input.
type use int

const (
	parts  use = iota // looks at some members; what comes out is not the input
	passes            // the same, but the input may come out
	whole             // may look at all of it
)

// inside is the use of the input in expressions whose results are looked at.
func (l *looked) inside(list ...*gojq.Query) use {
	for _, q := range list {
		if q != nil && l.query(q) != parts {
			return whole
		}
	}
	return parts
}

// either is the use in expressions whose results come out.
func (l *looked) either(list ...*gojq.Query) use {
	most := parts
	for _, q := range list {
		most = max(most, l.query(q))
	}
	return most
}

func (l *looked) query(q *gojq.Query) use {
	if q.Meta != nil || len(q.Imports) > 0 || len(q.FuncDefs) > 0 || len(q.Patterns) > 0 {
		return whole
	}
	if q.Term != nil {
		return l.term(q.Term)
	}
	switch q.Op {
	case gojq.OpPipe:
		left := l.query(q.Left)
		if left != passes { // what is on the right sees parts only
			return left
		}
		return l.query(q.Right)
	case gojq.OpComma, gojq.OpAlt: // an object is true
		return l.either(q.Left, q.Right)
	case gojq.OpAnd, gojq.OpOr:
		return l.condition(l.either(q.Left, q.Right))
	case gojq.OpAdd, gojq.OpSub, gojq.OpMul, gojq.OpDiv, gojq.OpMod, gojq.OpEq, gojq.OpNe,
		gojq.OpLt, gojq.OpLe, gojq.OpGt, gojq.OpGe:
		return l.inside(q.Left, q.Right)
	}
	return whole
}

// condition is the use where it is only asked whether a result is true.
func (l *looked) condition(u use) use {
	if u == whole {
		return whole
	}
	return parts
}

func (l *looked) term(t *gojq.Term) use {
	u := l.base(t)
	for _, s := range t.SuffixList {
		switch {
		case s.Optional:
		case s.Index != nil:
			u = max(l.index(s.Index, u), l.indices(s.Index))
		case u == passes: // each member
			return whole
		}
	}
	return u
}

func (l *looked) base(t *gojq.Term) use {
	switch t.Type {
	case gojq.TermTypeIdentity:
		return passes
	case gojq.TermTypeIndex:
		return max(l.index(t.Index, passes), l.indices(t.Index))
	case gojq.TermTypeNull, gojq.TermTypeTrue, gojq.TermTypeFalse, gojq.TermTypeNumber:
		return parts
	case gojq.TermTypeQuery:
		return l.query(t.Query)
	case gojq.TermTypeUnary:
		return l.inside(&gojq.Query{Term: t.Unary.Term})
	case gojq.TermTypeString:
		return l.inside(t.Str.Queries...)
	case gojq.TermTypeFormat:
		if t.Str != nil {
			return l.inside(t.Str.Queries...)
		}
	case gojq.TermTypeArray:
		return l.inside(t.Array.Query)
	case gojq.TermTypeObject:
		return l.object(t.Object)
	case gojq.TermTypeIf:
		return l.branches(t.If)
	case gojq.TermTypeTry: // what is caught is the error
		return l.query(t.Try.Body)
	case gojq.TermTypeFunc:
		return l.function(t.Func)
	}
	return whole
}

// index is the use of an input that is used so far as of says.
func (l *looked) index(x *gojq.Index, of use) use {
	if of != passes {
		return of
	}
	name := x.Name
	switch {
	case name != "":
	case x.Str != nil && x.Str.Queries == nil:
		name = x.Str.Str
	default:
		return whole
	}
	l.names = append(l.names, name)
	return parts
}

// indices is the use in what stands between the brackets.
func (l *looked) indices(x *gojq.Index) use {
	if x.Str != nil {
		return l.inside(x.Str.Queries...)
	}
	return l.inside(x.Start, x.End)
}

func (l *looked) object(o *gojq.Object) use {
	for _, kv := range o.KeyVals {
		key := kv.Key
		if kv.KeyString != nil {
			if key = kv.KeyString.Str; kv.KeyString.Queries != nil {
				return whole
			}
		}
		if kv.Val == nil { // .key, or a variable that has no such name
			l.names = append(l.names, key)
		}
		if l.inside(kv.KeyQuery, kv.Val) == whole {
			return whole
		}
	}
	return parts
}

func (l *looked) branches(i *gojq.If) use {
	u := max(l.condition(l.query(i.Cond)), l.query(i.Then))
	for _, e := range i.Elif {
		u = max(u, l.condition(l.query(e.Cond)), l.query(e.Then))
	}
	if i.Else == nil {
		return max(u, passes)
	}
	return max(u, l.query(i.Else))
}

func (l *looked) function(f *gojq.Func) use {
	switch {
	case len(f.Args) == 0 && slices.Contains([]string{"not", "empty", "type"}, f.Name):
		return parts
	case len(f.Args) == 1 && f.Name == "select":
		return max(l.condition(l.query(f.Args[0])), passes)
	}
	return whole
}
