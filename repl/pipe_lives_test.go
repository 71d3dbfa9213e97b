package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/session"
)

// cutConn is reset after so many bytes each way.
type cutConn struct {
	net.Conn
	in, out int
	wrote   []byte // since it is open
}

// left are the payloads of the frames that have left, and whether another one has in part.
func (c *cutConn) left() (payloads []string, inPart bool) {
	for b := c.wrote; len(b) > 0; {
		h, n, err := wire.ParseHeader(b)
		if n == 0 || err != nil || int64(len(b)-n) < h.Length {
			return payloads, true
		}
		payload := b[n : n+int(h.Length)]
		wire.Mask(payload, h.Key, 0)
		payloads = append(payloads, string(payload))
		b = b[n+len(payload):]
	}
	return payloads, false
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.in <= 0 {
		c.Conn.Close()
		return 0, syscall.ECONNRESET
	}
	n, err := c.Conn.Read(p[:min(len(p), c.in)])
	c.in -= n
	return n, err
}

func (c *cutConn) Write(p []byte) (int, error) {
	isCut := len(p) > c.out
	n, err := c.Conn.Write(p[:min(len(p), c.out)])
	c.out -= n
	c.wrote = append(c.wrote, p[:n]...)
	if !isCut {
		return n, err
	}
	c.Conn.Close()
	return n, syscall.ECONNRESET
}

// A cutter is a service whose connections break.
type cutter struct {
	t    *testing.T
	next func() (in, out int) // bytes of the next connection after its handshake
	busy bool                 // heartbeats are sent, and messages answered
	got  []string             // messages that came, in order, of all connections
	gaps []session.Gap

	conns []*cutConn
	mu    sync.Mutex // guards got
}

const upgradeBytes = 1 << 10 // more than a handshake has each way

func (c *cutter) connect(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
	nc := &cutConn{Conn: wstest.Pipe(c.t, c.play), in: upgradeBytes, out: upgradeBytes}
	cfg := &session.Config{Dial: dial.Config{
		URL:     &url.URL{Scheme: "ws", Host: "test"},
		NetDial: func(context.Context, string, string) (net.Conn, error) { return nc, nil },
	}, PingInterval: 20*time.Millisecond + 37*time.Microsecond} // never at the time of a line
	if c.busy {
		cfg.Heartbeat = session.Heartbeat{Interval: time.Millisecond,
			Message: wire.Message{Opcode: wire.OpText, Payload: []byte("beat")},
			Answers: func(_ wire.Opcode, payload []byte) bool { return string(payload) == "beaten" }}
		cfg.Respond = func(_ wire.Opcode, payload []byte) (m wire.Message, ok bool) {
			m = wire.Message{Opcode: wire.OpText, Payload: []byte("answer")}
			return m, strings.HasPrefix(string(payload), "got ")
		}
	}
	return session.Open(ctx, cfg, func(ev *session.Event) {
		if ev.Kind == session.KindOpen {
			nc.in, nc.out = c.next()
			nc.wrote, c.conns = nil, append(c.conns, nc)
		}
		handle(ev)
	})
}

func (c *cutter) again(ctx context.Context, end *session.End, handle func(*session.Event)) (
	*session.Session, error) {
	if end.Cause == session.CauseClosed {
		return nil, nil
	}
	time.Sleep(50 * time.Millisecond)
	return c.connect(ctx, func(ev *session.Event) {
		if ev.Kind == session.KindOpen {
			gap := &session.Event{Kind: session.KindGap, Time: ev.Time, Gap: &session.Gap{}}
			handle(gap)
			c.gaps = append(c.gaps, *gap.Gap)
		}
		handle(ev)
	})
}

// play answers each message. What it has not got when it answers, it gets later.
func (c *cutter) play(p *wstest.Peer) {
	if p.Accept() != nil {
		return
	}
	for first := true; ; first = false {
		h, payload, err := p.ReadFrame()
		switch {
		case err != nil:
			return
		case h.Opcode == wire.OpClose:
			p.Close(1000, "")
			return
		case h.Opcode == wire.OpPing:
			p.Pong(string(payload))
			continue
		case string(payload) == "beat":
			_ = p.Text("beaten")
			continue
		case string(payload) == "answer":
			continue
		case first && string(payload) != "hello":
			c.t.Errorf("a connection begins with %q", payload)
		case !first:
			c.mu.Lock() // a connection that is over may still be read
			c.got = append(c.got, string(payload))
			c.mu.Unlock()
			_ = p.Text("got " + string(payload)) // what had left before the break is read all the same
		}
	}
}

