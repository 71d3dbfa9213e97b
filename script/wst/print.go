package wst

import (
	"bytes"
	"encoding/json"
	"strings"
)

// maxLaidOut is how much longer than it is written JSON may be when it is laid out: nesting can
// make that the square of the length.
const maxLaidOut = 64 << 10

// Bytes are those of the file, with what Replace has changed.
func (c *Conversation) Bytes() []byte {
	dst := []byte(c.bom)
	for _, l := range c.Lines {
		dst = append(dst, l.raw...)
	}
	return dst
}

// Replace puts another text in the place of what stands behind a line's mark, such as " hi" or
// "close 1000" behind "<", in the file and in Text; what has been parsed of it stays as it was.
// Line ends are those of the line.
func (l *Line) Replace(text string) {
	end := "\n"
	switch {
	case strings.HasSuffix(l.raw, "\r\n"):
		end = "\r\n"
	case !strings.HasSuffix(l.raw, "\n"):
		end = ""
	}
	between := "\n"
	if strings.Contains(l.raw, "\r\n") {
		between = "\r\n"
	}
	l.raw = l.head + l.mark() + strings.ReplaceAll(text, "\n", between+indent) + end
	l.Text = text
}

// mark is the mark of a line, and the blank that belongs to it.
func (l *Line) mark() string {
	switch l.Kind {
	case LineComment:
		return "#"
	case LineStatus:
		return "*"
	case LineTyped:
		return "> "
	case LineExpect:
		return "<"
	}
	return ""
}

// Format lays a conversation out. JSON over several lines is indented by two spaces, blank lines
// are one at a time and not at the beginning or the end, blanks at the end of lines are left out
// where they mean nothing, and so are times, empty prompts and the byte order mark. What could
// steer a terminal is written as an escape. Formatting what has been formatted changes nothing, and
// reading it gives the same conversation.
func (c *Conversation) Format() []byte {
	var dst []byte
	blank := false
	for _, l := range c.Lines {
		l := l.asSafe()
		if l.Kind == LineBlank {
			blank = len(dst) > 0
			continue
		}
		if blank {
			dst = append(dst, '\n')
			blank = false
		}
		if l.Kind != LineComment && l.Name != "" {
			dst = append(dst, l.Name...)
		}
		text := l.mark() + l.formatted()
		dst = append(dst, strings.ReplaceAll(text, "\n", "\n"+indent)...)
		dst = append(dst, '\n')
	}
	return dst
}

// asSafe is the line with unsafe characters as escapes, itself when it has none.
func (l *Line) asSafe() *Line {
	text := l.safe()
	if text == l.Text {
		return l
	}
	if now := l.With(text); now != nil {
		return now
	}
	return l
}

// formatted is the text behind the mark, laid out.
func (l *Line) formatted() string {
	switch {
	case l.Kind == LineComment || l.Kind == LineStatus:
		return strings.TrimRight(l.Text, " \t\r")
	case l.Kind == LineTyped:
		return l.formattedCommand()
	case l.Expect == nil:
		return l.Text
	}
	return l.Text[:l.Expect.at] + l.Expect.formatted()
}

// formattedCommand has one blank behind the name, and none at the end where that means nothing.
func (l *Line) formattedCommand() string {
	switch {
	case !l.bare:
		return l.Text
	case l.Expect != nil:
		before := strings.TrimLeft(l.Rest[:l.Expect.at], " ")
		return "/" + l.Command + " " + before + l.Expect.formatted()
	case l.words:
		return "/" + l.Command + trimWords(l.Rest)
	}
	return strings.TrimRight("/"+l.Command+" "+strings.TrimSpace(l.Rest), " ")
}

// trimWords is words with one blank before them and none behind them, but for one behind a backslash,
// which is part of a word.
func trimWords(rest string) string {
	text := Sources(rest)
	list, err := text.Split()
	if err != nil || len(list) == 0 {
		return strings.TrimRight(" "+strings.TrimSpace(rest), " ")
	}
	return " " + text.Slice(0, list[len(list)-1].End).TrimLeft().Source()
}

// formatted is the text of an expectation with what stands around it, laid out.
func (e *Expectation) formatted() string {
	switch {
	case e.Quoted:
		return e.Text + `"`
	case e.Kind == ExpectText:
		return formattedJSON(e.Text)
	case e.Kind == ExpectBinary && !e.isDump, e.Kind == ExpectQuery:
		return strings.TrimRight(e.Text, " \t")
	}
	return e.Text
}

// formattedJSON lays JSON out that has several lines. On one line it stays as it is, and so does
// what is not JSON as long as its variables have no values.
func formattedJSON(text string) string {
	bare := strings.Trim(text, " \t\n")
	if bare == "" || bare[0] != '{' && bare[0] != '[' || !json.Valid([]byte(bare)) {
		return text
	}
	if !strings.Contains(bare, "\n") || laidOutSize(bare) > maxLaidOut+4*len(bare) {
		return bare
	}
	var b bytes.Buffer
	if json.Indent(&b, []byte(bare), "", indent) != nil {
		return bare
	}
	return b.String()
}

// laidOutSize is at least the size that JSON has when it is laid out.
func laidOutSize(text string) int {
	size, depth := len(text), 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += closingQuote(text[i:])
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
		default:
			continue
		}
		size += 1 + len(indent)*depth
	}
	return size
}

// closingQuote is where the JSON string that text begins with ends.
func closingQuote(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

// With is the line with another text behind its mark, nil when that cannot be read.
func (l *Line) With(text string) *Line {
	other := *l
	other.Replace(text)
	c, err := Parse("", []byte(other.raw))
	if err != nil || len(c.Lines) != 1 {
		return nil
	}
	now := c.Lines[0]
	now.Pos = l.Pos
	return now
}

// IndentLines indents the lines of text after the first, as in a conversation.
func IndentLines(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }
