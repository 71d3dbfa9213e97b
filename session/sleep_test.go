package session

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// sleeper is clocks that a test has jump.
type sleeper struct{ mono, wall atomic.Int64 }

func (s *sleeper) clocks() (mono, wall time.Time) {
	now := time.Now()
	return now.Add(time.Duration(s.mono.Load())), now.Round(0).Add(time.Duration(s.wall.Load()))
}

// sleep is d of sleep, in which the monotonic clock stands, or goes on.
func (s *sleeper) sleep(d time.Duration, monoRuns bool) {
	s.wall.Add(int64(d))
	if monoRuns {
		s.mono.Add(int64(d))
	}
}

func TestSleepWatch(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name       string
		mono, wall time.Duration // since the last look
		want       bool
	}{
		{"awake", lookEvery, lookEvery, false},
		{"a busy machine", lookEvery + 20*s, lookEvery + 20*s, false},
		{"a clock that was set right", lookEvery, lookEvery + 5*s, false},
		{"a nap", lookEvery, lookEvery + 30*s, false},
		{"a sleep", lookEvery, lookEvery + 31*s, true},
		{"a night", s, 9 * time.Hour, true},
		{"the monotonic clock went on", 9 * time.Hour, 9 * time.Hour, true},
		{"it went on, shortly", lookEvery + 31*s, lookEvery + 31*s, true},
		{"it went on, and the wall clock was set back", lookEvery + time.Hour, -time.Hour, true},
		{"the wall clock was set back", lookEvery, -time.Hour, false},
	}
	for _, tt := range tests {
		mono := time.Now()
		wall := mono.Round(0)
		w := newSleepWatch(func() (time.Time, time.Time) { return mono, wall })
		mono, wall = mono.Add(tt.mono), wall.Add(tt.wall)
		if got := w.look(); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
		if w.look() {
			t.Errorf("%s: the same sleep is noticed twice", tt.name)
		}
	}
	if mono, wall := systemClocks(); !mono.Equal(wall) || mono == wall {
		t.Error("the system's clocks are not told apart")
	}
}

// When the machine has slept, a ping asks at once whether the connection is still there.
func TestPingAfterSleep(t *testing.T) {
	const noticed = lookEvery / 4 // after the sleep, which is so long before the next look
	tests := []struct {
		name              string
		interval, timeout time.Duration
		answers           bool
		want              time.Duration // from the sleep to the end, 0 for none
	}{
		{"alive", time.Minute, 20 * time.Second, true, 0},
		{"dead", time.Minute, 20 * time.Second, false, noticed + wakeTimeout},
		{"dead, with a shorter limit", time.Minute, 3 * time.Second, false, noticed + 3*time.Second},
		{"dead, and there is no limit", time.Minute, 0, false, 0},
		{"no pings", 0, 20 * time.Second, false, 0},
		{"often asked anyway", time.Second, 20 * time.Second, false, noticed + wakeTimeout},
	}
	for _, tt := range tests {
		for _, monoRuns := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				clock, pings := new(sleeper), make(chan time.Time, 1000)
				cfg := Config{PingInterval: tt.interval, PingTimeout: tt.timeout, clocks: clock.clocks}
				c := connect(t, cfg, nil, func(p *wstest.Peer) {
					p.Accept()
					for {
						h, payload, err := p.ReadFrame()
						if err != nil {
							return
						}
						if h.Opcode == wire.OpPing {
							pings <- time.Now()
							if tt.answers || clock.wall.Load() == 0 {
								p.Pong(string(payload))
							}
						}
					}
				})
				time.Sleep(6*lookEvery - noticed)
				slept := time.Now()
				clock.sleep(8*time.Hour, monoRuns)
				time.Sleep(lookEvery)
				synctest.Wait()
				if n := len(pings); tt.interval == time.Minute && n != 1 || tt.interval == 0 && n > 0 {
					t.Errorf("%s: %d pings after the sleep", tt.name, n)
				}
				var took time.Duration
				select {
				case <-c.Done():
					if end := c.Wait(); end.Cause != CauseTimeout || end.Err != ErrPongTimeout {
						t.Errorf("%s: %+v", tt.name, end)
					}
					took = time.Since(slept)
				case <-time.After(50 * time.Second):
				}
				if took != tt.want {
					t.Errorf("%s: ended %v after the sleep, want %v", tt.name, took, tt.want)
				}
				c.Drop()
				c.Wait()
				synctest.Wait()
			})
		}
	}
}

// The ping after a sleep stands for one of the interval, which begins anew; what is late from then on
// has the usual limit.
func TestPingsAfterSleepGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, clock := time.Now(), new(sleeper)
		var at []time.Duration
		cfg := Config{PingInterval: time.Minute, PingTimeout: 20 * time.Second, clocks: clock.clocks}
		c := connect(t, cfg, nil, func(p *wstest.Peer) {
			p.Accept()
			for {
				h, payload, err := p.ReadFrame()
				if err != nil {
					return
				}
				if h.Opcode == wire.OpPing {
					if at = append(at, time.Since(start)); len(at) == 1 {
						p.Pong(string(payload))
					}
				}
			}
		})
		time.Sleep(51 * time.Second)
		clock.sleep(time.Hour, false)
		end := c.Wait()
		if took := time.Since(start); end.Err != ErrPongTimeout || took != (52+60+20)*time.Second {
			t.Errorf("%+v after %v", end, took)
		}
		if len(at) != 2 || at[0] != 52*time.Second || at[1] != 112*time.Second {
			t.Errorf("pings after %v", at)
		}
		synctest.Wait()
	})
}

// A ping from before the sleep is not held against the peer: its answer may have come while we slept.
func TestPingBeforeSleep(t *testing.T) {
	for _, answers := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			start, clock := time.Now(), new(sleeper)
			cfg := Config{PingInterval: time.Minute, PingTimeout: 3 * time.Second, clocks: clock.clocks}
			c := connect(t, cfg, nil, func(p *wstest.Peer) {
				p.Accept()
				p.ReadFrame() // it goes unanswered
				_, payload, err := p.ReadFrame()
				if err == nil && answers {
					time.Sleep(2 * time.Second)
					p.Pong(string(payload))
				}
				p.Stall(nil)
			})
			time.Sleep(61 * time.Second)
			clock.sleep(time.Hour, true)
			select {
			case <-c.Done():
			case <-time.After(10 * time.Second):
				c.Drop()
			}
			end := c.Wait()
			want := End{Cause: CauseDropped}
			if !answers {
				want = End{Cause: CauseTimeout, Err: ErrPongTimeout}
			}
			if end.Cause != want.Cause || end.Err != want.Err {
				t.Errorf("%+v", end)
			}
			if took := time.Since(start); !answers && took != 65*time.Second {
				t.Errorf("ended after %v", took)
			}
			synctest.Wait()
		})
	}
}
