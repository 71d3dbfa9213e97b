// Package query runs jq expressions on the JSON of messages: it selects some of them and makes
// other values of them. It reads no file, no environment and no input but the payload that it is
// given.
//
// A run is bounded in time, in steps, in the memory that it takes and in what comes out, since
// the values that an expression works on come from a peer. What cannot be bounded is a single
// step of the expression that is large in itself, such as .[100000000] = 0: that is the doing of
// who wrote the expression.
package query

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/itchyny/gojq"

	"wsline/internal/query/value"
)

// The limits of one run.
const (
	MaxTime    = time.Second
	MaxOutput  = 1 << 20 // bytes of all outputs together
	MaxOutputs = 10_000
	MaxMemory  = 256 << 20 // bytes that the program's heap may grow by
	maxSteps   = 50_000_000
	maxLength  = 64 << 10
)

// ErrNotJSON is returned for a payload that is not one JSON value.
var ErrNotJSON = errors.New("the message is not JSON")

// Error is what is wrong with an expression, or what went wrong when it ran.
type Error struct {
	Expr   string
	Offset int // in bytes, of what cannot be parsed; -1 where there is no such place
	Text   string
}

func (e *Error) Error() string {
	return "the jq expression " + strconv.Quote(e.Expr) + e.Text
}

// A Query is a compiled expression. It may be run by several goroutines at once.
type Query struct {
	expr   string
	code   *gojq.Code
	direct direct   // tried first
	looked []string // the members of an object that the code looks at; nil: all
}

// Compile makes a Query of a jq expression of at most 64 KiB. Errors are *Error.
func Compile(expr string) (*Query, error) {
	if len(expr) > maxLength {
		return nil, &Error{expr[:40] + "...", -1, " is longer than 64 KiB"}
	}
	parsed, err := gojq.Parse(expr)
	if err != nil {
		return nil, parseError(expr, err)
	}
	code, err := gojq.Compile(parsed, withoutDebug("debug"), withoutDebug("stderr"),
		gojq.WithFunction("input_filename", 0, 0, func(any, []any) any { return nil }))
	if err != nil {
		return nil, &Error{expr, -1, " cannot be used: " + err.Error()}
	}
	return &Query{expr, code, compileDirect(parsed), lookedAt(parsed)}, nil
}

// withoutDebug makes a function that would print its input pass it on silently.
func withoutDebug(name string) gojq.CompilerOption {
	return gojq.WithFunction(name, 0, 0, func(v any, _ []any) any { return v })
}

// parseError says where in the expression the error is, in characters as a person counts them.
func parseError(expr string, err error) *Error {
	var at *gojq.ParseError
	if !errors.As(err, &at) {
		return &Error{expr, -1, " cannot be parsed: " + err.Error()}
	}
	if at.Token == "" {
		return &Error{expr, len(expr), " ends too early"}
	}
	offset := min(max(at.Offset-len(at.Token), 0), len(expr))
	column := len([]rune(expr[:offset])) + 1
	return &Error{expr, offset, fmt.Sprintf(" is wrong at character %d: %v", column, at)}
}

// String returns the expression as it was written.
func (q *Query) String() string { return q.expr }

// Run gives the expression a JSON value and returns each output as compact JSON, strings too. A
// value that is passed on whole keeps the order of its members; of one that the expression made
// they are sorted. Numbers keep their digits unless they are calculated with. Outputs may be parts
// of the payload. Errors are ErrNotJSON, *Error, and the context's; what came out before an error
// is returned with it.
func (q *Query) Run(ctx context.Context, payload []byte) ([][]byte, error) {
	doc, ok := value.Document(payload)
	if !ok {
		return nil, ErrNotJSON
	}
	if out, ok := q.direct.run(doc); ok {
		return out, nil
	}
	return q.run(ctx, doc)
}

// run runs the expression on the value of a document.
func (q *Query) run(ctx context.Context, doc []byte) ([][]byte, error) {
	var out [][]byte
	made := make([]byte, 0, 64) // what the expression made, one behind the other
	size := 0
	err := q.each(ctx, doc, func(v any, given bool) error {
		if len(out) == MaxOutputs {
			return q.failure(" makes more than %d values", MaxOutputs)
		}
		text, ok := []byte(nil), true
		if given {
			text = value.Compact(doc)
		} else {
			begin := len(made)
			made, ok = value.Append(made, v, begin+MaxOutput-size)
			text = made[begin:len(made):len(made)]
		}
		if size += len(text); !ok || size > MaxOutput {
			return q.failure(" makes more than %d bytes", MaxOutput)
		}
		out = append(out, text)
		return nil
	})
	return out, err
}

// True says whether the last output is neither false nor null; without an output it is false.
// Errors are those of Run, but the outputs may be of any size.
func (q *Query) True(ctx context.Context, payload []byte) (bool, error) {
	doc, ok := value.Document(payload)
	if !ok {
		return false, ErrNotJSON
	}
	if last, ok := q.direct.isTrue(doc); ok {
		return last, nil
	}
	return q.isTrue(ctx, doc)
}

func (q *Query) isTrue(ctx context.Context, doc []byte) (bool, error) {
	last, n := false, 0
	err := q.each(ctx, doc, func(v any, _ bool) error {
		if n++; n > MaxOutputs {
			return q.failure(" makes more than %d values", MaxOutputs)
		}
		last = v != nil && v != false
		return nil
	})
	return last && err == nil, err
}

// each runs the expression and calls do for each output; given says that it is the input itself.
func (q *Query) each(ctx context.Context, doc []byte, do func(v any, given bool) error) error {
	var in any
	if q.looked != nil && doc[0] == '{' {
		in = value.DecodeMembers(doc, q.looked)
	} else {
		in = value.Decode(doc)
	}
	limits := newLimits(ctx)
	iter := q.code.RunWithContext(limits, in)
	for {
		v, ok := iter.Next()
		if !ok {
			return nil
		}
		if err, failed := v.(error); failed {
			return q.runError(limits, err)
		}
		if err := do(v, same(in, v)); err != nil {
			return err
		}
	}
}

// runError makes a sentence of what stopped a run; halt, as in jq, ends it without an error.
func (q *Query) runError(limits *limits, err error) error {
	var halt *gojq.HaltError
	switch {
	case limits.cause != nil:
		if limits.cause == limits.Context.Err() {
			return limits.cause
		}
		return q.failure(" %v", limits.cause)
	case errors.As(err, &halt) && halt.Value() == nil:
		return nil
	}
	return q.failure(" does not work on this message: %v", err)
}

func (q *Query) failure(format string, args ...any) error {
	return &Error{q.expr, -1, fmt.Sprintf(format, args...)}
}

// same says whether a value is the other one, and not merely equal to it. Values are never
// changed in place by an expression.
func same(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if !x.IsValid() || !y.IsValid() || x.Type() != y.Type() {
		return false
	}
	switch x.Kind() {
	case reflect.Map:
		return x.Pointer() == y.Pointer()
	case reflect.Slice:
		return x.Len() > 0 && x.Len() == y.Len() && x.Pointer() == y.Pointer()
	}
	return false
}
