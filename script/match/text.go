package match

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"wsline/internal/words"
)

// A piece is what stands between two wildcards of a text pattern: what is to come, and where it
// begins in the pattern, its values put in.
type piece struct {
	text string
	at   int
	left []gap
}

// A gap is where backslashes of the pattern are not in the text of a piece. Offsets are of the pattern
// with its values.
type gap struct {
	at      int // offset in the text of what they were before
	slashes int
}

// offset is where in the pattern the character stands that has an offset in the text.
func (p *piece) offset(n int) int {
	at := p.at + n
	for _, g := range p.left {
		if g.at <= n {
			at += g.slashes
		}
	}
	return at
}

// pieces cuts a pattern at its wildcards. There is one piece more than there are wildcards; some
// may be empty. Values have no wildcards, also not together with what stands beside them.
func pieces(pattern words.Text) []piece {
	list := cutForm(pattern.Form())
	values := pattern.Values()
	grown := 0 // by how much what came before is longer than in the form
	for i := range list {
		p := &list[i]
		p.at += grown
		parts := strings.SplitN(p.text, words.Hole, len(values)+1)
		var text strings.Builder
		for k, part := range parts {
			text.WriteString(part)
			if k == len(parts)-1 {
				break
			}
			value := values[0].Text
			values = values[1:]
			for g := range p.left {
				if p.left[g].at > text.Len() {
					p.left[g].at += len(value) - len(words.Hole)
				}
			}
			text.WriteString(value)
			grown += len(value) - len(words.Hole)
		}
		p.text = text.String()
	}
	return list
}

// cutForm is pieces of what was written.
func cutForm(pattern string) []piece {
	var list []piece
	var text strings.Builder
	now := piece{}
	for i := 0; ; {
		n := strings.Index(pattern[i:], Wildcard)
		if n < 0 {
			text.WriteString(pattern[i:])
			now.text = text.String()
			return append(list, now)
		}
		slashes := n - len(strings.TrimRight(pattern[i:i+n], `\`))
		text.WriteString(pattern[i : i+n-slashes+slashes/2])
		if slashes > 0 {
			now.left = append(now.left, gap{text.Len(), slashes - slashes/2})
		}
		i += n + len(Wildcard)
		if slashes%2 == 1 {
			text.WriteString(Wildcard)
			continue
		}
		now.text = text.String()
		list = append(list, now)
		text.Reset()
		now = piece{at: i}
	}
}

// Escape returns the pattern that matches s alone.
func Escape(s string) string {
	if !strings.Contains(s, Wildcard) {
		return s
	}
	var dst strings.Builder
	for {
		n := strings.Index(s, Wildcard)
		if n < 0 {
			dst.WriteString(s)
			return dst.String()
		}
		slashes := n - len(strings.TrimRight(s[:n], `\`))
		dst.WriteString(s[:n])
		dst.WriteString(strings.Repeat(`\`, slashes+1))
		dst.WriteString(Wildcard)
		s = s[n+len(Wildcard):]
	}
}

// matchText reports whether got matches a pattern; if not, from which offsets on, in the pattern
// and in got. Each piece is searched where the one before ended, so the work is linear.
func matchText(pattern words.Text, got string) (wantAt, gotAt int, ok bool) {
	list := pieces(pattern)
	first, last := list[0], list[len(list)-1]
	if !strings.HasPrefix(got, first.text) {
		n := commonPrefix(first.text, got)
		return first.offset(n), n, false
	}
	at := len(first.text)
	if len(list) == 1 {
		return first.offset(at), at, at == len(got)
	}
	for _, p := range list[1 : len(list)-1] {
		n := strings.Index(got[at:], p.text)
		if n < 0 {
			return p.at, at, false
		}
		at += n + len(p.text)
	}
	if !strings.HasSuffix(got[at:], last.text) {
		return last.at, at, false
	}
	return last.offset(len(last.text)), len(got), true
}

// compareText is matchText with the difference in words.
func compareText(text words.Text, got string) (Difference, bool) {
	wantAt, gotAt, ok := matchText(text, got)
	if ok {
		return Difference{}, true
	}
	var d Difference
	pattern, list := text.String(), pieces(text)
	for i, p := range list {
		if i > 0 && p.at == wantAt {
			d.Note, wantAt, gotAt = pieceNote(p, i == len(list)-1, got, gotAt)
		}
	}
	if d.Note == "" {
		d.Note = textNote(pattern, got, wantAt, gotAt)
	}
	d.Want, d.WantAt = window(pattern, wantAt)
	d.Got, d.GotAt = window(got, gotAt)
	return d, false
}

func textNote(pattern, got string, wantAt, gotAt int) string {
	place := placeOf(got, gotAt)
	switch {
	case wantAt == len(pattern):
		return fmt.Sprintf("%s: expected nothing more, got %s", place, excerpt(got, gotAt))
	case gotAt == len(got):
		return fmt.Sprintf("%s: expected %s, got no more", place, excerpt(pattern, wantAt))
	}
	return fmt.Sprintf("%s: expected %s, got %s",
		place, excerpt(pattern, wantAt), excerpt(got, gotAt))
}

// pieceNote says how a piece behind a wildcard is not in got, where it was searched from an offset
// on, and where that is: behind as much of the piece as there is.
func pieceNote(p piece, last bool, got string, from int) (note string, wantAt, gotAt int) {
	n := sort.Search(len(p.text), func(n int) bool {
		return !strings.Contains(got[from:], p.text[:n+1])
	})
	for n > 0 && n < len(p.text) && !utf8.RuneStart(p.text[n]) {
		n--
	}
	at := from
	switch {
	case last && n == len(p.text):
		at += strings.LastIndex(got[from:], p.text[:n]) + n
	case n > 0:
		at += strings.Index(got[from:], p.text[:n]) + n
	default:
		where := ""
		if last {
			where = " at the end"
		}
		note = fmt.Sprintf("expected %s%s, from %s on: %s", excerpt(p.text, 0), where,
			placeOf(got, from), excerpt(got, from))
		return note, p.at, from
	}
	return textNote(p.text, got, n, at), p.offset(n), at
}

// placeOf says where in s an offset is, counted from 1; the line only where there are several.
func placeOf(s string, at int) string {
	line := 1 + strings.Count(s[:at], "\n")
	column := 1 + utf8.RuneCountInString(s[strings.LastIndexByte(s[:at], '\n')+1:at])
	if line == 1 && !strings.Contains(s, "\n") {
		return fmt.Sprintf("character %d", column)
	}
	return fmt.Sprintf("line %d, character %d", line, column)
}

// commonPrefix is the length in bytes of the longest prefix of whole characters that a and b share.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	return n
}

// UnescapeText is what a pattern that is not JSON matches, its wildcards taken for three dots.
func UnescapeText(pattern words.Text) []byte {
	if text := []byte(pattern.String()); IsJSON(text) {
		return text
	}
	return Unescape(pattern)
}

// Unescape is what a pattern matches, its wildcards taken for three dots.
func Unescape(pattern words.Text) []byte {
	var texts []string
	for _, p := range pieces(pattern) {
		texts = append(texts, p.text)
	}
	return []byte(strings.Join(texts, Wildcard))
}
