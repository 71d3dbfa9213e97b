package wst

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"

	"wsline/format"
	"wsline/internal/query"
	"wsline/internal/wire"
	"wsline/script/match"
)

// A Pattern is an Expectation whose variables are known.
type Pattern struct {
	Kind ExpectKind
	Any  bool // other messages may come before
	// Code is of an ExpectClose, 1005 for a Close frame without one, or the status of an
	// ExpectRefused; AnyCode: it may be any.
	Code    int
	AnyCode bool
	// Text is what a text message, the data of a ping or pong, a close reason or an error is
	// compared with. "..." in it is a wildcard, and \... is "..." itself.
	Text []byte
	// Parts are the bytes of an ExpectBinary. Between two of them may be any others; one part is
	// all.
	Parts  [][]byte
	Regexp *regexp.Regexp // of an ExpectRegexp
	Query  *query.Query   // of an ExpectQuery
}

// Pattern puts in the values of variables; at is the line's place. The error is a *SyntaxError
// without a file, its place that of what is wrong.
func (l *Line) Pattern(v *Vars) (*Pattern, error) {
	e := l.Expect
	p, f := e.pattern(func(ref *reference) (string, *fault) { return v.value(ref, l.Pos) })
	if f != nil {
		at := l.At(l.expectAt() + f.at)
		return nil, &SyntaxError{
			Pos: at, Text: f.text, Hint: f.hint, Source: sourceLine(l, at.Line-l.Pos.Line),
		}
	}
	return p, nil
}

// expectAt is the offset in Text that the offsets of the expectation count from: where a typed
// /expect has its argument.
func (l *Line) expectAt() int {
	if l.Kind == LineTyped {
		return len(l.Text) - len(l.Rest)
	}
	return 0
}

func (e *Expectation) pattern(value func(*reference) (string, *fault)) (*Pattern, *fault) {
	p := &Pattern{Kind: e.Kind, Any: e.Any}
	if e.isDump {
		p.Parts = [][]byte{e.dump}
		return p, nil
	}
	code, f := expand(e.Code, value)
	if f != nil {
		f.at += e.codeAt
		return nil, f
	}
	text, f := e.expandText(value)
	if f != nil {
		f.at += e.at
		return nil, f
	}
	if f = p.setCode(e, code); f == nil {
		f = p.setText(e, text)
	}
	return p, f
}

// expandText puts values into the text. What would be a wildcard in a value is literal: it may be
// something that a server has said.
func (e *Expectation) expandText(value valueFunc) (string, *fault) {
	hasDots := false
	values := func(slashes int) valueFunc {
		return writtenValues(value, func(v string) string {
			hasDots = hasDots || strings.Contains(v, match.Wildcard)
			if slashes > 0 && e.Kind != ExpectBinary && e.Kind != ExpectRegexp && e.Kind != ExpectQuery {
				v = match.EscapeDots(v, slashes)
			}
			if e.Quoted {
				v = quotedText(v)
			}
			return v
		})
	}
	text, f := expand(e.Text, values(0))
	if f != nil || !hasDots {
		return text, f
	}
	bare := []byte(text)
	if e.Quoted {
		bare, _ = format.Unquote(`"` + text + `"`) // what is wrong with it is told later
	}
	if match.IsJSON(bare) && e.Kind == ExpectText {
		return expand(e.Text, values(2)) // a backslash is two there
	}
	return expand(e.Text, values(1))
}

// A valueFunc gives the value of a variable.
type valueFunc = func(*reference) (string, *fault)

// writtenValues are values as they are written somewhere.
func writtenValues(value valueFunc, write func(string) string) valueFunc {
	return func(ref *reference) (string, *fault) {
		v, f := value(ref)
		if f != nil {
			return "", f
		}
		return write(v), nil
	}
}

// quotedValues are values as they stand in a quoted string.
func quotedValues(value valueFunc) valueFunc { return writtenValues(value, quotedText) }

func quotedText(v string) string {
	q := format.Quote(nil, []byte(v))
	return string(q[1 : len(q)-1])
}

func (p *Pattern) setCode(e *Expectation, code string) *fault {
	most, example := 0, ""
	switch e.Kind {
	case ExpectClose:
		most, example = 0xffff, "<close 1000"
		p.Code = int(wire.StatusNoStatusRcvd)
	case ExpectRefused:
		most, example = 999, "<refused 403"
	}
	switch {
	case code == "" || most == 0:
		p.AnyCode = e.Kind == ExpectRefused
		return nil
	case code == match.Wildcard:
		p.AnyCode = true
		return nil
	}
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil || int(n) > most {
		return &fault{e.codeAt, Quoted(code) + " is not a code", example + " has one"}
	}
	p.Code = int(n)
	return nil
}

// setText reads what is compared, its variables expanded.
func (p *Pattern) setText(e *Expectation, text string) *fault {
	var err error
	hint := ""
	switch e.Kind {
	case ExpectBinary:
		p.Parts, err = parseParts(text)
		hint = "HEX, as in 0b ad f0 0d, or base64:… are"
	case ExpectRegexp:
		p.Regexp, err = compileRegexp(text)
	case ExpectQuery:
		p.Query, err = query.Compile(text)
	case ExpectRefused:
		if strings.TrimSpace(text) != "" {
			err = errors.New(Quoted(text) +
				" stands behind the status, which is all that is compared")
		}
	default:
		p.Text = []byte(text)
		if e.Quoted {
			p.Text, err = format.Unquote(`"` + text + `"`)
		} else if e.Kind == ExpectClose && e.Code == match.Wildcard && text == "" {
			p.Text = []byte(match.Wildcard)
		}
	}
	if err != nil {
		return &fault{e.at, oneLine(err.Error()), hint}
	}
	return nil
}

// compileRegexp reads a regular expression in the syntax of RE2.
func compileRegexp(text string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(text)
	if wrong, ok := errors.AsType[*syntax.Error](err); ok {
		return nil, fmt.Errorf("the regular expression %s cannot be read: %s at %s",
			Quoted(text), wrong.Code, Quoted(wrong.Expr))
	}
	return re, err
}

// oneLine is an error's text on one line.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}

// parseParts reads bytes with wildcards.
func parseParts(text string) ([][]byte, error) {
	var parts [][]byte
	for part := range strings.SplitSeq(text, match.Wildcard) {
		p, err := parseBytes(part)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// parseBytes reads HEX, with blanks or without, or base64:….
func parseBytes(text string) ([]byte, error) {
	bare := strings.Join(strings.Fields(text), "")
	if b64, ok := strings.CutPrefix(bare, "base64:"); ok {
		p, err := base64.StdEncoding.DecodeString(b64)
		if err != nil {
			return nil, errors.New(Quoted(b64) + " is not base64")
		}
		return p, nil
	}
	p, err := hex.DecodeString(strings.TrimPrefix(bare, "0x"))
	switch {
	case errors.Is(err, hex.ErrLength):
		return nil, errors.New(Quoted(text) + " has an odd number of hexadecimal digits")
	case err != nil:
		return nil, errors.New(Quoted(text) + " is not bytes")
	}
	return p, nil
}
