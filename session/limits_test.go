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

// Every limit of time is what was asked for, to the moment.
func TestLimitsAreExact(t *testing.T) {
	const limit = 7 * time.Second
	handled := func(ev *Event) {
		if ev.Kind == KindMessage {
			time.Sleep(time.Minute) // which is not the peer's
		}
	}
	answered := func(s *Session, ev *Event) {
		for s.Send(wire.OpBinary, make([]byte, 100_000)) == nil {
		}
	}
	silent := func(p *wstest.Peer) { p.Stall(nil) }
	talks := func(p *wstest.Peer) {
		p.Text("hi")
		p.Stall(nil)
	}
	pings := Config{PingInterval: time.Second, PingTimeout: limit}
	answers := pings
	answers.Answer = answered
	tests := []struct {
		name  string
		cfg   Config
		on    func(*Event)
		peer  func(p *wstest.Peer)
		close bool // at the beginning
		want  time.Duration
		err   error
	}{
		{"Close, silent", Config{CloseTimeout: limit}, nil, silent, true, limit, ErrCloseTimeout},
		{"Close, short", Config{CloseTimeout: time.Microsecond}, nil, silent, true, time.Microsecond,
			ErrCloseTimeout},
		{"Close, a slow handler", Config{CloseTimeout: limit}, handled, talks, true,
			time.Minute + limit, ErrCloseTimeout},
		{"Close, heard last after 3 s", Config{CloseTimeout: limit}, nil, func(p *wstest.Peer) {
			time.Sleep(3 * time.Second)
			p.Text("hi")
			p.Stall(nil)
		}, true, 3*time.Second + limit, ErrCloseTimeout},
		{"Close, nothing is taken", Config{CloseTimeout: limit, Answer: answered}, nil, talks, true,
			limit, ErrCloseTimeout},
		{"Close, never silent", Config{CloseTimeout: limit}, nil, func(p *wstest.Peer) {
			for p.Text("tick") == nil {
				time.Sleep(700 * time.Millisecond)
			}
		}, true, closingPatience * limit, ErrCloseTimeout},
		{"pings", pings, nil, silent, false, time.Second + limit, ErrPongTimeout},
		{"pings, a slow handler", pings, handled, talks, false, time.Minute + limit, ErrPongTimeout},
		{"pings, nothing is taken", answers, nil, talks, false, time.Second + limit, ErrPongTimeout},
		{"pings, more than are remembered", Config{PingInterval: 10 * time.Millisecond,
			PingTimeout: limit}, nil, silent, false, 10*time.Millisecond + limit, ErrPongTimeout},
		{"pings, more than are remembered, for long", Config{PingInterval: time.Second,
			PingTimeout: time.Hour}, nil, silent, false, time.Second + time.Hour, ErrPongTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, tt.cfg, tt.on, func(p *wstest.Peer) {
					p.Accept()
					tt.peer(p)
				})
				start := time.Now()
				if tt.close {
					synctest.Wait()
					c.Close(1000, "")
				}
				end := c.Wait()
				if took := time.Since(start); took != tt.want || end.Err != tt.err {
					t.Errorf("%v after %v, want %v after %v", end.Err, took, tt.err, tt.want)
				}
				synctest.Wait()
			})
		})
	}
}

// Our own slow output is not the peer's silence, also when the peer waits for it in turn.
func TestOurSlowOutputIsNotThePeers(t *testing.T) {
	for _, cfg := range []Config{{}, {Watch: true}, {Watch: true, Frames: true}, {Echo: true},
		{Watch: true, Frames: true, Echo: true}} {
		cfg.PingInterval, cfg.PingTimeout = 10*time.Second, 2*time.Second
		t.Run(fmt.Sprintf("%v %v %v", cfg.Watch, cfg.Frames, cfg.Echo), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				held := true
				c := connect(t, cfg, func(ev *Event) {
					if held && ev.Kind == KindMessage {
						held = false
						time.Sleep(time.Minute)
					}
				}, func(p *wstest.Peer) {
					p.Accept()
					p.Text(strings.Repeat("x", 1000))
					if !cfg.Echo {
						p.Echo()
					}
					for {
						if h, payload, err := p.ReadFrame(); err != nil {
							return
						} else if h.Opcode == wire.OpPing {
							p.Pong(string(payload))
						}
					}
				})
				sending := make(chan struct{})
				go func() {
					defer close(sending)
					time.Sleep(10500 * time.Millisecond) // a ping has left, and its pong cannot be read
					for range 20 {
						c.Send(wire.OpBinary, make([]byte, 100_000))
					}
				}()
				time.Sleep(2 * time.Minute)
				<-sending
				select {
				case <-c.Done():
					t.Errorf("%+v", c.Wait())
				default:
				}
				c.Drop()
				c.Wait()
				synctest.Wait()
			})
		})
	}
}

// A peer that answers each ping, though late, is never late for us.
func TestManyOpenPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{PingInterval: time.Millisecond, PingTimeout: 3 * time.Second}
		c := connect(t, cfg, nil, func(p *wstest.Peer) {
			p.Accept()
			for {
				h, payload, err := p.ReadFrame()
				if err != nil || h.Opcode != wire.OpPing {
					return
				}
				time.AfterFunc(2*time.Second, func() { p.Pong(string(payload)) })
			}
		})
		time.Sleep(10 * time.Second)
		select {
		case <-c.Done():
			t.Errorf("%+v", c.Wait())
		default:
		}
		c.pingMu.Lock()
		if len(c.pings) > maxPings {
			t.Errorf("%d pings are remembered", len(c.pings))
		}
		c.pingMu.Unlock()
		c.Drop()
		c.Wait()
		time.Sleep(3 * time.Second)
		synctest.Wait()
	})
}
