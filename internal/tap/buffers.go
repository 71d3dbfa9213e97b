package tap

import (
	crand "crypto/rand"
	"math/rand/v2"
	"sync"
)

const (
	smallBuffer = 4 << 10                     // bytes, enough for most response heads
	readBuffer  = 256 << 10                   // bytes read ahead of whoever reads
	outBuffer   = writeBuffer + controlBuffer // bytes that gather, as a rule
)

// The buffers are all connections', so that one on which nothing is under way holds none.
var (
	smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	readBuffers  = sync.Pool{New: func() any { return new([readBuffer]byte) }}
	outBuffers   = sync.Pool{New: func() any { return new([outBuffer]byte) }}
)

// keySources are those of masking keys.
var keySources = sync.Pool{New: func() any {
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	return rand.NewChaCha8(seed)
}}

func takeSmall() []byte { return smallBuffers.Get().(*[smallBuffer]byte)[:] }
func takeRead() []byte  { return readBuffers.Get().(*[readBuffer]byte)[:] }
func takeOut() []byte   { return outBuffers.Get().(*[outBuffer]byte)[:0] }

// give gives a buffer back. One that has grown has another size, and is left to the collector.
func give(b []byte) {
	switch cap(b) {
	case smallBuffer:
		smallBuffers.Put((*[smallBuffer]byte)(b[:smallBuffer]))
	case readBuffer:
		readBuffers.Put((*[readBuffer]byte)(b[:readBuffer]))
	case outBuffer:
		outBuffers.Put((*[outBuffer]byte)(b[:outBuffer]))
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
