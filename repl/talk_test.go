package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/vt"
	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
	"wsline/session"
)

// fakeConn is a connection to nobody: what is sent is noted, events are made by the test.
type fakeConn struct {
	handle func(*session.Event)
	echo   bool          // answers every text message with itself
	mute   bool          // does not answer a Close frame
	hold   chan struct{} // pieces of messages wait for it; nil: they do not

	mu   sync.Mutex
	log  []string
	shut bool // our Close frame has been sent
	end  *session.End
	done chan struct{}

	telling chan struct{} // holds a value while the handler runs
}

func (c *fakeConn) note(format string, args ...any) {
	c.log = append(c.log, fmt.Sprintf(format, args...))
}

func (c *fakeConn) sent() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.log, "; ")
}

func (c *fakeConn) write(format string, args ...any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut || c.end != nil {
		return session.ErrClosed
	}
	c.note(format, args...)
	return nil
}

func (c *fakeConn) Send(op wire.Opcode, p []byte) error {
	kind := "text"
	if op == wire.OpBinary {
		kind = "binary"
	}
	err := c.write("%s %q", kind, p)
	if err == nil && c.echo {
		c.message(string(p))
	}
	return err
}

// NewWriter notes pieces as what they are.
func (c *fakeConn) NewWriter(op wire.Opcode) command.PieceWriter { return &fakeWriter{c, op} }

type fakeWriter struct {
	c  *fakeConn
	op wire.Opcode
}

func (w *fakeWriter) Write(p []byte) (int, error) {
	if w.c.hold != nil {
		<-w.c.hold
	}
	return len(p), w.c.write("piece %d %d", w.op, len(p))
}
func (w *fakeWriter) Last(p []byte) error { return w.c.write("last %d", len(p)) }

func (c *fakeConn) Ping(p []byte) error { return c.write("ping %q", p) }
func (c *fakeConn) Pong(p []byte) error { return c.write("pong %q", p) }

func (c *fakeConn) Close(code wire.StatusCode, reason string) error {
	err := c.write("close %d %q", code, reason)
	c.mu.Lock()
	c.shut = true
	c.mu.Unlock()
	if err == nil && !c.mute {
		go c.finish(&session.End{
			Cause: session.CauseClosed, ByUs: true, Sent: code, Received: true, Code: code,
		})
	}
	return err
}

func (c *fakeConn) SendFrame(f *session.RawFrame) error {
	fin, rsv := "", ""
	if !f.Fin {
		fin = " no-fin"
	}
	if f.RSV != 0 {
		rsv = fmt.Sprintf(" rsv %d", f.RSV)
	}
	return c.write("frame %d%s%s %q", f.Opcode, fin, rsv, f.Payload)
}

func (c *fakeConn) SendRaw(p []byte) error { return c.write("raw %x", p) }
func (c *fakeConn) Stall(on bool)          { _ = c.write("stall %v", on) }
func (c *fakeConn) SetFrames(on bool)      { _ = c.write("frames %v", on) }
func (c *fakeConn) Flush() error           { return nil }

func (c *fakeConn) Drop() {
	_ = c.write("drop")
	go c.finish(&session.End{Cause: session.CauseDropped})
}

// finish ends the connection, once.
func (c *fakeConn) finish(end *session.End) {
	c.mu.Lock()
	first := c.end == nil
	if first {
		c.end = end
	}
	c.mu.Unlock()
	if first {
		c.tell(&session.Event{Kind: session.KindEnd, End: end})
		close(c.done)
	}
}

func (c *fakeConn) message(text string) {
	c.mu.Lock()
	over := c.end != nil
	c.mu.Unlock()
	if over {
		return
	}
	c.tell(&session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(text)},
		&session.Event{Kind: session.KindIdle})
}

// tell calls the handler, as a session does: never concurrently.
func (c *fakeConn) tell(events ...*session.Event) {
	c.telling <- struct{}{}
	defer func() { <-c.telling }()
	for _, ev := range events {
		c.handle(ev)
	}
}

