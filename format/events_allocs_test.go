//go:build !race

package format

import (
	"testing"

	"wsline/internal/wire"
	"wsline/session"
)

// The race detector allocates by itself, so this is not asked of it.
func TestJSONDoesNotAllocate(t *testing.T) {
	j := JSON{Start: began}
	frame := &session.Frame{Head: []byte{0x81, 5}, Payload: []byte("hello"), Have: 5}
	for _, ev := range []*session.Event{
		{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte("héllo \"you\"\u202e")},
		{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte("\x00\xff")},
		{Kind: session.KindPing, Payload: []byte("x")},
		{Kind: session.KindPong, Payload: []byte("x"), RTT: 1},
		{Kind: session.KindFrame, Frame: frame},
	} {
		ev.Time = later
		dst := j.Event(nil, ev)
		if n := testing.AllocsPerRun(100, func() { dst = j.Event(dst[:0], ev) }); n != 0 {
			t.Errorf("%v allocations for %s", n, dst)
		}
	}
}
