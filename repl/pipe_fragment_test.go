package repl

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestPipeFragments(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		set      func(p *Pipe)
		want     []string
		err      string
	}{
		{"whole, in one frame", "abc", func(p *Pipe) { p.Whole = true }, []string{`text true "abc"`}, ""},
		{"whole, empty", "", func(p *Pipe) { p.Whole = true }, []string{`text true ""`}, ""},
		{"whole, just fits", "abcd", func(p *Pipe) { p.Whole = true }, []string{`text true "abcd"`}, ""},
		{"whole, fits twice", "abcdefgh", func(p *Pipe) { p.Whole = true },
			[]string{`text false "abcd"`, `continuation true "efgh"`}, ""},
		{"whole", "abcdefghij", func(p *Pipe) { p.Whole, p.Binary = true, true },
			[]string{`binary false "abcd"`, `continuation false "efgh"`, `continuation true "ij"`}, ""},
		{"lines", "ab\nabcdef\n", func(p *Pipe) {},
			[]string{`text true "ab"`, `text false "abcd"`, `continuation true "ef"`}, ""},
		{"lines that fit", "abcd\nabcdefgh\n", func(p *Pipe) {},
			[]string{`text true "abcd"`, `text false "abcd"`, `continuation true "efgh"`}, ""},
		{"messages", "", func(p *Pipe) {
			p.OnOpen = []Message{{wire.OpText, []byte("first of all")}}
			p.Execute = []Message{{wire.OpBinary, []byte("abcdef")}, {wire.OpText, []byte("ab")}}
		}, []string{`text false "firs"`, `continuation false "t of"`, `continuation true " all"`,
			`binary false "abcd"`, `continuation true "ef"`, `text true "ab"`}, ""},
		{"commands", "/text abcdef\n//abcde\n/binary 0001020304\n", func(p *Pipe) { p.Slash = true },
			[]string{`text false "abcd"`, `continuation true "ef"`,
				`text false "/abc"`, `continuation true "de"`,
				`binary false "\x00\x01\x02\x03"`, `continuation true "\x04"`}, ""},
		{"characters are cut", "aaa€€", func(p *Pipe) { p.Whole = true },
			[]string{`text false "aaa\xe2"`, `continuation false "\x82\xac\xe2\x82"`, `continuation true "\xac"`}, ""},
		{"not UTF-8 far in", "aaaaaaaaa\xff", func(p *Pipe) { p.Whole = true },
			[]string{`text false "aaaa"`, `continuation false "aaaa"`}, "stdin is not valid UTF-8"},
		{"ends within a character", "aaaaaaa\xe2", func(p *Pipe) { p.Whole = true },
			[]string{`text false "aaaa"`}, "stdin is not valid UTF-8"},
		{"a bad line leaves nothing behind", "ok\naaaaaa\xff\n", func(p *Pipe) {},
			[]string{`text true "ok"`}, "line 2 of stdin is not valid UTF-8"},
	} {
		for _, in := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
			synctest.Test(t, func(t *testing.T) {
				var got []string
				p, _ := pipe(t, in, func(p *wstest.Peer) {
					for {
						h, payload, err := p.ReadFrame()
						if err != nil || h.Opcode == wire.OpClose {
							p.Close(1000, "")
							return
						}
						got = append(got, fmt.Sprintf("%v %v %q", h.Opcode, h.Fin, payload))
					}
				})
				p.Fragment = 4
				tt.set(p)
				res := p.Run(t.Context())
				if fmt.Sprint(got) != fmt.Sprint(tt.want) || errorText(res.Err) != tt.err {
					t.Errorf("%s: the peer got %q, %v\nwant %q", tt.name, got, res.Err, tt.want)
				}
			})
		}
	}
}
