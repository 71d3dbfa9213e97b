package scriptfile

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"wsline/script/wst"
)

// envPrefix is what the names of environment variables begin with that set variables of scripts:
// the name of the variable follows, in the same case.
const envPrefix = "WSLINE_VAR_"

// maxVarsFile is how many bytes a file of variables may have.
const maxVarsFile = 1 << 20

// assign sets what "NAME=VALUE" says, with wst.Vars.Set or SetSecret.
func assign(set func(name, value string) error, assignment string) error {
	name, value, err := cutAssignment(assignment)
	if err == nil {
		err = set(name, value)
	}
	return err
}

func cutAssignment(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		// What was given may be a secret: it is not quoted.
		return "", "", errors.New("there is no = between a name and a value")
	}
	return name, value, nil
}

// assignEnviron sets what WSLINE_VAR_NAME=VALUE says among the assignments of an environment;
// others are passed over.
func assignEnviron(v *wst.Vars, environ []string) error {
	for _, assignment := range environ {
		rest, ok := strings.CutPrefix(assignment, envPrefix)
		if !ok {
			continue
		}
		if err := assign(v.Set, rest); err != nil {
			name, _, _ := strings.Cut(assignment, "=")
			return fmt.Errorf("in the environment, %s: %w", wst.Quoted(name), err)
		}
	}
	return nil
}

// assignFile sets what a file in the format of environment files says: NAME=VALUE on each line,
// blank lines and lines that begin with #. "export " before a name is passed over. A value is
// trimmed, and ends before a # that has a blank before it. In '…' all is kept as it is, and in "…"
// \n, \r, \t, \", \\ and \$ are escapes. The error, if any, is of type wst.Errors, and nothing has
// been set then.
func assignFile(v *wst.Vars, file string, text []byte) error {
	var errs wst.Errors
	fail := func(line, column int, source, text, hint string) {
		if len(errs) < wst.MaxErrors {
			errs = append(errs, &wst.SyntaxError{
				File: file, Pos: wst.Pos{Line: line, Column: column}, Text: text, Hint: hint,
				Source: source,
			})
		}
	}
	if len(text) > maxVarsFile {
		fail(1, 1, "", "the file has more than 1 MiB", "")
		return errs
	}
	var list [][2]string
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\uFEFF")) {
		number++
		line = strings.TrimRight(line, "\r\n")
		name, value, err := parseEnvLine(line)
		switch {
		case err != nil:
			// The line may have a secret, so it is not shown.
			fail(number, 1, "", err.Error(), `NAME=VALUE, NAME="VALUE" and # comments are`)
		case name != "":
			list = append(list, [2]string{name, value})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	for _, pair := range list {
		if err := v.Set(pair[0], pair[1]); err != nil {
			return err // it has been checked
		}
	}
	return nil
}

// parseEnvLine reads a line of a file of variables; the name is "" when it sets none.
func parseEnvLine(line string) (name, value string, err error) {
	line = strings.TrimSpace(line)
	switch {
	case line == "" || line[0] == '#':
		return "", "", nil
	case !utf8.ValidString(line):
		return "", "", errors.New("the line is not UTF-8")
	}
	if rest, ok := strings.CutPrefix(line, "export "); ok {
		line = strings.TrimSpace(rest)
	}
	name, value, err = cutAssignment(line)
	if err != nil {
		return "", "", err
	}
	name = strings.TrimSpace(name)
	if err := new(wst.Vars).Set(name, ""); err != nil {
		return "", "", err
	}
	value, err = envValue(strings.TrimSpace(value))
	return name, value, err
}

// envValue reads a value with its quotes, and a comment behind it.
func envValue(text string) (string, error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		for i := range len(text) {
			if text[i] == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t') {
				return strings.TrimSpace(text[:i]), nil
			}
		}
		return text, nil
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case c == text[0]:
			if rest := strings.TrimSpace(text[i+1:]); rest != "" && rest[0] != '#' {
				return "", errors.New("something stands behind the closing quote")
			}
			return b.String(), nil
		case c == '\\' && text[0] == '"' && i+1 < len(text):
			i++
			b.WriteString(envEscape(text[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", fmt.Errorf("no %c ends the value", text[0])
}

// envEscape is what a backslash and c stand for.
func envEscape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '"', '\\', '$', '`':
		return string(c)
	}
	return `\` + string(rune(c))
}
