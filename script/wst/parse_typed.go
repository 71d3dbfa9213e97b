package wst

import (
	"slices"
	"strings"
	"unicode"

	"wsline/internal/suggest"
	"wsline/repl/command"
)

// maxNesting is how many blocks may stand in one another.
const maxNesting = 16

// typed reads a line that was typed: a message, or a command, whose argument is checked.
func (p *parser) typed(l *Line) {
	name, rest, isCommand := command.Parse(l.Text)
	l.Rest = rest
	if !isCommand {
		p.references(l, l.Text)
		return
	}
	c := p.commands[name]
	if c == nil {
		p.noCommand(l, name)
		return
	}
	l.Command, l.bare, l.words = name, c.bare, c.words
	if name == "expect" {
		p.expect(l)
		return
	}
	text, isKnown, f := known(rest)
	if f != nil {
		f.at += len(l.Text) - len(rest)
		p.fault(l, f)
		return
	}
	if !isKnown || c.check == nil {
		return
	}
	if err := c.check(text); err != nil {
		hint := c.Usage() + ": " + c.Summary
		if c.Usage() == "/"+name {
			hint = ""
		}
		at := len(l.Text) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		p.failAt(l, at, oneLine(err.Error()), hint)
	}
}

// TypedLine is a line that was typed at a prompt: a message, or a command of the terminal.
func TypedLine(command, rest string) *Line {
	return &Line{
		Kind: LineTyped, Pos: Pos{1, 1}, Text: rest, Rest: rest, Command: command,
		words: hasWords(command),
	}
}

// references checks the variables of a text.
func (p *parser) references(l *Line, text string) {
	_, _, f := known(text)
	if f != nil {
		f.at += len(l.Text) - len(text)
		p.fault(l, f)
	}
}

func (p *parser) noCommand(l *Line, name string) {
	hint := "//" + name + " sends it as a message"
	if i := strings.IndexFunc(name, unicode.IsControl); i >= 0 || name == "" || len(name) > 40 {
		hint = "a message that begins with a slash is typed with two"
	}
	var names []string
	for known := range p.commands {
		names = append(names, known)
	}
	slices.Sort(names)
	if near := suggest.Nearest(name, names); near != "" {
		hint = "did you mean /" + near + "?"
	}
	p.failAt(l, 0, "there is no command "+Quoted("/"+name), hint)
}

// expect reads /expect, whose argument is what a line with "<" has behind that.
func (p *parser) expect(l *Line) {
	e, f := expectArgument(l.Rest)
	if f != nil {
		f.at += len(l.Text) - len(l.Rest)
		p.fault(l, f)
		return
	}
	l.Expect = e
}

// expectArgument reads "<ping x", or a text as it stands behind "< ".
func expectArgument(rest string) (*Expectation, *fault) {
	bare := strings.TrimLeft(rest, " ")
	shift := len(rest) - len(bare) + 1
	text, whole := strings.CutPrefix(bare, "<")
	if !whole {
		shift -= 2 // for a blank that is not there
		text = " " + bare
	}
	e, f := parseExpect(text)
	if f != nil {
		f.at = max(0, f.at+shift)
		return nil, f
	}
	e.at += shift
	e.codeAt += shift
	return e, nil
}

// blocks matches the beginnings of blocks with their ends. Line i is the last that was read.
func (p *parser) blocks(i int) {
	l := p.c.Lines[i]
	if n := len(p.open); n > 0 {
		if o := p.c.Lines[p.open[n-1]]; o.Command == "unordered" {
			p.unordered(l, o)
		}
	}
	switch l.Command {
	case "repeat", "unordered":
		if len(p.open) == maxNesting {
			p.failAt(l, 0, "more than "+itoa(maxNesting)+" blocks in one another", "")
			return
		}
		p.open = append(p.open, i)
	case "end":
		n := len(p.open) - 1
		if n < 0 {
			p.failAt(l, 0, "/end has no /repeat or /unordered before it", "")
			return
		}
		l.Block = p.open[n]
		p.c.Lines[l.Block].Block = i
		p.open = p.open[:n]
	}
}

// unordered checks a line that stands in the /unordered of the line o.
func (p *parser) unordered(l, o *Line) {
	text := ""
	switch e := l.Expect; {
	case e == nil && l.Kind == LineTyped && l.Command != "end":
		text = "only what is expected may stand in /unordered"
	case e != nil && e.Any:
		text = "<* passes over others, which /unordered does not"
	case e != nil && (e.Kind == ExpectRefused || e.Kind == ExpectError):
		text = "only what comes on a connection stands in /unordered"
	}
	if text != "" {
		p.failAt(l, 0, text, "the /unordered is on line "+itoa(o.Pos.Line))
	}
}

// Known is what stands behind a command's name, and whether it has no variables, so that it is known
// before the line is run.
func (l *Line) Known() (rest string, isKnown bool) {
	rest, isKnown, _ = known(l.Rest)
	return rest, isKnown
}

// ArgumentError is what is wrong with what stands behind a command's name.
func (l *Line) ArgumentError(file, text, hint string) *SyntaxError {
	at := l.At(len(l.Text) - len(strings.TrimLeft(l.Rest, " ")))
	return &SyntaxError{
		File: file, Pos: at, Text: oneLine(text), Hint: hint,
		Source: sourceLine(l, at.Line-l.Pos.Line),
	}
}
