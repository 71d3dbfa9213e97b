package session_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// kosme is a Greek word in which characters have 2 and 3 bytes.
const kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"

// incomplete are sequences that lack their last byte.
var incomplete = []string{
	"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80",
	"\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf",
}

// utf8Classes are the classes of Markus Kuhn's stress test for decoders, which the suite follows.
func utf8Classes() map[string][]string {
	return map[string][]string{
		"6.5 text": {"hello$world", "hello\xc2\xa2world", "hello\xe2\x82\xacworld",
			"hello\xf0\xa4\xad\xa2world", kosme},
		"6.6 prefixes":     prefixes(kosme),
		"6.7 first":        {"\x00", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"},
		"6.8 first of 5 6": {"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"},
		"6.9 last":         {"\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"},
		"6.10 last of 4 5 6": {"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf",
			"\xfd\xbf\xbf\xbf\xbf\xbf"},
		"6.11 boundaries": {"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf",
			"\xf4\x90\x80\x80"},
		"6.12 continuations": append(prefixes("\x80\xbf\x80\xbf\x80\xbf\x80"), "\xbf",
			byteRange(0x80, 0xbf, "")),
		"6.13 lonely starts": {byteRange(0xc0, 0xdf, " "), byteRange(0xe0, 0xef, " "),
			byteRange(0xf0, 0xf7, " "), byteRange(0xf8, 0xfb, " "), byteRange(0xfc, 0xfd, " ")},
		"6.14 last byte missing":     incomplete,
		"6.15 incomplete one by one": {strings.Join(incomplete, "")},
		"6.16 impossible bytes":      {"\xfe", "\xff", "\xfe\xfe\xff\xff"},
		"6.17 overlong ASCII": {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
			"\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf"},
		"6.18 longest overlong": {"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
			"\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"},
		"6.19 overlong NUL": {"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80",
			"\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80"},
		"6.20 surrogates": {"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf",
			"\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf"},
		"6.21 paired surrogates": surrogatePairs(),
		"6.22 noncharacters":     noncharacters(),
		"6.23 specials":          {"\ufff9", "\ufffa", "\ufffb", "\ufffc", "\ufffd", "\ufffe", "\uffff"},
	}
}

func prefixes(s string) (all []string) {
	for i := range len(s) {
		all = append(all, s[:i+1])
	}
	return all
}

// byteRange is the bytes from first to last, each followed by sep.
func byteRange(first, last int, sep string) string {
	var b strings.Builder
	for c := first; c <= last; c++ {
		b.WriteByte(byte(c))
		b.WriteString(sep)
	}
	return b.String()
}

func surrogatePairs() (all []string) {
	for _, high := range []string{"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf"} {
		all = append(all, high+"\xed\xb0\x80", high+"\xed\xbf\xbf")
	}
	return all
}

// noncharacters are the last two of every plane, which are valid.
func noncharacters() (all []string) {
	for plane := rune(0); plane <= 0x10; plane++ {
		all = append(all, string(plane<<16|0xfffe), string(plane<<16|0xffff))
	}
	return all
}

// firstBad is the offset of the first byte after which nothing can make s valid; len(s) when only
// the end of s is wrong; -1 when s is valid.
func firstBad(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || n > 1 {
			i += n
			continue
		}
		for j := i + 1; j <= len(s); j++ {
			if utf8.FullRuneInString(s[i:j]) {
				return j - 1
			}
		}
		return len(s)
	}
	return -1
}

func TestConformanceUTF8(t *testing.T) {
	for class, all := range utf8Classes() {
		t.Run(class, func(t *testing.T) {
			var valid []conformance
			for i, s := range all {
				id := fmt.Sprint(i + 1)
				if bad := firstBad(s); bad < 0 {
					valid = append(valid, everyCut(id, s, 0)...)
				} else {
					runAll(t, everyCut(id, s, 1007))
					runAll(t, failFast(id, s, bad))
				}
			}
			runAll(t, together(valid))
		})
	}
}

// everyCut is a text in one frame, in two cut at every byte, and in one for each byte.
func everyCut(id, s string, code wire.StatusCode) []conformance {
	var want []answer
	if code == 0 {
		want = []answer{{wire.OpText, s}}
	}
	cases := []conformance{
		{id: id + " whole", send: write(text(s)), want: want, code: code},
		{id: id + " bytewise", send: fragments(wire.OpText, 0, split(s, 1)...), want: want, code: code},
	}
	for i := range min(len(s)+1, 12) {
		cases = append(cases, conformance{id: fmt.Sprintf("%s cut at %d", id, i),
			send: fragments(wire.OpText, 0, s[:i], s[i:]), want: want, code: code})
	}
	return cases
}

