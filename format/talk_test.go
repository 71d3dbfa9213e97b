package format

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"wsline/format/find"
	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

func text(s string) *session.Event {
	return &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(s)}
}

func binary(p []byte) *session.Event {
	return &session.Event{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: p}
}

func TestTalkKeepsWhatStandsBefore(t *testing.T) {
	talk := NewTalk(Style{})
	got := string(talk.Event([]byte("before\n"), text(`{"a":1}`)))
	if want := "before\n< {\n    \"a\": 1\n  }\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := talk.Event([]byte("before\n"), &session.Event{}); string(got) != "before\n" {
		t.Errorf("an event of no kind: %q", got)
	}
}

func TestPretty(t *testing.T) {
	small := []byte(`[1]`)
	large := []byte(`["` + strings.Repeat("a", fitPretty-4) + `"]`)
	larger := []byte(`["` + strings.Repeat("a", fitPretty-3) + `"]`)
	tests := []struct {
		pretty Pretty
		in     []byte
		want   bool
	}{
		{PrettyFit, small, true},
		{PrettyFit, large, true},
		{PrettyFit, larger, false},
		{PrettyAlways, small, true},
		{PrettyAlways, larger, true},
		{PrettyNever, small, false},
		{PrettyNever, larger, false},
	}
	for _, tt := range tests {
		got := NewTalk(Style{Pretty: tt.pretty}).Event(nil, text(string(tt.in)))
		if laid := bytes.Count(got, []byte("\n")) == 3; laid != tt.want {
			t.Errorf("%v: %d bytes laid out: %t", tt.pretty, len(tt.in), laid)
		}
		if !tt.want && string(got) != "< "+string(tt.in)+"\n" {
			t.Errorf("%v: %d bytes have become %d", tt.pretty, len(tt.in), len(got))
		}
	}
}

func TestParsePretty(t *testing.T) {
	for _, want := range []Pretty{PrettyFit, PrettyAlways, PrettyNever} {
		if got, err := ParsePretty(want.String()); got != want || err != nil {
			t.Errorf("%v has become %v, %v", want, got, err)
		}
	}
	_, err := ParsePretty("Auto")
	if want := `"Auto" is not fit, always or never`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if got := Pretty(9).String(); got != "Pretty(9)" {
		t.Error(got)
	}
}

func TestDump(t *testing.T) {
	p := bytes.Repeat([]byte("A"), 1<<16)
	tests := []struct{ size, width, lines int }{
		{1, 0, 2}, {16, 0, 2}, {17, 0, 3}, {17, 80, 3}, {17, 79, 4}, {17, -1, 3},
		{dumpLimit, 80, 1 + 256}, {dumpLimit + 1, 80, 2 + 256}, {1 << 16, 79, 2 + 512},
	}
	for _, tt := range tests {
		got := string(NewTalk(Style{Width: tt.width}).Event(nil, binary(p[:tt.size])))
		if n := strings.Count(got, "\n"); n != tt.lines {
			t.Errorf("%d bytes in %d columns: %d lines, want %d", tt.size, tt.width, n, tt.lines)
		}
		for line := range strings.Lines(got) {
			if len(line) > 81 || tt.width == 79 && len(line) > 52 {
				t.Errorf("%d bytes in %d columns: %q", tt.size, tt.width, line)
			}
		}
	}
	got := string(NewTalk(Style{}).Event(nil, binary(p)))
	if !strings.HasSuffix(got, "  00000ff0  "+strings.Repeat("41 ", 8)+strings.Repeat(" 41", 8)+
		"  |AAAAAAAAAAAAAAAA|\n  … 61440 more bytes\n") {
		t.Errorf("ends in %q", got[len(got)-120:])
	}
}

