//go:build !race

package session

import (
	"bytes"
	"runtime"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// A message that must be held whole takes little more memory than it is long, in however many
// frames it comes.
func TestMemoryOfALargeMessage(t *testing.T) {
	const size = 32 << 20
	for _, n := range []int{1, 2, 1024} {
		var frames []byte
		for i := range n {
			h := wire.Header{Fin: i == n-1, Opcode: wire.OpContinuation}
			if i == 0 {
				h.Opcode = wire.OpText
			}
			frames = append(frames, wstest.FrameBytes(h, bytes.Repeat([]byte("x"), size/n))...)
		}
		if used := memoryOf(t, frames, size); used > 1.3*size {
			t.Errorf("%d bytes in %d frames took %.2f times as much", size, n, used/size)
		}
	}
}

// memoryOf is how many bytes are allocated for the message in frames.
func memoryOf(t *testing.T, frames []byte, size int64) float64 {
	var before, after runtime.MemStats
	come := make(chan struct{})
	runtime.ReadMemStats(&before)
	var s *Session
	opened := make(chan struct{})
	s = floodAs(t, frames, false, &Config{MaxMessage: size}, func(ev *Event) {
		if ev.Kind == KindMessage {
			<-opened
			runtime.ReadMemStats(&after)
			close(come)
			s.Drop()
		}
	})
	close(opened)
	<-come
	return float64(after.TotalAlloc - before.TotalAlloc)
}
