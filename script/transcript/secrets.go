package transcript

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/redact"
	"wsline/internal/wire"
	"wsline/script/match"
	"wsline/script/wst"
	"wsline/session"
)

// Hide says which variables are secret from now on, and what they were before: a line has the
// variable in the place of each value, and a comment says that it must be given. A line that would
// then say something else is a comment itself. The variables are not changed any more.
func (t *Writer) Hide(v *wst.Vars) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.vars = v
	if t.given == nil {
		t.given = map[string]string{}
	}
}

func (t *Writer) redactor() *redact.Redactor {
	if t.vars == nil {
		return nil
	}
	return t.vars.Redactor()
}

// A draft is a line with variables for the values of secrets.
type draft struct {
	line  string
	given map[string]string // values of the variables
}

// appendLines appends a line, which may go on with others, with variables for what is secret in it.
// isSame says whether one that has been read says the same, with those variables.
func (t *Writer) appendLines(
	dst []byte, line string, isSame func(l *wst.Line, v *wst.Vars) bool,
) []byte {
	r := t.redactor()
	mark := strings.IndexAny(line, "<>") + 1
	if r == nil || r.Hide(line[mark:]) == line[mark:] {
		return append(append(dst, line...), '\n')
	}
	drafts := []func(d *draft, name, found string) string{t.byName, t.byText}
	if line[mark-1] == '<' {
		drafts[1] = func(*draft, string, string) string { return match.Wildcard }
	}
	for _, by := range drafts {
		d := &draft{given: map[string]string{}}
		d.line = line[:mark] + r.Replace(line[mark:], func(name, found string) string {
			return by(d, name, found)
		})
		if l, v := t.read(d); l != nil && isSame(l, v) {
			for _, name := range slices.Sorted(maps.Keys(d.given)) {
				dst = t.once(dst, noteFor(name))
				t.given[name] = d.given[name]
			}
			return append(append(dst, d.line...), '\n')
		}
	}
	return t.comment(dst, leftOut+line)
}

const leftOut = "left out, as a secret stands in it: "

// isHidden says whether an event has a secret that no line can have a variable for: among bytes, or
// cut by its sender.
func (t *Writer) isHidden(ev *session.Event) bool {
	r := t.redactor()
	switch {
	case r == nil:
		return false
	case ev.Kind == session.KindMessage:
		return ev.Opcode == wire.OpBinary && r.Hex(ev.Payload, false) != ""
	}
	text := string(ev.Payload) + ev.Reason
	return r.HideControl(text) != r.Hide(text)
}

// byName puts a variable in the place of its value, however that is written there.
func (t *Writer) byName(d *draft, name, _ string) string {
	value, _ := t.vars.Lookup(name)
	return t.variable(d, name, value)
}

// byText puts a variable in the place of a text, which is its value.
func (t *Writer) byText(d *draft, name, found string) string {
	return t.variable(d, name, strings.ReplaceAll(found, "\n  ", "\n"))
}

// variable is one that has a value: of that name, or with a number where that has another.
func (t *Writer) variable(d *draft, name, value string) string {
	for i := 1; ; i++ {
		numbered := name
		if i > 1 {
			numbered += strconv.Itoa(i)
		}
		if t.isOther(numbered) {
			continue
		}
		for _, known := range []func() (string, bool){
			func() (string, bool) { v, ok := d.given[numbered]; return v, ok },
			func() (string, bool) { v, ok := t.given[numbered]; return v, ok },
			func() (string, bool) { return t.vars.Lookup(numbered) },
			func() (string, bool) { return value, true },
		} {
			if v, ok := known(); ok && v == value {
				d.given[numbered] = value
				return "${" + numbered + "}"
			} else if ok {
				break
			}
		}
	}
}

// isOther says whether a variable stands for a secret of how the connection is opened.
func (t *Writer) isOther(name string) bool {
	if _, isGiven := t.given[name]; isGiven {
		return false
	}
	for _, c := range t.conns {
		if strings.Contains(c.opening.Words, "${"+name+"}") {
			return true
		}
	}
	return t.told[noteFor(name)]
}

// noteFor says how to give a secret.
func noteFor(name string) string { return "give it: --secret " + name + "=…" }

// read is a draft as a script reads it, with its variables; nil for one that cannot be read.
func (t *Writer) read(d *draft) (*wst.Line, *wst.Vars) {
	c, err := wst.Parse("", []byte(d.line+"\n"))
	if err != nil || len(c.Lines) != 1 {
		return nil, nil
	}
	v := t.vars.Clone()
	for name, value := range d.given {
		if v.Set(name, value) != nil {
			return nil, nil
		}
	}
	return c.Lines[0], v
}

// says says whether a line sends, or expects, what an event tells.
func says(ev *session.Event) func(l *wst.Line, v *wst.Vars) bool {
	return func(l *wst.Line, v *wst.Vars) bool {
		var pattern *wst.Pattern
		var err error
		if ev.Dir == session.In && l.Expect != nil {
			pattern, err = l.Pattern(v)
		} else if rest, e := l.Expand(v); ev.Dir == session.Out && e == nil {
			pattern = l.Sends(rest)
		}
		if err != nil || pattern == nil || !pattern.Wants(ev.Kind) {
			return false
		}
		_, diff := pattern.Match(context.Background(), ev)
		return diff == nil
	}
}

// writes says whether a line is the same command as another one, in which nothing is hidden.
func writes(line string) func(l *wst.Line, v *wst.Vars) bool {
	return func(l *wst.Line, v *wst.Vars) bool {
		c, err := wst.Parse("", []byte(line+"\n"))
		if err != nil || len(c.Lines) != 1 || c.Lines[0].Command != l.Command {
			return false
		}
		rest, err := l.Expand(v)
		known, knownErr := c.Lines[0].Expand(v)
		return err == nil && knownErr == nil &&
			wst.Written(l.Command, rest) == wst.Written(l.Command, known)
	}
}

// reads says whether a line is another one when its variables are put in; there may be more in
// both.
func reads(line string) func(l *wst.Line, v *wst.Vars) bool {
	return func(l *wst.Line, v *wst.Vars) bool {
		var pairs []string
		for _, name := range v.Names() {
			value, _ := v.Lookup(name)
			pairs = append(pairs, "${"+name+"}", wst.IndentLines(value))
		}
		put := strings.NewReplacer(pairs...)
		return put.Replace(l.Source()) == put.Replace(line)
	}
}

// hidden is the line of an event of which isHidden is true, without its secrets.
func (t *Writer) hidden(ev *session.Event) string {
	r := t.redactor()
	if ev.Kind != session.KindMessage {
		return strings.TrimSuffix(string(wst.AppendEvent(nil, "", r.Event(ev))), "\n")
	}
	mark := "> /binary "
	if ev.Dir == session.In {
		mark = "<binary "
	}
	return mark + r.Hex(ev.Payload, false)
}

// Hide is that of Writer.
func (l *Log) Hide(v *wst.Vars) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.vars = v
}