func TestSent(t *testing.T) {
	long := bytes.Repeat([]byte{0xab}, dumpLimit+2)
	tests := []struct {
		op   wire.Opcode
		in   string
		want string
	}{
		{wire.OpText, "hi", "> hi\n"},
		{wire.OpText, "two\nlines", "> two\n  lines\n"},
		{wire.OpText, "/ping", "> //ping\n"},
		{wire.OpText, "//ping", "> ///ping\n"},
		{wire.OpText, "", "> /text \"\"\n"},
		{wire.OpText, "/\x1b", "> /text \"/\\x1b\"\n"},
		{wire.OpText, `{"a":1}`, "> {\"a\":1}\n"},
		{wire.OpBinary, "\x0b\xad", "> /binary 0bad\n"},
		{wire.OpBinary, "", "> /binary base64:\n"},
		{wire.OpBinary, string(long),
			"> /binary " + strings.Repeat("ab", dumpLimit) + "\n  … 2 more bytes\n"},
	}
	for _, tt := range tests {
		ours := &session.Event{
			Kind: session.KindMessage, Dir: session.Out, Opcode: tt.op, Payload: []byte(tt.in),
		}
		if got := string(NewTalk(Style{}).Event([]byte("x"), ours)); got != "x"+tt.want {
			t.Errorf("%v, %.20q = %q, want %q", tt.op, tt.in, got, tt.want)
		}
	}
	ev := binary(long)
	ev.Dir = session.Out
	if got := string(Conversation(nil, ev)); got != "> /binary "+hex.EncodeToString(long)+"\n" {
		t.Errorf("saved: %q", got)
	}
}

func TestStatusAndError(t *testing.T) {
	plain, colored := NewTalk(Style{}), NewTalk(Style{Color: true, Name: "a"})
	tests := []struct{ got, want string }{
		{string(plain.Status(nil, "counting")), "* counting\n"},
		{string(plain.Status([]byte("x\n"), "two\nlines\n")), "x\n* two\n* lines\n"},
		{string(plain.Status(nil, "a\x1b[2J\rb\u202e")), "* a\\x1b[2J\\rb\\u202e\n"},
		{string(plain.Status(nil, "")), ""},
		{string(colored.Status(nil, "x")), "\x1b[93;1ma\x1b[0;22m\x1b[2m*\x1b[22m \x1b[2mx\x1b[22m\n"},
		{string(plain.Error(nil, "no such flag", "")), "wsline: error: no such flag\n"},
		{
			string(plain.Error(nil, "a\x1b\nb", "try c\r")),
			"wsline: error: a\\x1b\n  b\nwsline: hint: try c\\r\n",
		},
		{
			string(colored.Error(nil, "a", "b")),
			"wsline: \x1b[31;1merror:\x1b[0;22m a\nwsline: \x1b[33mhint:\x1b[0m b\n",
		},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestPrompt(t *testing.T) {
	tests := []struct {
		style     Style
		connected bool
		want      string
		width     int
	}{
		{Style{}, true, "> ", 2},
		{Style{}, false, "not connected> ", 15},
		{Style{Name: "alice"}, true, "alice> ", 7},
		{Style{Name: "alice"}, false, "alice not connected> ", 21},
		{Style{Name: "日本"}, true, "日本> ", 6},
		{Style{Name: "\x1b"}, true, `\x1b> `, 6},
		{Style{Color: true}, true, "\x1b[32m>\x1b[0m ", 2},
		{Style{Color: true}, false, "\x1b[32mnot connected>\x1b[0m ", 15},
	}
	for _, tt := range tests {
		talk := NewTalk(tt.style)
		if got := talk.Prompt(tt.connected); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.style, got, tt.want)
		}
		if got := talk.PromptWidth(tt.connected); got != tt.width {
			t.Errorf("%+v: %d columns, want %d", tt.style, got, tt.width)
		}
	}
}

func TestOpenWithoutHandshakeAndEndWithoutEnd(t *testing.T) {
	talk := NewTalk(Style{})
	got := talk.Event(nil, &session.Event{Kind: session.KindOpen})
	got = talk.Event(got, &session.Event{Kind: session.KindEnd})
	if string(got) != "* connected\n* disconnected\n" {
		t.Errorf("%q", got)
	}
}

func TestBrokenText(t *testing.T) {
	if got := brokenText(session.ErrNoClose); got != "connection broke: no Close frame" {
		t.Error(got)
	}
}

// TestColorsDiffer: the kinds of lines are told apart by colour too.
func TestColorsDiffer(t *testing.T) {
	pal := NewPalette(true)
	seen := map[Paint]string{}
	for name, paint := range map[string]Paint{
		"in": pal.In, "out": pal.Out, "control": pal.Control, "status": pal.Status,
		"error": pal.Error, "hint": pal.Hint,
	} {
		if other, ok := seen[paint]; ok || paint.open == "" || paint.end == "" {
			t.Errorf("%s looks like %q: %q", name, other, paint)
		}
		seen[paint] = name
	}
	if NewPalette(false) != (Palette{}) {
		t.Error("a palette that is off paints")
	}
}

