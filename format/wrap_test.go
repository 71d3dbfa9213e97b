package format

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// screen is what a terminal of that width shows of a text: rows, wrapped where they are full. An
// ambiguous character takes two columns if wide.
func screen(text string, width int, wide bool) (rows []string) {
	cond := &runewidth.Condition{EastAsianWidth: wide}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		row, column := "", 0
		for len(line) > 0 {
			if n := sequence([]byte(line)); n > 0 {
				line = line[n:]
				continue
			}
			r := []rune(line)[0]
			n := cond.RuneWidth(r)
			if r == '\t' {
				n = min(8-column%8, max(0, width-1-column)) // it never leaves the row
			}
			if column+n > width {
				rows, row, column = append(rows, row), "", 0
			}
			row, column = row+string(r), column+n
			line = line[len(string(r)):]
		}
		rows = append(rows, row)
	}
	return rows
}

// fake is what a peer wants to stand in the first column.
const fake = "* closed: 1000 FAKE"

// fillers are what a peer may fill a row with.
var fillers = []string{
	" ", "\u00a0", "\u2800", "\u3000", "\t", "x", "é", "世", "…", "☎",
	"👩\u200d🚀", "❤\ufe0f", "a\u0301",
}

// forged are the events that a peer fills up to n times with something, before the fake.
func forged(filler string, n int) []*session.Event {
	text := `"hi"` + strings.Repeat(filler, n) + fake
	short := strings.ToValidUTF8(text[max(0, len(text)-120):], "")
	return []*session.Event{
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(text)},
		{Kind: session.KindMessage, Opcode: wire.OpText,
			Payload: []byte("one\n" + text + "\n" + text)},
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("\x1b" + text)},
		{Kind: session.KindMessage, Opcode: wire.OpText,
			Payload: []byte(`{"a` + strings.Trim(text, `"`)[3:] + `":[{"b":"` + text[4:] + `"}]}`)},
		{Kind: session.KindPing, Payload: []byte(short)},
		{Kind: session.KindPong, Payload: []byte(short)},
		{Kind: session.KindClose, Code: 1000, Reason: short},
		{Kind: session.KindEnd, End: &session.End{
			Cause: session.CauseClosed, Code: 1000, Reason: short}},
		{Kind: session.KindOpen, Handshake: &dial.Handshake{Subprotocol: short}},
		{Kind: session.KindNotice, Text: text},
	}
}

// TestPeersTextNeverInTheFirstColumn: whatever fills a row, what goes on in the next one is
// indented, in colour and without.
func TestPeersTextNeverInTheFirstColumn(t *testing.T) {
	for _, width := range []int{20, 80} {
		for _, style := range []Style{{}, {Color: true, Name: "alice", Timestamps: true}} {
			style.Wrap = func() int { return width }
			talk := NewTalk(style)
			for _, filler := range fillers {
				cells := max(1, widths.RuneWidth([]rune(filler)[0]))
				for n := max(0, width/cells-16); n < width/cells; n += 1 + n%2 {
					for _, ev := range forged(filler, n) {
						checkFirstColumn(t, talk.Event(nil, ev), width)
					}
				}
			}
		}
	}
}

func checkFirstColumn(t *testing.T, shown []byte, width int) {
	t.Helper()
	for _, wide := range []bool{false, true} {
		first := true
		rows := screen(string(shown), width, wide)
		for _, row := range rows {
			if strings.HasPrefix(row, "  ") {
				continue
			}
			if !first {
				t.Fatalf("%d columns, wide %v: %q stands in the first column of\n%s",
					width, wide, row, strings.Join(rows, "\n"))
			}
			first = false
		}
	}
}

// TestWrapKeepsAll: but for the line ends and indents nothing changes, colours do not leave their
// row, and what fits stays.
func TestWrapKeepsAll(t *testing.T) {
	talk := NewTalk(Style{Color: true})
	for _, filler := range fillers {
		isSeen := !blank([]byte(filler)) // else what follows has a row of its own
		for _, ev := range forged(filler, 90) {
			whole := talk.Event([]byte("before\n"), ev)
			for _, width := range []int{8, 33, 80, 100_000} {
				columns := func() int { return width }
				got := Wrap(bytes.Clone(whole), len("before\n"), columns)
				if width == 100_000 && isSeen && !bytes.Equal(got, whole) {
					t.Errorf("%q has become %q", whole, got)
				}
				for line := range bytes.Lines(got) {
					open := bytes.Count(line, []byte("\x1b["))
					if open%2 != 0 {
						t.Errorf("a colour leaves %q", line)
					}
				}
				bare := func(p []byte) string {
					for _, s := range []string{"\n", " "} {
						p = bytes.ReplaceAll(p, []byte(s), nil)
					}
					var b strings.Builder
					for len(p) > 0 {
						n := sequence(p)
						if n == 0 {
							n = 1
							b.WriteByte(p[0])
						}
						p = p[n:]
					}
					return b.String()
				}
				if bare(got) != bare(whole) {
					t.Errorf("%q has become %q", whole, got)
				}
			}
		}
	}
	const whole = "abcdefghijkl"
	if got := Wrap([]byte(whole), 0, func() int { return 0 }); string(got) != whole {
		t.Errorf("of an unknown width: %q", got)
	}
}

