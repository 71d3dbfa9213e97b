package wst

import (
	"fmt"
	"strings"
	"unicode"

	"wsline/format"
	"wsline/internal/lazy"
	"wsline/internal/words"
	"wsline/script/match"
)

// isSafe reports whether a text may stand in a file as it is: a file is shown on terminals, and
// what it holds may be another person's, or a peer's.
func isSafe(text string) bool { return string(format.Escape(nil, []byte(text), true)) == text }

// SafeTyped is a line that is typed with its unsafe characters as escapes.
func SafeTyped(typed string) string {
	if isSafe(typed) {
		return typed
	}
	c, err := Parse("", []byte("> "+IndentLines(typed)+"\n"))
	if err == nil && len(c.Lines) == 1 {
		return c.Lines[0].safe()
	}
	return string(format.Escape(nil, []byte(typed), true))
}

// safe is the text behind a line's mark with its unsafe characters as escapes, which means the
// same. Where the language has no escapes, among the words of a command, they stay: who prints a
// file on a terminal sees to that.
func (l *Line) safe() string {
	switch {
	case isSafe(l.Text), l.Kind == LineExpect && l.Expect == nil: // which could not be read
		return l.Text
	case l.Kind == LineComment || l.Kind == LineStatus:
		return string(format.Escape(nil, []byte(l.Text), true))
	case l.Kind == LineExpect:
		return l.Expect.safe(l.Text[:l.Expect.at])
	case l.Kind != LineTyped:
		return l.Text
	case l.Command == "":
		return "/text " + string(format.Quote(nil, []byte(l.Rest)))
	case l.Expect != nil:
		return "/" + l.Command + " " + l.Expect.safe(l.Rest[:l.Expect.at])
	}
	return l.safeCommand()
}

// safeCommand is a command whose argument may be a quoted string.
func (l *Line) safeCommand() string {
	at := quotedFrom(l.Command, l.Rest)
	if at >= 0 {
		return "/" + l.Command + " " + l.Rest[:at] + escapeUnsafe(l.Rest[at:])
	}
	switch l.Command {
	case "text", "ping", "pong":
		return "/" + l.Command + " " + string(format.Quote(nil, []byte(l.Rest)))
	case "close", "set":
		first, rest := words.Plain(l.Rest).TrimSpace().CutWord()
		word, value := first.String(), rest.TrimLeft().String()
		if value != "" && isSafe(word) {
			return "/" + l.Command + " " + word + " " + string(format.Quote(nil, []byte(value)))
		}
	}
	return l.Text
}

// safe is the expectation behind what stands before its text.
func (e *Expectation) safe(before string) string {
	quoted := func() string { return string(format.Quote(nil, []byte(e.Text))) }
	isBare := !strings.HasSuffix(strings.TrimSpace(before), "text")
	switch {
	case e.Quoted:
		return before + escapeUnsafe(e.Text) + `"`
	case e.Kind == ExpectText && match.IsJSON([]byte(e.Text)):
		return before + string(format.EscapeJSON(nil, []byte(e.Text)))
	case e.Kind == ExpectText && isBare:
		return strings.TrimRight(before, " ") + "text " + quoted()
	case e.Kind == ExpectText, e.Kind == ExpectPing, e.Kind == ExpectPong, e.Kind == ExpectClose,
		e.Kind == ExpectError:
		return before + quoted()
	case e.Kind == ExpectRegexp && !strings.Contains(e.Text, `\Q`):
		return before + unsafeRune().ReplaceAllStringFunc(e.Text, func(r string) string {
			if isSafe(r) {
				return r
			}
			return fmt.Sprintf(`\x{%x}`, []rune(r)[0])
		})
	case e.Kind == ExpectQuery: // unsafe characters can be in its strings only
		return before + string(format.EscapeJSON(nil, []byte(e.Text)))
	}
	return before + e.Text
}

// unsafeRune are those that isSafe may say no to.
var unsafeRune = lazy.Regexp(`[^\t\n -~]`)

// escapeUnsafe writes the unsafe characters of a quoted string as Quote does, and leaves the rest.
func escapeUnsafe(text string) string {
	return unsafeRune().ReplaceAllStringFunc(text, func(r string) string {
		if isSafe(r) {
			return r
		}
		q := format.Quote(nil, []byte(r))
		return string(q[1 : len(q)-1])
	})
}

// quotedFrom is where in a command's argument a quoted string begins that goes on to the end, -1
// for nowhere.
func quotedFrom(command, rest string) int {
	from := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	switch command {
	case "text", "ping", "pong":
	case "close", "fragment", "set":
		word := strings.IndexFunc(rest[from:], unicode.IsSpace)
		if word < 0 {
			return -1
		}
		from += word
		from += len(rest[from:]) - len(strings.TrimLeftFunc(rest[from:], unicode.IsSpace))
	default:
		return -1
	}
	if strings.HasPrefix(rest[from:], `"`) {
		return from
	}
	return -1
}