// events is one event of each kind that carries what a peer sent, in both directions.
func events(p []byte) []*session.Event {
	all := []*session.Event{
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: p},
		{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: p},
		{Kind: session.KindPing, Payload: p},
		{Kind: session.KindPong, Payload: p, RTT: time.Millisecond},
		{Kind: session.KindClose, Code: 1000, Reason: string(p)},
	}
	for _, ev := range all[:5:5] {
		out := *ev
		out.Dir = session.Out
		all = append(all, &out)
	}
	end := &session.End{Cause: session.CauseClosed, Code: 1000, Reason: string(p)}
	return append(all,
		&session.Event{Kind: session.KindNotice, Text: string(p)},
		&session.Event{Kind: session.KindEnd, End: end},
	)
}

// FuzzTalk proves that nothing of a payload steers the terminal or leaves its place: without our
// own SGR sequences no unsafe character is left, and every line begins with a mark or is indented.
func FuzzTalk(f *testing.F) {
	for _, s := range hostile {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		checkTalk(t, Style{}, p)
		checkTalk(t, Style{Pretty: PrettyAlways, Width: 40}, p)
		checkTalk(t, Style{Pretty: PrettyNever, Name: "a"}, p)
		for _, ev := range events(p) {
			checkLines(t, "", string(Conversation(nil, ev)))
		}
	})
}

// checkTalk checks all that a talk prints, plain, and that colours add nothing but themselves.
func checkTalk(t *testing.T, style Style, p []byte) {
	t.Helper()
	plain := NewTalk(style)
	style.Color = true
	colored := NewTalk(style)
	check := func(print func(*Talk) []byte) {
		t.Helper()
		got := string(print(plain))
		checkSafe(t, got)
		if again := stripped(string(print(colored))); again != got {
			t.Errorf("%q in colour is %q", got, again)
		}
	}
	for _, ev := range events(p) {
		check(func(talk *Talk) []byte { return talk.Event(nil, ev) })
		checkLines(t, style.Name, string(plain.Event(nil, ev)))
	}
	check(func(talk *Talk) []byte { return talk.Status(nil, string(p)) })
	checkLines(t, style.Name, string(plain.Status(nil, string(p))))
	check(func(talk *Talk) []byte { return talk.Error(nil, string(p), string(p)) })
}

var hostile = []string{
	"", " ", "\n", "\r", "a\r\nb", "a\nb\n", "\x1b[2J\x1b]0;t\x07", "\x1b[32m", "\x00", "\x7f",
	"\u009b", "\u0085x", "\u202e", "\u2028* x", "\xff", "\xed\xa0\x80", "\ufeff",
	"{\"a\u202e\":[\"\u009b\",{}]}", "[[[[1]]]]",
	"x\n* closed", "x\n> /quit", "\"", "\\", "a\u200d", "é\u200d", "\t", "a\tb", "\U000e0041",
}

func checkLines(t *testing.T, name, got string) {
	t.Helper()
	checkSafe(t, got)
	if got != "" && !strings.HasSuffix(got, "\n") {
		t.Errorf("the last line does not end: %q", got)
	}
	for line := range strings.Lines(got) {
		mark := strings.TrimPrefix(line, name)[:1]
		if !strings.HasPrefix(line, "  ") && !strings.Contains("<>*", mark) {
			t.Errorf("a line without a mark: %q", line)
		}
	}
}

func checkSafe(t *testing.T, got string) {
	t.Helper()
	if r, bad := unsafeIn(strings.NewReplacer("\n", "", "\t", "").Replace(got)); bad {
		t.Errorf("%U in %q", r, got)
	}
}

// stripped is text without the SGR sequences of the palette.
func stripped(text string) string {
	var all []string
	pal := reflect.ValueOf(NewPalette(true))
	for i := range pal.NumField() {
		paint := pal.Field(i).Interface().(Paint)
		all = append(all, paint.open, "", paint.end, "")
	}
	return strings.NewReplacer(all...).Replace(text)
}

func TestHostile(t *testing.T) {
	for i, p := range hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			checkTalk(t, Style{}, []byte(p))
		})
	}
}

