package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/resume"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/script/wst"
	"wsline/session"
)

// A numbering is a service that numbers its messages, goes on behind the one that it is asked for, and
// whose connections break.
type numbering struct {
	t      *testing.T
	random *rand.Rand
	total  int
	values *resume.Values
	opened int
}

func (n *numbering) connect(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
	since, err := n.values.Expand("the URL", "${cursor}")
	if err != nil {
		return nil, err
	}
	from, err := strconv.Atoi(since.String())
	if err != nil {
		return nil, err
	}
	n.opened++
	play := func(p *wstest.Peer) {
		if p.Accept() != nil {
			return
		}
		for i := from + 1; i <= n.total; i++ {
			if p.Text(fmt.Sprintf(`{"id":%d,"x":"%s"}`, i, strings.Repeat("x", i%50))) != nil {
				return
			}
		}
		p.Close(1000, "")
		p.ReadFrame()
	}
	nc := &cutConn{Conn: wstest.Pipe(n.t, play), in: upgradeBytes, out: upgradeBytes}
	cfg := &session.Config{Dial: dial.Config{
		URL:     &url.URL{Scheme: "ws", Host: "test"},
		NetDial: func(context.Context, string, string) (net.Conn, error) { return nc, nil },
	}}
	return session.Open(ctx, cfg, func(ev *session.Event) {
		if ev.Kind == session.KindOpen {
			nc.in, nc.out = n.random.IntN(1500), 1<<20
		}
		handle(ev)
	})
}

func (n *numbering) again(ctx context.Context, end *session.End, handle func(*session.Event)) (
	*session.Session, error) {
	if end.Cause == session.CauseClosed {
		return nil, nil
	}
	time.Sleep(time.Duration(n.random.IntN(50)) * time.Millisecond)
	return n.connect(ctx, handle)
}

// ids are those of the messages in an output.
func ids(output string) (list []int) {
	for line := range strings.Lines(output) {
		var id int
		fmt.Sscanf(line, `{"id":%d`, &id)
		list = append(list, id)
	}
	return list
}

// none is a filter that shows nothing.
func none([]byte) (show bool, values [][]byte) { return false, nil }

// slowly writes as a terminal or a file does that takes its time.
type slowly struct {
	to     io.Writer
	random *rand.Rand
}

func (s slowly) Write(p []byte) (int, error) {
	time.Sleep(time.Duration(s.random.IntN(30)) * time.Millisecond)
	return s.to.Write(p)
}

// A stream that goes on where it broke is printed once and in order; and at no time is what is kept for
// another run ahead of what was printed.
func TestPipeResumes(t *testing.T) {
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) { resumes(t, seed) })
	}
}

func resumes(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 2))
	vars := &wst.Vars{}
	_ = vars.Set("cursor", "0")
	values, err := resume.New([]string{"cursor=.id"}, vars)
	if err != nil {
		t.Fatal(err)
	}
	n := &numbering{t: t, random: random, total: 200, values: values}
	out := &buffer{}
	kept := "0"
	p := &Pipe{
		Out: slowly{out, rand.New(rand.NewPCG(seed, 3))}, Print: printLine, Wait: -1,
		Connect: n.connect, Again: n.again, Took: values.Took,
		Printing: func() func() {
			snapshot, ok := values.Snapshot()
			if !ok {
				return nil
			}
			return func() {
				if kept = snapshot["cursor"]; !strings.Contains(out.String(), `{"id":`+kept+`,`) {
					t.Errorf("seed %d: %s is kept before it is printed", seed, kept)
				}
			}
		},
	}
	if seed%4 == 0 { // what a filter leaves out has been seen too
		p.Views = Views{Filter: none, FilterText: "none"}
		p.Printing = nil
	}
	if seed%4 == 1 {
		p.Count = int64(1 + random.IntN(300))
	}
	res := p.Run(t.Context())
	got := ids(out.String())
	want := n.total
	switch {
	case seed%4 == 0:
		want = 0
	case p.Count > 0:
		want = min(n.total, int(p.Count))
	}
	if len(got) != want || res.ConnectErr != nil {
		t.Fatalf("seed %d: %d of %d are printed, on %d connections: %+v", seed, len(got), want, n.opened, res)
	}
	for i, id := range got {
		if id != i+1 {
			t.Fatalf("seed %d: message %d is at the place of %d", seed, id, i+1)
		}
	}
	if p.Printing != nil && kept != strconv.Itoa(want) {
		t.Errorf("seed %d: %s is kept in the end, and not %d", seed, kept, want)
	}
}