// drip is an input whose lines come one after the other, some together. A gap begins when the line
// before has been sent, also when that took an outage: what answers it has come by the next line.
func drip(random *rand.Rand, lines []string, gaps []time.Duration) io.Reader {
	var come []byte
	return readerFunc(func(p []byte) (int, error) {
		for len(lines) > 0 {
			gap := gaps[random.IntN(len(gaps))] * time.Millisecond
			if gap > 0 && len(come) > 0 {
				break
			}
			time.Sleep(gap)
			come = append(come, lines[0]+"\n"...)
			lines = lines[1:]
		}
		if len(come) == 0 {
			return 0, io.EOF
		}
		n := copy(p, come)
		come = come[n:]
		return n, nil
	})
}

// With connections that break at any byte each line leaves at most once, and what may be lost is told;
// with Resend each arrives at least once. What comes is printed once.
func TestPipeBreaksAtAnyByte(t *testing.T) {
	for _, tt := range []struct {
		name string
		most int             // bytes of a connection
		gaps []time.Duration // between lines
		set  func(p *Pipe)
	}{
		{"once", 200, apart, func(*Pipe) {}},
		{"resent", 1500, together, func(p *Pipe) { p.Resend = true }},
		{"together", 300, together, func(p *Pipe) {}},
		{"fragments", 200, apart, func(p *Pipe) { p.Fragment = 1 << 20 }},
		{"commands", 200, apart, func(p *Pipe) { p.Slash = true }},
		{"arguments", 300, together, func(p *Pipe) {
			all, _ := io.ReadAll(p.In)
			for line := range strings.Lines(string(all)) {
				p.Execute = append(p.Execute, Message{wire.OpText, []byte(strings.TrimSuffix(line, "\n"))})
			}
			p.In = nil
		}},
	} {
		for _, busy := range []bool{false, true} {
			name, most, seeds := tt.name, tt.most, uint64(170)
			if busy {
				name, most, seeds = name+", with heartbeats and answers", 4*most, 60
			}
			t.Run(name, func(t *testing.T) {
				for seed := range seeds {
					synctest.Test(t, func(t *testing.T) { breakAtAnyByte(t, seed, most, busy, tt.gaps, tt.set) })
				}
			})
		}
	}
}

var apart, together = []time.Duration{1, 100}, []time.Duration{0, 0, 0, 100}

func breakAtAnyByte(
	t *testing.T, seed uint64, most int, busy bool, gaps []time.Duration, set func(p *Pipe),
) {
	random := rand.New(rand.NewPCG(seed, 1))
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprintf("line %d %s", i+1, strings.Repeat("x", random.IntN(20))))
	}
	c := &cutter{t: t, busy: busy}
	c.next = func() (in, out int) { return random.IntN(most), random.IntN(2 * most) }
	out := &buffer{}
	p := &Pipe{
		In: drip(rand.New(rand.NewPCG(seed, 2)), lines, gaps), Delim: '\n', Out: out, Print: printLine,
		Wait:    time.Second,
		Connect: c.connect, Again: c.again, OnOpen: []Message{{wire.OpText, []byte("hello")}},
	}
	set(p)
	res := p.Run(t.Context())
	if res.Err != nil || res.ConnectErr != nil || res.Unsent ||
		res.End.Cause == session.CauseClosed && res.End.Code != 1000 {
		t.Fatalf("seed %d: %+v", seed, res)
	}
	synctest.Wait()
	told := map[int64]bool{}
	for _, g := range append(c.gaps, session.Gap{From: res.From, To: res.To}) {
		for n := g.From; n > 0 && n <= g.To; n++ {
			told[n] = true
		}
	}
	left, inPart := map[string]int{}, 0
	for _, nc := range c.conns {
		payloads, isCut := nc.left()
		for _, payload := range payloads {
			left[payload]++
		}
		if isCut {
			inPart++
		}
	}
	for i, line := range lines {
		times := len(slices.DeleteFunc(slices.Clone(c.got), func(s string) bool { return s != line }))
		switch {
		case times > 1 && !p.Resend:
			t.Errorf("seed %d: line %d arrived %d times", seed, i+1, times)
		case left[line] == 0:
			inPart--
		case left[line] > 1 && !p.Resend:
			t.Errorf("seed %d: line %d has left %d times", seed, i+1, left[line])
		}
		switch { // a sign of life may come right behind a line
		case times == 0 && (gaps[0] > 0 && !busy && !told[int64(i)+1] || p.Resend && res.To == 0):
			t.Errorf("seed %d: line %d is lost, and nobody told: %v", seed, i+1, told)
		}
	}
	if inPart < 0 {
		t.Errorf("seed %d: %d lines have not left, not even in part", seed, -inPart)
	}
	var printed []string
	for line := range strings.Lines(out.String()) {
		printed = append(printed, strings.TrimSpace(line))
	}
	for i, line := range printed {
		if !p.Resend && slices.Index(printed, line) != i {
			t.Errorf("seed %d: %q is printed twice", seed, line)
		}
	}
	if want := int64(len(printed)); res.Messages < want {
		t.Errorf("seed %d: %d messages came, %d were printed", seed, res.Messages, want)
	}
}