// The time stands before the first line of what is shown, and the others are below it; so it is for
// what comes and for what is sent.
func TestTimestamps(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 5e6, time.UTC)
	talk := NewTalk(Style{Timestamps: true, Name: "bob", Width: 92})
	wire64 := bytes.Repeat([]byte{0x41}, 16)
	for _, tt := range []struct {
		ev   session.Event
		want string
	}{
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(`{"a":[1]}`)},
			"12:00:00.005 bob< {\n                 \"a\": [\n                   1\n" +
				"                 ]\n               }\n"},
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("a\n\nb")},
			"12:00:00.005 bob< a\n               \n               b\n"},
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Dir: session.Out,
			Payload: []byte("a\nb")}, "12:00:00.005 bob> a\n               b\n"},
		{session.Event{Kind: session.KindPing, Dir: session.Out, Payload: []byte("x")},
			"12:00:00.005 bob> /ping x\n"},
		{session.Event{Kind: session.KindPong, Payload: []byte("x"), RTT: time.Millisecond},
			"12:00:00.005 bob<pong x\n12:00:00.005 bob* round trip 1ms\n"},
		{session.Event{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: wire64},
			"12:00:00.005 bob<binary 16 bytes\n" + // 8 a line: 13 columns fewer are left
				"               00000000  41 41 41 41 41 41 41 41  |AAAAAAAA|\n" +
				"               00000008  41 41 41 41 41 41 41 41  |AAAAAAAA|\n"},
	} {
		tt.ev.Time = at
		if got := string(talk.Event([]byte("before\n"), &tt.ev)); got != "before\n"+tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
	const noTime = "a\n             b\n               c\n"
	if got := string(talk.Stamp([]byte("a\nb\n  c\n"), 2, time.Time{})); got != noTime {
		t.Errorf("no time: %q", got)
	}
	if got := string(talk.Stamp([]byte("a\n"), 2, at)); got != "a\n" {
		t.Errorf("nothing: %q", got)
	}
}

// What a talk greets with stands on the line of the connection where there is room.
func TestGreeting(t *testing.T) {
	u := &url.URL{Scheme: "ws", Host: "localhost", Path: "/"}
	ev := &session.Event{
		Kind: session.KindOpen, Handshake: &dial.Handshake{URL: u}, Text: "Ctrl-D leaves",
	}
	one := "* connected to ws://localhost/, Ctrl-D leaves\n"
	for width, want := range map[int]string{
		0: one, len(one) - 1: one, len(one) - 2: "* connected to ws://localhost/\n* Ctrl-D leaves\n",
	} {
		if got := string(NewTalk(Style{Width: width}).Event(nil, ev)); got != want {
			t.Errorf("%d columns: got %q, want %q", width, got, want)
		}
	}
}

