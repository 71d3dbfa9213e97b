package format

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	tests := []struct{ name, in, line, lines string }{
		{"nothing", "", "", ""},
		{"plain", "plain ~", "plain ~", "plain ~"},
		{"backslash", `a\n`, `a\n`, `a\n`},
		{"tab", "a\tb", "a\tb", "a\tb"},
		{"line feed", "a\nb", `a\nb`, "a\nb"},
		{"CRLF", "a\r\nb", `a\r\nb`, "a\nb"},
		{"CR", "a\rb\r", `a\rb\r`, `a\rb\r`},
		{"C0", "\x00\x1b\x1f", `\x00\x1b\x1f`, `\x00\x1b\x1f`},
		{"DEL", "\x7f", `\x7f`, `\x7f`},
		{"C1", "\u0080\u009b\u009f", `\u0080\u009b\u009f`, `\u0080\u009b\u009f`},
		{"not UTF-8", "a\xff\xc3", `a\xff\xc3`, `a\xff\xc3`},
		{"overlong", "\xc0\x80", `\xc0\x80`, `\xc0\x80`},
		{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`, `\xed\xa0\x80`},
		{"replacement", "\ufffd", "\ufffd", "\ufffd"},
		{"bidi", "\u202eabc\u2069", `\u202eabc\u2069`, `\u202eabc\u2069`},
		{"separators", "\u2028\u2029", `\u2028\u2029`, `\u2028\u2029`},
		{"zero width", "a\u200bb\ufeff", `a\u200bb\ufeff`, `a\u200bb\ufeff`},
		{"noncharacters", "\uffff\U0001fffe\ufdd0",
			`\uffff\U0001fffe\ufdd0`, `\uffff\U0001fffe\ufdd0`},
		{"tag", "\U000e0041", `\U000e0041`, `\U000e0041`},
		{"wide", "日本語　ｗ", "日本語　ｗ", "日本語　ｗ"},
		{"emoji", "👩‍👩‍👧 ❤️ 1️⃣ #️⃣", "👩‍👩‍👧 ❤️ 1️⃣ #️⃣", "👩‍👩‍👧 ❤️ 1️⃣ #️⃣"},
		{"joiners in Persian", "می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم"},
		{"joiner after ASCII", "a\u200db\ufe0f", `a\u200db\ufe0f`, `a\u200db\ufe0f`},
		{"joiner first", "\u200d", `\u200d`, `\u200d`},
		{"combining", "e\u0301", "e\u0301", "e\u0301"},
		{"private use", "\ue0b0", "\ue0b0", "\ue0b0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(Escape(nil, []byte(tt.in), false)); got != tt.line {
				t.Errorf("on one line: %q, want %q", got, tt.line)
			}
			if got := string(Escape([]byte("> "), []byte(tt.in), true)); got != "> "+tt.lines {
				t.Errorf("on several: %q, want %q", got, "> "+tt.lines)
			}
		})
	}
}

// TestUnseen compares the table with its definition in terms of Unicode's properties.
func TestUnseen(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if got, want := unseen(r), unseenByProperty(r); got != want {
			t.Errorf("%U: unseen is %t, want %t", r, got, want)
		}
	}
}

// unseenByProperty is the sum of its properties: Default_Ignorable_Code_Point is derived as the
// Unicode Character Database does in DerivedCoreProperties.txt.
func unseenByProperty(r rune) bool {
	ignorable := unicode.In(r, unicode.Cf, unicode.Variation_Selector,
		unicode.Other_Default_Ignorable_Code_Point) &&
		!unicode.In(r, unicode.White_Space, unicode.Prepended_Concatenation_Mark) &&
		(r < 0x13430 || 0x1345f < r) // Egyptian hieroglyph format controls
	return ignorable || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
		unicode.Noncharacter_Code_Point)
}

// unsafeIn is the first character of text that a terminal must not get, as a test sees it: joiners
// and selectors are left to TestEscape.
func unsafeIn(text string) (rune, bool) {
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return rune(text[i]), true
		case r == 0x200c, r == 0x200d, 0xfe00 <= r && r <= 0xfe0f:
		case r < ' ', r == 0x7f, r >= utf8.RuneSelf && unseenByProperty(r):
			return r, true
		}
	}
	return 0, false
}

func FuzzEscape(f *testing.F) {
	f.Add([]byte("a\x1b[2J\r\n\u202e\xff"), true)
	f.Add([]byte("👩‍👧\t\U000e0041\xed\xa0"), false)
	f.Fuzz(func(t *testing.T, s []byte, multiline bool) {
		got := string(Escape(nil, s, multiline))
		if multiline {
			if got, want := strings.Count(got, "\n"), strings.Count(string(s), "\n"); got != want {
				t.Errorf("%d lines, want %d", got, want)
			}
			got = strings.ReplaceAll(got, "\n", "")
		}
		if r, bad := unsafeIn(strings.ReplaceAll(got, "\t", "")); bad {
			t.Errorf("%U in %q", r, got)
		}
	})
}
