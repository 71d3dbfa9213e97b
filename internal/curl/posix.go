package curl

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"wsline/internal/exit"
)

// splitPOSIX reads commands as bash does, which end with a line, a semicolon or an ampersand. What only
// a shell knows, the value of a variable say, is refused: it would be sent as it stands.
func splitPOSIX(text string) (commands [][]string, err error) {
	p := &posix{text: text}
	for p.at < len(p.text) {
		if err := p.step(); err != nil {
			return nil, err
		}
	}
	p.endCommand()
	return p.commands, nil
}

type posix struct {
	text     string
	at       int
	commands [][]string
	words    []string
	word     []byte
	inWord   bool // also in an empty one: ''
}

func (p *posix) endWord() {
	if p.inWord {
		p.words = append(p.words, string(p.word))
	}
	p.word, p.inWord = nil, false
}

func (p *posix) endCommand() {
	p.endWord()
	if len(p.words) > 0 {
		p.commands = append(p.commands, p.words)
	}
	p.words = nil
}

func (p *posix) put(c byte) { p.word, p.inWord = append(p.word, c), true }

// step reads a character, or what is quoted.
func (p *posix) step() error {
	c := p.text[p.at]
	p.at++
	switch c {
	case ' ', '\t', '\r':
		p.endWord()
	case '\n', ';', '&':
		p.endCommand()
	case '#':
		if p.inWord {
			p.put(c)
			return nil
		}
		p.skipLine()
	case '|', '<', '>', '(', ')', '`':
		if c == '>' && !p.inWord && len(p.words) == 0 { // a prompt
			p.put(c)
			return nil
		}
		return exit.Usagef("let the shell read it: wsline curl ...; or paste the curl command alone",
			"%q stands in the curl command, which is for a shell", string(c))
	case '\\':
		p.escape()
	case '\'':
		return p.single()
	case '"':
		return p.double()
	case '$':
		return p.dollar()
	default:
		p.put(c)
	}
	return nil
}

func (p *posix) skipLine() {
	if end := strings.IndexByte(p.text[p.at:], '\n'); end >= 0 {
		p.at += end
		return
	}
	p.at = len(p.text)
}

// escape reads what stands behind a backslash. One at the end of a line joins it with the next, also
// with blanks behind it, which a paste may have brought.
func (p *posix) escape() {
	end := p.at
	for end < len(p.text) && (p.text[end] == ' ' || p.text[end] == '\t') {
		end++
	}
	switch {
	case end == len(p.text):
		p.at = end
	case p.text[end] == '\n':
		p.at = end + 1
	default:
		p.put(p.text[p.at])
		p.at++
	}
}

func (p *posix) single() error {
	end := strings.IndexByte(p.text[p.at:], '\'')
	if end < 0 {
		return unclosed("'")
	}
	p.word, p.inWord = append(p.word, p.text[p.at:p.at+end]...), true
	p.at += end + 1
	return nil
}

func unclosed(quote string) error {
	return exit.Usagef("paste all of it", "the curl command ends within %s...", quote)
}

func (p *posix) double() error {
	p.inWord = true
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch c {
		case '"':
			return nil
		case '\\':
			if p.at == len(p.text) {
				return unclosed(`"`)
			}
			if next := p.text[p.at]; strings.IndexByte("$`\"\\\n", next) < 0 {
				p.put(c)
			} else {
				p.at++
				if next != '\n' {
					p.put(next)
				}
			}
		case '$', '`':
			if what := p.expansion(c); what != "" {
				return shells(what)
			}
			p.put(c)
		default:
			p.put(c)
		}
	}
	return unclosed(`"`)
}

// expansion is what a shell would put another text for, "" where the character means itself.
func (p *posix) expansion(c byte) string {
	rest := p.text[p.at:]
	if c == '`' {
		return "`"
	}
	if rest == "" || !isNameByte(rest[0]) && rest[0] != '{' && rest[0] != '(' {
		return ""
	}
	end := 1
	for end < len(rest) && isNameByte(rest[end]) {
		end++
	}
	return "$" + rest[:end]
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func shells(what string) error {
	return exit.Usagef("let the shell read it: wsline curl ...; or write the value",
		"%q stands in the curl command, and only a shell knows its value", what)
}

// dollar reads $'...', as browsers write what has an apostrophe or an exclamation mark.
func (p *posix) dollar() error {
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "'"):
		p.at++
		return p.ansi()
	case strings.HasPrefix(rest, `"`):
		p.at++
		return p.double()
	}
	if what := p.expansion('$'); what != "" {
		return shells(what)
	}
	p.put('$')
	return nil
}

var ansiEscapes = map[byte]byte{
	'a': '\a', 'b': '\b', 'e': 0x1b, 'E': 0x1b, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
	'\\': '\\', '\'': '\'', '"': '"', '?': '?',
}

func (p *posix) ansi() error {
	p.inWord = true
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '\'':
			return nil
		case c != '\\' || p.at == len(p.text):
			p.put(c)
		default:
			if err := p.ansiEscape(); err != nil {
				return err
			}
		}
	}
	return unclosed("$'")
}

func (p *posix) ansiEscape() error {
	c := p.text[p.at]
	p.at++
	if plain, ok := ansiEscapes[c]; ok {
		p.put(plain)
		return nil
	}
	switch c {
	case 'x':
		return p.code(16, 2, c)
	case 'u':
		return p.code(16, 4, c)
	case 'U':
		return p.code(16, 8, c)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		p.at--
		return p.code(8, 3, c)
	}
	p.put('\\')
	p.put(c)
	return nil
}

// code reads the number of a byte, or of a character in UTF-8.
func (p *posix) code(base, digits int, kind byte) error {
	end := p.at
	for end < len(p.text) && end-p.at < digits {
		if _, err := strconv.ParseUint(p.text[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	n, err := strconv.ParseUint(p.text[p.at:end], base, 32)
	switch {
	case err != nil: // no digits: bash leaves it as it stands
		p.put('\\')
		p.put(kind)
	case n == 0:
		return exit.Usagef("", "the curl command holds a NUL")
	case kind == 'u' || kind == 'U':
		p.word = utf8.AppendRune(p.word, rune(n))
	default:
		p.put(byte(n))
	}
	p.at = end
	return nil
}
