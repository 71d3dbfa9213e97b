package session

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func isPong(op wire.Opcode, payload []byte) bool {
	return op == wire.OpText && string(payload) == "pong"
}

var heart = Heartbeat{
	Message:  wire.Message{Opcode: wire.OpText, Payload: []byte("ping")},
	Interval: time.Minute, Answers: isPong,
}

// answering is a peer that answers each "ping" after a while, and sends back all else.
func answering(after func(n int) time.Duration) func(p *wstest.Peer) {
	return func(p *wstest.Peer) {
		p.Accept()
		for n := 0; ; {
			h, payload, err := p.ReadFrame()
			switch {
			case err != nil:
				return
			case h.Opcode == wire.OpClose:
				p.Close(1000, "")
				return
			case string(payload) == "ping":
				n++
				time.Sleep(after(n))
				p.Text("pong")
			default:
				p.Text(string(payload))
			}
		}
	}
}

func TestHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		c := connect(t, Config{Watch: true, Heartbeat: heart, CloseTimeout: time.Hour}, func(ev *Event) {
			if ev.Kind == KindMessage {
				told = append(told, fmt.Sprintf("%v %s %v", ev.Dir, ev.Payload, ev.Alive))
			}
		}, answering(func(int) time.Duration { return 59 * time.Second }))
		time.Sleep(2*time.Minute + 30*time.Second)
		c.Send(wire.OpText, []byte("hi"))
		time.Sleep(time.Minute)
		c.Close(1000, "")
		end := c.Wait()
		want := "1 ping true,0 pong true,1 ping true,1 hi false,0 pong true,0 hi false,1 ping true,0 pong true"
		if got := strings.Join(told, ","); got != want {
			t.Errorf("told %s\nwant %s", got, want)
		}
		if end.Cause != CauseClosed || end.MessagesOut != 4 {
			t.Errorf("%+v", end)
		}
		synctest.Wait()
	})
}

// A heartbeat is compressed as every message is.
func TestCompressedHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alive, packed := 0, 0
		cfg := Config{Watch: true, Heartbeat: heart, Dial: compressed}
		c := connect(t, cfg, func(ev *Event) {
			if ev.Alive {
				alive++
			}
		}, func(p *wstest.Peer) {
			p.Accept(wstest.Extensions("permessage-deflate"))
			for {
				h, _, err := p.ReadFrame()
				if err != nil {
					return
				}
				if h.Opcode == wire.OpText && h.RSV1 {
					packed++
					p.Text("pong")
				}
			}
		})
		time.Sleep(10*time.Minute + time.Second)
		c.Drop()
		if c.Wait(); alive != 20 || packed != 10 {
			t.Errorf("%d are told, %d compressed", alive, packed)
		}
		synctest.Wait()
	})
}

// An answer that has not come when the next one would be due ends the connection, also when other
// messages come, and when the peer takes nothing.
func TestAHeartbeatWithoutAnAnswer(t *testing.T) {
	for name, peer := range map[string]func(p *wstest.Peer){
		"silent": func(p *wstest.Peer) { p.Accept(); p.Stall(nil) },
		"chatty": func(p *wstest.Peer) {
			p.Accept()
			for p.Text("tick") == nil {
				time.Sleep(time.Second)
			}
		},
		"once": answering(func(n int) time.Duration { return time.Duration(n-1) * time.Hour }),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c := connect(t, Config{Heartbeat: heart}, nil, peer)
				end := c.Wait()
				want := 2 * time.Minute
				if name == "once" {
					want += time.Minute
				}
				if took := time.Since(start); end.Cause != CauseTimeout || end.Err != ErrHeartbeatTimeout ||
					took != want {
					t.Errorf("%+v after %v", end, took)
				}
				time.Sleep(2 * time.Hour) // of the peer's
			})
		})
	}
}

