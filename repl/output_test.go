package repl

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/session"
)

// held is a writer that blocks until it is let go.
type held struct {
	strings.Builder
	gate   chan struct{}
	writes int
}

func (h *held) Write(p []byte) (int, error) {
	<-h.gate
	h.writes++
	return h.Builder.Write(p)
}

func put(o *output, s string) {
	o.batch = append(o.batch, s...)
	o.flush()
}

func TestOutputGathersWhileAWriteIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &held{gate: make(chan struct{})}
		o := newOutput(h)
		put(o, "one\n")
		synctest.Wait()
		for range 1000 {
			o.batch = append(o.batch, "line\n"...)
		}
		go func() { close(h.gate) }()
		o.flush()
		if err := o.close(); err != nil {
			t.Fatal(err)
		}
		if h.String() != "one\n"+strings.Repeat("line\n", 1000) || h.writes != 2 {
			t.Errorf("%d bytes in %d writes", h.Len(), h.writes)
		}
	})
}

func TestOutputWaitsWhenItIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &held{gate: make(chan struct{})}
		o := newOutput(h)
		added := 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			for added < 100 {
				put(o, strings.Repeat("x", largeOutput))
				added++
			}
		}()
		synctest.Wait()
		if added > 2 || !o.isWaiting() {
			t.Errorf("%d batches were taken", added)
		}
		close(h.gate)
		<-done
		o.close()
		if h.Len() != 100*largeOutput {
			t.Errorf("%d bytes were written", h.Len())
		}
	})
}

type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	f.n++
	return 0, io.ErrShortWrite
}

func TestOutputStopsAtTheFirstError(t *testing.T) {
	f := &failing{}
	o := newOutput(f)
	put(o, "a")
	<-o.failed
	put(o, "b")
	put(o, "c")
	if err := o.close(); !errors.Is(err, io.ErrShortWrite) || f.n != 1 {
		t.Errorf("%v after %d writes", err, f.n)
	}
}

func TestOutputAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &held{gate: make(chan struct{})}
		o := newOutput(h)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 10 {
				put(o, strings.Repeat("x", largeOutput))
			}
		}()
		synctest.Wait()
		o.abandon()
		<-done
		if err := o.close(); err != nil {
			t.Error(err)
		}
		close(h.gate) // lets the goroutine go that was left behind
	})
}

// A buffer has from the start what it is handed over with: growing would leave as much behind.
func TestOutputDoesNotGrow(t *testing.T) {
	o := newOutput(io.Discard)
	defer o.close()
	ev := &session.Event{Kind: session.KindMessage}
	line := strings.Repeat("x", 16<<10-1) + "\n"
	look := func(dst []byte, _ *session.Event) []byte { return append(dst, line...) }
	for range 3 * largeOutput / len(line) {
		before := cap(o.batch)
		if o.print(look, ev); before != outputSize || cap(o.batch) != outputSize {
			t.Fatalf("a buffer of %d bytes became one of %d", before, cap(o.batch))
		}
	}
}
