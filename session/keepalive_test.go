package session

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestKeepalivePings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pings []string
		var pongs int
		cfg := Config{Watch: true, PingInterval: time.Minute, PingTimeout: 10 * time.Second,
			CloseTimeout: time.Hour}
		c := connect(t, cfg, func(ev *Event) {
			switch {
			case ev.Kind == KindPing && ev.Dir == Out:
				pings = append(pings, string(ev.Payload))
			case ev.Kind == KindPong && ev.RTT == time.Second:
				pongs++
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			for {
				h, payload, err := p.ReadFrame()
				if err != nil {
					return
				}
				time.Sleep(time.Second)
				switch h.Opcode {
				case wire.OpPing:
					p.Pong(string(payload))
				case wire.OpClose:
					time.Sleep(4 * time.Minute)
					p.Close(1000, "")
				}
			}
		})
		time.Sleep(5*time.Minute + 30*time.Second)
		synctest.Wait()
		if len(pings) != 5 || pongs != 5 || len(pings[0]) != 16 || pings[0] == pings[1] {
			t.Errorf("%d pings, %d pongs: %q", len(pings), pongs, pings)
		}
		c.Close(1000, "")
		c.Wait()
		synctest.Wait()
		if len(pings) != 5 {
			t.Errorf("%d pings, after our Close too", len(pings))
		}
		st := c.Stats()
		if st.PingsOut != 5 || st.RoundTrips.Count != 5 || st.RoundTrips.Min != int64(time.Second) {
			t.Errorf("%d pings, %d round trips", st.PingsOut, st.RoundTrips.Count)
		}
	})
}

func TestAPongThatDoesNotCome(t *testing.T) {
	for _, chatty := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			c := connect(t, Config{PingInterval: time.Minute, PingTimeout: 8 * time.Second}, nil,
				func(p *wstest.Peer) {
					p.Accept()
					for chatty && p.Binary(nil) == nil { // which is not a pong
						time.Sleep(time.Second)
					}
					p.Stall(nil)
				})
			end := c.Wait()
			if end.Cause != CauseTimeout || end.Err != ErrPongTimeout {
				t.Errorf("%+v", end)
			}
			if took := time.Since(start); took != 68*time.Second {
				t.Errorf("ended after %v", took)
			}
			synctest.Wait()
		})
	}
}

// What was sent since the peer was last heard of may have arrived or not: the end says how much that is.
func TestWhatWasSentSinceTheLastSignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{PingInterval: time.Second, PingTimeout: 8 * time.Second}, nil,
			func(p *wstest.Peer) {
				p.Accept()
				p.ReadFrame()
				time.Sleep(time.Millisecond) // Send has returned, and has counted it
				p.Text("got the first")
				p.Stall(nil)
			})
		for i := range 4 {
			if i == 1 {
				time.Sleep(10 * time.Millisecond) // the peer has answered
			}
			c.Send(wire.OpText, []byte("hi"))
		}
		if end := c.Wait(); end.Err != ErrPongTimeout || end.Unheard != 3 {
			t.Errorf("%+v", end)
		}
		synctest.Wait()
	})
}

// What takes us long is not held against the peer, nor is a ping of a person.
func TestAPongsTimeIsThePeers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{PingInterval: time.Minute, PingTimeout: 8 * time.Second}, func(ev *Event) {
			if ev.Kind == KindMessage {
				time.Sleep(10 * time.Minute)
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			p.ReadFrame() // the person's ping
			p.Text("take your time")
			for {
				h, payload, err := p.ReadFrame()
				if err != nil {
					return
				}
				if h.Opcode == wire.OpPing {
					p.Pong(string(payload))
				}
			}
		})
		c.Ping([]byte("mine"))
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		select {
		case <-c.Done():
			t.Errorf("%+v", c.Wait())
		default:
		}
		c.Stall(true) // nor what we do not want to read
		time.Sleep(20 * time.Minute)
		c.Stall(false)
		time.Sleep(20 * time.Minute)
		c.Drop()
		if end := c.Wait(); end.Cause != CauseDropped {
			t.Errorf("%+v", end)
		}
		synctest.Wait()
	})
}

func TestNoPong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{Watch: true, NoPong: true, PongDelay: time.Second}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Ping("a")
			p.Close(1000, "")
			if h, _, _ := p.ReadFrame(); h.Opcode != wire.OpClose {
				t.Errorf("a ping was answered with %v", h)
			}
		})
		c.want(End{Cause: CauseClosed, Sent: 1000, Received: true, Code: 1000},
			`ping "a"`, `close 1000 ""`, `out close 1000 ""`)
	})
}

func TestDelayedPongs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := connect(t, Config{PongDelay: 10 * time.Second}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Ping("a")
			time.Sleep(3 * time.Second)
			p.Ping("b")
			for _, want := range []string{"a 10s", "b 13s"} {
				_, payload, _ := p.ReadFrame()
				if got := fmt.Sprintf("%s %v", payload, time.Since(start)); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			}
			p.Ping("too late")
			p.Close(1000, "")
			expectClose(p, 1000)
		})
		c.want(End{Cause: CauseClosed, Sent: 1000, Received: true, Code: 1000},
			`ping "a"`, `ping "b"`, `ping "too late"`, `close 1000 ""`)
	})
}

// Of a flood of pings the latest are answered.
func TestDelayedPongsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const flood = 3 * maxPongs
		c := connect(t, Config{PongDelay: time.Second}, nil, func(p *wstest.Peer) {
			p.Accept()
			var all bytes.Buffer
			for i := range flood {
				all.Write(wstest.Frame(wire.OpPing, fmt.Sprint(i)))
			}
			p.Write(all.Bytes())
			for i := flood - maxPongs; i < flood; i++ {
				if _, payload, err := p.ReadFrame(); string(payload) != fmt.Sprint(i) {
					t.Errorf("the pong %q %v, want %d", payload, err, i)
					break
				}
			}
			p.Close(1000, "")
			expectClose(p, 1000)
		})
		if end := c.Wait(); end.Cause != CauseClosed {
			t.Errorf("%+v", end)
		}
		synctest.Wait()
	})
}

// TestAlivePings: the session's own pings, and what answers them, are told apart from those of
// others by where they come from, and not by how they look.
func TestAlivePings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		cfg := Config{Watch: true, PingInterval: time.Minute}
		c := connect(t, cfg, func(ev *Event) {
			if ev.Kind != KindPing && ev.Kind != KindPong {
				return
			}
			payload := string(ev.Payload)
			if ev.Alive {
				payload = "alive"
			}
			told = append(told, fmt.Sprint(ev.Kind, ev.Dir, " ", payload))
		}, func(p *wstest.Peer) {
			p.Accept()
			p.Echo()
		})
		const typed = "0123456789abcdef"
		c.Ping([]byte(typed))
		time.Sleep(time.Minute + time.Second)
		c.Pong([]byte(typed))
		synctest.Wait()
		c.Close(1000, "")
		c.Wait()
		want := []string{"3 1 " + typed, "4 0 " + typed, "3 1 alive", "4 0 alive", "4 1 " + typed}
		if !slices.Equal(told, want) {
			t.Errorf("got %q, want %q", told, want)
		}
	})
}
