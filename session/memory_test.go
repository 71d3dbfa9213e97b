//go:build !race

package session

import (
	"bytes"
	"runtime"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// A message that must be held whole takes little more memory than it is long.
func TestMemoryOfALargeMessage(t *testing.T) {
	const size = 32 << 20
	frame := wstest.FrameBytes(wire.Header{Fin: true, Opcode: wire.OpText}, bytes.Repeat([]byte("x"), size))
	var before, after runtime.MemStats
	come := make(chan struct{})
	runtime.ReadMemStats(&before)
	var s *Session
	opened := make(chan struct{})
	s = floodAs(t, frame, false, &Config{MaxMessage: size}, func(ev *Event) {
		if ev.Kind == KindMessage {
			<-opened
			runtime.ReadMemStats(&after)
			close(come)
			s.Drop()
		}
	})
	close(opened)
	<-come
	if used := float64(after.TotalAlloc - before.TotalAlloc); used > 1.3*size {
		t.Errorf("a message of %d bytes took %.2f times as much", size, used/size)
	}
}
