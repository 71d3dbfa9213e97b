package repl

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
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

func add(s string) func([]byte) []byte {
	return func(dst []byte) []byte { return append(dst, s...) }
}

func TestOutputGathersWhileAWriteIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &held{gate: make(chan struct{})}
		o := newOutput(h)
		for range 1000 {
			o.append(add("line\n"))
			synctest.Wait()
		}
		close(h.gate)
		if err := o.close(); err != nil {
			t.Fatal(err)
		}
		if h.String() != strings.Repeat("line\n", 1000) || h.writes != 2 {
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
				o.append(add(strings.Repeat("x", outputBuffer/2)))
				added++
			}
		}()
		synctest.Wait()
		if added > 5 {
			t.Errorf("%d halves fit in the buffer", added)
		}
		close(h.gate)
		<-done
		o.close()
		if h.Len() != 100*outputBuffer/2 {
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
	o.append(add("a"))
	<-o.failed
	o.append(add("b"))
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
				o.append(add(strings.Repeat("x", outputBuffer)))
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
