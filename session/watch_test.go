package session

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

var watched = Config{Watch: true}

func TestWhatWeSendIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, watched, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Echo()
		})
		c.Send(wire.OpText, []byte("hi"))
		synctest.Wait()
		c.Ping([]byte("p"))
		synctest.Wait()
		c.Pong([]byte("unasked"))
		b := c.NewBatch()
		b.Send(wire.OpBinary, []byte("\x00"))
		synctest.Wait() // nothing is gathered: it is answered before the next is sent, or after
		b.Send(wire.OpText, []byte("batch"))
		b.Flush()
		synctest.Wait()
		w := c.NewWriter(wire.OpText)
		w.Write([]byte("pie"))
		w.Write([]byte("ces"))
		w.Close()
		synctest.Wait()
		c.Close(4000, "bye")
		if err := c.Send(wire.OpText, []byte("late")); err != ErrClosed {
			t.Errorf("after our Close: %v", err)
		}
		if err := c.Ping([]byte("late")); err != ErrClosed {
			t.Errorf("a ping after our Close: %v", err)
		}
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 4000, Received: true, Code: 4000, Reason: "bye"},
			`out text "hi"`, `text "hi"`, `out ping "p"`, `pong "p" answers=true`,
			`out pong "unasked" answers=false`, `out binary "\x00"`, `binary "\x00"`,
			`out text "batch"`, `text "batch"`,
			`out text "pie" ...`, `out text "ces" ...`, `out text ""`, `text "pieces"`,
			`out close 4000 "bye"`, `close 4000 "bye"`)
		checkStats(t, c.Stats())
	})
}

func checkStats(t *testing.T, st Stats) {
	t.Helper()
	for _, d := range []Distribution{st.SizesIn, st.SizesOut} {
		if d.Count != 4 || d.Min != 1 || d.Max != 6 || d.Sum != 14 {
			t.Errorf("sizes: %d from %d to %d, sum %d", d.Count, d.Min, d.Max, d.Sum)
		}
	}
	if st.RoundTrips.Count != 1 || st.RoundTrips.Max != int64(st.RTT) {
		t.Errorf("round trips: %+v of %v", st.RoundTrips.Count, st.RTT)
	}
	// hi, pong, binary, batch, three frames of pieces, close; what leaves is masked, and has the
	// unasked pong.
	in := int64(4 + 3 + 3 + 7 + 5 + 5 + 2 + 7)
	if out := in + 8*4 + 13; st.WireIn != in || st.WireOut != out {
		t.Errorf("%d bytes came and %d left, want %d and %d", st.WireIn, st.WireOut, in, out)
	}
}

func TestAnswersAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{Watch: true, Echo: true}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Text("hello")
			p.Ping("are you there")
			p.Close(1000, "")
			expectClose(p, 1000)
		})
		c.want(End{Cause: CauseClosed, Sent: 1000, Received: true, Code: 1000},
			`text "hello"`, `out text "hello"`, `ping "are you there"`,
			`out pong "are you there" answers=false`, `close 1000 ""`, `out close 1000 ""`)
	})
}

func TestTheCloseThatFailsAConnectionIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, watched, nil, func(p *wstest.Peer) {
			p.Accept()
			p.WriteFrame(wire.Header{Fin: true, Opcode: 3}, nil)
			expectClose(p, 1002)
		})
		err := &wire.Error{Code: 1002, Section: "RFC 6455 §5.2", Text: "reserved opcode 0x3"}
		c.want(End{Cause: CauseProtocol, ByUs: true, Sent: 1002, Code: 1006, Err: err},
			`out close 1002 "reserved opcode 0x3"`)
	})
}

// An answer may be anything, and the handler may end the conversation itself.
func TestTheHandlerCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan struct{})
		var c *client
		answer := func(s *Session, ev *Event) {
			s.Ping([]byte("p"))
			s.Send(wire.OpText, bytes.Repeat([]byte("x"), 100_000))
			s.Pong([]byte("q"))
		}
		c = connect(t, Config{Watch: true, Frames: true, Answer: answer}, func(ev *Event) {
			if ev.Kind == KindFrame && ev.Dir == Out && ev.Opcode == wire.OpPong {
				<-ready
				c.Close(1000, "done")
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			p.Text("start")
			expectClose(p, 1000)
			p.Close(1000, "done")
		})
		close(ready)
		c.Wait()
		synctest.Wait()
		var frames, rest []string // a frame that leaves is told beside what is told meanwhile
		for _, line := range c.log {
			if strings.HasPrefix(line, "out frame") {
				frames = append(frames, line)
			} else {
				rest = append(rest, line)
			}
		}
		long := strings.Repeat("x", 10) + "..."
		wantLines(t, frames, `out frame ping fin masked "p"`, `out frame text fin masked "`+long+`(4096)"`,
			`out frame pong fin masked "q"`, `out frame close fin masked "\x03\xe8done"`)
		wantLines(t, rest, "open", `frame text fin "start"`, `text "start"`, `out ping "p"`,
			`out text "`+long+`(100000)"`, `out pong "q" answers=false`, `out close 1000 "done"`,
			`frame close fin "\x03\xe8done"`, `close 1000 "done"`, "end")
	})
}

