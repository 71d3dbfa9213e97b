package line

import "strings"

// search is an incremental search in the history (Ctrl-R).
type search struct {
	query   string
	at      int // index of the line that matches, len(lines) before the first match
	failing bool
	before  []rune // the line that was being typed
	pos     int
}

// prompt is what stands before the line that matches.
func (s *search) prompt() string {
	name := "search"
	if s.failing {
		name = "not found"
	}
	return "(" + name + ")`" + strings.TrimSuffix(string(AppendText(nil, s.query)), "\n") + "': "
}

// find looks from a line on, a step to older (-1) or newer (1) lines each time, and returns the
// match's place in it. The search is for any case when the query has no capital.
func (s *search) find(lines []string, from, step int) (int, bool) {
	fold := s.query == strings.ToLower(s.query)
	for i := from; i >= 0 && i < len(lines); i += step {
		line := lines[i]
		if fold {
			line = strings.ToLower(line)
		}
		if at := strings.LastIndex(line, s.query); at >= 0 && s.query != "" {
			s.at, s.failing = i, false
			return len([]rune(line[:at])), true
		}
	}
	s.failing = s.query != ""
	return 0, false
}
