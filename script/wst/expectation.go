package wst

import (
	"slices"
	"strings"
	"unicode"

	"wsline/format"
	"wsline/internal/suggest"
	"wsline/internal/words"
)

// ParseExpectation reads what stands behind "<" in a line, as in " text", "binary 00", "~ REGEXP"
// or "* text".
func ParseExpectation(text string) (*Expectation, error) {
	e, f := parseExpect(text)
	if f != nil {
		return nil, &SyntaxError{Text: f.text, Hint: f.hint, Pos: Pos{1, 1 + f.at}, Source: text}
	}
	return e, nil
}

// expectWords are the kinds that a word tells.
func expectWords() map[string]ExpectKind {
	return map[string]ExpectKind{
		"text": ExpectText, "binary": ExpectBinary, "ping": ExpectPing, "pong": ExpectPong,
		"close": ExpectClose, "refused": ExpectRefused, "error": ExpectError,
	}
}

// parseExpect reads what stands behind "<".
func parseExpect(text string) (*Expectation, *fault) {
	e := &Expectation{}
	if strings.HasPrefix(text, "*") {
		e.Any = true
		e.at = 1
	}
	rest := text[e.at:]
	switch {
	case strings.TrimSpace(rest) == "":
		return e, &fault{0, "nothing is expected", `an empty message is <text ""`}
	case rest[0] == ' ':
		e.Kind = ExpectText
		e.at++
	case rest[0] == '~' || rest[0] == '?':
		e.Kind = ExpectRegexp
		if rest[0] == '?' {
			e.Kind = ExpectQuery
		}
		e.at++
		e.skipBlank(text)
	default:
		return e, e.word(text)
	}
	e.Text = text[e.at:]
	return e, e.check()
}

// skipBlank leaves out one blank that parts what is written.
func (e *Expectation) skipBlank(text string) {
	if e.at < len(text) && text[e.at] == ' ' {
		e.at++
	}
}

// word reads a kind that a word tells, and what follows.
func (e *Expectation) word(text string) *fault {
	rest := text[e.at:]
	size := strings.IndexFunc(rest, unicode.IsSpace)
	if size < 0 {
		size = len(rest)
	}
	word := rest[:size]
	words := expectWords()
	if e.Kind = words[word]; e.Kind == 0 {
		return noKind(e.at, word, words)
	}
	if e.Any && (e.Kind == ExpectRefused || e.Kind == ExpectError) {
		return &fault{0, "<* is for messages: nothing comes before " + e.Kind.String(),
			"leave out the *"}
	}
	e.at += size
	switch e.Kind {
	case ExpectClose, ExpectRefused:
		e.code(text)
	default:
		e.skipBlank(text)
	}
	return e.argument(text)
}

func noKind(at int, word string, words map[string]ExpectKind) *fault {
	f := &fault{at: at, text: Quoted("<"+word) + " is not a kind of thing that comes"}
	f.hint = `a text message stands after "< "`
	var names []string
	for name := range words {
		names = append(names, name)
	}
	slices.Sort(names)
	if near := suggest.Nearest(word, names); near != "" {
		f.hint = "did you mean <" + near + "?"
	}
	return f
}

// code reads the word behind close or refused.
func (e *Expectation) code(text string) {
	for e.at < len(text) && text[e.at] == ' ' {
		e.at++
	}
	e.codeAt = e.at
	rest := text[e.at:]
	size := strings.IndexFunc(rest, unicode.IsSpace)
	if strings.HasPrefix(rest, "${") {
		size = strings.IndexByte(rest, '}') + 1
	} else if size < 0 {
		size = len(rest)
	}
	e.Code = rest[:size]
	e.at += size
	e.skipBlank(text)
}

// argument reads what stands behind the word: a quoted string, or anything.
func (e *Expectation) argument(text string) *fault {
	e.Text = text[e.at:]
	if !strings.HasPrefix(e.Text, `"`) || e.Kind == ExpectBinary {
		return e.check()
	}
	whole := strings.TrimRightFunc(e.Text, unicode.IsSpace)
	if _, err := format.Unquote(whole); err != nil {
		return &fault{e.at, oneLine(err.Error()), `a line feed is written \n, a quotation mark \"`}
	}
	e.Quoted = true
	e.Text = whole[1 : len(whole)-1]
	e.at++
	return e.check()
}

// check says what is wrong with an expectation, as far as that is known without its variables.
func (e *Expectation) check() *fault {
	if e.Kind == ExpectBinary {
		if f := e.readDump(); f != nil || e.isDump {
			return f
		}
	}
	if e.Kind == ExpectText && !e.Quoted && strings.TrimSpace(e.Text) == "" {
		return &fault{e.at, "nothing is expected", `an empty message is <text ""`}
	}
	if f := e.checkLines(); f != nil {
		return f
	}
	code, codeKnown, f := known(e.Code)
	if f != nil {
		f.at += e.codeAt
		return f
	}
	text, textKnown, f := known(e.Text)
	if f != nil {
		f.at += e.at
		return f
	}
	p := &Pattern{Kind: e.Kind, Any: e.Any}
	if codeKnown {
		f = p.setCode(e, words.Plain(code))
	}
	if f == nil && textKnown {
		f = p.setText(e, words.Plain(text))
	}
	return f
}

// checkLines refuses lines that go on with what has one line only.
func (e *Expectation) checkLines() *fault {
	switch e.Kind {
	case ExpectPing, ExpectPong, ExpectClose, ExpectRefused:
	default:
		return nil
	}
	if i := strings.IndexByte(e.Text, '\n'); i >= 0 && !e.Quoted {
		return &fault{e.at + i + 1, e.Kind.String() + " has one line",
			`in quotation marks a line feed is written \n`}
	}
	return nil
}