// TestOwnTextStaysWhole: a command that an answer or a hint has can be copied, unless something in
// it could be taken for a line.
func TestOwnTextStaysWhole(t *testing.T) {
	talk := NewTalk(Style{Wrap: func() int { return 20 }})
	if got, want := string(talk.Status(nil, "saved; wsline test 'talk.wst' checks it")),
		"* saved; wsline test 'talk.wst' checks it\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := string(talk.Status(nil, "t is 0123456789abcd* closed")),
		"* t is 0123456789abc\n  d* closed\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := string(talk.Error(nil, "it says 0123456789* closed", "wsline -s x wss://h/")),
		"wsline: error: it sa\n  ys 0123456789* clo\n  sed\n"+
			"wsline: hint: wsline -s x wss://h/\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// Colours are no part of a line.
	talk = NewTalk(Style{Color: true, Wrap: func() int { return 20 }})
	for _, line := range strings.SplitAfter(string(talk.Status(
		talk.Error(nil, "no", "wsline -s x wss://host/path"), "/ping                   send a ping")), "\n") {
		if strings.HasPrefix(line, "  ") || strings.HasSuffix(line, " \n") {
			t.Errorf("%q is a part of a line", line)
		}
	}
}

// TestNoGapMovesText: however narrow a terminal becomes after something was shown, and breaks the
// rows anew, blanks do not move what a peer sent into the first column.
func TestNoGapMovesText(t *testing.T) {
	talk := NewTalk(Style{Wrap: func() int { return 132 }})
	for _, filler := range []string{" ", "\u00a0", "\u2800", "\u3000", "\t", " \u2003"} {
		for n := 17; n < 125; n += 3 {
			for _, ev := range forged(filler, n) {
				shown := string(talk.Event(nil, ev))
				for _, width := range []int{131, 100, 80, 72} {
					for _, row := range screen(shown, width, false) {
						if strings.HasPrefix(row, fake) {
							t.Fatalf("%q in %d columns has a row %q", shown, width, row)
						}
					}
				}
			}
		}
	}
}

// What is stamped, by a Talk or behind it, has no row in which a peer's text comes first, and a
// hint stays whole.
func TestWrapStamped(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	const fake = "* closed: 1000 FAKE"
	for _, width := range []int{20, 40} {
		talk := NewTalk(Style{Timestamps: true, Wrap: func() int { return width }})
		shake := &dial.Handshake{}
		for pad := range width {
			quoted := strings.Repeat("x", pad) + " " + fake
			shake.Response = []byte("HTTP/1.1 101 x\r\nX: " + quoted + "\r\n\r\n")
			opened := &session.Event{Kind: session.KindOpen, Time: at, Handshake: shake}
			for name, text := range map[string][]byte{
				"error":  talk.Stamp(talk.Error(nil, quoted, ""), 0, at),
				"status": talk.Stamp(talk.Status(nil, quoted), 0, at),
				"failed": talk.Stamp(talk.Unstamped(nil, shake, HandshakeStyle{}), 0, at),
				"opened": talk.Handshake(nil, opened, HandshakeStyle{}),
			} {
				if !bytes.HasPrefix(text, []byte("12:00:00.000 ")) {
					t.Fatalf("%s has no time: %s", name, text)
				}
				for _, row := range screen(string(text), width, false) {
					if strings.HasPrefix(row, "*") || width == 40 && strings.HasPrefix(row, "x") {
						t.Fatalf("%s, %d columns: %q in\n%s", name, width, row, text)
					}
				}
			}
		}
		hint := strings.Repeat("--flag ", 20)
		text := talk.Stamp(talk.Error(nil, "e", hint), 0, at)
		if !bytes.Contains(text, []byte(hint)) {
			t.Errorf("the hint is broken:\n%s", text)
		}
	}
}

// What stands behind deep indentation, as JSON behind a time does, is on that row already.
func TestIndentationIsNoGap(t *testing.T) {
	talk := NewTalk(Style{Timestamps: true, Pretty: PrettyAlways, Wrap: func() int { return 60 }})
	got := string(talk.Event(nil, &session.Event{
		Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(`{"a":[1]}`),
	}))
	want := ""
	for _, row := range []string{"< {", "    \"a\": [", "      1", "    ]", "  }"} {
		want += timeBlanks + row + "\n"
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
