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
	"wsline/internal/words"
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
	// compared with. "..." that is written in it is a wildcard, and \... is "..." itself.
	Text words.Text
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

func (e *Expectation) pattern(value valueFunc) (*Pattern, *fault) {
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
	text, f := expand(e.Text, value)
	if f != nil {
		f.at += e.at
		return nil, f
	}
	if f = p.setCode(e, code); f == nil {
		f = p.setText(e, text)
	}
	return p, f
}

func (p *Pattern) setCode(e *Expectation, text words.Text) *fault {
	most, example := 0, ""
	switch e.Kind {
	case ExpectClose:
		most, example = 0xffff, "<close 1000"
		p.Code = int(wire.StatusNoStatusRcvd)
	case ExpectRefused:
		most, example = 999, "<refused 403"
	}
	switch code := text.String(); {
	case code == "" || most == 0:
		p.AnyCode = e.Kind == ExpectRefused
		return nil
	case text.Form() == match.Wildcard:
		p.AnyCode = true
		return nil
	}
	n, err := strconv.ParseUint(text.String(), 10, 16)
	if err != nil || int(n) > most {
		return &fault{e.codeAt, Quoted(text.String()) + " is not a code", example + " has one"}
	}
	p.Code = int(n)
	return nil
}

// setText reads what is compared, its variables expanded.
func (p *Pattern) setText(e *Expectation, text words.Text) *fault {
	var err error
	hint := ""
	switch e.Kind {
	case ExpectBinary:
		p.Parts, err = parseParts(text)
		hint = "HEX, as in 0b ad f0 0d, or base64:… are"
	case ExpectRegexp:
		if p.Regexp, err = compileRegexp(text.String()); err == nil {
			err = checkGroups(p.Regexp)
		}
	case ExpectQuery:
		p.Query, err = query.Compile(text.String())
	case ExpectRefused:
		if rest := text.String(); strings.TrimSpace(rest) != "" {
			err = errors.New(Quoted(rest) +
				" stands behind the status, which is all that is compared")
		}
	default:
		p.Text = text
		if e.Quoted {
			quotes := words.Plain(`"`)
			p.Text, err = words.Join([]words.Text{quotes, text, quotes}, "").Unquote(format.Unquote)
		} else if e.Kind == ExpectClose && e.Code == match.Wildcard && text.String() == "" {
			p.Text = words.Plain(match.Wildcard)
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

// checkGroups says which named group cannot become a variable.
func checkGroups(re *regexp.Regexp) error {
	for _, name := range re.SubexpNames() {
		if name == "" {
			continue
		}
		if err := checkName(name); err != nil {
			return err
		}
	}
	return nil
}

// oneLine is an error's text on one line.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}

// parseParts reads bytes with wildcards.
func parseParts(text words.Text) ([][]byte, error) {
	var parts [][]byte
	at := 0
	for part := range strings.SplitSeq(text.Form(), match.Wildcard) {
		p, err := parseBytes(text.Slice(at, at+len(part)))
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
		at += len(part) + len(match.Wildcard)
	}
	return parts, nil
}

// parseBytes reads HEX, with blanks or without, or base64:….
func parseBytes(part words.Text) ([]byte, error) {
	if b64, ok := part.TrimLeft().CutPrefix("base64:"); ok {
		text := strings.Join(strings.Fields(b64.String()), "")
		p, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, errors.New(Quoted(text) + " is not base64")
		}
		return p, nil
	}
	text := part.String()
	bare := strings.Join(strings.Fields(text), "")
	p, err := hex.DecodeString(strings.TrimPrefix(bare, "0x"))
	switch {
	case errors.Is(err, hex.ErrLength):
		return nil, errors.New(Quoted(text) + " has an odd number of hexadecimal digits")
	case err != nil:
		return nil, errors.New(Quoted(text) + " is not bytes")
	}
	return p, nil
}
