package query

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"

	"wsline/internal/query/value"
)

// maxStages bounds the work of a direct run: each stage, and each part of one, looks at each byte
// of a message a few times at most.
const maxStages = 16

// compileDirect returns nil for an expression that needs gojq.
func compileDirect(q *gojq.Query) direct {
	var c directCompiler
	if d, ok := c.query(q); ok {
		return d
	}
	return nil
}

// A directCompiler makes a direct of a parsed expression. Its methods return false for what needs
// gojq.
type directCompiler struct{ stages int }

// stage counts a stage.
func (c *directCompiler) stage(s stage) (direct, bool) {
	c.stages++
	return direct{s}, c.stages <= maxStages
}

func (c *directCompiler) query(q *gojq.Query) (direct, bool) {
	switch {
	case q.Meta != nil || len(q.Imports) > 0 || len(q.FuncDefs) > 0 || len(q.Patterns) > 0:
		return nil, false // a definition can be one of select
	case q.Term != nil:
		return c.term(q.Term)
	case q.Left == nil || q.Right == nil:
		return nil, false
	case q.Op == gojq.OpPipe || q.Op == gojq.OpComma:
		left, ok := c.query(q.Left)
		if !ok {
			return nil, false
		}
		right, ok := c.query(q.Right)
		switch {
		case !ok:
			return nil, false
		case q.Op == gojq.OpPipe:
			return left.then(right)
		}
		return c.stage(stage{all: []direct{left, right}})
	}
	left, ok := c.step(q.Left)
	if !ok {
		return nil, false
	}
	right, ok := c.step(q.Right)
	if !ok {
		return nil, false
	}
	one := operation(q.Op, left, right)
	if one == nil {
		return nil, false
	}
	return c.stage(stage{one: one})
}

// then puts stages behind others. What holds the input has nothing behind it but select: a part of
// it may be the input itself, which is written as it was given. A comma has nothing behind it at
// all: the work would double with each.
func (d direct) then(next direct) (direct, bool) {
	if slices.ContainsFunc(d, func(s stage) bool { return s.holds }) &&
		slices.ContainsFunc(next, func(s stage) bool { return s.keep == nil }) {
		return nil, false
	}
	if len(next) > 0 && slices.ContainsFunc(d, func(s stage) bool { return s.all != nil }) {
		return nil, false
	}
	return append(slices.Clip(d), next...), true
}

// step makes one step of what makes exactly one value.
func (c *directCompiler) step(q *gojq.Query) (step, bool) {
	d, ok := c.query(q)
	if !ok || slices.ContainsFunc(d, func(s stage) bool { return s.one == nil || s.optional }) {
		return nil, false
	}
	if len(d) == 1 {
		return d[0].one, true
	}
	return func(in part) (part, bool) {
		for _, s := range d {
			var ok bool
			if in, ok = s.one(in); !ok {
				return in, false
			}
		}
		return in, true
	}, true
}

// operation is nil for an operator that needs gojq.
func operation(op gojq.Operator, left, right step) step {
	switch op {
	case gojq.OpEq:
		return comparison(left, right, func(order int) bool { return order == 0 })
	case gojq.OpNe:
		return comparison(left, right, func(order int) bool { return order != 0 })
	case gojq.OpLt:
		return comparison(left, right, func(order int) bool { return order < 0 })
	case gojq.OpLe:
		return comparison(left, right, func(order int) bool { return order <= 0 })
	case gojq.OpGt:
		return comparison(left, right, func(order int) bool { return order > 0 })
	case gojq.OpGe:
		return comparison(left, right, func(order int) bool { return order >= 0 })
	case gojq.OpAnd, gojq.OpOr:
		return func(in part) (part, bool) {
			l, ok := left(in)
			if ok && l.isTrue() == (op == gojq.OpAnd) {
				l, ok = right(in)
			}
			if !ok {
				return l, false
			}
			return boolean(l.isTrue())
		}
	}
	return nil
}

func (c *directCompiler) term(t *gojq.Term) (direct, bool) {
	d, ok := c.base(t)
	single := t.Type == gojq.TermTypeIndex // the last stage alone is what ? is about
	for _, s := range t.SuffixList {
		var next direct
		switch {
		case !ok:
			return nil, false
		case s.Optional:
			ok = single && d.makeOptional()
			single = false
			continue
		case s.Iter:
			next, ok = c.stage(stage{each: true, strict: true})
		default:
			next, ok = c.index(s.Index)
		}
		if ok {
			d, ok = d.then(next)
		}
		single = true
	}
	return d, ok
}

