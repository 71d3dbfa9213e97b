package repl

import (
	"errors"
	"io"
	"os"
	"time"

	"wsline/repl/line"
)

const lastTime = 100 * time.Millisecond // for each write when the time to end is over

var errStuck = errors.New("the terminal takes nothing more")

// termWriter writes to the terminal on another goroutine, so that one that takes nothing more keeps
// no signal waiting. It belongs to the talk's loop.
type termWriter struct {
	to      io.Writer
	work    chan []byte
	done    chan error       // of each write
	signals <-chan os.Signal // nil: none
	held    []os.Signal      // came during a write, for the loop
	until   time.Time        // when the end is to have come, zero: any time
	stuck   bool             // a write was given up, whose goroutine is left behind
}

func newTermWriter(to io.Writer, signals <-chan os.Signal) *termWriter {
	t := &termWriter{to: to, work: make(chan []byte), done: make(chan error, 1), signals: signals}
	go func() {
		for p := range t.work {
			_, err := t.to.Write(p)
			t.done <- err
		}
	}()
	return t
}

// Write waits until p is written, or there is no more time for it: a signal that ends the talk leaves
// some, the next hardly any.
func (t *termWriter) Write(p []byte) (int, error) {
	if t.stuck {
		return 0, errStuck
	}
	t.work <- p
	for {
		select {
		case err := <-t.done:
			if err != nil {
				return 0, err
			}
			return len(p), nil
		case sig, ok := <-t.signals:
			t.hold(sig, ok)
		case <-t.late():
			t.stuck = true
		}
		if t.stuck {
			return 0, errStuck
		}
	}
}

// hold keeps a signal for later.
func (t *termWriter) hold(sig os.Signal, ok bool) {
	if !ok {
		t.signals = nil
		return
	}
	t.held = append(t.held, sig)
	switch {
	case line.IsContinue(sig):
	case t.leaving():
		t.until = time.Now() // which leaves the write lastTime
	case sig != os.Interrupt:
		t.hurry()
	}
}

// leaving says that a signal before the last asked for the end.
func (t *termWriter) leaving() bool {
	for _, sig := range t.held[:len(t.held)-1] {
		if !line.IsContinue(sig) {
			return true
		}
	}
	return !t.until.IsZero()
}

// hurry bounds the time that all writes may take from now on.
func (t *termWriter) hurry() { t.until = time.Now().Add(leavingTime) }

func (t *termWriter) late() <-chan time.Time {
	if t.until.IsZero() {
		return nil
	}
	return time.After(max(lastTime, time.Until(t.until)))
}

// next takes a signal that came during a write.
func (t *termWriter) next() (sig os.Signal, ok bool) {
	if len(t.held) == 0 {
		return nil, false
	}
	sig, t.held = t.held[0], t.held[1:]
	return sig, true
}

// close ends the goroutine that writes.
func (t *termWriter) close() { close(t.work) }
