package session

import (
	"bytes"
	"crypto/rand"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// What is told as sent, and counted, has its place before our Close frame, and the rest is ErrClosed: no
// more and no less, whoever sends, and whenever Close is called.
func TestToldIsSent(t *testing.T) {
	var noise []byte // which does not become much smaller
	for len(noise) < 256<<10 {
		noise = append(noise, rand.Text()...)
	}
	message := func(n int) []byte { at := n % 250 * 1000; return noise[at : at+1000] }
	for name, cfg := range map[string]Config{
		"plain": {Watch: true}, "frames": {Watch: true, Frames: true}, "not watched": {},
		"compressed":              {Watch: true, Dial: compressed},
		"compressed, not watched": {Dial: compressed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg.CloseTimeout = time.Hour // the peer is slow
				told, came, closed := 0, 0, false
				c := connect(t, cfg, func(ev *Event) {
					switch {
					case ev.Kind == KindMessage && ev.Dir == Out && !ev.More:
						told++
						if closed {
							t.Error("told after our Close frame")
						}
					case ev.Kind == KindClose && ev.Dir == Out:
						closed = true
					}
				}, func(p *wstest.Peer) {
					if cfg.Dial.Compress {
						p.Accept(wstest.Extensions("permessage-deflate"))
					} else {
						p.Accept()
					}
					for {
						h, _, err := p.ReadFrame()
						if err != nil || h.Opcode == wire.OpClose {
							p.Close(1000, "")
							return
						}
						if h.Fin && !h.Opcode.IsControl() {
							came++
						}
						time.Sleep(time.Millisecond) // of the bubble's: it is slow
					}
				})
				sent := make(chan int, 3)
				try := func(send func([]byte) error) {
					n := 0
					for send(message(n)) == nil {
						n++
					}
					sent <- n
				}
				go try(func(b []byte) error { return c.Send(wire.OpText, b) })
				go try(func(b []byte) error {
					w := c.NewWriter(wire.OpText)
					if _, err := w.Write(b); err != nil {
						return err
					}
					return w.Close()
				})
				go func() {
					b, n := c.NewBatch(), 0
					for b.Send(wire.OpText, message(n)) == nil && b.Flush() == nil {
						n++
					}
					sent <- n
				}()
				time.Sleep(time.Second)
				c.Close(1000, "")
				all := <-sent + <-sent + <-sent
				if end := c.Wait(); end.Cause != CauseClosed {
					t.Errorf("%+v", end)
				}
				synctest.Wait()
				if all != came || c.Stats().MessagesOut != int64(came) || cfg.Watch && told != came {
					t.Errorf("%d sent, %d counted, %d told, %d came", all, c.Stats().MessagesOut, told, came)
				}
			})
		})
	}
}

// With Watch a Batch gathers nothing that was told already.
func TestABatchTellsWhatLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, watched, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Echo()
		})
		b := c.NewBatch()
		b.Send(wire.OpText, []byte("one"))
		synctest.Wait()
		c.Close(1000, "")
		if err := b.Send(wire.OpText, []byte("two")); err != ErrClosed {
			t.Errorf("after our Close: %v", err)
		}
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 1000, Received: true, Code: 1000},
			`out text "one"`, `text "one"`, `out close 1000 ""`, `close 1000 ""`)
	})
}

// What waits behind a write that the peer does not take is told when it is about to be written, or
// before what comes, what is typed, and the end.
func TestToldBeforeItLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, say := make(chan struct{}), make(chan struct{})
		c := connect(t, watched, nil, func(p *wstest.Peer) {
			p.Accept()
			<-say
			p.Text("hello")
			<-read
			for {
				if h, _, err := p.ReadFrame(); err != nil || h.Opcode == wire.OpClose {
					p.Close(1000, "")
					return
				}
			}
		})
		lines := []string{"open"}
		told := func(more ...string) {
			t.Helper()
			synctest.Wait()
			c.mu.Lock()
			defer c.mu.Unlock()
			lines = append(lines, more...)
			wantLines(t, c.log, lines...)
		}
		c.Send(wire.OpText, bytes.Repeat([]byte("x"), 100_000)) // more than the pipe holds
		told(`out text "xxxxxxxxxx...(100000)"`)
		c.Send(wire.OpText, []byte("two"))
		c.Ping(nil)
		told()
		close(say)
		told(`out text "two"`, `out ping ""`, `text "hello"`)
		c.Send(wire.OpText, []byte("three"))
		c.Typed("/stats", nil)
		told(`out text "three"`, "out kind 10")
		c.Send(wire.OpText, []byte("four"))
		told()
		close(read)
		told(`out text "four"`)
		c.Send(wire.OpText, []byte("five"))
		c.Drop()
		c.Wait()
		told(`out text "five"`, "end")
	})
}

// What a handler does with an event changes nothing of what is counted as waiting.
func TestTellerCounts(t *testing.T) {
	tell := newTeller(func(ev *Event) { ev.Payload = nil })
	tell.note(&Event{Kind: KindMessage, Dir: Out, Payload: make([]byte, 1000)})
	tell.tell(&Event{Kind: KindEnd})
	<-tell.done
	if left := tell.bytes.Load(); left != 0 {
		t.Errorf("%d bytes are counted when all has been told", left)
	}
}
