package query

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// Steps between two looks at the clock, and at the heap.
const (
	stepsPerClock = 1 << 8
	stepsPerHeap  = 1 << 14
	clockPerHeap  = 5 * time.Millisecond
)

// limits is the context of one run. The interpreter asks Done before each of its steps, so that
// is where the steps are counted: no timer and no goroutine is needed, and a run that does
// nothing for the limit's sake costs a few nanoseconds a step.
type limits struct {
	context.Context
	steps    int
	deadline time.Time // set when the clock is first looked at, which short runs never do
	looked   time.Time // at the heap
	heap     uint64    // at the beginning
	cause    error
}

func newLimits(ctx context.Context) *limits {
	return &limits{Context: ctx}
}

// Done counts a step.
func (l *limits) Done() <-chan struct{} {
	l.steps++
	if l.cause == nil && l.steps%stepsPerClock == 0 {
		l.look()
	}
	if l.cause == nil {
		return nil
	}
	closed := make(chan struct{}) // the run ends here
	close(closed)
	return closed
}

func (l *limits) Err() error { return l.cause }

// look ends the run when it is over one of its limits.
func (l *limits) look() {
	now := time.Now()
	if l.deadline.IsZero() {
		l.deadline, l.looked = now.Add(MaxTime), now
	}
	switch {
	case l.Context.Err() != nil:
		l.cause = l.Context.Err()
	case now.After(l.deadline), l.steps > maxSteps:
		l.cause = errors.New("takes longer than " + MaxTime.String())
	case l.steps%stepsPerHeap == 0, now.Sub(l.looked) > clockPerHeap:
		l.looked = now
		l.lookAtHeap()
	}
}

// lookAtHeap compares the heap with what it was when the run was first found to be a long one;
// short runs never ask.
func (l *limits) lookAtHeap() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if l.heap == 0 || m.HeapAlloc < l.heap {
		l.heap = m.HeapAlloc
	}
	if m.HeapAlloc-l.heap > MaxMemory {
		l.cause = errors.New("takes more than 256 MiB of memory")
	}
}