// Our own slowness is not the peer's.
func TestHeartbeatsOfASlowHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := true
		c := connect(t, Config{Heartbeat: heart}, func(ev *Event) {
			if ev.Kind == KindMessage && slow {
				slow = false
				time.Sleep(10 * time.Minute)
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			p.Text("slow")
			p.Stall(nil)
		})
		start := time.Now()
		if end := c.Wait(); end.Err != ErrHeartbeatTimeout || time.Since(start) < 10*time.Minute+59*time.Second {
			t.Errorf("%+v after %v", end, time.Since(start))
		}
		synctest.Wait()
	})
}

// What answers a message is sent by itself, also while the peer takes nothing: then the reader goes
// on, some answers are left out, and that is told.
func TestAnswersAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 10_000
		padding := strings.Repeat("x", 2000)
		taken, told, notices, last := 0, 0, 0, -1
		cfg := Config{Respond: func(op wire.Opcode, payload []byte) (wire.Message, bool) {
			m := wire.Message{Opcode: op, Payload: []byte(string(payload) + padding)}
			return m, strings.HasPrefix(string(payload), "ask")
		}}
		c := connect(t, cfg, func(ev *Event) {
			switch ev.Kind {
			case KindNotice:
				notices++
			case KindMessage:
				told++
				if ev.Auto != strings.HasPrefix(string(ev.Payload), "ask") {
					t.Errorf("%s: auto is %v", ev.Payload, ev.Auto)
				}
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			for i := range n { // and takes nothing
				p.Text(fmt.Sprintf("ask %d", i))
				p.Text("all else")
			}
			p.Text("end")
			for {
				h, payload, err := p.ReadFrame()
				switch {
				case err != nil:
					return
				case h.Opcode == wire.OpClose:
					p.Close(1000, "")
					return
				}
				n := -1
				fmt.Sscanf(string(payload), "ask %d", &n)
				if n <= last || n != taken && notices == 0 {
					t.Errorf("got the answer %s behind %d", payload, last)
				}
				taken, last = taken+1, n
			}
		})
		time.Sleep(time.Hour)
		c.Close(1000, "")
		c.Wait()
		if told != 2*n+1 || taken < maxAsides || taken == n || notices != 1 {
			t.Errorf("%d messages were told, %d answers taken, %d notices", told, taken, notices)
		}
		synctest.Wait()
	})
}

func TestRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		came := map[string]int{}
		c := connect(t, Config{}, func(ev *Event) {
			if ev.Kind == KindMessage {
				came[string(ev.Payload)]++
			}
		}, answering(nil))
		every := func(d time.Duration, s string) error { return c.Repeat(d, wire.OpText, []byte(s)) }
		if err := every(time.Second, "\xff"); err != ErrNotUTF8 {
			t.Errorf("%v", err)
		}
		every(10*time.Second, "a")
		every(25*time.Second, "b")
		time.Sleep(time.Minute + time.Second)
		if n := c.StopRepeats(); n != 2 {
			t.Errorf("%d were repeated", n)
		}
		every(20*time.Second, "c")
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		if fmt.Sprint(came) != "map[a:6 b:2 c:3]" {
			t.Errorf("%v", came)
		}
		for range maxRepeats - 1 {
			every(time.Hour, "d")
		}
		if err := every(time.Hour, "d"); err != ErrRepeats {
			t.Errorf("%v", err)
		}
		c.Close(1000, "")
		if err := every(time.Hour, "e"); err != ErrClosed {
			t.Errorf("%v", err)
		}
		c.Wait()
		if err := every(time.Hour, "e"); err != ErrClosed {
			t.Errorf("%v", err)
		}
		synctest.Wait()
	})
}

// A message in fragments keeps heartbeats from leaving, and so from being answered.
func TestHeartbeatsBehindFragments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{Heartbeat: heart, CloseTimeout: time.Hour}, nil,
			answering(func(int) time.Duration { return time.Second }))
		w := c.NewWriter(wire.OpText)
		w.Write([]byte("slow"))
		time.Sleep(10*time.Minute + 30*time.Second)
		if err := w.Last(nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		c.Close(1000, "")
		if end := c.Wait(); end.Cause != CauseClosed || end.MessagesOut != 8 { // two heartbeats had waited
			t.Errorf("%+v", end)
		}
		synctest.Wait()
	})
}
