package wst

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

const byteOrderMark = "\uFEFF"

// Parse reads a file. The error, if any, is of type Errors, and the Conversation has then the lines
// that could be read; name is only for errors.
//
// Checked is what can be known without running it: the names of commands and their arguments,
// unless they have variables, blocks and their ends, regular expressions, queries, bytes and
// durations.
func Parse(name string, text []byte) (*Conversation, error) {
	p := &parser{c: &Conversation{File: name}, commands: commandsByName()}
	p.parse(text)
	if len(p.errs) > 0 {
		return p.c, p.errs
	}
	return p.c, nil
}

// parser is the place in a file up to which it has been read.
type parser struct {
	c        *Conversation
	rest     string
	number   int // of the line that rest begins with, from 1
	commands map[string]*Command
	open     []int // indexes of the lines that began a block
	errs     Errors
}

func (p *parser) parse(text []byte) {
	switch {
	case len(text) > MaxFile:
		p.fail(Pos{1, 1}, "", "the file has more than 64 MiB", "")
		return
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		p.fail(Pos{1, 1}, "", "the file is UTF-16", "save it as UTF-8")
		return
	}
	p.rest, p.number = string(text), 1
	if bare, ok := strings.CutPrefix(p.rest, byteOrderMark); ok {
		p.c.bom, p.rest = byteOrderMark, bare
	}
	for p.rest != "" && len(p.errs) < MaxErrors {
		if p.number > MaxLines {
			p.fail(Pos{p.number, 1}, "", fmt.Sprintf("the file has more than %d lines", MaxLines), "")
			return
		}
		p.line()
	}
	for _, i := range p.open {
		l := p.c.Lines[i]
		p.failAt(l, 0, "/"+l.Command+" has no /end", "")
	}
}

func (p *parser) fail(at Pos, source, text, hint string) {
	if len(p.errs) < MaxErrors {
		p.errs = append(p.errs, &SyntaxError{p.c.File, at, text, hint, source})
	}
}

// failAt is an error of a place in a line's text.
func (p *parser) failAt(l *Line, offset int, text, hint string) {
	at := l.At(offset)
	p.fail(at, sourceLine(l, at.Line-l.Pos.Line), text, hint)
}

func (p *parser) fault(l *Line, f *fault) {
	if f != nil {
		p.failAt(l, f.at, f.text, f.hint)
	}
}

// A fault is what is wrong with a line's text, and at which offset.
type fault struct {
	at         int
	text, hint string
}

// sourceLine is a physical line of those that l has in the file, the first being 0.
func sourceLine(l *Line, i int) string {
	n := 0
	for s := range strings.Lines(l.raw) {
		if n == i {
			return strings.TrimRight(s, "\r\n")
		}
		n++
	}
	return ""
}

// line reads one Line.
func (p *parser) line() {
	first, size := cutLine(p.rest)
	l := &Line{Pos: Pos{p.number, 1}, raw: p.rest[:size]}
	p.c.Lines = append(p.c.Lines, l)
	l.Kind = LineBlank
	valid := p.checkUTF8(first)
	p.rest = p.rest[size:]
	p.number++
	if !valid || !p.begin(l, first) {
		return
	}
	p.goOn(l)
	if l.Kind == LineExpect {
		e, f := parseExpect(l.Text)
		if f == nil {
			l.Expect = e
		}
		p.fault(l, f)
	} else {
		p.typed(l)
	}
	p.blocks(len(p.c.Lines) - 1)
}

// cutLine is the first line of text without its end, and its size with it.
func cutLine(text string) (line string, size int) {
	i := strings.IndexByte(text, '\n')
	if i < 0 {
		return strings.TrimSuffix(text, "\r"), len(text)
	}
	return strings.TrimSuffix(text[:i], "\r"), i + 1
}

func notUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// begin tells the kind of a line, and cuts off what stands before its text. It returns whether the
// line has something to be read further.
func (p *parser) begin(l *Line, first string) bool {
	if strings.TrimSpace(first) == "" {
		return false
	}
	if first[0] == '#' {
		l.Kind, l.Text, l.column = LineComment, first[1:], 2
		return false
	}
	name, size := cutHead(first)
	if size < 0 {
		p.unknown(l, first)
		return false
	}
	l.Name, l.head = name, first[:size]
	l.Text, l.column = first[size+1:], 2+utf8.RuneCountInString(first[:size])
	switch first[size] {
	case '*':
		l.Kind = LineStatus
		return false
	case '<':
		l.Kind = LineExpect
		return true
	}
	return p.prompt(l, first)
}

// prompt reads what stands behind ">".
func (p *parser) prompt(l *Line, first string) bool {
	text := strings.TrimPrefix(l.Text, " ")
	if text == l.Text && text != "" {
		p.fail(Pos{l.Pos.Line, l.column}, first, `no blank after ">"`,
			"what is typed stands after \"> \"")
		return false
	}
	l.column += len(l.Text) - len(text)
	l.Text = text
	if strings.TrimSpace(text) == "" && p.goesOn() == 0 {
		return false
	}
	l.Kind = LineTyped
	return true
}

// unknown is the error of a line that is of no kind.
func (p *parser) unknown(l *Line, first string) {
	text := "this line is neither typed, received, a comment nor a status line"
	hint := `put "> ", "< ", "# " or "* " before it`
	switch {
	case strings.HasPrefix(first, indent):
		text = "this line goes on with nothing"
		hint = "lines indented by two spaces go on with one that was typed or received"
	case first[0] == ' ' || first[0] == '\t':
		text = "this line is indented, but not by two spaces"
		hint = "lines that go on with the one before are indented by two spaces"
	case strings.HasPrefix(first, "wsline: "):
		hint = `put "# " before it, or leave it out`
	}
	p.fail(l.Pos, first, text, hint)
}

// goOn joins the lines that go on with l. Those of white space only belong to it when another
// follows that has more: what ends with white space is written in quotation marks.
func (p *parser) goOn(l *Line) {
	n := p.goesOn()
	if n == 0 {
		return
	}
	var text strings.Builder
	text.WriteString(l.Text)
	from := p.rest
	for ; n > 0; n = p.goesOn() {
		for range n {
			line, size := cutLine(p.rest)
			p.checkUTF8(line)
			text.WriteByte('\n')
			text.WriteString(l.unindented(line))
			p.rest = p.rest[size:]
			p.number++
		}
	}
	l.Text = text.String()
	l.raw += from[:len(from)-len(p.rest)]
}

// unindented is a line that goes on with l. Where a time stands before that, a talk has blanks below.
func (l *Line) unindented(line string) string {
	if hasTime(l.head) {
		if bare, ok := strings.CutPrefix(line, timeBlanks); ok {
			l.below = len(timeBlanks)
			line = bare
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(line, " "), " ")
}

// goesOn is how many of the next lines go on with the one before: those of white space only, and
// the one behind them. More may follow.
func (p *parser) goesOn() int {
	n := 1
	for rest := p.rest; rest != ""; n++ {
		line, size := cutLine(rest)
		if strings.TrimSpace(line) != "" {
			if strings.HasPrefix(line, indent) {
				return n
			}
			return 0
		}
		rest = rest[size:]
	}
	return 0
}

// checkUTF8 looks at the line that is read.
func (p *parser) checkUTF8(line string) bool {
	i := notUTF8(line)
	if i < 0 {
		return true
	}
	at := Pos{p.number, 1 + utf8.RuneCountInString(line[:i])}
	p.fail(at, line, fmt.Sprintf("the byte 0x%02x is not UTF-8", line[i]),
		fmt.Sprintf(`in quotation marks it is written \x%02x`, line[i]))
	return false
}
