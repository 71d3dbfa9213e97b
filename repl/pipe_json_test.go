package repl

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// frames notes what a peer gets, until a Close frame comes, which it answers.
func frames(got *[]string) func(p *wstest.Peer) {
	return func(p *wstest.Peer) {
		for {
			h, payload, err := p.ReadFrame()
			if err != nil {
				return
			}
			fin := ""
			if !h.Fin {
				fin = " no-fin"
			}
			*got = append(*got, fmt.Sprintf("%v%s %q", h.Opcode, fin, payload))
			if h.Opcode == wire.OpClose {
				p.Close(1000, "")
				return
			}
		}
	}
}

func TestPipeJSON(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
		err      string
	}{
		{"messages", "{\"text\":\"a\"}\r\n\n{\"binary\":\"AA==\"}\n{\"ping\":\"p\"}\n{\"text\":\"b\"}",
			[]string{`text "a"`, `binary "\x00"`, `ping "p"`, `text "b"`, `close "\x03\xe8"`}, ""},
		{"frames", `{"fragment":{"text":"abc","size":2}}` + "\n" + `{"raw":"898000000000"}` + "\n" +
			`{"frame":{"opcode":"close","base64":"D6BieWU="}}`,
			[]string{`text no-fin "ab"`, `continuation "c"`, `ping ""`, `close "\x0f\xa0bye"`}, ""},
		{"close", `{"close":{"code":4000,"reason":"bye"}}`, []string{`close "\x0f\xa0bye"`}, ""},
		{"wrong", "{\"text\":\"a\"}\n\n{\"txt\":\"b\"}\n{\"text\":\"c\"}\n",
			[]string{`text "a"`, `close "\x03\xe8"`},
			`line 3: there is no member "txt": did you mean text?`},
	} {
		synctest.Test(t, func(t *testing.T) {
			var got []string
			p, _ := pipe(t, strings.NewReader(tt.in), frames(&got))
			p.JSON = true
			res := p.Run(t.Context())
			if fmt.Sprint(got) != fmt.Sprint(tt.want) || errorText(res.Err) != tt.err {
				t.Errorf("%s: the peer got %q, %v", tt.name, got, res.Err)
			}
		})
	}
}

// A program that drives a session gets the answer to a line before it writes the next.
func TestPipeJSONAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, program := io.Pipe()
		p, out := pipe(t, in, func(p *wstest.Peer) { p.Echo() })
		p.JSON = true
		done := make(chan Result)
		go func() { done <- p.Run(t.Context()) }()
		start, want := time.Now(), ""
		for i := range 3 {
			fmt.Fprintf(program, "{\"text\":\"%d\"}\n", i)
			synctest.Wait()
			if want += fmt.Sprintln(i); out.String() != want || time.Since(start) > 0 {
				t.Errorf("%q after %v, want %q", out.String(), time.Since(start), want)
			}
		}
		io.WriteString(program, `{"close":{}}`+"\n")
		if res := <-done; res.Err != nil || res.End.Sent != 1000 {
			t.Errorf("%+v", res)
		}
		program.Close()
	})
}
