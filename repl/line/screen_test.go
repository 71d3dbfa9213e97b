package line

import (
	"fmt"
	"strings"
	"testing"

	"wsline/internal/vt"
)

func testScreen(width, height int) (*Screen, *vt.Terminal) {
	t := vt.New(width, height)
	return NewScreen(t, &Terminal{
		Width: func() int { return t.Width }, Height: func() int { return t.Height },
	}), t
}

func TestDraw(t *testing.T) {
	for _, tt := range []struct {
		name, prompt, line string
		pos                int
		want, cursor       string
	}{
		{"empty", "> ", "", 0, ">", "0,2"},
		{"plain", "> ", "hello", 5, "> hello", "0,7"},
		{"cursor within", "> ", "hello", 2, "> hello", "0,4"},
		{"styled prompt", "\x1b[1;32m> \x1b[0m", "hi", 2, "> hi", "0,4"},
		{"exactly full", "> ", "12345678", 8, "> 12345678", "1,0"},
		{"full, cursor on the last", "> ", "12345678", 7, "> 12345678", "0,9"},
		{"wrapped", "> ", "1234567890abc", 13, "> 12345678\n90abc", "1,5"},
		{"wrapped, cursor above", "> ", "1234567890abc", 3, "> 12345678\n90abc", "0,5"},
		{"wide", "> ", "日本語", 3, "> 日本語", "0,8"},
		{"wide does not fit the row", "> ", "1234567日本", 9, "> 1234567\n日本", "1,4"},
		{"wide fills the row", "> ", "日本語日x", 5, "> 日本語日\nx", "1,1"},
		{"emoji", "> ", "a😀b", 3, "> a😀b", "0,6"},
		{"family", "> ", "👨\u200d👩\u200d👧x", 6, "> 👨\u200d👩\u200d👧x", "0,5"},
		{"skin tone", "> ", "👍🏽x", 3, "> 👍🏽x", "0,5"},
		{"combining", "> ", "e\u0301x", 3, "> e\u0301x", "0,4"},
		{"lines", "> ", "one\ntwo", 7, "> one\n  two", "1,5"},
		{"lines, cursor on the end of the first", "> ", "one\ntwo", 3, "> one\n  two", "0,5"},
		{"ends with a line end", "> ", "one\n", 4, "> one", "1,2"},
		{"line end in a full row", "> ", "12345678\nx", 10, "> 12345678\n  x", "1,3"},
		{"tab", "> ", "a\tb", 3, "> a b", "0,5"},
		{"controls", "> ", "\x1b[2J", 4, "> ^[[2J", "0,7"},
		{"bidi override", "> ", "\u202e", 1, `> \u202e`, "0,8"},
		{"wider than the terminal", "", "1\u202e", 2, `1\u202e`, "0,7"},
		{"prompt too wide", "not connected> ", "hi", 2, "hi", "0,2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, term := testScreen(10, 5)
			line := []rune(tt.line)
			for range 2 { // drawing again changes nothing
				if err := s.Show(nil, &View{tt.prompt, line, tt.pos}); err != nil {
					t.Fatal(err)
				}
				text, cursor := term.Screen()
				if text != tt.want || cursor != tt.cursor {
					t.Errorf("got %q, cursor %s, want %q, cursor %s", text, cursor, tt.want, tt.cursor)
				}
			}
			if term.Unknown != nil || !term.Wrap {
				t.Errorf("unknown sequences %q, wrap %v", term.Unknown, term.Wrap)
			}
		})
	}
}

func TestDrawWhereWidthsDiffer(t *testing.T) {
	s, term := testScreen(10, 5)
	term.Plain = true
	line := []rune("ab👍🏽👍🏽👍🏽cdefghijklmn")
	if err := s.Show(nil, &View{"> ", line, 8}); err != nil {
		t.Fatal(err)
	}
	want := "> ab👍🏽\n👍🏽👍🏽cd\nefghijklmn"
	if text, cursor := term.Screen(); text != want || cursor != "1,8" {
		t.Errorf("got %q, cursor %s, want %q", text, cursor, want)
	}
}

func TestPrintAbove(t *testing.T) {
	s, term := testScreen(10, 4)
	v := &View{"> ", []rune("1234567890abc"), 4}
	for i := range 5 {
		if err := s.Show(fmt.Appendf(nil, "< message %d\n", i), v); err != nil {
			t.Fatal(err)
		}
	}
	want := "< message\n4\n> 12345678\n90abc"
	if text, cursor := term.Screen(); text != want || cursor != "2,6" {
		t.Errorf("got %q, cursor %s", text, cursor)
	}
	want = "< message\n0\n< message\n1\n< message\n2\n< message\n3\n" + want
	if got := term.Everything(); got != want {
		t.Errorf("in all %q", got)
	}
}

func TestPrintUnfinishedLine(t *testing.T) {
	s, term := testScreen(20, 4)
	v := &View{"> ", []rune("hi"), 2}
	for _, block := range []string{"< a", "b", "c\n"} {
		if err := s.Show([]byte(block), v); err != nil {
			t.Fatal(err)
		}
	}
	if text, cursor := term.Screen(); text != "< abc\n> hi" || cursor != "1,4" {
		t.Errorf("got %q, cursor %s", text, cursor)
	}
}

func TestLongLineShowsAPart(t *testing.T) {
	s, term := testScreen(10, 3)
	line := []rune(strings.Repeat("0123456789", 6))
	show := func(pos int) string {
		if err := s.Show(nil, &View{"> ", line, pos}); err != nil {
			t.Fatal(err)
		}
		text, cursor := term.Screen()
		return text + " " + cursor
	}
	end := "8901234567\n8901234567\n89 2,2"
	if got := show(60); got != end {
		t.Errorf("at the end: %q", got)
	}
	if got := show(41); got != "8901234567\n8901234567\n89 0,3" {
		t.Errorf("within what is shown: %q", got)
	}
	if got := show(0); got != "> 01234567\n8901234567\n8901234567 0,2" {
		t.Errorf("at the start: %q", got)
	}
	if got := show(60); got != end {
		t.Errorf("at the end again: %q", got)
	}
	if len(term.Scrolled) != 0 {
		t.Errorf("scrolled %q", term.Scrolled)
	}
}

func TestClear(t *testing.T) {
	s, term := testScreen(10, 3)
	v := &View{"> ", []rune("hi"), 2}
	if err := s.Show([]byte("a\nb\nc\n"), v); err != nil {
		t.Fatal(err)
	}
	if err := s.Clear(v); err != nil {
		t.Fatal(err)
	}
	if text, cursor := term.Screen(); text != "> hi" || cursor != "0,4" {
		t.Errorf("got %q, cursor %s", text, cursor)
	}
}

func BenchmarkDrawLongLine(b *testing.B) {
	s, _ := testScreen(80, 24)
	s.out = discard{}
	v := &View{"> ", []rune(strings.Repeat("0123456789 日本", 80_000)), 1_000}
	for b.Loop() {
		if err := s.Show(nil, v); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