// together makes one case of many that go well.
func together(cases []conformance) []conformance {
	if len(cases) == 0 {
		return nil
	}
	all := conformance{id: "valid"}
	for _, c := range cases {
		all.send = append(all.send, c.send...)
		all.want = append(all.want, c.want...)
	}
	return []conformance{all}
}

// failFast is a message that stops right after its first wrong byte: the client must not wait for
// the rest. One that is wrong only at its end must fail with its last frame.
func failFast(id, s string, bad int) []conformance {
	if bad == len(s) {
		return nil
	}
	head := wire.Header{Fin: true, Opcode: wire.OpText, Length: 1 << 20}.Append(nil)
	seen := kosme + s[:bad+1]
	return []conformance{
		{id: id + " first wrong byte ends a fragment",
			send: [][]byte{frame(0x1, kosme), frame(0, s[:bad+1])}, code: 1007},
		{id: id + " first wrong byte within a frame", send: write(head, []byte(seen)), code: 1007},
		{id: id + " first wrong byte within a frame, bytewise",
			send: append(write(head), chop([]byte(seen), 1)...), code: 1007},
	}
}

func TestConformanceText(t *testing.T) {
	greek := "Hello-µ@ßöäüàá-UTF-8!!"
	head := text(kosme + "\xf4\x90\x80\x80" + "edited")[:2]
	cases := slices.Concat(
		chopped(conformance{id: "6.1.1", send: write(text("")), want: []answer{{wire.OpText, ""}}}),
		chopped(conformance{id: "6.1.2", send: fragments(wire.OpText, 0, "", "", ""),
			want: []answer{{wire.OpText, ""}}}),
		chopped(conformance{id: "6.1.3", send: fragments(wire.OpText, 0, "", "middle", ""),
			want: []answer{{wire.OpText, "middle"}}}),
		everyCut("6.2", greek, 0), everyCut("6.2.4", kosme, 0),
		everyCut("6.3.1", kosme+"\xed\xa0\x80edited", 1007),
		[]conformance{
			// The rest of the message is never sent, so a client that waits for it never ends.
			{id: "6.4.1", send: [][]byte{frame(0x1, kosme), frame(0, "\xf4\x90\x80\x80")}, code: 1007},
			{id: "6.4.2", send: [][]byte{frame(0x1, kosme+"\xf4"), frame(0, "\x90")}, code: 1007},
			{id: "6.4.3", send: [][]byte{head, []byte(kosme), []byte("\xf4\x90")}, code: 1007},
			{id: "6.4.4", send: [][]byte{head, []byte(kosme + "\xf4"), []byte("\x90")}, code: 1007},
			{id: "6.4.x after messages", code: 1007, want: []answer{{wire.OpText, kosme}},
				send: [][]byte{text(kosme), frame(0x1, kosme), frame(0, "\xff")}},
			{id: "6.4.x with a ping between", code: 1007, want: []answer{{wire.OpPong, "\xff"}},
				send: [][]byte{frame(0x1, kosme+"\xf4"), ping("\xff"), frame(0, "\x90")}},
			{id: "6.x a character does not go on in the next message", code: 1007,
				send: [][]byte{frame(0x1, "\xce"), frame(fin, ""), text("\xba")}},
			{id: "6.4.x far into a large frame", code: 1007, send: [][]byte{
				wire.Header{Fin: true, Opcode: wire.OpText, Length: 8 << 20}.Append(nil),
				[]byte(strings.Repeat(kosme, 4<<20/len(kosme))), {0xff}}},
			{id: "6.x binary may be anything", want: []answer{{wire.OpBinary, "\xff\xce"}},
				send: [][]byte{frame(0x2, "\xff"), frame(fin, "\xce")}},
			{id: "6.x text after binary", code: 1007, want: []answer{{wire.OpBinary, "\xff"}},
				send: [][]byte{wstest.Frame(wire.OpBinary, "\xff"), frame(0x1, "\xff")}},
		},
	)
	runAll(t, cases)
}