func (c *fakeConn) Done() <-chan struct{} { return c.done }
func (c *fakeConn) Wait() *session.End    { <-c.done; return c.end }
func (c *fakeConn) Stats() session.Stats {
	return session.Stats{
		Since: time.Now().Add(-time.Minute), MessagesOut: 1, BytesOut: 2, RTT: 1500 * time.Microsecond,
	}
}
func (c *fakeConn) Handshake() *dial.Handshake {
	return &dial.Handshake{
		URL:    &url.URL{Scheme: "ws", Host: "example.com", User: url.UserPassword("bob", "secret")},
		Remote: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}, Subprotocol: "chat\x1b[2J",
	}
}

// stage is a talk in a test: a terminal, keys, and the connections that it opened.
type stage struct {
	t        *testing.T
	talk     *Talk
	term     *vt.Terminal
	keys     *io.PipeWriter
	signals  chan os.Signal
	conns    []*fakeConn
	args     [][]string
	names    []string
	refuse   error // of the next attempts to connect
	prepare  func(*fakeConn)
	raw      int // depth of raw mode
	stops    int // how often the process was stopped
	result   Result
	finished chan struct{}
	block    chan struct{} // attempts to connect wait for it
	ask      func(context.Context) error
}

func testLook() Look {
	return Look{
		Event: func(dst []byte, ev *session.Event) []byte {
			switch ev.Kind {
			case session.KindOpen:
				return append(append(dst, ev.Conn...), "* connected\n"...)
			case session.KindMessage:
				return fmt.Appendf(dst, "%s< %s\n", ev.Conn, ev.Payload)
			case session.KindEnd:
				return fmt.Appendf(dst, "%s* ended: %d\n", ev.Conn, ev.End.Code)
			}
			return dst
		},
		Sent: func(dst []byte, ev *session.Event) []byte {
			mark := map[session.Kind]string{session.KindPing: "/ping ", session.KindPong: "/pong "}
			if ev.Kind == session.KindClose {
				return fmt.Appendf(dst, "%s> /close %d %s\n", ev.Conn, ev.Code, ev.Reason)
			}
			return fmt.Appendf(dst, "%s> %s%s\n", ev.Conn, mark[ev.Kind], ev.Payload)
		},
		Status: func(dst []byte, s string) []byte { return fmt.Appendf(dst, "* %s\n", s) },
		Error:  func(dst []byte, err error) []byte { return fmt.Appendf(dst, "error: %v\n", err) },
		Prompt: func(name string, connected bool) string {
			if connected {
				return "\x1b[32m" + name + "> \x1b[0m"
			}
			return strings.TrimLeft(name+" not connected> ", " ")
		},
	}
}

// mute makes a connection to a peer that answers no Close frame.
func mute(c *fakeConn) { c.mute = true }

// perform runs play against a talk in a bubble of time.
func perform(t *testing.T, set func(*stage), play func(*stage)) Result {
	t.Helper()
	s := &stage{term: vt.New(60, 16)}
	synctest.Test(t, func(t *testing.T) {
		s.t = t
		s.finished, s.signals = make(chan struct{}), make(chan os.Signal, 1)
		in, keys := io.Pipe()
		s.keys = keys
		s.talk = &Talk{
			Look: testLook(), Signals: s.signals,
			Term: line.Terminal{
				In: in, Out: s.term,
				Width:  func() int { return s.term.Width },
				Height: func() int { return s.term.Height },
				MakeRaw: func() (func() error, error) {
					s.raw++
					return func() error { s.raw--; return nil }, nil
				},
				Suspend: func() error { s.stops++; return nil },
			},
		}
		if set != nil {
			set(s)
		}
		go func() {
			defer close(s.finished)
			s.result = s.talk.run(t.Context(), s.open)
		}()
		s.settle() // the prompt may take a frame
		play(s)
		synctest.Wait()
		select {
		case <-s.finished:
		default:
			t.Errorf("the talk goes on; screen:\n%.2000s", s.term.Everything())
			for range 2 { // the closing handshake, and then at once
				select {
				case s.signals <- os.Kill:
				case <-s.finished:
				}
				synctest.Wait()
			}
			<-s.finished
		}
		if s.raw != 0 || s.term.Paste {
			t.Errorf("raw mode (%d) or bracketed paste (%v) was left on", s.raw, s.term.Paste)
		}
		if strange := s.term.Strange(); strange != nil {
			t.Errorf("strange output %q", strange)
		}
	})
	return s.result
}

