// Package name is the names of connections: what can be one, and where one stands in what is typed.
package name

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"wsline/internal/suggest"
	"wsline/internal/words"
)

// Is says whether a text can be the name of a connection: letters, digits, - and _.
func Is(s string) bool { return s != "" && Size(s) == len(s) }

// Size is the size of the name that s begins with.
func Size(s string) int {
	isOther := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}
	if i := strings.IndexFunc(s, isOther); i >= 0 {
		return i
	}
	return len(s)
}

// OfConnect takes --as NAME out of the words of a /connect, which may have marks, behind a line's
// own name or "".
func OfConnect(name string, list []string) (string, []string, error) {
	args := []string{}
	for i := 0; i < len(list); i++ {
		as, given := strings.CutPrefix(list[i], "--as=")
		if list[i] == "--as" && i+1 < len(list) {
			i++
			as, given = list[i], true
		}
		as = words.Unmark(as)
		switch {
		case !given:
			args = append(args, list[i])
		case name != "" && name != as:
			return "", nil, fmt.Errorf("the connection is named twice: %q and %q", name, as)
		case !Is(as):
			return "", nil, fmt.Errorf("%q is no name: letters, digits, - and _ are", as)
		default:
			name = as
		}
	}
	return name, args, nil
}

// CutAddress cuts the name of a connection and the mark from a line, as in "bob> hello". A line
// that begins with none is for nobody in particular. With names, one that begins with another name
// is refused, as it was probably meant for a connection.
func CutAddress(line string, names []string) (name, rest string, err error) {
	n := Size(line)
	if n == 0 || len(names) == 0 || !strings.HasPrefix(line[n:], ">") {
		return "", line, nil
	}
	name, rest = line[:n], line[n+1:]
	text, isApart := strings.CutPrefix(rest, " ")
	isKnown := slices.Contains(names, name)
	switch {
	case !isKnown && !isApart && rest != "":
		return "", line, nil // such as a->b
	case !isKnown:
		return "", line, Unknown(name, names, "; /text "+cut(name)+"> … sends it as it is")
	case rest == "" || strings.TrimSpace(text) == "":
		return "", line, fmt.Errorf("nothing stands behind %q: /to %s has lines without a name go there",
			name+">", name)
	case !isApart:
		return "", line, fmt.Errorf("no blank after %q: %s> … goes to %s, /text %s>… is a message",
			name+">", name, name, name)
	}
	return name, text, nil
}

// Unknown is the error of a name that no connection has.
func Unknown(name string, names []string, more string) error {
	text := fmt.Sprintf("there is no connection %q", cut(name))
	if near := suggest.Nearest(name, names); near != "" {
		return errors.New(text + ": did you mean " + near + "?")
	}
	return errors.New(text + ": /connect --as " + cut(name) + " URL opens one" + more)
}

// cut is a name in an error.
func cut(name string) string {
	if len(name) <= 40 {
		return name
	}
	return name[:37] + "..."
}
