package repl

import (
	"io"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wstest"
	"wsline/session"
)

// stuck is an output that nobody reads before the test ends.
func stuck(t *testing.T) io.Writer {
	gate := make(chan struct{})
	t.Cleanup(func() { close(gate) })
	return writerFunc(func(b []byte) (int, error) { <-gate; return len(b), nil })
}

// after sends signals after a minute.
func after(signals ...os.Signal) <-chan os.Signal {
	c := make(chan os.Signal)
	go func() {
		time.Sleep(time.Minute)
		for _, s := range signals {
			c <- s
		}
	}()
	return c
}

func TestPipeSignalAfterTheEndWithAStuckOutput(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		synctest.Test(t, func(t *testing.T) {
			p, _ := pipe(t, nil, func(p *wstest.Peer) {
				p.Text("hello")
				p.Close(1000, "")
				p.ReadFrame()
			})
			p.In, p.Out, p.Signals = nil, stuck(t), after(signal)
			start := time.Now()
			res := p.Run(t.Context())
			if res.Interrupted == res.Terminated || time.Since(start) != time.Minute {
				t.Errorf("%v: %+v after %v", signal, res, time.Since(start))
			}
		})
	}
}

func TestPipeTerminatedWithAStuckOutput(t *testing.T) {
	for _, watch := range []bool{false, true} { // with it, what is sent waits to be printed, too
		synctest.Test(t, func(t *testing.T) {
			p, _ := pipe(t, endless(t, strings.Repeat("line\n", 300_000)), nil)
			p.Connect = connectWith(t, func(cfg *session.Config) { cfg.Watch, cfg.Frames = watch, watch },
				func(p *wstest.Peer) {
					go p.Flood(100_000, "flood")
					for err := error(nil); err == nil; {
						_, _, err = p.ReadFrame()
					}
				})
			p.Out, p.Signals, p.PrintSent = stuck(t), after(syscall.SIGTERM), true
			start := time.Now()
			res := p.Run(t.Context())
			if !res.Terminated || time.Since(start) != time.Minute+termTime {
				t.Errorf("%v: %+v after %v", watch, res, time.Since(start))
			}
		})
	}
}

// An expectation that is met ends a pipe whose peer takes nothing of what is piped.
func TestPipeReachedAndThePeerDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, strings.NewReader(lines(1_000_000)), func(p *wstest.Peer) {
			p.Text("welcome")
			p.Stall(nil)
		})
		p.Expect, p.Timeout = regexp.MustCompile("welcome"), 5*time.Second
		start := time.Now()
		if res := p.Run(t.Context()); time.Since(start) > 30*time.Second {
			t.Errorf("%+v after %v", res, time.Since(start))
		}
	})
}

// A peer that does not read stops the reading of the input.
func TestPipeStuckPeerStopsTheInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var taken atomic.Int64
		in := readerFunc(func(p []byte) (int, error) {
			taken.Add(int64(len(p)))
			return copy(p, strings.Repeat("line\n", len(p)/5+1)), nil
		})
		p, _ := pipe(t, in, func(p *wstest.Peer) { p.Stall(nil) })
		signals := make(chan os.Signal)
		p.Signals = signals
		go func() {
			time.Sleep(time.Hour)
			if n := taken.Load(); n > 4<<20 {
				t.Errorf("%d bytes were read for a peer that takes none", n)
			}
			signals <- os.Interrupt
			signals <- os.Interrupt
		}()
		if res := p.Run(t.Context()); !res.Interrupted {
			t.Errorf("%+v", res)
		}
	})
}

// What is told of our Close frame waits for an output that is stuck, and signals still count.
func TestPipeInterruptedWithAStuckOutput(t *testing.T) {
	for _, watch := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p, _ := pipe(t, nil, nil)
			p.Connect = connectWith(t, func(cfg *session.Config) { cfg.Watch = watch },
				func(p *wstest.Peer) {
					p.Text("hello")
					p.Stall(nil)
				})
			p.In, p.Out, p.Signals = nil, stuck(t), after(os.Interrupt, os.Interrupt)
			p.Wait, p.PrintSent = -1, true
			p.Print = func(dst []byte, ev *session.Event) []byte {
				if ev.Kind == session.KindIdle {
					return dst
				}
				return append(dst, "event\n"...)
			}
			start := time.Now()
			if res := p.Run(t.Context()); !res.Interrupted || time.Since(start) > 2*time.Minute {
				t.Errorf("%v: %+v after %v", watch, res, time.Since(start))
			}
		})
	}
}

// What is told of events may be stuck too, from the first one on.
func TestPipeInterruptedWithAStuckStatus(t *testing.T) {
	for _, kind := range []session.Kind{session.KindOpen, session.KindPing} {
		synctest.Test(t, func(t *testing.T) {
			p, _ := pipe(t, nil, func(p *wstest.Peer) {
				p.Ping("")
				p.Stall(nil)
			})
			gate := make(chan struct{})
			defer close(gate)
			p.In, p.Signals, p.Wait = nil, after(os.Interrupt, os.Interrupt), -1
			p.Status = func(ev *session.Event) {
				if ev.Kind == kind {
					<-gate
				}
			}
			start := time.Now()
			res := p.Run(t.Context())
			if !res.Interrupted || !res.Abandoned || time.Since(start) > 2*time.Minute {
				t.Errorf("%v: %+v after %v", kind, res, time.Since(start))
			}
		})
	}
}
