package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/internal/wstest"
	"wsline/repl/command"
	"wsline/session"
)

// buffer is an output that the test may look at while it is written.
type buffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func printLine(dst []byte, ev *session.Event) []byte {
	if ev.Kind != session.KindMessage {
		return dst
	}
	return append(append(dst, ev.Payload...), '\n')
}

// connectTo opens sessions to a peer over an in-memory connection.
func connectTo(
	t *testing.T, peer func(p *wstest.Peer),
) func(context.Context, func(*session.Event)) (*session.Session, error) {
	return connectWith(t, func(*session.Config) {}, peer)
}

// connectWith is connectTo with another Config.
func connectWith(
	t *testing.T, set func(cfg *session.Config), peer func(p *wstest.Peer),
) func(context.Context, func(*session.Event)) (*session.Session, error) {
	return func(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
		cfg := &session.Config{Dial: dial.Config{
			URL: &url.URL{Scheme: "ws", Host: "test"},
			NetDial: func(context.Context, string, string) (net.Conn, error) {
				return wstest.Pipe(t, func(p *wstest.Peer) {
					if p.Accept() == nil {
						peer(p)
					}
				}), nil
			},
		}}
		set(cfg)
		return session.Open(ctx, cfg, handle)
	}
}

// pipe is a pipe to a peer, with the defaults of the command line.
func pipe(t *testing.T, in io.Reader, peer func(p *wstest.Peer)) (*Pipe, *buffer) {
	out := &buffer{}
	return &Pipe{
		In: in, Delim: '\n', Out: out, Print: printLine, Wait: time.Second, Connect: connectTo(t, peer),
	}, out
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, "line", i)
	}
	return b.String()
}

func TestPipeEchoesEveryLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := lines(20_000)
		p, out := pipe(t, strings.NewReader(in), func(p *wstest.Peer) { p.Echo() })
		res := p.Run(t.Context())
		if out.String() != in {
			t.Errorf("%d bytes of %d came back", len(out.String()), len(in))
		}
		if res.Err != nil || res.End.Code != 1000 || !res.End.ByUs || res.Messages != 20_000 || res.Unsent {
			t.Errorf("%+v", res)
		}
	})
}

func TestPipeWaits(t *testing.T) {
	for _, tt := range []struct {
		wait  time.Duration
		want  string
		takes time.Duration
	}{
		{time.Second, "0.9s\n1.8s\n", 2800 * time.Millisecond},
		{0, "", 0},
		{-1, "0.9s\n1.8s\nlate\n", 6800 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, out := pipe(t, strings.NewReader("hi\n"), func(p *wstest.Peer) {
				closed := make(chan struct{})
				go func() {
					defer close(closed)
					for {
						h, _, err := p.ReadFrame()
						if err != nil || h.Opcode == wire.OpClose {
							return
						}
					}
				}()
				for _, s := range []struct {
					after time.Duration
					text  string
				}{{900, "0.9s"}, {900, "1.8s"}, {5000, "late"}} {
					select {
					case <-closed:
						p.Close(1000, "")
						return
					case <-time.After(s.after * time.Millisecond):
						p.Text(s.text)
					}
				}
				p.Close(1000, "")
				<-closed
			})
			p.Wait = tt.wait
			start := time.Now()
			res := p.Run(t.Context())
			if out.String() != tt.want || time.Since(start) != tt.takes || res.Err != nil {
				t.Errorf("wait %v: %q after %v, %+v", tt.wait, out, time.Since(start), res)
			}
		})
	}
}

// What the server had sent before its Close frame is printed, however late the closing began.
func TestPipeLosesNoReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, out := pipe(t, strings.NewReader(lines(100)), func(p *wstest.Peer) {
			var replies []string
			for {
				op, payload, err := p.ReadMessage()
				if err != nil {
					return
				}
				if op == wire.OpClose {
					break
				}
				replies = append(replies, string(payload))
			}
			for _, r := range replies {
				p.Text(r)
				time.Sleep(time.Second)
			}
			p.Close(1000, "")
		})
		p.Wait = 0
		if res := p.Run(t.Context()); res.Err != nil || out.String() != lines(100) {
			t.Errorf("%d bytes, %+v", len(out.String()), res)
		}
	})
}