// A handler that takes its time keeps neither a Close nor a Drop waiting, and only so many
// messages.
func TestASlowHandlerKeepsNoCloseWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		c := connect(t, watched, func(ev *Event) {
			if ev.Kind == KindMessage && ev.Dir == In {
				<-held
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			p.Text("hold")
			for {
				if _, _, err := p.ReadFrame(); err != nil {
					return
				}
			}
		})
		synctest.Wait()
		sent := 0
		go func() {
			for c.Send(wire.OpBinary, make([]byte, 100_000)) == nil {
				sent++
			}
		}()
		synctest.Wait()
		if sent < 10 || sent > 12 {
			t.Errorf("%d messages wait for the handler", sent)
		}
		if err := c.Close(1000, ""); err != nil {
			t.Error(err)
		}
		c.Drop()
		close(held)
		if end := c.Wait(); end.Cause != CauseDropped || end.Sent != 1000 {
			t.Errorf("%+v", end)
		}
		synctest.Wait()
	})
}

// Output that was slow and flows again moves everything again: answers, which are sent by the
// reader, and what others send.
func TestAnswersAreSentWhileOthersSend(t *testing.T) {
	answer := func(s *Session, ev *Event) {
		s.Send(wire.OpText, bytes.Repeat([]byte("x"), 1000))
		s.Ping(nil)
	}
	for _, cfg := range []Config{{Watch: true, Answer: answer},
		{Watch: true, Answer: answer, Frames: true},
		{Watch: true, Answer: answer, Dial: compressed},
		{Watch: true, Answer: answer, Frames: true, Dial: compressed}} {
		synctest.Test(t, func(t *testing.T) {
			const each = 400 // four times that is more than may wait
			var c *client
			ready := make(chan struct{})
			held := false
			c = connect(t, cfg, func(ev *Event) {
				if ev.Kind != KindMessage || ev.Dir != In {
					return
				}
				<-ready
				if !held {
					held = true
					time.Sleep(time.Minute) // until all others wait
				}
			}, func(p *wstest.Peer) {
				if cfg.Dial.Compress {
					p.Accept(wstest.Extensions("permessage-deflate"))
				} else {
					p.Accept()
				}
				go func() {
					for range each {
						p.Text("question")
					}
				}()
				for {
					if h, _, err := p.ReadFrame(); err != nil || h.Opcode == wire.OpClose {
						p.Close(1000, "")
						return
					}
				}
			})
			close(ready)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range each {
						c.Send(wire.OpText, bytes.Repeat([]byte("y"), 1000))
					}
				})
			}
			wg.Go(func() {
				w := c.NewWriter(wire.OpText)
				for range each {
					w.Write(bytes.Repeat([]byte("z"), 1000))
				}
				w.Close()
			})
			wg.Wait()
			time.Sleep(2 * time.Minute) // the first question may come last
			st := c.Stats()
			c.Close(1000, "")
			if end := c.Wait(); end.Cause != CauseClosed {
				t.Errorf("%+v", end)
			}
			if st.MessagesOut != 5*each+1 {
				t.Errorf("%d messages were sent", st.MessagesOut)
			}
			synctest.Wait()
		})
	}
}

func TestTellerIsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		var tl *teller
		tl = newTeller(func(ev *Event) {
			if ev.Kind == KindIdle {
				return
			}
			got = append(got, ev.Text)
			if ev.Text == "a" {
				tl.note(&Event{Text: "a1"})
				tl.note(&Event{Text: "a2"})
			}
			if ev.Text == "a2" {
				tl.note(&Event{Text: "a21"})
				tl.note(&Event{Text: "a22"})
			}
		})
		tl.tell(&Event{Text: "a"})
		tl.tell(&Event{Text: "b"})
		tl.note(&Event{Text: "c"})
		tl.tell(&Event{Text: "end", Kind: KindEnd})
		if tl.note(&Event{Text: "late"}) {
			t.Error("noted after the end")
		}
		<-tl.done
		want := "a a1 a2 a21 a22 b c end"
		alternative := "a a1 a2 b a21 a22 c end" // b came while a2 waited
		if s := strings.Join(got, " "); s != want && s != alternative {
			t.Errorf("%q", s)
		}
	})
}

// Neither a reader nor a sender that never stops keeps the other one from its turn.
func TestNobodyKeepsTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counts := map[Direction]int{}
		tl := newTeller(func(ev *Event) {
			counts[ev.Dir]++
			time.Sleep(time.Microsecond) // of the bubble's time: the handler is slower than what it is told
		})
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
					tl.room()
					tl.note(&Event{Dir: Out, Payload: make([]byte, 1000)})
				}
			}
		}()
		for range 10 {
			tl.tell(&Event{Dir: In, Kind: KindMessage})
		}
		close(stop)
		synctest.Wait()
		tl.tell(&Event{Kind: KindEnd})
		<-tl.done
		if counts[Out] < 10 {
			t.Errorf("%v", counts)
		}
	})
}