func (s *stage) open(ctx context.Context, name string, args []string, handle handler) (conn, error) {
	s.args = append(s.args, args)
	s.names = append(s.names, name)
	if s.block != nil {
		select {
		case <-s.block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if s.refuse != nil {
		return nil, s.refuse
	}
	if s.ask != nil {
		if err := s.ask(ctx); err != nil {
			return nil, err
		}
	}
	c := &fakeConn{handle: handle, done: make(chan struct{}), telling: make(chan struct{}, 1)}
	if s.prepare != nil {
		s.prepare(c)
	}
	s.conns = append(s.conns, c)
	handle(&session.Event{Kind: session.KindOpen})
	return c, nil
}

// press presses keys and waits until nothing more happens.
func (s *stage) press(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.t.Errorf("press %q: %v", keys, err)
	}
	s.settle()
}

// settle waits until what was drawn a little later is drawn.
func (s *stage) settle() {
	synctest.Wait()
	time.Sleep(frameTime)
	synctest.Wait()
}

func (s *stage) expect(screen, cursor string) {
	s.t.Helper()
	text, at := s.term.Screen()
	if text != screen || cursor != "" && at != cursor {
		s.t.Errorf("screen:\n%.2000s\ncursor %s, want:\n%s\ncursor %s", text, at, screen, cursor)
	}
}

func (s *stage) expectSent(want string) {
	s.t.Helper()
	var all []string
	for _, c := range s.conns {
		all = append(all, c.sent())
	}
	if got := strings.Join(all, " | "); got != want {
		s.t.Errorf("sent %.2000s, want %.2000s", got, want)
	}
}

func TestTalk(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.expect("* connected\n>", "1,2")
		s.press("hello")
		s.conns[0].message("news")
		s.settle()
		s.expect("* connected\n< news\n> hello", "2,7")
		s.press("\r")
		s.expect("* connected\n< news\n> hello\n>", "3,2")
		s.press("\r") // nothing was typed: nothing is sent
		s.press("/ping are you there\r//slash\r")
		s.expectSent(`text "hello"; ping "are you there"; text "/slash"`)
		s.press("\x04")
		s.expect("* connected\n< news\n> hello\n> /ping are you there\n> //slash\n* ended: 1000", "6,0")
		s.expectSent(`text "hello"; ping "are you there"; text "/slash"; close 1000 ""`)
	})
	if res.End == nil || res.End.Code != 1000 || res.Interrupted || res.Err != nil {
		t.Errorf("result %+v", res)
	}
}

func TestFirstConnectFails(t *testing.T) {
	refused := errors.New("refused")
	res := perform(t, func(s *stage) { s.refuse = refused }, func(s *stage) { s.expect("", "0,0") })
	if res.ConnectErr != refused || res.End != nil {
		t.Errorf("result %+v", res)
	}
}

func TestTypedBeforeOpen(t *testing.T) {
	perform(t, func(s *stage) { s.block = make(chan struct{}) }, func(s *stage) {
		s.expect("", "0,0")
		s.press("early\rmore")
		s.expect("(1 line waits) not connected> more", "")
		close(s.block)
		s.settle()
		s.expect("* connected\n> early\n> more", "2,6")
		s.expectSent(`text "early"`)
		s.press("\x15\x04")
	})
}

// What is known of an end stands below it, but where the program ends with it and says so itself.
func TestTalkExplainsAnEnd(t *testing.T) {
	for exits, want := range map[bool]string{
		false: "* connected\n* ended: 4401\n* a login is wanted\nnot connected>",
		true:  "* connected\n* ended: 4401",
	} {
		set := func(s *stage) {
			s.talk.ExitOnClose = exits
			s.talk.Views.Explain = func(end *session.End) string { return "a login is wanted" }
		}
		perform(t, set, func(s *stage) {
			s.conns[0].finish(&session.End{Cause: session.CauseClosed, Received: true, Code: 4401})
			s.settle()
			s.expect(want, "")
			if !exits {
				s.press("\x04")
			}
		})
	}
}

