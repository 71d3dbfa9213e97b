package repl

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/session"
)

// lengths is a Compile: "even" lets messages of an even length pass, "twice" makes two of each.
func lengths(expr string) (Filter, error) {
	switch expr {
	case "even":
		return func(p []byte) (bool, [][]byte) { return len(p)%2 == 0, nil }, nil
	case "twice":
		return func(p []byte) (bool, [][]byte) { return true, [][]byte{p, p} }, nil
	case "nothing":
		return func(p []byte) (bool, [][]byte) { return true, [][]byte{} }, nil
	}
	return nil, fmt.Errorf("there is no %q", expr)
}

// driven is a pipe to an echo whose input is written one line after the other, each when nothing more
// happens after the last. It returns what was printed after each, and told to Say.
func driven(t *testing.T, set func(*Pipe), lines ...string) (got []string, said string, res Result) {
	synctest.Test(t, func(t *testing.T) {
		in, program := io.Pipe()
		p, out := pipe(t, in, func(p *wstest.Peer) { p.Echo() })
		p.Slash = true
		p.Say = func(text string) { said += text + "\n" }
		p.Connect = connectWith(t, func(cfg *session.Config) { cfg.Watch = true },
			func(p *wstest.Peer) { p.Echo() })
		set(p)
		done := make(chan struct{})
		go func() {
			defer close(done)
			res = p.Run(t.Context())
		}()
		seen := 0
		for _, line := range lines {
			io.WriteString(program, line+"\n")
			synctest.Wait()
			got = append(got, out.String()[seen:])
			seen = len(out.String())
		}
		program.Close()
		<-done
	})
	return got, said, res
}

func TestPipeFilter(t *testing.T) {
	set := func(p *Pipe) {
		p.Views.Compile = lengths
		p.Views.FilterText = "even"
		p.Views.Filter, _ = lengths("even")
	}
	got, said, res := driven(t, set, "a", "bb", "/binary 0000", "/filter twice", "c", "/filter nothing", "d",
		"/filter", "/filter off", "e", "/binary 61", "/filter")
	want := []string{"", "bb\n", "", "", "c\nc\n", "", "", "", "", "e\n", "a\n", ""}
	if fmt.Sprint(got) != fmt.Sprint(want) || said != "the filter is nothing\nno filter is set\n" {
		t.Errorf("got %q, said %q", got, said)
	}
	if res.Err != nil {
		t.Error(res.Err)
	}
	_, _, res = driven(t, set, "/filter odd")
	if errorText(res.Err) != `line 1: there is no "odd"` {
		t.Errorf("got %v", res.Err)
	}
}

// A count is one of what is printed.
func TestPipeCountsWhatPassesTheFilter(t *testing.T) {
	for _, tt := range []struct {
		filter, want, err string
		count             int64
	}{
		{"even", "bb\n", "", 1},
		{"even", "bb\ndddd\n", "2 of 3 messages came before the connection ended", 3},
		{"twice", "a\na\nbb\n", "", 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, out := pipe(t, nil, func(p *wstest.Peer) {
				for _, text := range []string{"a", "bb", "ccc", "dddd"} {
					p.Text(text)
				}
				p.Close(1000, "")
				p.ReadFrame()
			})
			p.Count, p.Wait = tt.count, -1
			p.Views.Filter, _ = lengths(tt.filter)
			res := p.Run(t.Context())
			if out.String() != tt.want || errorText(res.Err) != tt.err {
				t.Errorf("%s %d: %q, %v", tt.filter, tt.count, out, res.Err)
			}
		})
	}
}

