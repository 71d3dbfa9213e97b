// Package answer says what answers a message: a pattern that it matches, and the reply to it. It
// knows no connection: who has one asks it about each message that comes, and sends the reply.
//
// A Pattern and a Rule may be used concurrently, and so may Rules, also while they change.
package answer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"wsline/internal/query"
	"wsline/internal/wire"
	"wsline/internal/words"
)

// A Pattern is a jq expression that is true for a message, or a regular expression that matches it.
// No binary message matches.
type Pattern struct {
	query  *query.Query   // nil: regexp
	regexp *regexp.Regexp // nil: query
}

// ParsePattern reads "JQ" or "~REGEXP".
func ParsePattern(s string) (p Pattern, err error) {
	expr, isRegexp := strings.CutPrefix(s, "~")
	switch {
	case strings.TrimSpace(expr) == "":
		return p, errors.New("a pattern is a jq expression, or ~ and a regular expression")
	case isRegexp:
		if p.regexp, err = regexp.Compile(expr); err != nil {
			cause := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
			return p, fmt.Errorf("%q is not a regular expression: %s", expr, cause)
		}
	default:
		p.query, err = query.Compile(s)
	}
	return p, err
}

// String is the pattern as it was written.
func (p Pattern) String() string {
	if p.query != nil {
		return p.query.String()
	}
	return "~" + p.regexp.String()
}

// Match says whether a message matches. One that is not JSON, or that the expression does not work
// on, does not.
func (p Pattern) Match(op wire.Opcode, payload []byte) bool {
	switch {
	case op != wire.OpText:
		return false
	case p.query != nil:
		is, err := p.query.True(context.Background(), payload)
		return is && err == nil
	}
	return p.regexp.Match(payload)
}

// ParseMessage reads a message as it is written: its text, or @hex: and the bytes of a binary one. What
// it means is decided on what is written, not on values.
func ParseMessage(t words.Text) (wire.Message, error) {
	digits, isHex := t.CutPrefix("@hex:")
	if !isHex {
		text := t.JSON()
		if !utf8.ValidString(text) {
			return wire.Message{}, errors.New("the message is not valid UTF-8: @hex: and its bytes is a binary one")
		}
		return wire.Message{Opcode: wire.OpText, Payload: []byte(text)}, nil
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(digits.String()), ""))
	if err != nil {
		return wire.Message{}, fmt.Errorf("%q is not hexadecimal, two digits for each byte", digits.String())
	}
	return wire.Message{Opcode: wire.OpBinary, Payload: b}, nil
}

// A Rule says how messages are answered that match a pattern.
type Rule struct {
	pattern Pattern
	reply   string
	fixed   *wire.Message // nil: the reply has variables
}

// ParseRule reads a pattern and the reply to it, which may have a ${name} for each named group of the
// pattern.
func ParseRule(pattern, reply string) (*Rule, error) {
	p, err := ParsePattern(pattern)
	if err != nil {
		return nil, err
	}
	r := &Rule{pattern: p, reply: reply}
	m, err := ParseMessage(words.Plain(reply))
	if err != nil || m.Opcode == wire.OpText && strings.Contains(reply, "${") {
		return r, err
	}
	r.fixed = &m
	return r, nil
}

// ParseFlag is ParseRule of "PATTERN=>REPLY", with blanks around the arrow or not: the first one.
func ParseFlag(s string) (*Rule, error) {
	pattern, reply, ok := strings.Cut(s, "=>")
	if !ok {
		return nil, fmt.Errorf("%q is not a pattern and a reply with => between them", s)
	}
	return ParseRule(strings.TrimSpace(pattern), strings.TrimSpace(reply))
}