func TestConnectsAgain(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.conns[0].finish(&session.End{Cause: session.CauseBroken, Code: 1006})
		s.settle()
		s.expect("* connected\n* ended: 1006\nnot connected>", "2,15")
		s.press("/ping\r")
		s.press("once\r")
		s.expect("* connected\n* ended: 1006\n> /ping\nerror: not connected\n> once\n"+
			"* not connected: connecting again\n* connected\n>", "")
		s.press("/close 4000 bye\r")
		s.press("/quit\r")
		s.expectSent(` | text "once"; close 4000 "bye"`)
	})
	if res.End != nil || res.ConnectErr != nil {
		t.Errorf("result %+v", res)
	}
}

func TestMessageWhileClosing(t *testing.T) {
	perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.press("/close\ronce\r")
		s.prepare = nil
		s.conns[0].finish(&session.End{Cause: session.CauseClosed, Code: 1000})
		s.settle()
		s.press("\x04")
		s.expectSent(`close 1000 "" | text "once"; close 1000 ""`)
	})
}

func TestConnectingAgainFails(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.conns[0].finish(&session.End{Code: 1001})
		s.settle()
		s.refuse = errors.New("refused")
		s.press("kept\r")
		s.expect("* connected\n* ended: 1001\n> kept\n* not connected: connecting again\n"+
			"error: refused\n* not sent: Up brings it back\nnot connected>", "6,15")
		s.block = make(chan struct{})
		s.press("\x10\rsecond\rthird\r")
		close(s.block)
		s.settle()
		text, _ := s.term.Screen()
		want := "* not sent, nor 2 lines typed after it: Up brings them back\nnot connected>"
		if !strings.HasSuffix(text, want) {
			t.Errorf("screen:\n%s", text)
		}
		s.refuse, s.block = nil, nil
		s.press("\x10\x10\x10\r\x04")
		s.expectSent(` | text "kept"; close 1000 ""`)
	})
}

func TestGiveUpConnecting(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.conns[0].finish(&session.End{Code: 1001})
		s.settle()
		s.block = make(chan struct{})
		s.press("kept\r")
		s.press("\x03")
		s.expect("* connected\n* ended: 1001\n> kept\n* not connected: connecting again\n"+
			"* interrupted\n* not sent: Up brings it back\nnot connected>", "")
		s.press("\x03")
	})
	if !res.Interrupted {
		t.Errorf("result %+v", res)
	}
}

func TestConnectCommand(t *testing.T) {
	perform(t, func(s *stage) {
		s.talk.CheckConnect = func(_ string, args []string) error {
			if args[0] == "-z" {
				return errors.New(`unknown flag "-z"`)
			}
			return nil
		}
		s.talk.OnOpen = []Message{{wire.OpText, []byte("hi")}}
	}, func(s *stage) {
		s.press("/connect -z\r")
		s.press("/connect -H 'Origin: x' ws://other\r")
		s.expect("* connected\n> hi\n> /connect -z\nerror: unknown flag \"-z\"\n"+
			"> /connect -H 'Origin: x' ws://other\n* ended: 1000\n* connected\n> hi\n>", "")
		s.expectSent(`text "hi"; close 1000 "" | text "hi"`)
		if got := fmt.Sprintf("%q", s.args); got != `[[] ["-H" "Origin: x" "ws://other"]]` {
			t.Errorf("arguments %s", got)
		}
		s.press("\x04")
	})
}

func TestExitOnClose(t *testing.T) {
	res := perform(t, func(s *stage) { s.talk.ExitOnClose = true }, func(s *stage) {
		s.press("half")
		s.conns[0].finish(&session.End{Code: 4001})
		s.settle()
		s.expect("* connected\n* ended: 4001", "2,0")
	})
	if res.End == nil || res.End.Code != 4001 {
		t.Errorf("result %+v", res)
	}
}