// Messages in pieces are filtered whole, by the filter that was there when they began.
func TestSievePieces(t *testing.T) {
	var v Views
	v.Compile = lengths
	var s sieve
	s.init(&v)
	var shown []string
	show := func(ev *session.Event) { shown = append(shown, fmt.Sprintf("%s %v", ev.Payload, ev.More)) }
	pass := func(op wire.Opcode, payload string, more bool) {
		s.pass(&session.Event{
			Kind: session.KindMessage, Opcode: op, Payload: []byte(payload), More: more,
		}, show)
	}
	pass(wire.OpText, "begun", true)
	if err := s.set("even"); err != nil {
		t.Fatal(err)
	}
	pass(wire.OpText, "ended", false)
	pass(wire.OpText, "od", true)
	pass(wire.OpText, "d", false)
	pass(wire.OpText, "ev", true)
	pass(wire.OpText, "", true)
	if err := s.set(""); err != nil {
		t.Fatal(err)
	}
	pass(wire.OpText, "en", false)
	pass(wire.OpBinary, "binary", false)
	if got := strings.Join(shown, "; "); got != "begun true; ended false; even false; binary false" {
		t.Errorf("shown: %s", got)
	}
	if err := s.set("even"); err != nil {
		t.Fatal(err)
	}
	shown = nil
	pass(wire.OpText, "", true)
	s.joined = make([]byte, maxJoined-1)
	pass(wire.OpText, "xx", true)
	pass(wire.OpText, "xx", false)
	pass(wire.OpText, "xx", false)
	if got := strings.Join(shown, "; "); got != "xx false" || s.joined != nil {
		t.Errorf("shown: %.100s", got)
	}
}

// What is sent is told to the tap, and printed when it is asked for; frames
// and pings are always, and go to Status too.
func TestPipeTellsWhatIsSent(t *testing.T) {
	kinds := map[session.Kind]string{
		session.KindMessage: "message", session.KindPing: "ping", session.KindPong: "pong",
		session.KindClose: "close", session.KindFrame: "frame",
	}
	name := func(ev *session.Event) string {
		if kinds[ev.Kind] == "" {
			return ""
		}
		return fmt.Sprintf("%s%s ", [...]string{"<", ">"}[ev.Dir], kinds[ev.Kind])
	}
	for _, printSent := range []bool{false, true} {
		var tapped, status, modes string
		set := func(p *Pipe) {
			p.Tap = func(ev *session.Event) { tapped += name(ev) }
			p.Status = func(ev *session.Event) { status += name(ev) }
			p.Print = func(dst []byte, ev *session.Event) []byte { return append(dst, name(ev)...) }
			p.PrintSent = printSent
			p.Views.Frames = func(mode string) { modes += mode + " " }
		}
		got, _, _ := driven(t, set, "/ping x", "hi", "/frames on", "/pong", "/frames off", "/close")
		want := "[>ping <pong  <message     <close ]"
		if printSent {
			want = "[>ping <pong  >message <message   >pong   >close <close ]"
		}
		out := strings.NewReplacer(">frame ", "", "<frame ", "").Replace(fmt.Sprint(got))
		if strings.Join(strings.Fields(out), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("printed %s, want %s", out, want)
		}
		if !strings.Contains(fmt.Sprint(got), ">frame") {
			t.Errorf("no frame of ours was printed: %s", got)
		}
		if modes != "on off " {
			t.Errorf("modes %s", modes)
		}
		if !strings.HasPrefix(tapped, ">ping <pong >message <message ") ||
			!strings.HasSuffix(tapped, ">close <close ") {
			t.Errorf("tapped %s", tapped)
		}
		rest := strings.NewReplacer(">frame ", "", ">ping ", "").Replace(status)
		if strings.Contains(rest, ">") {
			t.Errorf("status %s", status)
		}
	}
}

func TestPipeDropAndRaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		p, _ := pipe(t, strings.NewReader("hello\n/raw 8a80 00000000\n/fragment 1 ab\n/drop\nlost\n"), frames(&got))
		p.Slash = true
		res := p.Run(t.Context())
		synctest.Wait() // for the peer
		want := `[text "hello" pong "" text no-fin "a" continuation "b"]`
		if fmt.Sprint(got) != want || !res.Unsent || res.End.Cause != session.CauseDropped {
			t.Errorf("the peer got %s; %+v", got, res)
		}
	})
}