func TestPipeUnits(t *testing.T) {
	in := "a\r\nb\x00\xff\x00"
	for _, tt := range []struct {
		name string
		set  func(p *Pipe)
		want []string
		err  string
	}{
		{"lines", func(p *Pipe) {}, []string{`text "a"`}, "line 2 of stdin is not valid UTF-8"},
		{"binary lines", func(p *Pipe) { p.Binary = true }, []string{`binary "a"`, `binary "b\x00\xff\x00"`}, ""},
		{"NUL", func(p *Pipe) { p.Delim = 0 }, []string{`text "a\r\nb"`}, "message 2 of stdin is not valid UTF-8"},
		{"whole", func(p *Pipe) { p.Whole = true }, nil, "stdin is not valid UTF-8"},
		{"binary whole", func(p *Pipe) { p.Whole, p.Binary = true, true }, []string{`binary "a\r\nb\x00\xff\x00"`}, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			var got []string
			p, _ := pipe(t, strings.NewReader(in), func(p *wstest.Peer) {
				for {
					op, payload, err := p.ReadMessage()
					if err != nil || op == wire.OpClose {
						p.Close(1000, "")
						return
					}
					got = append(got, fmt.Sprintf("%v %q", op, payload))
				}
			})
			tt.set(p)
			res := p.Run(t.Context())
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("%s: the peer got %q, want %q", tt.name, got, tt.want)
			}
			if text := errorText(res.Err); text != tt.err || res.End.Code != 1000 {
				t.Errorf("%s: %q, %+v", tt.name, text, res.End)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestPipeSendsBeforeTheInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, out := pipe(t, strings.NewReader("three\n"), func(p *wstest.Peer) { p.Echo() })
		p.OnOpen = []Message{{wire.OpText, []byte("one")}}
		p.Execute = []Message{{wire.OpText, []byte("two")}}
		if res := p.Run(t.Context()); res.Err != nil || out.String() != "one\ntwo\nthree\n" {
			t.Errorf("%q, %+v", out, res)
		}
	})
}

// endless is an input that stays open and silent behind what it has.
func endless(t *testing.T, s string) io.Reader {
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	return io.MultiReader(strings.NewReader(s), r)
}

func TestPipeCountAndExpect(t *testing.T) {
	welcome := func(p *wstest.Peer) {
		p.Text("welcome")
		p.Echo()
	}
	for _, tt := range []struct {
		name  string
		in    func(t *testing.T) io.Reader
		set   func(p *Pipe)
		want  string
		takes time.Duration
		err   string
	}{
		{"count at the end", func(*testing.T) io.Reader { return strings.NewReader("a\nb\n") },
			func(p *Pipe) { p.Count = 3 }, "welcome\na\nb\n", 0, ""},
		{"everything piped is sent", func(*testing.T) io.Reader { return strings.NewReader("a\nb\n") },
			func(p *Pipe) { p.Count = 1 }, "welcome\n", 0, ""},
		{"count with an open input", func(t *testing.T) io.Reader { return endless(t, "a\n") },
			func(p *Pipe) { p.Count = 2 }, "welcome\na\n", quietInput, ""},
		{"a count in an endless input", func(*testing.T) io.Reader { return &endlessLines{} },
			func(p *Pipe) { p.Count, p.Timeout = 3, 5*time.Second }, "welcome\ny\ny\n", 5 * time.Second, ""},
		{"count not reached", func(*testing.T) io.Reader { return strings.NewReader("a\n") },
			func(p *Pipe) { p.Count, p.Timeout = 3, 2*time.Second }, "welcome\na\n", 2 * time.Second,
			"2 of 3 messages came within 2s"},
		{"expect", func(t *testing.T) io.Reader { return strings.NewReader("abc\n") },
			func(p *Pipe) { p.Expect = regexp.MustCompile("b") }, "welcome\nabc\n", 0, ""},
		{"expect with an open input", func(t *testing.T) io.Reader { return endless(t, "abc\n") },
			func(p *Pipe) { p.Expect, p.Timeout = regexp.MustCompile("b"), time.Minute },
			"welcome\nabc\n", quietInput, ""},
		{"expect in vain, and silence", func(t *testing.T) io.Reader { return strings.NewReader("abc\n") },
			func(p *Pipe) { p.Expect, p.Wait = regexp.MustCompile("^x"), 3*time.Second }, "welcome\nabc\n",
			3 * time.Second, `no message matched "^x" within 3s`},
		{"expect in vain", func(t *testing.T) io.Reader { return strings.NewReader("abc\n") },
			func(p *Pipe) { p.Expect, p.Timeout = regexp.MustCompile("^x"), 10*time.Second }, "welcome\nabc\n",
			10 * time.Second, `no message matched "^x" within 10s`},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, out := pipe(t, tt.in(t), welcome)
			p.Wait = -1
			tt.set(p)
			start := time.Now()
			res := p.Run(t.Context())
			took := time.Since(start)
			time.Sleep(time.Second) // of the bubble: an endless input is read once more
			if out.String() != tt.want || errorText(res.Err) != tt.err ||
				took < tt.takes || took > tt.takes+2*quietInput {
				t.Errorf("%s: %q, %v after %v", tt.name, out, res.Err, took)
			}
		})
	}
}

