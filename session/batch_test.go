package session

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		c := connect(t, Config{}, nil, frames(&got))
		b := c.NewBatch()
		var want []string
		send := func(op wire.Opcode, payload string) {
			if err := b.Send(op, []byte(payload)); err != nil {
				t.Fatal(err)
			}
			want = append(want, fmt.Sprintf("%v fin=true %q", op, payload))
		}
		send(wire.OpText, "one")
		send(wire.OpBinary, "\xff")
		synctest.Wait()
		if len(got) != 0 {
			t.Errorf("%q left before Flush", got)
		}
		if err := b.Send(wire.OpText, []byte("\xff")); err != ErrNotUTF8 {
			t.Errorf("%v", err)
		}
		send(wire.OpBinary, strings.Repeat("x", batchLimit+1)) // goes by itself, behind what was gathered
		for i := range 30_000 {
			send(wire.OpText, fmt.Sprint("message ", i))
		}
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		if st := c.Stats(); st.MessagesOut != 30_003 {
			t.Errorf("%+v", st)
		}
		c.Close(1000, "")
		if b.Send(wire.OpText, nil) != nil || b.Flush() != ErrClosed || b.Flush() != nil {
			t.Error("what follows Close is not refused once")
		}
		c.Wait()
		synctest.Wait()
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%d frames came, %d were sent, or others", len(got), len(want))
		}
	})
}

func TestBatchCompresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back bytes.Buffer
		c := connect(t, Config{Dial: compressed}, func(ev *Event) { back.Write(ev.Payload) },
			func(p *wstest.Peer) {
				p.Accept(wstest.Extensions("permessage-deflate"))
				for {
					h, b, err := p.ReadFrame()
					if err != nil {
						return
					}
					if !h.RSV1 && h.Opcode == wire.OpText && len(b) > 0 {
						t.Errorf("%q was not compressed", b)
					}
					h.Masked = false
					p.WriteFrame(h, b)
					if h.Opcode == wire.OpClose {
						return
					}
				}
			})
		b := c.NewBatch()
		for _, s := range []string{"a", "", "b"} {
			if err := b.Send(wire.OpText, []byte(s)); err != nil {
				t.Fatal(err)
			}
		}
		b.Flush()
		c.Close(1000, "")
		c.Wait()
		if back.String() != "ab" {
			t.Errorf("%q", back.String())
		}
	})
}
