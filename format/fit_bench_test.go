package format

import (
	"testing"

	"wsline/internal/wire"
	"wsline/session"
)

// A small message on a terminal in colour, on one row and with each member on its own.
func BenchmarkTalkJSON(b *testing.B) {
	ev := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText,
		Payload: []byte(`{"e":"trade","n":12345,"s":"BTCUSDT","p":"67012.51","q":"0.0035"}`)}
	for name, pretty := range map[string]Pretty{"fit": PrettyFit, "always": PrettyAlways, "never": PrettyNever} {
		b.Run(name, func(b *testing.B) {
			talk := NewTalk(Style{Color: true, Wrap: func() int { return 100 }, Live: NewLive(pretty, false)})
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst = talk.Event(dst[:0], ev)
			}
		})
	}
}
