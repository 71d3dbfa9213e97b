package format

import (
	"testing"

	"wsline/internal/wire"
	"wsline/session"
)

// BenchmarkJSONFrames: a message and the frame before it, as in a flood.
func BenchmarkJSONFrames(b *testing.B) {
	text := []byte(`0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ`)
	h := wire.Header{Fin: true, Opcode: wire.OpText, Length: int64(len(text))}
	f := &session.Frame{
		Header: h, Head: []byte{0x81, byte(len(text))}, Payload: text, Have: h.Length,
	}
	events := []*session.Event{
		{Kind: session.KindFrame, Time: began, Opcode: wire.OpText, Frame: f},
		{Kind: session.KindMessage, Time: began, Opcode: wire.OpText, Payload: text},
	}
	j := JSON{Start: began}
	buf := j.Event(nil, events[1])
	b.ReportAllocs()
	for b.Loop() {
		for _, ev := range events {
			buf = j.Event(buf[:0], ev)
		}
	}
}