// base is what a term is without its suffixes.
func (c *directCompiler) base(t *gojq.Term) (direct, bool) {
	switch t.Type {
	case gojq.TermTypeIdentity:
		return direct{}, true
	case gojq.TermTypeIndex:
		return c.index(t.Index)
	case gojq.TermTypeQuery:
		return c.query(t.Query)
	case gojq.TermTypeObject:
		return c.object(t.Object)
	case gojq.TermTypeArray:
		return c.array(t.Array)
	case gojq.TermTypeFunc:
		return c.function(t.Func)
	}
	v, ok := constant(t)
	if !ok {
		return nil, false
	}
	text, _ := value.Append(nil, v, maxLength*6)
	return c.constant(text)
}

func (c *directCompiler) constant(text []byte) (direct, bool) {
	return c.stage(stage{one: func(part) (part, bool) { return part{text, true}, true }})
}

func (c *directCompiler) array(a *gojq.Array) (direct, bool) {
	if a.Query == nil {
		return c.constant([]byte("[]"))
	}
	elements, ok := c.query(a.Query)
	if !ok {
		return nil, false
	}
	return c.stage(stage{one: array(elements), holds: true})
}

// makeOptional makes the last stage optional.
func (d direct) makeOptional() bool {
	last := &d[len(d)-1]
	last.optional = last.strict
	return last.optional
}

func (c *directCompiler) function(f *gojq.Func) (direct, bool) {
	switch {
	case f.Name == "not" && len(f.Args) == 0:
		return c.stage(stage{one: func(in part) (part, bool) { return boolean(!in.isTrue()) }})
	case f.Name == "select" && len(f.Args) == 1:
		if keep, ok := c.step(f.Args[0]); ok {
			return c.stage(stage{keep: keep})
		}
	case f.Name == "map" && len(f.Args) == 1:
		each := &gojq.Term{
			Type: gojq.TermTypeIdentity, SuffixList: []*gojq.Suffix{{Iter: true}},
		}
		return c.array(&gojq.Array{Query: &gojq.Query{
			Left: &gojq.Query{Term: each}, Op: gojq.OpPipe, Right: f.Args[0],
		}})
	}
	return nil, false
}

func (c *directCompiler) index(x *gojq.Index) (direct, bool) {
	switch {
	case x.Name != "":
		return c.stage(stage{one: named(x.Name), strict: true})
	case x.Str != nil:
		if x.Str.Queries == nil {
			return c.stage(stage{one: named(x.Str.Str), strict: true})
		}
	case !x.IsSlice && x.Start != nil && x.Start.Term != nil && len(x.Start.FuncDefs) == 0 &&
		len(x.Start.Term.SuffixList) == 0:
		switch v, _ := constant(x.Start.Term); v := v.(type) {
		case string:
			return c.stage(stage{one: named(v), strict: true})
		case int:
			return c.stage(stage{one: indexed(v)})
		}
	}
	return nil, false
}

func (c *directCompiler) object(o *gojq.Object) (direct, bool) {
	var fields []field
	for _, kv := range o.KeyVals {
		name := kv.Key
		switch {
		case kv.KeyString != nil && kv.KeyString.Queries == nil:
			name = kv.KeyString.Str
		case name == "" || name[0] == '$':
			return nil, false
		}
		member, ok := named(name), true
		if kv.Val != nil {
			member, ok = c.step(kv.Val)
		}
		twice := slices.ContainsFunc(fields, func(f field) bool { return f.name == name })
		if c.stages++; !ok || twice {
			return nil, false
		}
		label, _ := value.Append(nil, name, maxLength*6)
		fields = append(fields, field{name, append(label, ':'), member})
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return c.stage(stage{one: object(fields), holds: true})
}

// constant is the value of a term without its suffixes, if its JSON has the same value: a large
// number that is no integer would be read as one.
func constant(t *gojq.Term) (any, bool) {
	switch t.Type {
	case gojq.TermTypeNull, gojq.TermTypeTrue, gojq.TermTypeFalse, gojq.TermTypeNumber:
	case gojq.TermTypeString:
		if t.Str.Queries != nil {
			return nil, false
		}
	case gojq.TermTypeUnary:
		if t.Unary.Term.Type != gojq.TermTypeNumber || len(t.Unary.Term.SuffixList) > 0 {
			return nil, false
		}
	default:
		return nil, false
	}
	alone := *t
	alone.SuffixList = nil
	code, err := gojq.Compile(&gojq.Query{Term: &alone})
	if err != nil {
		return nil, false
	}
	switch v, _ := code.Run(nil).Next(); v := v.(type) {
	case nil, bool, int:
		return v, true
	case float64:
		return v, math.Abs(v) < 1<<53
	case string:
		return v, utf8.ValidString(v)
	}
	return nil, false
}
