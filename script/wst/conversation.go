package wst

import (
	"strings"
	"unicode/utf8"
)

const (
	// MaxFile is how many bytes a file may have.
	MaxFile = 64 << 20

	// MaxLines is how many lines a file may have.
	MaxLines = 1 << 20

	// MaxErrors is how many errors of a file are told.
	MaxErrors = 20

	// indent is what a line begins with that goes on with the one before.
	indent = "  "
)

// A Conversation is a file that has been read. Its lines, printed, are the bytes of the file.
type Conversation struct {
	File  string // the name for errors, as it was given to Parse
	Lines []*Line
	bom   string // the byte order mark that the file began with, or ""
}

// A Line is one thing that a file says, with the lines that go on with it.
type Line struct {
	Kind LineKind
	Pos  Pos    // of the first character, before a time and a name
	Name string // of the connection, before the mark; "" for the only one

	// Text is what stands behind the mark and one blank, the lines that go on joined with line
	// feeds, without their indent. For a LineExpect it is what stands behind "<".
	Text string

	// Command is the name of a typed command, without the slash, and Rest what follows the blank
	// behind it. Command is "" for a message, whose text Rest is then. Variables are not expanded.
	Command, Rest string

	Expect *Expectation // of a LineExpect, else nil

	// Block is the index in Lines of the /end of a /repeat or /unordered, and for an /end that of
	// the line that it ends. It means nothing for other lines.
	Block int

	raw    string // the bytes in the file, line ends too
	head   string // what the file has before the mark: a time, a name
	column int    // where Text begins
	below  int    // of the lines that go on: blanks below a time, before their indent
	words  bool   // of a command: it takes words, quoted as in a shell
	bare   bool   // of a command: blanks around its argument mean nothing
}

// LineKind is what a Line is.
type LineKind uint8

const (
	LineBlank   LineKind = iota + 1 // nothing, or a prompt behind which nothing was typed
	LineComment                     // "# …"
	LineStatus                      // "* …", shown by a talk and skipped in a script
	LineTyped                       // "> …", a message or a command
	LineExpect                      // "< …", what is to come
)

// Pos is a place in a file, both counted from 1, the column in characters. The zero value is no
// place.
type Pos struct {
	Line, Column int
}

// Source is the line as it stands in the file, without the line end; it may have several lines.
func (l *Line) Source() string {
	return strings.TrimRight(l.raw, "\r\n")
}

// At is where in the file the character at an offset of Text stands.
func (l *Line) At(offset int) Pos {
	before := l.Text[:min(offset, len(l.Text))]
	last := strings.LastIndexByte(before, '\n')
	if last < 0 {
		return Pos{l.Pos.Line, l.column + utf8.RuneCountInString(before)}
	}
	column := 1 + l.below + len(indent) + utf8.RuneCountInString(before[last+1:])
	return Pos{l.Pos.Line + strings.Count(before, "\n"), column}
}

// An Expectation is what a LineExpect says, as it is written. Pattern makes it ready to be matched.
type Expectation struct {
	Kind ExpectKind
	Any  bool // "<*": other messages may come before
	// Code is the close code of an ExpectClose as it is written, or the status of an ExpectRefused:
	// digits, a variable, "..." for any, "" for a Close frame without a code and for any status.
	Code string
	// Text is the payload, reason, error text, expression or query as it is written, without the
	// quotation marks of a Quoted one. Its variables are not expanded, its escapes not read.
	Text   string
	Quoted bool // Text stood in quotation marks, as format.Quote writes it

	dump   []byte // of an ExpectBinary that is written as a hexdump
	isDump bool
	at     int // the offset in Line.Text of Text, behind a quotation mark
	codeAt int // and of Code
}

// ExpectKind is what an Expectation waits for.
type ExpectKind uint8

const (
	ExpectText    ExpectKind = iota + 1 // "< payload", "<text payload": a text message
	ExpectBinary                        // "<binary HEX": a binary message
	ExpectPing                          // "<ping data"
	ExpectPong                          // "<pong data"
	ExpectClose                         // "<close code reason": a Close frame
	ExpectRefused                       // "<refused 403": the handshake was answered with this status
	ExpectError                         // "<error text": connecting failed, and this is why
	ExpectRegexp                        // "<~ REGEXP": a text message that it matches
	ExpectQuery                         // "<? JQ": a text message for which it is true
)

// String is the word for k in errors.
func (k ExpectKind) String() string {
	switch k {
	case ExpectText:
		return "a text message"
	case ExpectBinary:
		return "a binary message"
	case ExpectPing:
		return "a ping"
	case ExpectPong:
		return "a pong"
	case ExpectClose:
		return "a Close frame"
	case ExpectRefused:
		return "a refusal"
	case ExpectError:
		return "an error"
	case ExpectRegexp:
		return "a text message that matches"
	case ExpectQuery:
		return "a JSON message"
	}
	return "nothing"
}

// A SyntaxError says what is wrong with a place of a file.
type SyntaxError struct {
	File   string // "" where it is not known
	Pos           // Line and Column
	Text   string // what is wrong, lower case, no full stop
	Hint   string // what to try, "" for nothing
	Source string // the line, without its line end
}

// Error is "file:line:column: text", without the file where none is known.
func (e *SyntaxError) Error() string {
	text := e.Pos.String() + ": " + e.Text
	if e.File == "" {
		return text
	}
	return e.File + ":" + text
}

// Errors are all that is wrong with a file, in its order: at most MaxErrors.
type Errors []*SyntaxError

// Error is one line for each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}