var errLate error = lateError{}

type lateError struct{}

func (lateError) Error() string { return "it did not come" }
func (lateError) Timeout() bool { return true }

// Nothing is sent before Welcome is done, on no connection; why it fails ends the run, unless the end
// of the connection did that, or it is late where it was not before.
func TestPipeWelcome(t *testing.T) {
	broken := errors.New("not as expected")
	for _, tt := range []struct {
		name    string
		results []error // of Welcome, one after the other
		again   bool
		want    error
		got     string // what the last connection got
	}{
		{"well", []error{nil}, false, nil, "login line"},
		{"fails", []error{broken}, true, broken, "login"},
		{"late at first", []error{errLate}, true, errLate, "login"},
		{"late", []error{nil, errLate, nil}, true, nil, "login more"},
		{"late without another", []error{errLate}, false, errLate, "login"},
		{"closed", []error{session.ErrClosed, nil}, true, nil, "login line"},
		{"closed for good", []error{fmt.Errorf("why: %w", session.ErrClosed)}, false, session.ErrClosed, "login"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex // guards last and peers
				var last []string
				peers := 0
				in, feed := io.Pipe()
				times := 0
				p, _ := pipe(t, in, nil)
				p.Connect = connectTo(t, func(p *wstest.Peer) {
					mu.Lock()
					last = nil
					hangup := errors.Is(tt.results[peers], session.ErrClosed)
					peers++
					mu.Unlock()
					for {
						h, payload, err := p.ReadFrame()
						if err != nil || h.Opcode == wire.OpClose {
							p.Close(1000, "")
							return
						}
						mu.Lock()
						last = append(last, string(payload))
						mu.Unlock()
						if hangup || string(payload) == "line" && len(tt.results) == 3 {
							return
						}
					}
				})
				if tt.again {
					p.Again = func(ctx context.Context, end *session.End, handle func(*session.Event)) (
						*session.Session, error) {
						if end.Cause == session.CauseClosed || end.Cause == session.CauseDropped {
							return nil, nil
						}
						return p.Connect(ctx, handle)
					}
				}
				p.Welcome = func(ctx context.Context, s *session.Session) error {
					err := tt.results[times]
					times++
					if e := (Message{wire.OpText, []byte("login")}).Send(s, 0); e != nil {
						t.Error(e)
					}
					time.Sleep(10 * time.Millisecond)
					if errors.Is(err, session.ErrClosed) {
						<-s.Done()
					}
					return err
				}
				go func() {
					io.WriteString(feed, "line\n")
					time.Sleep(time.Second)
					if len(tt.results) == 3 {
						io.WriteString(feed, "more\n")
					}
					feed.Close()
				}()
				res := p.Run(t.Context())
				feed.Close()
				time.Sleep(2 * time.Second)
				mu.Lock()
				defer mu.Unlock()
				if !errors.Is(res.Err, tt.want) || strings.Join(last, " ") != tt.got || times != len(tt.results) {
					t.Errorf("%d times: %+v; the server got %q", times, res, last)
				}
			})
		})
	}
}

// A signal does not wait for Welcome.
func TestPipeWelcomeInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := pipe(t, nil, func(p *wstest.Peer) { p.Echo() })
		signals := make(chan os.Signal, 1)
		p.Signals = signals
		p.Welcome = func(ctx context.Context, s *session.Session) error {
			<-ctx.Done()
			return ctx.Err()
		}
		time.AfterFunc(time.Minute, func() { signals <- os.Interrupt })
		begun := time.Now()
		res := p.Run(t.Context())
		if !res.Interrupted || res.Err != nil || time.Since(begun) > time.Minute+time.Second {
			t.Errorf("%v: %+v", time.Since(begun), res)
		}
	})
}
