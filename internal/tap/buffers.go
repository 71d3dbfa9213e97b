package tap

import (
	crand "crypto/rand"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

const (
	smallBuffer = 4 << 10                     // bytes, enough for most response heads
	readBuffer  = 256 << 10                   // bytes read ahead of whoever reads
	outBuffer   = writeBuffer + controlBuffer // bytes that gather, as a rule
)

// The buffers are all connections', so that one on which nothing is under way holds none.
var (
	smallBuffers shelf[[smallBuffer]byte]
	readBuffers  shelf[[readBuffer]byte]
	outBuffers   shelf[[outBuffer]byte]
)

// A shelf is where buffers wait until they are wanted again. The one that came last is whoever's that
// comes next: a sync.Pool alone has one for each processor that no other can take, so that a single
// connection whose goroutines move between them would touch memory for several.
type shelf[T any] struct {
	last   atomic.Pointer[T]
	others sync.Pool
}

func (s *shelf[T]) take() *T {
	if b := s.last.Swap(nil); b != nil {
		return b
	}
	if b, ok := s.others.Get().(*T); ok {
		return b
	}
	return new(T)
}

func (s *shelf[T]) give(b *T) {
	if !s.last.CompareAndSwap(nil, b) {
		s.others.Put(b)
	}
}

// keySources are those of masking keys.
var keySources = sync.Pool{New: func() any {
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	return rand.NewChaCha8(seed)
}}

func takeSmall() []byte { return smallBuffers.take()[:] }
func takeRead() []byte  { return readBuffers.take()[:] }
func takeOut() []byte   { return outBuffers.take()[:0] }

// give gives a buffer back. One that has grown has another size, and is left to the collector.
func give(b []byte) {
	switch cap(b) {
	case smallBuffer:
		smallBuffers.give((*[smallBuffer]byte)(b[:smallBuffer]))
	case readBuffer:
		readBuffers.give((*[readBuffer]byte)(b[:readBuffer]))
	case outBuffer:
		outBuffers.give((*[outBuffer]byte)(b[:outBuffer]))
	}
}

// settle gives back the buffer of a reader that waits with nothing in it, where that can be known;
// else it is as large as what came last was.
func (c *Conn) settle() {
	c.r, c.w = 0, 0
	switch {
	case c.now != nil: // readOnce sees to it
		if len(c.buf) < readBuffer && c.came >= len(c.buf) {
			give(c.buf)
			c.buf = nil
		}
	case c.framed && len(c.buf) < readBuffer && c.came == len(c.buf):
		give(c.buf)
		c.buf = takeRead()
	case c.buf == nil, len(c.buf) >= readBuffer && c.came < smallBuffer:
		give(c.buf)
		c.buf = takeSmall()
	}
}
