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
		{"whole, just fits", "abcd", func(p *Pipe) { p.Whole = true },
			[]string{`text false "abcd"`, `continuation true ""`}, ""},
		{"whole", "abcdefghij", func(p *Pipe) { p.Whole, p.Binary = true, true },
			[]string{`binary false "abcd"`, `continuation false "efgh"`, `continuation false "ij"`,
				`continuation true ""`}, ""},
		{"lines", "ab\nabcdef\n", func(p *Pipe) {},
			[]string{`text true "ab"`, `text false "abcd"`, `continuation false "ef"`, `continuation true ""`}, ""},
		{"characters are cut", "aaa€€", func(p *Pipe) { p.Whole = true },
			[]string{`text false "aaa\xe2"`, `continuation false "\x82\xac\xe2\x82"`, `continuation false "\xac"`,
				`continuation true ""`}, ""},
		{"not UTF-8 far in", "aaaaaaaaa\xff", func(p *Pipe) { p.Whole = true },
			[]string{`text false "aaaa"`, `continuation false "aaaa"`}, "stdin is not valid UTF-8"},
		{"ends within a character", "aaaaaaa\xe2", func(p *Pipe) { p.Whole = true },
			[]string{`text false "aaaa"`, `continuation false "aaa\xe2"`}, "stdin is not valid UTF-8"},
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
