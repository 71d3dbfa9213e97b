package tap

import (
	"net"
	"runtime"
	"testing"
)

// A buffer that was given back on one processor is taken on another.
func TestBuffersAreSharedByProcessors(t *testing.T) {
	const threads, rounds = 4, 50
	turn := make(chan struct{}, 1)
	seen := make(map[*byte]bool)
	done := make(chan struct{})
	for range threads {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for range rounds {
				turn <- struct{}{}
				b := takeRead()
				seen[&b[0]] = true
				give(b)
				<-turn
			}
			done <- struct{}{}
		}()
	}
	for range threads {
		<-done
	}
	if len(seen) != 1 {
		t.Errorf("%d buffers for one at a time", len(seen))
	}
}

// The buffer of a batch that is written in parts is used again.
func TestABatchInPartsKeepsItsBuffer(t *testing.T) {
	nc, _ := net.Pipe()
	c := New(nc)
	t.Cleanup(func() { c.Close() })
	part := func(p []byte) (int, error) { return min(len(p), 100), nil }
	batch := takeOut()
	from := &batch[:1][0]
	c.mu.Lock()
	c.writeBatch(batch[:300], part)
	for len(c.rest) > 0 {
		rest := c.rest
		c.rest = nil
		c.writeBatch(rest, part)
	}
	c.mu.Unlock()
	if again := takeOut(); &again[:1][0] != from {
		t.Error("another buffer was taken")
	}
}
