package doctor

import (
	"bytes"
	"encoding/json"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"wsline/internal/dial"
	"wsline/internal/plural"
)

const (
	bodyLines   = 40
	bodyColumns = 500
	// largestJSON is how many bytes JSON may have when it is laid out: a hostile body of 4 KiB could
	// fill megabytes.
	largestJSON = 64 << 10
)

// bodyText are the lines in which what a server said is shown: JSON laid out, a page without its
// tags. They are not escaped yet.
func bodyText(e *dial.Error) []string {
	body := bytes.TrimPrefix(e.Body, []byte("\ufeff"))
	if !isText(body, e.BodyCut) {
		text := plural.Of(len(body), "byte") + " that are not text"
		if len(body) == 1 {
			text = "1 byte that is not text"
		}
		return []string{"(" + text + orMore(e.BodyCut) + ")"}
	}
	if laid, ok := layOut(body); ok {
		body = laid
	} else if isHTML(e) {
		body = []byte(pageText(string(body)))
	}
	return firstLines(body, e.BodyCut)
}

func orMore(isCut bool) string {
	if isCut {
		return ", and more"
	}
	return ""
}

// isText reports whether a body is to be read. One that was cut may end within a character, and what
// is not UTF-8 may still be text of another charset.
func isText(body []byte, isCut bool) bool {
	if isCut {
		for range utf8.UTFMax - 1 {
			if r, size := utf8.DecodeLastRune(body); r == utf8.RuneError && size == 1 {
				body = body[:len(body)-1]
			}
		}
	}
	odd := 0
	for _, c := range string(body) {
		if c == 0 {
			return false
		}
		if c == utf8.RuneError {
			odd++
		}
	}
	return odd*10 <= len(body)
}

func layOut(body []byte) ([]byte, bool) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return nil, false
	}
	if bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > 400 {
		return nil, false // deep nesting would only be indentation
	}
	var laid bytes.Buffer
	if json.Indent(&laid, body, "", "  ") != nil || laid.Len() > largestJSON {
		return nil, false
	}
	return laid.Bytes(), true
}

// pageText is what a person would read of a page: text in place of tags.
func pageText(page string) string {
	var text strings.Builder
	for page != "" {
		before, rest, found := strings.Cut(page, "<")
		text.WriteString(before)
		if page = rest; !found {
			break
		}
		name := strings.ToLower(tagName(page))
		switch {
		case strings.HasPrefix(page, "!--"):
			_, page, _ = strings.Cut(page, "-->")
			continue
		case name == "script" || name == "style" || name == "svg":
			page = after(page, "</"+name)
		case !inline(name):
			text.WriteByte('\n')
		}
		_, page, _ = strings.Cut(page, ">")
	}
	return withoutRepeats(html.UnescapeString(text.String()))
}

// tagName is the name of the tag that s goes on with.
func tagName(s string) string {
	s = strings.TrimPrefix(s, "/")
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return s
	}
	return s[:end]
}

// after is what follows the first tag in s, in any case; nothing where it is not closed.
func after(s, tag string) string {
	i := strings.Index(strings.ToLower(s), tag)
	if i < 0 || len(strings.ToLower(s)) != len(s) {
		return ""
	}
	return s[i+len(tag):]
}

func inline(name string) bool {
	switch name {
	case "a", "b", "i", "em", "strong", "code", "span", "small", "tt", "u", "font", "abbr":
		return true
	}
	return false
}

// withoutRepeats leaves out lines that repeat the one before, as a title and its heading do.
func withoutRepeats(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" && (len(lines) == 0 || lines[len(lines)-1] != line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// firstLines are the first lines of a body that are not blank, each cut, and how many more there
// are; isCut says that the body goes on. They are not escaped yet.
func firstLines(body []byte, isCut bool) (lines []string) {
	more := 0
	for line := range strings.Lines(string(body)) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		switch {
		case line == "":
		case len(lines) == bodyLines:
			more++
		default:
			lines = append(lines, cut(line, bodyColumns))
		}
	}
	switch {
	case isCut && more > 0:
		return append(lines, "… "+plural.Of(more, "more line")+" and more")
	case isCut:
		return append(lines, "… and more")
	case more > 0:
		return append(lines, "… "+plural.Of(more, "more line"))
	}
	return lines
}

// cut shortens a line to so many characters.
func cut(s string, most int) string {
	for i := range s {
		if most--; most < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
