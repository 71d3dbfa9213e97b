package importcmd

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/collection"
	"wsline/internal/lazy"
	"wsline/internal/target"
	"wsline/internal/words"
	"wsline/script/transcript"
	"wsline/script/wst"
	"wsline/session"
)

// A conversation is a file to be.
type conversation struct {
	name    string
	path    string   // "" until it is known
	words   []string // of wsline, with marks for variables
	vars    *variables
	opened  session.Event
	events  []*session.Event
	leftOut []string
}

// text is the file.
func (c *conversation) text() ([]byte, error) {
	given, fields := c.vars.apart(c.words)
	options, err := target.ReadWords(given)
	if err != nil {
		return nil, err
	}
	address, err := options.OneAddress()
	if err != nil {
		return nil, err
	}
	opening := options.Opening(address)
	for _, field := range fields {
		opening.Words += " --header " + words.ShellQuote(wst.EscapeReferences(field))
	}
	sent := opening.Words
	for _, ev := range c.events {
		sent += string(ev.Payload)
	}
	for _, name := range c.vars.in(sent) {
		if note := "give it: --var " + name + "=…"; !slices.Contains(opening.Notes, note) {
			opening.Notes = append(opening.Notes, note)
		}
	}
	w := &transcript.Writer{}
	w.Open("", transcript.Opening(opening))
	text := w.Line(nil, "", &c.opened)
	for _, ev := range c.events {
		text = w.Line(text, "", ev)
	}
	text = []byte(c.vars.fill(string(w.Rest(text))))
	if _, err := wst.Parse(c.name, text); err != nil {
		return nil, fmt.Errorf("it cannot be written as a conversation: %w", err)
	}
	return text, nil
}

// variables are those of a file. In its texts stand marks for them, which mean nothing to anybody,
// so that what is a host, a field or a token can be told before their values are known.
type variables struct {
	prefix string
	names  []string // by the numbers of the marks
	marks  *regexp.Regexp
}

// newVariables has marks that do not occur in a file.
func newVariables(file string) *variables {
	v := &variables{prefix: "wslinevar"}
	for strings.Contains(file, v.prefix) {
		v.prefix += "z"
	}
	v.marks = regexp.MustCompile(v.prefix + `([0-9]+)x`)
	return v
}

// template is a call of Insomnia's, whose value only Insomnia knows.
var template = lazy.Regexp(`\{%.*?%\}`)

// mark puts marks in the place of variables.
func (v *variables) mark(s string) string {
	s = template().ReplaceAllStringFunc(s, func(string) string { return v.markOf("template") })
	return collection.Variable().ReplaceAllStringFunc(s, func(s string) string {
		m := collection.Variable().FindStringSubmatch(s)
		return v.markOf(m[1] + m[2])
	})
}

func (v *variables) markOf(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, name)
	if slices.Contains([]string{"uuid", "now", "random", "line"}, name) {
		name += "_" // what scripts have built in is something else
	}
	at := slices.Index(v.names, name)
	if at < 0 {
		at, v.names = len(v.names), append(v.names, name)
	}
	return v.prefix + strconv.Itoa(at) + "x"
}

// scheme stands before a URL whose own one is in a variable.
func (v *variables) scheme() string { return "ws://" + v.prefix + "-" }

// begins tells whether a text begins with a mark.
func (v *variables) begins(s string) bool {
	span := v.marks.FindStringIndex(s)
	return span != nil && span[0] == 0
}

// apart takes the fields with marks out of words: their values stand in variables already, and are
// not to be taken for secrets.
func (v *variables) apart(words []string) (rest, fields []string) {
	for i := 0; i < len(words); i++ {
		if words[i] == "-H" && i+1 < len(words) && v != nil && v.marks.MatchString(words[i+1]) {
			fields = append(fields, words[i+1])
			i++
			continue
		}
		rest = append(rest, words[i])
	}
	return rest, fields
}

// in are the names of the variables whose marks stand in a text, in their order.
func (v *variables) in(s string) (names []string) {
	if v == nil {
		return nil
	}
	for _, m := range v.marks.FindAllStringSubmatch(s, -1) {
		n, err := strconv.Atoi(m[1])
		if err == nil && n < len(v.names) && !slices.Contains(names, v.names[n]) {
			names = append(names, v.names[n])
		}
	}
	return names
}

// fill puts variables in the place of marks.
func (v *variables) fill(s string) string {
	if v == nil {
		return s
	}
	s = strings.ReplaceAll(s, v.scheme(), "")
	return v.marks.ReplaceAllStringFunc(s, func(mark string) string {
		n, err := strconv.Atoi(v.marks.FindStringSubmatch(mark)[1])
		if err != nil || n >= len(v.names) {
			return mark
		}
		return "${" + v.names[n] + "}"
	})
}