func TestInterrupt(t *testing.T) {
	res := perform(t, func(s *stage) { s.prepare = mute }, func(s *stage) {
		s.press("text\x03")
		s.expect("* connected\n>", "1,2")
		s.press("\x03")
		s.expectSent(`close 1000 ""`)
		s.press("\x03")
	})
	if !res.Interrupted || res.End == nil || res.End.Cause != session.CauseDropped {
		t.Errorf("result %+v", res)
	}
}

func TestInterruptFirstConnect(t *testing.T) {
	res := perform(t, func(s *stage) {
		s.block = make(chan struct{})
	}, func(s *stage) { s.press("\x03") })
	if !res.Interrupted || res.ConnectErr != nil {
		t.Errorf("result %+v", res)
	}
}

func TestEndDoesWhatWasTyped(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("one\rtwo\r\x04")
		s.expectSent(`text "one"; text "two"; close 1000 ""`)
	})
}

func TestTerminalGoesAway(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.press("half")
		s.keys.Close()
		time.Sleep(hangupTime)
		s.settle()
		s.expectSent(`close 1000 ""`)
	})
	if res.Interrupted || res.Terminated || res.Err != nil {
		t.Errorf("result %+v", res)
	}
}

// The signal may come behind the end of the input.
func TestTerminalHangsUp(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.press("half")
		s.keys.Close()
		s.settle()
		s.signals <- syscall.SIGHUP
		s.settle()
		s.expectSent(`close 1001 ""`)
	})
	if !res.HungUp || res.Interrupted || res.Err != nil {
		t.Errorf("result %+v", res)
	}
}

func TestTermination(t *testing.T) {
	res := perform(t, nil, func(s *stage) {
		s.signals <- os.Kill // stands for SIGTERM
		s.settle()
		s.expectSent(`close 1001 ""`)
	})
	if !res.Terminated || res.Interrupted {
		t.Errorf("result %+v", res)
	}
}

func TestPasteIsOneMessage(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("\x1b[200~{\r\n\t\"a\": 1\r\n}\x1b[201~")
		s.expect("* connected\n> {\n    \"a\": 1\n  }", "3,3")
		s.press("\r")
		s.expect("* connected\n> {\n    \"a\": 1\n  }\n>", "4,2")
		s.expectSent(`text "{\n\t\"a\": 1\n}"`)
		s.press("\x1b[A")
		s.expect("* connected\n> {\n    \"a\": 1\n  }\n> {\n    \"a\": 1\n  }", "6,3")
		s.press("\x03\x03")
	})
}

func TestPasteWithoutEnd(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("\x1b[200~abc")
		time.Sleep(2 * time.Second)
		s.press("\x03")
		s.expect("* connected\n>", "1,2")
		s.press("\x03")
	})
}

func TestLargePaste(t *testing.T) {
	big := strings.Repeat("0123456789abcde\n", 1<<16)
	perform(t, nil, func(s *stage) {
		s.press("\x1b[200~" + big + "\x1b[201~")
		s.press("\r")
		s.expectSent(fmt.Sprintf("text %q", strings.TrimSuffix(big, "\n")))
		s.press("\x04")
	})
}

func TestFlood(t *testing.T) {
	const n = 20_000
	var want strings.Builder
	perform(t, nil, func(s *stage) {
		want.WriteString("* connected\n")
		flood := make(chan struct{})
		go func() {
			defer close(flood)
			for i := range n {
				s.conns[0].message(fmt.Sprintf("message %d", i))
			}
		}()
		for i := range n {
			fmt.Fprintf(&want, "< message %d\n", i)
		}
		if _, err := io.WriteString(s.keys, "typed"); err != nil {
			t.Error(err)
		}
		<-flood
		s.settle()
		s.press("\r\x04")
		s.expectSent(`text "typed"; close 1000 ""`)
		want.WriteString("> typed\n* ended: 1000")
		if got := s.term.Everything(); got != want.String() {
			t.Errorf("%d bytes printed, want %d", len(got), want.Len())
		}
	})
}

// countingTerminal counts lines.
type countingTerminal struct{ lines int }

func (c *countingTerminal) Write(p []byte) (int, error) {
	c.lines += bytes.Count(p, []byte("\r\n"))
	return len(p), nil
}