// ParseLine is ParseRule of "PATTERN REPLY". PATTERN is one word, quoted as in a shell, and so may
// REPLY be; unquoted it is all that stands behind PATTERN.
func ParseLine(s string) (*Rule, error) {
	line := words.Plain(strings.TrimSpace(s))
	list, err := line.Split()
	if err != nil { // of the reply perhaps, which is JSON
		if list, err = firstWord(line); err != nil {
			return nil, err
		}
	}
	if len(list) == 0 {
		return nil, errors.New("there is no pattern")
	}
	rest := strings.TrimSpace(line.From(list[0].End).String())
	if rest == "" {
		return nil, errors.New("there is no reply behind the pattern")
	}
	if len(list) == 2 && (rest[0] == '\'' || rest[0] == '"') {
		rest = list[1].Text.String()
	}
	return ParseRule(list[0].Text.String(), rest)
}

// firstWord is the first word of a line that goes on with what is no words.
func firstWord(line words.Text) (list []words.Word, err error) {
	form := line.Form()
	for i := range form {
		if form[i] != ' ' {
			continue
		}
		if list, err = line.Slice(0, i).Split(); err == nil {
			return list, nil
		}
	}
	_, err = line.Split()
	return nil, err
}

// Pattern is the rule's, as it was written.
func (r *Rule) Pattern() string { return r.pattern.String() }

// String is the rule as /on takes it.
func (r *Rule) String() string {
	reply := r.reply
	if strings.HasPrefix(reply, "'") || strings.HasPrefix(reply, `"`) {
		reply = words.ShellQuote(reply)
	}
	return words.ShellQuote(r.pattern.String()) + " " + reply
}

// A Lookup gives the value of a variable, and whether it has one.
type Lookup = func(name string) (value string, ok bool)

// answer is the reply to a message that matches.
func (r *Rule) answer(op wire.Opcode, payload []byte, vars Lookup) (m wire.Message, ok bool) {
	switch {
	case !r.pattern.Match(op, payload):
		return m, false
	case r.fixed != nil:
		return *r.fixed, true
	}
	var groups [][]byte
	if r.pattern.regexp != nil {
		groups = r.pattern.regexp.FindSubmatch(payload)
	}
	text := expand(r.reply, func(name string) (string, bool) {
		if groups != nil {
			if i := r.pattern.regexp.SubexpIndex(name); i >= 0 {
				return string(groups[i]), true
			}
		}
		if vars == nil {
			return "", false
		}
		return vars(name)
	})
	return wire.Message{Opcode: wire.OpText, Payload: []byte(text.JSON())}, true
}

// expand puts values in the place of each ${name}. One without a value stays what it is.
func expand(text string, value Lookup) words.Text {
	var b words.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		b.Write(before)
		if !found {
			return b.Text()
		}
		name, rest, closed := strings.Cut(after, "}")
		v, ok := "", false
		if closed {
			v, ok = value(name)
		}
		if !ok {
			b.Write("${")
			text = after
			continue
		}
		b.Put(words.Value{Text: v, Source: "${" + name + "}"})
		text = rest
	}
}

// Rules are those that hold now. The zero value is none, and ready.
type Rules struct {
	// Vars gives the values of variables that are no named groups; nil: there are none. It is called
	// for each reply, and not changed once messages come.
	Vars Lookup

	mu   sync.Mutex // held by who changes them
	list atomic.Pointer[[]*Rule]
}

// Add adds a rule behind the others.
func (r *Rules) Add(rule *Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := append(slices.Clone(r.List()), rule)
	r.list.Store(&list)
}

// Clear ends all rules, and says how many those were.
func (r *Rules) Clear() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.List())
	r.list.Store(nil)
	return n
}

// List is the rules, in order.
func (r *Rules) List() []*Rule {
	if list := r.list.Load(); list != nil {
		return *list
	}
	return nil
}

// Answer is what answers a message: the reply of the first rule that it matches. It is
// session.Config.Respond.
func (r *Rules) Answer(op wire.Opcode, payload []byte) (answer wire.Message, ok bool) {
	for _, rule := range r.List() {
		if answer, ok = rule.answer(op, payload, r.Vars); ok {
			return answer, true
		}
	}
	return answer, false
}