// endlessLines is what yes(1) says, without end, a line each millisecond.
type endlessLines struct{}

func (endlessLines) Read(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return copy(p, "y\n"), nil
}

// When what was asked for came, a peer that does not close properly changes nothing, and not for long.
func TestPipeReachedAndThePeerDoesNotClose(t *testing.T) {
	for _, drops := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p, out := pipe(t, strings.NewReader(""), func(p *wstest.Peer) {
				p.Text("one")
				p.Text("two")
				for {
					if h, _, err := p.ReadFrame(); err != nil || h.Opcode == wire.OpClose {
						break
					}
				}
				for !drops && p.Text("more") == nil {
					time.Sleep(100 * time.Millisecond)
				}
			})
			p.Count = 2
			start := time.Now()
			res := p.Run(t.Context())
			if took := time.Since(start); !res.Met || res.Err != nil || took > hurryTime ||
				out.String() != "one\ntwo\n" {
				t.Errorf("%q, %+v after %v", out, res, took)
			}
		})
	}
}

func TestPipeCountAndThePeerCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, strings.NewReader(""), func(p *wstest.Peer) {
			p.Text("one")
			p.Close(1000, "")
			p.ReadFrame()
		})
		p.Count = 2
		if res := p.Run(t.Context()); errorText(res.Err) != "1 of 2 messages came before the connection ended" {
			t.Errorf("%+v", res)
		}
	})
}

func TestPipeExpectAndThePeerCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, endless(t, ""), func(p *wstest.Peer) {
			p.Text("no")
			p.Close(1000, "")
			p.ReadFrame()
		})
		p.Expect = regexp.MustCompile("yes")
		res := p.Run(t.Context())
		if errorText(res.Err) != `no message matched "yes" before the connection ended` || res.Unsent {
			t.Errorf("%+v", res)
		}
	})
}

func TestPipeOutputGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, endless(t, ""), func(p *wstest.Peer) {
			for p.Text("flood") == nil {
				time.Sleep(time.Millisecond)
			}
		})
		p.Out = writerFunc(func([]byte) (int, error) { return 0, &os.PathError{Op: "write", Err: syscall.EPIPE} })
		start := time.Now()
		if res := p.Run(t.Context()); res.Err != nil || time.Since(start) > 2*goneTime {
			t.Errorf("%+v after %v", res, time.Since(start))
		}
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestPipeOutputFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, strings.NewReader("a\nb\n"), func(p *wstest.Peer) { p.Echo() })
		p.Out = writerFunc(func([]byte) (int, error) { return 0, syscall.ENOSPC })
		res := p.Run(t.Context())
		if errorText(res.Err) != "stdout cannot be written: no space left on device" {
			t.Errorf("%+v", res)
		}
	})
}

func TestPipeInputFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(errors.New("bad disk")))
		p, out := pipe(t, in, func(p *wstest.Peer) { p.Echo() })
		res := p.Run(t.Context())
		if errorText(res.Err) != "stdin cannot be read: bad disk" || out.String() != "a\n" {
			t.Errorf("%q, %+v", out, res)
		}
	})
}

func TestPipeSignals(t *testing.T) {
	for _, tt := range []struct {
		name    string
		signals []os.Signal
		answers bool // the peer answers our Close frame
		code    wire.StatusCode
		want    Result
	}{
		{"Ctrl-C", []os.Signal{os.Interrupt}, true, 1000, Result{Interrupted: true}},
		{"Ctrl-C twice", []os.Signal{os.Interrupt, os.Interrupt}, false, 1000, Result{Interrupted: true}},
		{"SIGTERM", []os.Signal{syscall.SIGTERM}, true, 1001, Result{Terminated: true}},
		{"SIGHUP", []os.Signal{syscall.SIGHUP}, true, 1001, Result{Terminated: true, HungUp: true}},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := make(chan wire.StatusCode, 1)
			p, out := pipe(t, endless(t, "a\n"), func(p *wstest.Peer) {
				_, payload, _ := p.ReadMessage()
				p.Text(string(payload))
				if op, payload, _ := p.ReadMessage(); op == wire.OpClose {
					code, _, _ := wire.ParseClose(payload)
					got <- code
				}
				if tt.answers {
					p.Text("last words")
					p.Close(1000, "")
				} else {
					<-p.Done()
				}
			})
			signals := make(chan os.Signal)
			p.Signals = signals
			go func() {
				for _, s := range tt.signals {
					time.Sleep(time.Second)
					signals <- s
				}
			}()
			res := p.Run(t.Context())
			if res.Interrupted != tt.want.Interrupted || res.Terminated != tt.want.Terminated ||
				res.HungUp != tt.want.HungUp || <-got != tt.code {
				t.Errorf("%s: %+v", tt.name, res)
			}
			want := "a\n"
			if tt.answers {
				want += "last words\n"
			}
			if out.String() != want {
				t.Errorf("%s: printed %q", tt.name, out)
			}
		})
	}
}

func TestPipeInterruptedWhileConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, strings.NewReader("a\n"), nil)
		p.Connect = func(ctx context.Context, _ func(*session.Event)) (*session.Session, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		signals := make(chan os.Signal, 1)
		p.Signals = signals
		signals <- os.Interrupt
		if res := p.Run(t.Context()); !res.Interrupted || res.End != nil {
			t.Errorf("%+v", res)
		}
	})
}

// A signal that comes when the connection is just open ends it with a Close frame.
func TestPipeInterruptedWhenJustOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := make(chan wire.StatusCode, 1)
		p, _ := pipe(t, strings.NewReader("a\n"), func(p *wstest.Peer) {
			_, payload, _ := p.ReadFrame()
			code, _, _ := wire.ParseClose(payload)
			got <- code
			p.Close(1000, "")
		})
		signals := make(chan os.Signal)
		p.Signals = signals
		connect := p.Connect
		p.Connect = func(ctx context.Context, h func(*session.Event)) (*session.Session, error) {
			s, err := connect(ctx, h)
			signals <- syscall.SIGTERM // taken before Connect returns
			return s, err
		}
		if res := p.Run(t.Context()); !res.Terminated || <-got != 1001 || res.End.Cause != session.CauseClosed {
			t.Errorf("%+v %+v", res, res.End)
		}
	})
}

func TestPipeSecondInterruptWithAStuckOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		p, _ := pipe(t, endless(t, ""), func(p *wstest.Peer) { p.Flood(100_000, "flood") })
		p.Out = writerFunc(func(b []byte) (int, error) { <-gate; return len(b), nil })
		signals := make(chan os.Signal)
		p.Signals = signals
		go func() {
			for range 2 {
				time.Sleep(time.Second)
				signals <- os.Interrupt
			}
		}()
		if res := p.Run(t.Context()); !res.Interrupted {
			t.Errorf("%+v", res)
		}
		close(gate)
	})
}

func TestPipeStuckOutputStopsTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		var flooded bool
		p, _ := pipe(t, strings.NewReader(""), func(p *wstest.Peer) {
			p.Flood(100, strings.Repeat("x", 1<<20))
			flooded = true
			p.Echo()
		})
		total := 0
		p.Out = writerFunc(func(b []byte) (int, error) { <-gate; total += len(b); return len(b), nil })
		go func() {
			time.Sleep(time.Hour)
			if flooded {
				t.Error("100 MiB were read while stdout was stuck")
			}
			close(gate)
		}()
		if res := p.Run(t.Context()); res.Err != nil || total != 100*(1<<20+1) {
			t.Errorf("%d bytes, %+v", total, res)
		}
	})
}

func TestPipeUnsent(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   string
		open bool // and nothing more comes
		want bool
	}{
		{"a silent stdin", "a\n", true, false},
		{"all of it", "a\n", false, false},
		{"more", strings.Repeat("a\n", 1_000_000), false, true},
		{"more, and then silence", strings.Repeat("a\n", 1_000_000), true, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			var in io.Reader = strings.NewReader(tt.in)
			if tt.open {
				in = endless(t, tt.in)
			}
			p, _ := pipe(t, in, func(p *wstest.Peer) {
				p.ReadFrame()
				p.Close(4001, "no more")
				p.ReadFrame()
			})
			p.Wait = -1
			res := p.Run(t.Context())
			if res.Unsent != tt.want || res.End.Code != 4001 || res.End.Reason != "no more" {
				t.Errorf("%s: %+v %+v", tt.name, res, res.End)
			}
		})
	}
}

func TestPipeCommands(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
		err      string
	}{
		{"all kinds", "plain\n//slash\n/binary 00ff\n/ping p\n/close 4000 bye\n",
			[]string{`text "plain"`, `text "/slash"`, `binary "\x00\xff"`, `ping "p"`, `close "\x0f\xa0bye"`}, ""},
		{"unknown", "a\n/nope\nb\n", []string{`text "a"`, `close "\x03\xe8"`},
			`line 2: there is no command "/nope": /help lists them, //nope sends it`},
		{"not UTF-8", "/text \xff\n", []string{`close "\x03\xe8"`}, "line 1: text is not valid UTF-8"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var got []string
			p, _ := pipe(t, strings.NewReader(tt.in), func(p *wstest.Peer) {
				for {
					h, payload, err := p.ReadFrame()
					if err != nil {
						return
					}
					got = append(got, fmt.Sprintf("%v %q", h.Opcode, payload))
					if h.Opcode == wire.OpClose {
						p.Close(1000, "")
						return
					}
				}
			})
			p.Slash = true
			res := p.Run(t.Context())
			if fmt.Sprint(got) != fmt.Sprint(tt.want) || errorText(res.Err) != tt.err {
				t.Errorf("%s: the peer got %q, %v", tt.name, got, res.Err)
			}
		})
	}
}

// A command of others that is done when the connection ends tells what it found.
func TestPipeCommandAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, strings.NewReader("a $x\n/set x\n//${x}\n/late\n"), func(p *wstest.Peer) {
			for _, want := range []string{"a $x", "/X"} {
				if _, payload, _ := p.ReadFrame(); string(payload) != want {
					t.Errorf("the peer got %q, want %q", payload, want)
				}
			}
			p.Close(1000, "")
			p.ReadFrame()
		})
		ended := make(chan struct{})
		p.Tap = func(ev *session.Event) {
			if ev.Kind == session.KindEnd {
				close(ended)
			}
		}
		p.Slash, p.Wait = true, -1
		late := errors.New("too late")
		p.Extra = command.Extra{
			Commands: []command.Command{
				{Name: "set", Run: func(context.Context, *command.Env, string) error { return nil }},
				{Name: "late", Run: func(context.Context, *command.Env, string) error { <-ended; return late }},
			},
			Expand: func(_ *command.Env, name, rest string) (words.Text, error) {
				return words.Plain(strings.ReplaceAll(rest, "${x}", "X")), nil
			},
		}
		res := p.Run(t.Context())
		if !errors.Is(res.Err, late) || errorText(res.Err) != "line 4: too late" {
			t.Errorf("got %v", res.Err)
		}
	})
}
