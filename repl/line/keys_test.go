package line

import (
	"reflect"
	"testing"

	"github.com/chzyer/readline"
)

func codes(list ...rune) []Key {
	var keys []Key
	for _, c := range list {
		keys = append(keys, Key{code: c})
	}
	return keys
}

// joined puts pasted pieces that follow each other together.
func joined(keys []Key) []Key {
	var list []Key
	for _, k := range keys {
		if n := len(list); n > 0 && k.code == keyPaste && list[n-1].code == keyPaste {
			list[n-1].text += k.text
		} else {
			list = append(list, k)
		}
	}
	return list
}

func TestKeys(t *testing.T) {
	paste := func(text string) Key { return Key{code: keyPaste, text: text} }
	for _, tt := range []struct {
		in   string
		want []Key
	}{
		{"aé日😀", codes('a', 'é', '日', '😀')},
		{"\r\n\t\x7f\x03", codes(13, 10, 9, 127, 3)},
		{"a\xffb", codes('a', 0xfffd, 'b')},
		{"\xe6\x97x", codes(0xfffd, 0xfffd, 'x')},
		{"\x1b[A\x1b[B\x1b[C\x1b[D", codes(readline.CharPrev, readline.CharNext, readline.CharForward,
			readline.CharBackward)},
		{"\x1bOA\x1bOH\x1bOF", codes(readline.CharPrev, readline.CharLineStart, readline.CharLineEnd)},
		{"\x1b[1;5C\x1b[1;3D", codes(readline.MetaForward, readline.MetaBackward)},
		{"\x1b[1;2D", codes(readline.CharBackward)},
		{"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", codes(1, 5, 1, 5, 1, 5)},
		{"\x1b[3~\x1b[3;5~", codes(keyDelete, readline.MetaDelete)},
		{"\x1bb\x1bf\x1bd\x1b\x7f", codes(readline.MetaBackward, readline.MetaForward,
			readline.MetaDelete, readline.MetaBackspace)},
		{"\x1b\x1b[Ax", codes(readline.CharPrev, 'x')},
		{"\x1b[99~\x1b[?1;2c\x1bqx", codes('x')}, // keys and answers that mean nothing here
		{"\x1b[1;\x03x", codes(3, 'x')},
		{"\x1b[200~one\r\ntwo\rthree\nfour\x1b[201~x",
			append([]Key{paste("one\ntwo\nthree\nfour")}, codes('x')...)},
		{"\x1b[200~\x1b[201~x", codes('x')},
		{"\x1b[200~\x03\x1b[A\x1b[201\x1b[201~x",
			append([]Key{paste("\x03\x1b[A\x1b[201")}, codes('x')...)},
		{"\x1b[200~日\r\x1b[201~\n", append([]Key{paste("日")}, codes(10)...)},
		{"\x1b[200~a\r\n\r\n\x1b[201~", []Key{paste("a\n")}}, // one newline is that of the last line
		{"\x1b[200~\n\x1b[201~x", codes('x')},
		{"\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~", []Key{paste("ab")}},
	} {
		var d Decoder
		if got := joined(d.Feed(nil, []byte(tt.in))); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %v, want %v", tt.in, got, tt.want)
		}
		for i := range len(tt.in) + 1 {
			for j := i; j <= len(tt.in); j++ {
				var d Decoder
				keys := d.Feed(nil, []byte(tt.in[:i]))
				keys = d.Feed(keys, []byte(tt.in[i:j]))
				keys = joined(d.Feed(keys, []byte(tt.in[j:])))
				if !reflect.DeepEqual(keys, tt.want) || d.Wait() != 0 {
					t.Errorf("%q cut at %d and %d: got %v", tt.in, i, j, keys)
				}
			}
		}
	}
}

func TestAltEnter(t *testing.T) {
	var d Decoder
	if got := d.Feed(nil, []byte("a\x1b\rb")); !reflect.DeepEqual(got, codes('a', keyNewline, 'b')) {
		t.Errorf("got %v", got)
	}
}

func TestKeyTimeouts(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []Key
	}{
		{"\x1b", codes(keyEscape, 'x')},
		{"\x1b[1;", codes('x')},
		{"\x1bO", codes('x')},
		{"\x1b[200~ab\x1b[20", []Key{{code: keyPaste, text: "ab\x1b[20"}, {code: 'x'}}},
		{"\x1b[200~ab\n", []Key{{code: keyPaste, text: "ab"}, {code: 'x'}}},
		{"\x1b[200~ab\xe6", []Key{{code: keyPaste, text: "ab\xe6"}, {code: 'x'}}},
	} {
		var d Decoder
		keys := d.Feed(nil, []byte(tt.in))
		if d.Wait() == 0 {
			t.Errorf("%q: nothing is pending", tt.in)
		}
		keys = joined(d.Feed(d.Timeout(keys), []byte("x")))
		if !reflect.DeepEqual(keys, tt.want) || d.Wait() != 0 {
			t.Errorf("%q: got %v, want %v", tt.in, keys, tt.want)
		}
	}
}

func FuzzKeys(f *testing.F) {
	for _, s := range []string{
		"abc\r", "\x1b[A", "\x1b[200~a\r\nb\x1b[201~", "\x1b\x1b[", "\xf0\x9f\x98\x80",
	} {
		f.Add([]byte(s), 1)
	}
	f.Fuzz(func(t *testing.T, p []byte, cut int) {
		cut = min(max(cut, 0), len(p))
		var whole, parts Decoder
		want := joined(whole.Feed(nil, p))
		got := joined(parts.Feed(parts.Feed(nil, p[:cut]), p[cut:]))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q cut at %d: %v, whole %v", p, cut, got, want)
		}
	})
}
