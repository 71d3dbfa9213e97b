package session

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// Everything at once, watched: the handler is never called concurrently, every message is told once, before
// it comes back, and everything ends.
func TestEverythingAtOnce(t *testing.T) {
	for _, cfg := range []Config{
		{Watch: true}, {Watch: true, Frames: true, Stream: true},
		{Watch: true, Frames: true, Dial: compressed, PingInterval: time.Second, PongDelay: 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var calls sync.Mutex
			told, came := 0, 0
			last := Kind(0)
			c := connect(t, cfg, func(ev *Event) {
				if !calls.TryLock() {
					t.Error("called concurrently")
					return
				}
				defer calls.Unlock()
				switch {
				case ev.Kind == KindMessage && ev.Dir == Out && !ev.More:
					told++
				case ev.Kind == KindMessage && !ev.More:
					came++
				case ev.Kind == KindMessages:
					came += len(ev.Messages)
				}
				if came > told {
					t.Error("an answer was told before its question")
				}
				last = ev.Kind
			}, func(p *wstest.Peer) {
				if cfg.Dial.Compress {
					p.Accept(wstest.Extensions("permessage-deflate"))
				} else {
					p.Accept()
				}
				p.Echo()
			})
			const each = 200
			var wg sync.WaitGroup
			for i := range 4 {
				wg.Go(func() {
					for n := range each {
						c.Send(wire.OpText, make([]byte, n*i))
						c.Ping([]byte{byte(n)})
					}
				})
			}
			wg.Go(func() {
				for range each {
					w := c.NewWriter(wire.OpBinary)
					w.Write([]byte("one"))
					w.Write([]byte("two"))
					w.Close()
				}
			})
			wg.Go(func() {
				for n := range each {
					c.SetFrames(n%2 == 0)
					c.Stall(n%2 == 0)
					c.SendFrame(&RawFrame{Fin: true, Opcode: wire.OpPong, Masked: true, Length: -1})
					c.Stats()
				}
			})
			wg.Wait()
			c.Close(1000, "")
			if end := c.Wait(); end.Cause != CauseClosed {
				t.Errorf("%+v", end)
			}
			synctest.Wait()
			if told != 5*each || came != 5*each || last != KindEnd {
				t.Errorf("%d told, %d came, at last kind %d", told, came, last)
			}
			if st := c.Stats(); st.SizesIn.Count != 5*each || st.SizesOut.Count != 5*each {
				t.Errorf("%d sizes in, %d out", st.SizesIn.Count, st.SizesOut.Count)
			}
		})
	}
}

// The handler may drop the connection, whichever goroutine calls it.
func TestTheHandlerDrops(t *testing.T) {
	for _, at := range []struct {
		kind Kind
		dir  Direction
	}{{KindFrame, Out}, {KindFrame, In}, {KindMessage, Out}, {KindMessage, In}} {
		synctest.Test(t, func(t *testing.T) {
			ready := make(chan struct{})
			var c *client
			c = connect(t, framed, func(ev *Event) {
				if ev.Kind == at.kind && ev.Dir == at.dir {
					<-ready
					c.Drop()
				}
			}, func(p *wstest.Peer) {
				p.Accept()
				p.Echo()
			})
			close(ready)
			c.Send(wire.OpText, []byte("hi"))
			if end := c.Wait(); end.Cause != CauseDropped {
				t.Errorf("%+v: %+v", at, end)
			}
			synctest.Wait()
		})
	}
}
