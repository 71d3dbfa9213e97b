package transcript

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"wsline/internal/dial"
	"wsline/script/match"
	"wsline/script/wst"
)

// A Refusal is a connection that could not be opened.
type Refusal struct {
	Name      string // the connection's, "" for the only one
	At        time.Time
	Status    int    // of the answer, 0 for none
	Text      string // of the error
	Foreign   bool   // Text is what another program said of it
	Handshake *dial.Handshake
}

// Refused says that a connection could not be opened. The lines for it stand before those of the
// next event.
func (t *Writer) Refused(r Refusal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.connect(nil, r.Name, r.Handshake)
	text := r.Text
	if r.Foreign {
		if r.Status == 0 && text != "" {
			lines = t.comment(lines, strings.Join(strings.Fields(text), " "))
		}
		text = ""
	}
	t.notes = append(t.notes, strings.Split(strings.TrimSuffix(string(lines), "\n"), "\n")...)
	t.notes = append(t.notes, r.Name+refusal(r.Status, t.redactor().HideCut(text)))
	t.last = r.At
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