// A stall with a time keeps the pipe until its end, and the silence is counted from there.
func TestPipeStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		p, out := pipe(t, strings.NewReader("/stall 5s\nhello\n"), func(p *wstest.Peer) { p.Echo() })
		p.Slash = true
		p.Tap = func(ev *session.Event) {
			if ev.Kind == session.KindMessage && ev.Dir == session.In {
				at = append(at, time.Since(start))
			}
		}
		res := p.Run(t.Context())
		if out.String() != "hello\n" || res.Err != nil || len(at) != 1 || at[0] != 5*time.Second {
			t.Errorf("%q, %+v, came %v", out, res, at)
		}
		if took := time.Since(start); took != 6*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestTalkWireCommands(t *testing.T) {
	perform(t, func(s *stage) {
		s.talk.Views = Views{
			Headers: func(*dial.Handshake) string { return "the heads\n" },
			Stats:   func(session.Stats) string { return "the numbers" },
			Frames:  func(string) {}, Compile: lengths,
		}
	}, func(s *stage) {
		s.press("/frame text x --rsv 4\r/raw 00\r/stall\r/stall off\r/frames hex\r/fragment 1 ab\r")
		s.press("/drop\r/stats\r/headers\r/frame ping\r")
		s.expect("* connected\n> /frame text x --rsv 4\n> /raw 00\n> /stall\n> /stall off\n"+
			"> /frames hex\n> /fragment 1 ab\n> /drop\n* ended: 0\n> /stats\n* the numbers\n> /headers\nthe heads\n"+
			"> /frame ping\nerror: not connected\nnot connected>", "")
		s.press("next\r/frames off\r/headers\r\x04")
		s.expectSent(`frame 1 rsv 4 "x"; raw 00; stall true; stall false; frames true; ` +
			`frame 1 no-fin "a"; frame 0 "b"; drop | frames true; text "next"; frames false; close 1000 ""`)
	})
}

// What a look has to say when nothing more comes, such as that a recording failed, is shown then.
func TestTalkShowsWhatIsDue(t *testing.T) {
	perform(t, func(s *stage) {
		event := s.talk.Look.Event
		s.talk.Look.Event = func(dst []byte, ev *session.Event) []byte {
			if ev.Kind == session.KindIdle {
				return append(dst, "* trouble\n"...)
			}
			return event(dst, ev)
		}
	}, func(s *stage) {
		s.conns[0].message("a")
		s.press("\x04")
		s.expect("* connected\n< a\n* trouble\n* ended: 1000", "")
	})
}

// Of what is sent only the frames are shown; the tap is told of all. Filters hold in a talk too.
func TestTalkShowsEvents(t *testing.T) {
	var tapped bytes.Buffer
	perform(t, func(s *stage) {
		s.talk.Tap = func(ev *session.Event) { fmt.Fprintf(&tapped, "%d.%d ", ev.Kind, ev.Dir) }
		s.talk.Views.Compile = lengths
		event := s.talk.Look.Event
		s.talk.Look.Event = func(dst []byte, ev *session.Event) []byte {
			if ev.Kind == session.KindFrame {
				return append(dst, "* frame\n"...)
			}
			return event(dst, ev)
		}
	}, func(s *stage) {
		s.conns[0].tell(
			&session.Event{Kind: session.KindFrame, Dir: session.Out},
			&session.Event{Kind: session.KindMessage, Dir: session.Out, Payload: []byte("mine")},
		)
		s.press("/filter even\r")
		s.conns[0].message("a")
		s.conns[0].message("bb")
		s.press("/filter off\r")
		s.conns[0].message("c")
		s.press("\x04")
		s.expect("* connected\n* frame\n> /filter even\n"+
			"* only what even makes of JSON messages is shown: /filter of\nf shows all\n"+
			"< bb\n> /filter off\n* all messages are shown\n< c\n* ended: 1000", "")
	})
	if got := tapped.String(); got != "1.0 8.1 2.1 2.0 7.0 2.0 7.0 2.0 7.0 9.0 " {
		t.Errorf("tapped %s", got)
	}
}
