package tap

import (
	"sync"
	"sync/atomic"
	"time"
)

// clock is how long the peer was waited for: by the reader, for something to come, or, while it answers what
// came, for room that the peer makes by taking what is being written. It stands while anything else is
// waited for: a handler, a slow output, a stall.
type clock struct {
	answering atomic.Bool
	blocked   atomic.Int32 // those who wait for room; changed under mu

	mu               sync.Mutex // guards the rest
	reading, writing bool       // nc is being read, written
	from             time.Time  // when it began to run, zero while it stands
	total            time.Duration
	moved, took      time.Duration // total when the peer last sent or took something, or took something

	movedAt time.Time     // when it last sent or took something
	quiet   time.Duration // before the latest read, since then
}

func (c *clock) answer(on bool) {
	c.answering.Store(on)
	if c.blocked.Load() > 0 {
		c.block(0)
	}
}

func (c *clock) waited() (total, silent, untaken time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn(time.Now())
	return c.total, c.total - c.moved, c.total - c.took
}

// turn brings the total up to now, and has the clock run or stand as it must from now on; the caller
// holds mu.
func (c *clock) turn(now time.Time) {
	if !c.from.IsZero() {
		c.total += now.Sub(c.from)
	}
	c.from = time.Time{}
	if c.reading || c.writing && c.blocked.Load() > 0 && c.answering.Load() {
		c.from = now
	}
}

// read notes that nc begins or ceases to be read, and that n bytes came.
func (c *clock) read(on bool, n int) (now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now = time.Now()
	c.reading = on
	c.turn(now)
	if !on && !c.movedAt.IsZero() {
		c.quiet = now.Sub(c.movedAt)
	}
	if n > 0 {
		c.moved, c.movedAt = c.total, now
	}
	return now
}

// write notes that nc begins or ceases to be written, and that it took n bytes.
func (c *clock) write(on bool, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.writing = on
	c.turn(now)
	if n > 0 {
		c.moved, c.took, c.movedAt = c.total, c.total, now
	}
}

// quietBefore is how long nothing had gone either way when the latest read returned.
func (c *clock) quietBefore() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.quiet
}

// block notes that one more waits for room, or one less.
func (c *clock) block(by int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocked.Add(by)
	c.turn(time.Now())
}
