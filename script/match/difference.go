package match

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"wsline/internal/words"
)

// A Difference is one way in which what came is not what was expected. Its texts may hold anything
// that a peer sent: who prints them makes them safe.
type Difference struct {
	// Path is where in JSON, as jq writes it: ".", ".items[2].price", `.["a b"]`. It is "" for what
	// is not JSON.
	Path string
	// Want and Got are what was expected and what came, cut to a few KiB around where they differ:
	// JSON for a Path, text or hexadecimal otherwise; "" for nothing.
	Want, Got string
	// WantAt and GotAt are the offsets in Want and Got of the first character that differs, when
	// Path is ""; -1 when there is no such place.
	WantAt, GotAt int
	Note          string // the difference in words, without the path
}

// String is the difference on one line: ".items[2].price: expected 3, got 4".
func (d Difference) String() string {
	if d.Path == "" {
		return d.Note
	}
	return d.Path + ": " + d.Note
}

// MaxShown is how many bytes a text in a Difference has, about.
const MaxShown = 8 << 10

// maxValue is how many bytes a JSON value in a Difference has.
const maxValue = 160

// Cut is s, or its beginning of at most n bytes in whole characters.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// window is Window for what a Difference shows.
func window(s string, at int) (string, int) {
	return Window(s, at, MaxShown)
}

// Window is the part of s around an offset, and the offset in it: n bytes, about, a quarter of
// which are before the offset.
func Window(s string, at, n int) (string, int) {
	if len(s) <= n {
		return s, at
	}
	begin := max(0, at-n/4)
	for begin > 0 && !utf8.RuneStart(s[begin]) {
		begin--
	}
	end := begin + len(Cut(s[begin:], n))
	part := s[begin:end]
	at -= begin
	if begin > 0 {
		part, at = "…"+part, at+len("…")
	}
	if end < len(s) {
		part += "…"
	}
	return part, at
}

// shownValue is v as compact JSON, or its beginning.
func shownValue(v any) string {
	full := marshal(v)
	short := Cut(full, maxValue)
	if short != full {
		short += "…"
	}
	return short
}

// shownRun is elements of an array without the brackets.
func shownRun(run []any) string {
	return strings.TrimSuffix(strings.TrimPrefix(shownValue(run), "["), "]")
}

// shownStrings are two strings as JSON. Of long ones only what is near their first difference.
func shownStrings(pattern words.Text, got string) (string, string) {
	want := pattern.String()
	if len(want) <= maxValue && len(got) <= maxValue {
		return marshal(want), marshal(got)
	}
	wantAt, gotAt, _ := matchText(pattern, got)
	return shownNear(want, wantAt), shownNear(got, gotAt)
}

func shownNear(s string, at int) string {
	begin := max(0, at-maxValue/4)
	for begin > 0 && !utf8.RuneStart(s[begin]) {
		begin--
	}
	part := Cut(s[begin:], maxValue/2)
	end := begin + len(part)
	text := marshal(part)
	if begin > 0 {
		text = "…" + text
	}
	if end < len(s) {
		text += "…"
	}
	return text
}

// shownHex is bytes in hexadecimal, those around an offset, and where in the text that is.
func shownHex(p []byte, at int) (string, int) {
	const most = 32
	begin := max(0, at-most/2)
	end := min(len(p), begin+most)
	text := hex.EncodeToString(p[begin:end])
	at = 2 * (at - begin)
	if begin > 0 {
		text, at = "…"+text, at+len("…")
	}
	if end < len(p) {
		text += "…"
	}
	return text, at
}

// A Line is a line of two texts that are compared line by line.
type Line struct {
	Op   byte // ' ' in both, '-' expected alone, '+' came alone
	Text string
}

// maxCells bounds the table of Lines: beyond it all lines between what both texts begin and
// end with are told as different.
const maxCells = 1 << 18

// Lines tells which lines of a pattern match lines of a text: a longest common subsequence.
func Lines(want, got []string) []Line {
	var head, tail []Line
	for len(want) > 0 && len(got) > 0 && sameLine(want[0], got[0]) {
		head = append(head, Line{' ', got[0]})
		want, got = want[1:], got[1:]
	}
	for len(want) > 0 && len(got) > 0 && sameLine(want[len(want)-1], got[len(got)-1]) {
		tail = append(tail, Line{' ', got[len(got)-1]})
		want, got = want[:len(want)-1], got[:len(got)-1]
	}
	lines := append(head, diffMiddle(want, got)...)
	for i := len(tail) - 1; i >= 0; i-- {
		lines = append(lines, tail[i])
	}
	return lines
}

func diffMiddle(want, got []string) []Line {
	var lines []Line
	i, j := 0, 0
	if len(want)*len(got) <= maxCells {
		common := commonLines(want, got)
		for i < len(want) && j < len(got) {
			switch {
			case sameLine(want[i], got[j]):
				lines = append(lines, Line{' ', got[j]})
				i, j = i+1, j+1
			case common[i+1][j] >= common[i][j+1]:
				lines = append(lines, Line{'-', want[i]})
				i++
			default:
				lines = append(lines, Line{'+', got[j]})
				j++
			}
		}
	}
	for ; i < len(want); i++ {
		lines = append(lines, Line{'-', want[i]})
	}
	for ; j < len(got); j++ {
		lines = append(lines, Line{'+', got[j]})
	}
	return lines
}

// commonLines is a table: at [i][j], how many lines of want[i:] and got[j:] match in order.
func commonLines(want, got []string) [][]int {
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if sameLine(want[i], got[j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	return common
}

func sameLine(pattern, line string) bool {
	_, _, ok := matchText(words.Plain(pattern), line)
	return ok
}

// Note is a difference that words tell, without a place.
func Note(text string) []Difference {
	return []Difference{{WantAt: -1, GotAt: -1, Note: text}}
}
