package repl

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/session"
)

// Messages that came together are printed as those that came alone, and are looked at one by one
// where it matters which they are.
func TestPipeTakesMessagesTogether(t *testing.T) {
	var tapped, runs int
	for _, tt := range []struct {
		name    string
		set     func(p *Pipe)
		want    string
		runs    int
		tapped  int
		counted bool
	}{
		{"all", func(*Pipe) {}, "1 2 3 4 5", 1, 0, false},
		{"so many", func(p *Pipe) { p.Count = 3 }, "1 2 3", 0, 0, true},
		{"until", func(p *Pipe) { p.Expect = regexp.MustCompile("4") }, "1 2 3 4 5", 0, 0, true},
		{"watched", func(p *Pipe) {
			p.Tap = func(ev *session.Event) {
				if ev.Kind == session.KindMessage {
					tapped++
				}
			}
		}, "1 2 3 4 5", 0, 5, false},
		{"filtered", func(p *Pipe) {
			p.Views.Filter = func(payload []byte) (bool, [][]byte) { return payload[0]%2 == 0, nil }
		}, "2 4", 0, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tapped, runs = 0, 0
				p, out := pipe(t, nil, nil)
				p.Connect = connectWith(t, func(cfg *session.Config) { cfg.Stream = true },
					func(p *wstest.Peer) {
						var all bytes.Buffer
						for n := range 5 {
							all.Write(wstest.Frame(wire.OpText, fmt.Sprint(n+1)))
						}
						p.Write(all.Bytes())
						p.ReadFrame()
					})
				p.Print = func(dst []byte, ev *session.Event) []byte {
					if ev.Kind != session.KindMessages {
						return printLine(dst, ev)
					}
					runs++
					for _, m := range ev.Messages {
						dst = append(append(dst, m.Payload...), '\n')
					}
					return dst
				}
				tt.set(p)
				res := p.Run(t.Context())
				if got := strings.Join(strings.Fields(out.String()), " "); got != tt.want {
					t.Errorf("printed %q, want %q", got, tt.want)
				}
				if runs != tt.runs || tapped != tt.tapped || res.Met != tt.counted || res.Messages != 5 {
					t.Errorf("%d runs, %d tapped, %+v", runs, tapped, res)
				}
			})
		})
	}
}
