package wst

import (
	"fmt"
	"strings"
)

// ConnectName takes --as NAME out of the words of a /connect, behind a line's own name or "".
func ConnectName(name string, words []string) (string, []string, error) {
	args := []string{}
	for i := 0; i < len(words); i++ {
		as, given := strings.CutPrefix(words[i], "--as=")
		if words[i] == "--as" && i+1 < len(words) {
			i++
			as, given = words[i], true
		}
		switch {
		case !given:
			args = append(args, words[i])
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
		case l.Kind == LineExpect && l.Name == name:
			return l.Expect
		case l.Kind == LineTyped && (l.Name == name || l.Name == ""):
			return nil
		}
	}
	return nil
}
