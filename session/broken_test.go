package session

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// RFC 6455 §7.1.7: a peer that takes nothing any more has failed the connection, also when it says nothing.
func TestAFailedWriteFailsTheConnection(t *testing.T) {
	for name, do := range map[string]func(c *client){
		"a message": func(c *client) { c.Send(wire.OpText, []byte("hello")) },
		"a ping":    func(c *client) { c.Ping(nil) },
		"Close":     func(c *client) { c.Close(1000, "") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, Config{CloseTimeout: time.Hour}, nil, func(p *wstest.Peer) {
					p.Accept()
					p.CloseRead()
					p.Stall(nil)
				})
				synctest.Wait()
				start := time.Now()
				do(c)
				end := c.Wait()
				if end.Cause != CauseBroken || end.Err != ErrReset || end.Received {
					t.Errorf("%+v", end)
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("it took %v", took)
				}
				synctest.Wait()
			})
		})
	}
}

// What had come before is told, however long that takes, and a Close frame among it is the end.
func TestAFailedWriteLosesNothingThatCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, func(ev *Event) {
			if ev.Kind == KindMessage {
				time.Sleep(3 * time.Second)
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			p.CloseRead()
			long := strings.Repeat("x", 40_000) // twice that is more than the pipe holds
			p.Text(long)
			p.Text(long)
			p.Close(1008, "no")
			p.Stall(nil)
		})
		synctest.Wait() // the peer takes nothing any more
		c.Send(wire.OpText, []byte("hello"))
		long := `text "xxxxxxxxxx...(40000)"`
		c.want(End{Cause: CauseClosed, Received: true, Code: 1008, Reason: "no"},
			long, long, `close 1008 "no"`)
	})
}

// One that takes nothing and never stops sending is not heard for ever.
func TestAFailedWriteEndsAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.CloseRead()
			for p.Text("tick") == nil {
				time.Sleep(100 * time.Millisecond)
			}
		})
		synctest.Wait()
		start := time.Now()
		c.Send(wire.OpText, []byte("hello"))
		if end := c.Wait(); end.Err != ErrReset || time.Since(start) > 2*time.Second {
			t.Errorf("%+v after %v", end, time.Since(start))
		}
		synctest.Wait()
	})
}
