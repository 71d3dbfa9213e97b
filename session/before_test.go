package session

import (
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// What happened before the end is known with it, however it came.
func TestBefore(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
		send func(c *client)
		peer func(p *wstest.Peer)
		want Before
	}{
		{"nothing", Config{}, nil, func(p *wstest.Peer) {}, Before{}},
		{"an idle end", Config{}, nil, func(p *wstest.Peer) {
			p.Text("hello")
			time.Sleep(60 * time.Second)
		}, Before{Life: 60 * time.Second, Idle: 60 * time.Second, MessagesIn: 1, Last: "hello",
			LastOpcode: wire.OpText}},
		{"a ping is not idle", Config{}, nil, func(p *wstest.Peer) {
			time.Sleep(50 * time.Second)
			p.Ping("x")
			time.Sleep(10 * time.Second)
		}, Before{Life: 60 * time.Second, Idle: 10 * time.Second}},
		{"a message with the Close", Config{}, nil, func(p *wstest.Peer) {
			time.Sleep(60 * time.Second)
			p.Write(append(wstest.Frame(wire.OpBinary, "bye"), wstest.CloseFrame(1000, "")...))
		}, Before{Life: 60 * time.Second, MessagesIn: 1, Last: "bye", LastOpcode: wire.OpBinary}},
		{"the beginning of another", Config{}, nil, func(p *wstest.Peer) {
			p.Write([]byte("\x01\x03fir\x80\x02st" + "\x01\x03lat\x80\x02e")) // its last byte is missing
		}, Before{MessagesIn: 1, Last: "first", LastOpcode: wire.OpText}},
		{"no answer", Config{}, func(c *client) {
			c.Send(wire.OpText, []byte("one"))
			c.Send(wire.OpBinary, []byte("two"))
		}, func(p *wstest.Peer) {
			p.ReadMessage()
			p.ReadMessage()
			p.Close(1000, "")
			p.ReadFrame()
		}, Before{MessagesOut: 2, Binary: 1, Unanswered: 2}},
		{"pings left unanswered", Config{NoPong: true}, nil, func(p *wstest.Peer) {
			p.Ping("x")
			time.Sleep(time.Second)
		}, Before{Life: time.Second, Idle: time.Second, Ignored: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, tt.cfg, nil, func(p *wstest.Peer) {
					p.Accept()
					tt.peer(p)
				})
				if tt.send != nil {
					tt.send(c)
				}
				got := c.Wait().Before
				got.Handshake = nil
				if got != tt.want {
					t.Errorf("%+v, want %+v", got, tt.want)
				}
			})
		})
	}
}

// LineEnd is part of each text message, however it is sent.
func TestLineEnd(t *testing.T) {
	for name, cfg := range map[string]Config{
		"plain": {}, "watched": {Watch: true}, "compressed": {Dial: dial.Config{Compress: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg.LineEnd = "\r\n"
				var got []string
				c := connect(t, cfg, func(ev *Event) {
					if ev.Kind == KindMessage && ev.Dir == In {
						got = append(got, ev.Opcode.String()+" "+string(ev.Payload))
					}
				}, func(p *wstest.Peer) {
					if cfg.Dial.Compress {
						p.Accept(wstest.Extensions("permessage-deflate"))
					} else {
						p.Accept()
					}
					p.Echo()
				})
				c.Send(wire.OpText, []byte("sent"))
				c.Send(wire.OpBinary, []byte("bytes"))
				b := c.NewBatch()
				b.Send(wire.OpText, []byte("first"))
				b.Send(wire.OpText, []byte("second"))
				b.Flush()
				w := c.NewWriter(wire.OpText)
				w.Write([]byte("in "))
				w.Last([]byte("pieces"))
				synctest.Wait()
				c.Close(1000, "")
				c.Wait()
				want := []string{"text sent\r\n", "binary bytes", "text first\r\n",
					"text second\r\n", "text in pieces\r\n"}
				if len(got) != len(want) {
					t.Fatalf("%q, want %q", got, want)
				}
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("%q, want %q", got[i], want[i])
					}
				}
			})
		})
	}
}
