// Package redact hides values that are secret in texts and in events, whatever the form in which they
// stand there.
package redact

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"wsline/internal/lazy"
)

// A Redactor hides values in texts, each under a name, in every form in which programs usually
// write them: as they are, with the escapes of JSON and of Quote, in a URL, in hexadecimal and in
// base64, as in Basic credentials. Where a value has several lines, those may be indented.
//
// It does not change: With makes another one. A nil Redactor hides nothing.
type Redactor struct {
	list   []*hiddenValue // the longest first: of two that begin at the same place it is hidden
	begins [256]bool      // bytes that one of the forms begins with
	lines  *Redactor      // of the single lines of values that have several
}

// With is the Redactor that hides a value too; nothing is to be hidden of an empty one.
func (r *Redactor) With(name, value string) *Redactor {
	return r.with(name, hiddenAs(name), value)
}

// WithSize is With for a value that has no name: how long it is stands in its place.
func (r *Redactor) WithSize(value string) *Redactor {
	return r.with("", fmt.Sprintf("<%d bytes hidden>", len(value)), value)
}

func (r *Redactor) with(name, mark, value string) *Redactor {
	if value == "" {
		return r
	}
	more := &Redactor{}
	if r != nil {
		*more = *r
	}
	for _, line := range linesOf(value) {
		more.lines = more.lines.with(name, mark, line)
	}
	h := newHiddenValue(name, mark, value)
	more.list = append(slices.Clone(more.list), h)
	slices.SortStableFunc(more.list, func(a, b *hiddenValue) int {
		return cmp.Or(cmp.Compare(len(b.value), len(a.value)), cmp.Compare(a.value, b.value))
	})
	for _, c := range []byte{value[0], '\\', '%'} {
		more.begins[c] = true
	}
	if value[0] == ' ' {
		more.begins['+'] = true
	}
	if len(h.hex) > 0 {
		more.begins[h.hex[0]], more.begins[h.hex[0]&^0x20] = true, true
	}
	return more
}

// Hide puts <secret NAME> in the place of every value.
func (r *Redactor) Hide(text string) string {
	return r.replace(text, func(h *hiddenValue, _ string) string { return h.mark })
}

// HideLine is HideCut for a line of a text, which may be one of those that a value has.
func (r *Redactor) HideLine(text string) string {
	if r == nil {
		return text
	}
	return r.lines.HideCut(r.HideCut(text))
}

// linesOf are the lines of a value that has several, without those that are too short to tell
// anything.
func linesOf(value string) (lines []string) {
	if !strings.ContainsAny(value, "\r\n") {
		return nil
	}
	isEnd := func(r rune) bool { return r == '\r' || r == '\n' }
	for line := range strings.FieldsFuncSeq(value, isEnd) {
		if line = strings.TrimSpace(line); len(line) >= minPart {
			lines = append(lines, line)
		}
	}
	return lines
}

// Hex is bytes in hexadecimal, but for what Hide and, where they are cut, HideEnd make of them. It
// is "" where that is nothing.
func (r *Redactor) Hex(p []byte, isCut bool) string {
	shown := string(r.hideBytes(p, isCut))
	if shown == string(p) {
		return ""
	}
	var b strings.Builder
	at := 0
	for _, span := range hiddenName().FindAllStringIndex(shown, -1) {
		b.WriteString(hex.EncodeToString([]byte(shown[at:span[0]])))
		b.WriteString(shown[span[0]:span[1]])
		at = span[1]
	}
	return b.String() + hex.EncodeToString([]byte(shown[at:]))
}

// hiddenName is what hiddenAs writes.
var hiddenName = lazy.Regexp(`<secret [0-9A-Za-z_-]+>`)

func hiddenAs(name string) string { return "<secret " + name + ">" }

// Replace puts something else in the place of every value: what by makes of its name and of the
// form in which it was found.
func (r *Redactor) Replace(text string, by func(name, found string) string) string {
	return r.replace(text, func(h *hiddenValue, found string) string { return by(h.name, found) })
}

func (r *Redactor) replace(text string, by func(h *hiddenValue, found string) string) string {
	if r == nil {
		return text
	}
	var b strings.Builder
	done, run := 0, 0 // what is written already, and where the last word of base64 ends
	for i := 0; i < len(text); {
		var h *hiddenValue
		size := 0
		if i >= run && isBase64(text[i]) {
			word := base64Word(text[i:])
			run = i + word.size
			if h = r.inBase64(word, text[:i]); h != nil {
				size = word.size
			}
		}
		if size == 0 && r.begins[text[i]] {
			h, size = r.at(text[i:])
		}
		if size == 0 {
			i++
			continue
		}
		b.WriteString(text[done:i])
		b.WriteString(by(h, text[i:i+size]))
		i += size
		done = i
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}

// at finds the value that a text begins with, and its size there.
func (r *Redactor) at(text string) (found *hiddenValue, size int) {
	for _, h := range r.list {
		if size := h.at(text); size > 0 {
			return h, size
		}
	}
	return nil, 0
}

// HideCut is Hide for a text in which a value may have been cut: then three dots stand behind its
// beginning.
func (r *Redactor) HideCut(text string) string {
	if r == nil {
		return text
	}
	text = r.Hide(text)
	for _, dots := range []string{"…", "..."} {
		var b strings.Builder
		for {
			before, after, found := strings.Cut(text, dots)
			if !found {
				b.WriteString(before)
				break
			}
			bare := strings.TrimSuffix(before, `"`)
			b.WriteString(r.HideEnd(bare) + before[len(bare):] + dots)
			text = after
		}
		text = b.String()
	}
	return text
}

// HideEnd hides the longest beginning of a value that a text ends with, as one that has been cut
// does.
func (r *Redactor) HideEnd(text string) string {
	if r == nil {
		return text
	}
	from, mark := len(text), ""
	for _, h := range r.list {
		for i := max(0, len(text)-longestEscape*len(h.value)); i < from; i++ {
			if r.begins[text[i]] && h.beginning(text[i:]) {
				from, mark = i, h.mark
			}
		}
	}
	start := len(text)
	for start > 0 && isBase64(text[start-1]) {
		start--
	}
	if coded := r.cutBase64(base64Word(text[start:])); coded != nil && start < from {
		from, mark = start, coded.mark
	}
	return text[:from] + mark
}