func TestLongFlood(t *testing.T) {
	const n = 100_000
	term := &countingTerminal{}
	perform(t, func(s *stage) { s.talk.Term.Out = term }, func(s *stage) {
		flood := make(chan struct{})
		go func() {
			defer close(flood)
			text := strings.Repeat("x", 80)
			for range n {
				s.conns[0].message(text)
			}
		}()
		<-flood
		s.press("\x04")
	})
	if want := n + 2; term.lines != want { // and two of status
		t.Errorf("%d lines were printed, want %d", term.lines, want)
	}
}

// slowTerminal takes a second for every write.
type slowTerminal struct {
	*vt.Terminal
	writes int
}

func (s *slowTerminal) Write(p []byte) (int, error) {
	time.Sleep(300 * time.Millisecond) // less than what a second Ctrl-C leaves
	s.writes++
	return s.Terminal.Write(p)
}

func TestSlowTerminalSlowsTheSocket(t *testing.T) {
	perform(t, func(s *stage) {
		s.talk.Term.Out = &slowTerminal{Terminal: s.term}
		s.prepare = mute
	}, func(s *stage) {
		text := strings.Repeat("x", 1000)
		sent := 0
		time.Sleep(time.Minute) // to be open
		synctest.Wait()
		go func() {
			for ; sent < 5000; sent++ {
				s.conns[0].message(text)
			}
		}()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if sent > 4*queueSize/1000 {
			t.Errorf("%d messages were taken of which few can have been shown", sent)
		}
		s.press("\x03") // still works
		time.Sleep(5 * time.Second)
		synctest.Wait()
		s.expectSent(`close 1000 ""`)
		s.press("\x03") // and what waits is not printed any more
		time.Sleep(5 * time.Second)
		synctest.Wait()
	})
}

func TestResize(t *testing.T) {
	var resized func()
	perform(t, func(s *stage) {
		s.talk.Term.OnResize = func(f func()) func() { resized = f; return func() {} }
	}, func(s *stage) {
		s.press("0123456789")
		s.term.Resize(8)
		resized()
		s.settle()
		s.expect("* connec\nted\n> 012345\n6789", "3,4")
		s.term.Resize(40)
		resized()
		s.press("x")
		s.expect("* connec\nted\n> 0123456789x", "2,13")
		s.press("\x03\x03")
	})
}

func TestSuspend(t *testing.T) {
	perform(t, nil, func(s *stage) {
		s.press("half")
		s.press("\x1a")
		if s.stops != 1 || s.raw != 0 {
			t.Errorf("stopped %d times, raw mode %d", s.stops, s.raw)
		}
		s.conns[0].message("news")
		s.settle()
		s.expect("* connected", "1,0")
		time.Sleep(suspendTime)
		s.settle()
		s.expect("* connected\n< news\n> half", "2,6")
		s.press("\x03\x03")
	})
}

func TestAskSecretInTalk(t *testing.T) {
	perform(t, nil, func(s *stage) {
		var got string
		var err error
		done := make(chan struct{})
		go func() {
			defer close(done)
			got, err = s.talk.AskSecret(s.t.Context(), "password: ")
		}()
		synctest.Wait()
		s.press("half")
		s.expect("* connected\npassword:", "1,10")
		s.press("\x15tüx\x7f\r")
		<-done
		s.settle()
		if got != "tü" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		s.expect("* connected\n>", "1,2")
		s.press("\x04")
		s.expectSent(`close 1000 ""`)
	})
}

func TestPanicRestoresTheTerminal(t *testing.T) {
	raw := 0
	in, _ := io.Pipe()
	talk := &Talk{
		Look: testLook(),
		Term: line.Terminal{In: in, Out: vt.New(20, 5),
			MakeRaw: func() (func() error, error) { raw++; return func() error { raw--; return nil }, nil }},
	}
	func() {
		defer func() {
			if v := recover(); !strings.Contains(fmt.Sprint(v), "in the connector") {
				t.Errorf("recovered %v", v)
			}
		}()
		talk.run(t.Context(), func(context.Context, string, []string, func(*session.Event)) (conn, error) {
			panic("in the connector")
		})
	}()
	if raw != 0 {
		t.Error("the terminal was left in raw mode")
	}
	in.Close()
}
