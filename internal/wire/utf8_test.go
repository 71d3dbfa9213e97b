package wire_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"wsline/internal/wire"
)

// texts are a text each and the offset of its first byte that nothing can follow to make it valid:
// -1 for none; len for a text that ends in the middle of a character.
var texts = []struct {
	s    string
	fail int
}{
	{"", -1},
	{"a", -1},
	{"Hello-µ@ßöäüàá-UTF-8!!", -1},
	{"κόσμε", -1},
	{"\x00\x7f", -1},
	{"\u0080\u07ff\u0800\uffff", -1},
	{"\ud7ff\ue000\ufffd\ufffe", -1},
	{"\U00010000\U0010ffff", -1},
	{strings.Repeat("0123456789abcdef", 8) + "ü", -1},

	{"\xce", 1},
	{"\xce\xba\xe1", 3},
	{"\xce\xba\xe1\xbd", 4},
	{"\xf0\x90\x80", 3},
	{"\xf4\x8f\xbf", 3},

	{"\x80", 0},
	{"a\xbf", 1},
	{"\xc0\xaf", 0},         // overlong /
	{"\xc1\xbf", 0},         // overlong U+007F
	{"\xe0\x80\xaf", 1},     // overlong /
	{"\xe0\x9f\xbf", 1},     // overlong U+07FF
	{"\xf0\x80\x80\xaf", 1}, // overlong /
	{"\xf0\x8f\xbf\xbf", 1}, // overlong U+FFFF
	{"\xed\xa0\x80", 1},     // U+D800
	{"\xed\xbf\xbf", 1},     // U+DFFF
	{"\xf4\x90\x80\x80", 1}, // U+110000
	{"\xf5\x80\x80\x80", 0},
	{"\xf8\x88\x80\x80\x80", 0},
	{"\xfe", 0},
	{"\xff", 0},
	{"\xce\xce", 1},
	{"\xe1\x80a", 2},
	{"\xf1\x80\x80\xc0", 3},
	{"κόσμ\u1f79\xf4\x90\x80\x80edited", 12},
	{strings.Repeat("0123456789abcdef", 8) + "\xff" + "0123456789", 128},
}

func TestUTF8ByteByByte(t *testing.T) {
	for _, tt := range texts {
		var u wire.UTF8
		for i := range len(tt.s) {
			ok := u.Write([]byte{tt.s[i]})
			if want := tt.fail < 0 || tt.fail == len(tt.s) || i < tt.fail; ok != want {
				t.Errorf("%q: %v after byte %d, want %v", tt.s, ok, i, want)
			}
		}
		if want := tt.fail < 0; u.Done() != want {
			t.Errorf("%q: Done is %v, want %v", tt.s, u.Done(), want)
		}
		u.Reset()
		if u != (wire.UTF8{}) || !u.Write([]byte("ok")) || !u.Done() {
			t.Errorf("%q: not reset", tt.s)
		}
	}
}

// A piece is refused exactly when it holds or follows the first byte that is wrong.
func TestUTF8Chunkings(t *testing.T) {
	for _, tt := range texts {
		for i := range len(tt.s) + 1 {
			for j := i; j <= len(tt.s); j++ {
				var u wire.UTF8
				for _, cut := range [][2]int{{0, i}, {i, j}, {j, len(tt.s)}} {
					ok := u.Write([]byte(tt.s[cut[0]:cut[1]]))
					if want := tt.fail < 0 || cut[1] <= tt.fail; ok != want {
						t.Fatalf("%q cut at %d and %d: %v for bytes %v", tt.s, i, j, ok, cut)
					}
				}
				if want := tt.fail < 0; u.Done() != want {
					t.Fatalf("%q cut at %d and %d: Done is %v", tt.s, i, j, u.Done())
				}
			}
		}
	}
}

// All characters, and everything that looks like one but is not.
func TestUTF8EveryCharacter(t *testing.T) {
	var u wire.UTF8
	for r := range rune(0x110000) {
		b := []byte{byte(0xf0 | r>>18), byte(0x80 | r>>12&63), byte(0x80 | r>>6&63), byte(0x80 | r&63)}
		switch {
		case r < 0x80:
			b = []byte{byte(r)}
		case r < 0x800:
			b = []byte{byte(0xc0 | r>>6), byte(0x80 | r&63)}
		case r < 0x10000:
			b = []byte{byte(0xe0 | r>>12), byte(0x80 | r>>6&63), byte(0x80 | r&63)}
		}
		u.Reset()
		ok := u.Write(b[:1])
		for _, c := range b[1:] {
			ok = u.Write([]byte{c})
		}
		if want := r < 0xd800 || r > 0xdfff; ok != want || u.Done() != want {
			t.Errorf("%U: %v, %v", r, ok, u.Done())
		}
	}
}

// continuable is the standard library's word on whether something can follow b to make it valid.
func continuable(b []byte) bool {
	for len(b) > 0 {
		if r, n := utf8.DecodeRune(b); r == utf8.RuneError && n == 1 {
			return !utf8.FullRune(b)
		} else {
			b = b[n:]
		}
	}
	return true
}

func FuzzUTF8(f *testing.F) {
	for _, tt := range texts {
		f.Add([]byte(tt.s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		feed := func(cuts uint) {
			var u wire.UTF8
			ok, from := true, 0
			for i := 1; i <= len(b); i++ {
				if i < len(b) && cuts>>((i-1)%32)&1 == 0 {
					continue
				}
				ok = u.Write(b[from:i])
				if want := continuable(b[:i]); ok != want {
					t.Fatalf("%q, cuts %b: %v after %d bytes, want %v", b, cuts, ok, i, want)
				}
				from = i
			}
			if want := utf8.Valid(b); u.Done() != want || !ok && want {
				t.Fatalf("%q, cuts %b: %v, %v, want %v", b, cuts, ok, u.Done(), want)
			}
		}
		// Every chunking of the first 8 bytes, and its like further on.
		for cuts := range uint(1) << min(max(len(b)-1, 0), 7) {
			feed(cuts * 0x00401)
		}
		feed(0xffffffff)
		feed(0)
	})
}

func BenchmarkUTF8(b *testing.B) {
	for name, s := range map[string]string{
		"ascii 59":    strings.Repeat("a", 59),
		"ascii 64K":   strings.Repeat("0123456789abcdef", 4096),
		"mixed 64K":   strings.Repeat("größer als 16 B ", 4096),
		"chinese 60K": strings.Repeat("一二三四五", 4096),
	} {
		p := []byte(s)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				var u wire.UTF8
				if !u.Write(p) || !u.Done() {
					b.Fatal("not valid")
				}
			}
		})
	}
}

// ValidUTF8 says what utf8.Valid says, wherever in a text something stands.
func TestValidUTF8(t *testing.T) {
	for _, tt := range texts {
		for before := range 70 {
			for after := range 20 {
				s := strings.Repeat("a", before) + tt.s + strings.Repeat("z", after)
				if got, want := wire.ValidUTF8([]byte(s)), utf8.ValidString(s); got != want {
					t.Fatalf("%q: %v, want %v", s, got, want)
				}
			}
		}
	}
}