func TestPipeGivesUp(t *testing.T) {
	gone := errors.New("gone")
	for _, tt := range []struct {
		name  string
		again func(ctx context.Context) (*session.Session, error)
		want  string
	}{
		{"not again", func(context.Context) (*session.Session, error) { return nil, nil }, "<nil>"},
		{"no more", func(context.Context) (*session.Session, error) { return nil, gone }, "gone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, feed := io.Pipe()
				defer feed.Close()
				p, _ := pipe(t, in, func(p *wstest.Peer) { p.Hangup() })
				p.Again = func(ctx context.Context, _ *session.End, _ func(*session.Event)) (
					*session.Session, error) {
					time.Sleep(time.Minute)
					return tt.again(ctx)
				}
				begun := time.Now()
				res := p.Run(t.Context())
				if fmt.Sprint(res.ConnectErr) != tt.want || !res.Awaiting || time.Since(begun) < time.Minute {
					t.Errorf("%+v", res)
				}
			})
		})
	}
}

// breaking is a service whose connections take so much each and then break, before which it may say
// something.
func breaking(t *testing.T, says string, takes ...int) func(context.Context, func(*session.Event)) (
	*session.Session, error) {
	n := 0
	return func(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
		most := takes[min(n, len(takes)-1)]
		n++
		return connectTo(t, func(p *wstest.Peer) {
			if says != "" {
				p.Text(says)
			}
			_, _ = io.CopyN(io.Discard, p.Conn, int64(most))
			if most == 0 {
				p.Hangup()
				return
			}
			p.Drop()
		})(ctx, handle)
	}
}

// What is all of the input is told when it may not have arrived, and not gone on with when it cannot.
func TestPipeWholeBreaks(t *testing.T) {
	for _, tt := range []struct {
		name string
		size int
		want int64 // 0: it ends as unsent
	}{{"behind it", 20_000, 1}, {"in it", 4 << 20, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				connect := breaking(t, "", 10_000, 10_000)
				p, _ := pipe(t, strings.NewReader(strings.Repeat("x", tt.size)), nil)
				p.Whole, p.Connect = true, connect
				var gaps []session.Gap
				p.Again = func(ctx context.Context, end *session.End, handle func(*session.Event)) (
					*session.Session, error) {
					if len(gaps) > 0 {
						return nil, nil
					}
					gap := &session.Event{Kind: session.KindGap, Gap: &session.Gap{}}
					handle(gap)
					gaps = append(gaps, *gap.Gap)
					return connect(ctx, handle)
				}
				res := p.Run(t.Context())
				switch {
				case tt.want > 0 && res.To != 1 && (len(gaps) != 1 || gaps[0].To != 1):
					t.Errorf("%+v, %+v", gaps, res)
				case tt.want == 0 && (!res.Unsent || len(gaps) != 0):
					t.Errorf("%+v, %+v", gaps, res)
				}
			})
		})
	}
}

// A connection that brings what was waited for while it is opened is the one that is left.
func TestPipeReachedWhileOpening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, feed := io.Pipe()
		defer feed.Close()
		p, out := pipe(t, in, nil)
		p.Connect = breaking(t, "", 0)
		p.Count, p.Wait = 1, -1
		var second *session.Session
		p.Again = func(ctx context.Context, end *session.End, handle func(*session.Event)) (
			*session.Session, error) {
			s, err := connectTo(t, func(p *wstest.Peer) {
				p.Text("hello")
				p.Echo()
			})(ctx, handle)
			second = s
			time.Sleep(time.Second)
			return s, err
		}
		res := p.Run(t.Context())
		select {
		case <-second.Done():
		default:
			t.Error("it is left open")
		}
		if out.String() != "hello\n" || !res.Met || res.End.Code != 1000 {
			t.Errorf("%q, %+v", out, res)
		}
	})
}

// What is not kept any more is not said to be sent again.
func TestResentIsWhatIsKept(t *testing.T) {
	l := &lives{}
	l.init(&Pipe{Again: (&cutter{}).again, Resend: true})
	for n := range int64(20) {
		l.keep(n+1, wire.OpText, make([]byte, 1<<20))
		l.sent(n+1, true)
	}
	from, to := l.unheard()
	if from != 1 || to != 20 || l.keepsFrom(1) || !l.keepsFrom(6) || len(l.again()) > 16 {
		t.Errorf("%d to %d, %d are kept", from, to, len(l.again()))
	}
}
