package repl

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/vt"
)

// gatedTerminal takes nothing while its gate is there.
type gatedTerminal struct {
	*vt.Terminal
	gate chan struct{}
}

func (g *gatedTerminal) Write(p []byte) (int, error) {
	if g.gate != nil {
		<-g.gate
	}
	return g.Terminal.Write(p)
}

func TestTerminalThatIsStuck(t *testing.T) {
	for _, tt := range []struct {
		name    string
		signals []os.Signal
		within  time.Duration
		want    Result
	}{
		{"terminated once", []os.Signal{os.Kill}, leavingTime, Result{Terminated: true}},
		{"terminated twice", []os.Signal{os.Kill, os.Kill}, lastTime, Result{Terminated: true}},
		{"interrupted twice", []os.Signal{os.Interrupt, os.Interrupt}, lastTime,
			Result{Interrupted: true}},
		{"terminated, interrupted", []os.Signal{os.Kill, os.Interrupt}, lastTime,
			Result{Terminated: true, Interrupted: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var gate chan struct{}
			synctest.Test(t, func(t *testing.T) {
				gate = make(chan struct{})
				out := &gatedTerminal{Terminal: vt.New(60, 16)}
				signals := make(chan os.Signal)
				w := newTermWriter(out, signals)
				if _, err := w.Write([]byte("a")); err != nil {
					t.Error(err)
				}
				out.gate = gate
				begun := time.Now()
				go func() {
					for _, sig := range tt.signals {
						signals <- sig
					}
				}()
				for range 2 {
					if _, err := w.Write([]byte("b")); !errors.Is(err, errStuck) {
						t.Errorf("got %v", err)
					}
				}
				if took := time.Since(begun); took != tt.within {
					t.Errorf("it took %v", took)
				}
				var res Result
				for sig, ok := w.next(); ok; sig, ok = w.next() {
					res.note(sig)
				}
				if res != tt.want {
					t.Errorf("result %+v", res)
				}
				w.close()
				close(gate)
			})
		})
	}
}

func TestTalkOnATerminalThatIsStuck(t *testing.T) {
	var out *gatedTerminal
	var took time.Duration
	res := perform(t, func(s *stage) {
		out = &gatedTerminal{Terminal: s.term}
		s.talk.Term.Out = out
		s.prepare = mute
	}, func(s *stage) {
		out.gate = make(chan struct{})
		go s.keys.Write([]byte("half"))
		synctest.Wait()
		begun := time.Now()
		s.signals <- os.Kill
		<-s.finished
		took = time.Since(begun)
		s.term.Paste = false // cannot be undone
		close(out.gate)
	})
	if !res.Terminated || took > 2*time.Second {
		t.Errorf("%+v after %v", res, took)
	}
}

// A signal that comes while the terminal is slow is not lost.
func TestSignalDuringAWrite(t *testing.T) {
	res := perform(t, func(s *stage) {
		s.talk.Term.Out = &slowTerminal{Terminal: s.term}
	}, func(s *stage) {
		time.Sleep(time.Minute)
		go s.keys.Write([]byte("\x15"))
		synctest.Wait()
		s.signals <- os.Interrupt
		time.Sleep(time.Minute)
		s.expectSent(`close 1000 ""`)
	})
	if !res.Interrupted {
		t.Errorf("%+v", res)
	}
}

// The end of the keys that the loop saw is not told again by a write behind it.
func TestTheEndOfTheKeysIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &gatedTerminal{Terminal: vt.New(60, 16), gate: make(chan struct{})}
		keys := make(chan []byte)
		close(keys)
		l := &loop{Talk: &Talk{}, input: keys, term: newTermWriter(out, nil), hangup: stoppedTimer()}
		defer l.term.close()
		l.term.keys = keys
		l.typed(nil, false)
		time.AfterFunc(time.Second, func() { close(out.gate) })
		if _, err := l.term.Write([]byte("a")); err != nil {
			t.Error(err)
		}
		if _, _, found := l.term.nextKeys(); found {
			t.Error("it is told again")
		}
	})
}
