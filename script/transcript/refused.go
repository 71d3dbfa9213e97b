package transcript

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"wsline/script/match"
	"wsline/script/wst"
)

// Refused says that no connection could be opened: the status of the answer, 0 for none, and the
// text of the error. The lines for it stand before those of the next event.
func (t *Writer) Refused(at time.Time, status int, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := string(t.connect(nil, "", nil))
	t.notes = append(t.notes, strings.Split(strings.TrimSuffix(lines, "\n"), "\n")...)
	t.notes = append(t.notes, refusal(status, t.redactor().HideCut(text)))
	t.last = at
}

func refusal(status int, text string) string {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case status != 0:
		return "<refused " + strconv.Itoa(status)
	case text == "" || strings.ContainsFunc(text, unicode.IsControl):
		return "<error ..."
	}
	return "<error " + wst.EscapeReferences(match.Escape(text))
}
