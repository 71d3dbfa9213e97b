package repl

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"wsline/repl/line"
)

const (
	lastTime  = 100 * time.Millisecond // for each write when the time to end is over
	typedTime = 500 * time.Millisecond // for a write after a second Ctrl-C
	maxTyped  = 16                     // reads of the keyboard that are kept during a write
	ctrlC     = 0x03
)

var errStuck = errors.New("the terminal takes nothing more")

// termWriter writes to the terminal on another goroutine, so that one that takes nothing more keeps
// no signal and no Ctrl-C waiting. It belongs to the talk's loop.
type termWriter struct {
	to      io.Writer
	work    chan []byte
	done    chan error       // of each write
	signals <-chan os.Signal // nil: none
	held    []os.Signal      // came during a write, for the loop
	keys    <-chan []byte    // nil: none
	typed   [][]byte         // came during a write, for the loop; at most maxTyped
	ended   bool             // so did the end of the keys
	asked   bool             // to leave, before the write
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
	asked := t.asked
	var enough <-chan time.Time // since a Ctrl-C that the loop cannot be told of
	for {
		select {
		case err := <-t.done:
			if err != nil {
				return 0, err
			}
			return len(p), nil
		case sig, ok := <-t.signals:
			t.hold(sig, ok)
		case p, ok := <-t.moreKeys():
			n := t.press(p, ok)
			if enough == nil && (n > 1 || n == 1 && asked) {
				enough = time.After(typedTime)
			}
			asked = asked || n > 0
		case <-enough:
			t.held, t.stuck = append(t.held, os.Interrupt), true
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

// moreKeys are keys as long as there is room for them.
func (t *termWriter) moreKeys() <-chan []byte {
	if len(t.typed) == maxTyped {
		return nil
	}
	return t.keys
}

// press keeps keys for later, and counts the Ctrl-Cs among them. A second one is what a second
// SIGINT is: the terminal is in raw mode, and sends none.
func (t *termWriter) press(p []byte, ok bool) int {
	if !ok {
		t.keys, t.ended = nil, true
		return 0
	}
	t.typed = append(t.typed, p)
	return bytes.Count(p, []byte{ctrlC})
}

// nextKeys takes keys that came during a write; ok is false for their end.
func (t *termWriter) nextKeys() (p []byte, ok, found bool) {
	if len(t.typed) > 0 {
		p, t.typed = t.typed[0], t.typed[1:]
		return p, true, true
	}
	found, t.ended = t.ended, false
	return nil, false, found
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
