package wst

import (
	"strings"

	names "wsline/internal/name"
)

const (
	timeLayout   = "00:00:00.000 "
	timeBlanks   = "             "
	notConnected = "not connected"
)

// cutHead finds the mark of a line, and the name of the connection before it. Before the name may
// be a time, as a talk shows it, and between name and mark what the prompt says of a connection
// that is not open. The size is that of all before the mark, -1 when there is none.
func cutHead(line string) (name string, size int) {
	rest := line
	if hasTime(rest) {
		rest = rest[len(timeLayout):]
	}
	name = rest[:names.Size(rest)]
	rest = rest[len(name):]
	if closed, ok := strings.CutPrefix(rest, " "+notConnected); ok && name != "" {
		rest = closed
	} else if closed, ok := strings.CutPrefix(name+rest, notConnected); ok {
		name, rest = "", closed
	}
	if rest == "" || strings.IndexByte("<>*", rest[0]) < 0 {
		return "", -1
	}
	return name, len(line) - len(rest)
}

// hasTime says that a line begins as "15:04:05.000 " does.
func hasTime(line string) bool {
	if len(line) < len(timeLayout) {
		return false
	}
	for i := range len(timeLayout) {
		if c := line[i]; c != timeLayout[i] && (timeLayout[i] != '0' || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
