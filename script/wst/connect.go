package wst

import (
	"fmt"
	"strings"

	"wsline/internal/words"
)

// ConnectName takes --as NAME out of the words of a /connect, which may have marks, behind a line's own
// name or "".
func ConnectName(name string, list []string) (string, []string, error) {
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
		case as == "" || nameSize(as) != len(as):
			return "", nil, fmt.Errorf("%q is no name: letters, digits, - and _ are", as)
		default:
			name = as
		}
	}
	return name, args, nil
}

// ExpectationAfter is what the next line of a connection behind the line i expects, nil when
// something else is next.
func (c *Conversation) ExpectationAfter(i int, name string) *Expectation {
	for _, l := range c.Lines[i+1:] {
		switch {
		case l.Expect != nil && l.Name == name: // also of a typed /expect
			return l.Expect
		case l.Kind == LineTyped && (l.Name == name || l.Name == ""):
			return nil
		}
	}
	return nil
}