// JSON stands on one row where that has room for it, at the width that the terminal has now; the mark,
// the name and the time are counted too.
func TestTalkFits(t *testing.T) {
	width := 31
	style := Style{Wrap: func() int { return width }, Live: NewLive(PrettyFit, false)}
	ev := &session.Event{
		Kind: session.KindMessage, Time: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
		Opcode: wire.OpText, Payload: []byte(`{"a":"日本","b":[1,2,3]}`),
	}
	const row = `{"a": "日本", "b": [1, 2, 3]}` // 29 columns
	const tight = `{"a":"日本","b":[1,2,3]}`    // 24
	const rows = "< {\n    \"a\": \"日本\",\n    \"b\": [1, 2, 3]\n  }\n"
	shows := func(name, want string) {
		t.Helper()
		if got := string(NewTalk(style).Event(nil, ev)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	shows("fits", "< "+row+"\n")
	width = 26
	shows("without blanks", "< "+tight+"\n")
	width = 25
	shows("narrower", rows)
	width, style.Name = 28, "bob"
	shows("named", "bob"+rows)
	width = 34
	shows("named, wider", "bob< "+row+"\n")
	style.Name = ""
	style.Live.SetTimes(TimesOn)
	width = 31 + len(timeBlanks)
	shows("with its time", "12:00:00.000 < "+row+"\n")
	width = 25 + len(timeBlanks)
	shows("with its time, narrower", "12:00:00.000 < {\n"+timeBlanks+"    \"a\": \"日本\",\n"+
		timeBlanks+"    \"b\": [1, 2, 3]\n"+timeBlanks+"  }\n")
	style.Live = NewLive(PrettyAlways, false)
	width = 200
	shows("always", "< {\n    \"a\": \"日本\",\n    \"b\": [\n      1,\n      2,\n      3\n    ]\n  }\n")
	style.Live.SetPretty(PrettyNever)
	shows("never", "< "+string(ev.Payload)+"\n")
	style.Live, style.Wrap = nil, nil
	shows("no terminal", "< {\n    \"a\": \"日本\",\n    \"b\": [\n      1,\n      2,\n      3\n    ]\n  }\n")
}

// What a string is escaped to is counted as it is shown.
func TestFitCountsWhatIsShown(t *testing.T) {
	ev := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("[\"\u202e\U000e0041\"]")}
	for width, want := range map[int]string{
		24: "< [\"\\u202e\\udb40\\udc41\"]\n", 23: "< [\n    \"\\u202e\\udb40\\udc41\n    \"\n  ]\n",
	} {
		style := Style{Wrap: func() int { return width }}
		if got := string(NewTalk(style).Event(nil, ev)); got != want {
			t.Errorf("%d: got %q, want %q", width, got, want)
		}
	}
}

func TestDelta(t *testing.T) {
	talk := NewTalk(Style{Live: &Live{}})
	talk.style.Live.SetTimes(TimesDelta)
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	var got []byte
	for _, after := range []time.Duration{0, 3 * time.Millisecond, 61 * time.Second, -time.Second} {
		at = at.Add(after)
		got = talk.Event(got, &session.Event{
			Kind: session.KindMessage, Time: at, Opcode: wire.OpText, Payload: []byte("a\nb"),
		})
	}
	want := ""
	for _, delta := range []string{"+0.000", "+0.003", "+61.000", "+0.000"} {
		want += strings.Repeat(" ", len(timeBlanks)-1-len(delta)) + delta + " < a\n" + timeBlanks + "  b\n"
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, word := range []string{"off", "on", "delta"} {
		if _, err := ParseTimes(word); err != nil {
			t.Error(err)
		}
	}
	if _, err := ParseTimes("yes"); err == nil || err.Error() != `"yes" is not on, off or delta` {
		t.Error(err)
	}
}

// What is looked for is marked, or hides messages, but nothing else.
func TestTalkFinds(t *testing.T) {
	live := &Live{}
	talk := NewTalk(Style{Color: true, Live: live, Wrap: func() int { return 20 }})
	in := []*session.Event{
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(`{"p":12}`)},
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("text")},
		{Kind: session.KindNotice, Text: "p: 1"},
	}
	for show, want := range map[find.Show]string{
		find.ShowAll: "\x1b[36m<\x1b[0m {\x1b[94m\"p\x1b[0m\x1b[7m\": 1\x1b[0m\x1b[33m2\x1b[0m}\n" +
			"\x1b[36m<\x1b[0m \x1b[36mtext\x1b[0m\n\x1b[2m*\x1b[22m \x1b[2mp: 1\x1b[22m\n",
		find.ShowOnly: "\x1b[36m<\x1b[0m {\x1b[94m\"p\x1b[0m\x1b[7m\": 1\x1b[0m\x1b[33m2\x1b[0m}\n" +
			"\x1b[2m*\x1b[22m \x1b[2mp: 1\x1b[22m\n",
		find.ShowOthers: "\x1b[36m<\x1b[0m \x1b[36mtext\x1b[0m\n\x1b[2m*\x1b[22m \x1b[2mp: 1\x1b[22m\n",
	} {
		p, err := find.Compile(`": 1`, false, show)
		if err != nil {
			t.Fatal(err)
		}
		live.SetFind(p)
		var got []byte
		for _, ev := range in {
			got = talk.Event(got, ev)
		}
		if string(got) != want {
			t.Errorf("%d: got\n%q\nwant\n%q", show, got, want)
		}
	}
}

// Nothing is left out of a whole message, none is hidden, and for a pager no line is broken.
func TestWhole(t *testing.T) {
	live := NewLive(PrettyFit, true)
	hidden, err := find.Compile("a", false, find.ShowOthers)
	if err != nil {
		t.Fatal(err)
	}
	live.SetFind(hidden)
	talk := NewTalk(Style{Whole: true, Live: live, Wrap: func() int { return 40 }})
	large := `["` + strings.Repeat("a", fitPretty) + `"]`
	text := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(large)}
	want := "< [\n    " + strings.Trim(large, "[]") + "\n  ]\n"
	if got := string(talk.Unwrapped(nil, text)); got != want {
		t.Errorf("%d bytes, %.100s", len(got), got)
	}
	dump := &session.Event{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: make([]byte, 2*dumpLimit)}
	if got := talk.Unwrapped(nil, dump); bytes.Count(got, []byte("\n")) != 1+2*dumpLimit/16 {
		t.Errorf("%d lines of a binary message", bytes.Count(got, []byte("\n")))
	}
	for row := range bytes.Lines(talk.Event(nil, text)) {
		if len(row) > 41 {
			t.Fatalf("on the screen a row is %s", row)
		}
	}
}
