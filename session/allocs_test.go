//go:build !race

package session

import (
	"bytes"
	"testing"

	"wsline/internal/wire"
)

// A message costs no allocation, from the connection to the handler: in the lane, and compressed.
func TestReceivingAllocatesNothing(t *testing.T) {
	const each = 1000
	for _, compressed := range []bool{false, true} {
		frames := textFrames(59)
		if compressed {
			frames = packed(59)
		}
		for _, cfg := range []*Config{{}, {Stream: true}} {
			handle, batch, stop := batches(each)
			floodAs(t, frames, compressed, cfg, handle)
			t.Cleanup(func() { close(stop) })
			if n := testing.AllocsPerRun(100, func() { <-batch }); n != 0 {
				t.Errorf("compressed %v, Stream %v: %v allocations for %d messages",
					compressed, cfg.Stream, n, each)
			}
		}
	}
}

func TestSendingAllocatesNothing(t *testing.T) {
	s := flood(t, nil, false, func(*Event) {})
	watched := floodAs(t, nil, false, &Config{Watch: true}, func(*Event) {})
	frames := floodAs(t, nil, false, &Config{Watch: true, Frames: true}, func(*Event) {})
	packed := flood(t, nil, true, func(*Event) {})
	payload := bytes.Repeat([]byte("x"), 59)
	for _, tt := range []struct {
		name string
		send func(op wire.Opcode, payload []byte) error
	}{
		{"alone", s.Send},
		{"compressed", packed.Send},
		{"in a batch", s.NewBatch().Send},
		{"watched", watched.Send},
		{"watched, with frames", frames.Send},
	} {
		send := func() {
			if err := tt.send(wire.OpText, payload); err != nil {
				t.Fatal(err)
			}
		}
		for range 50_000 { // the buffers grow to their size
			send()
		}
		if n := testing.AllocsPerRun(20_000, send); n != 0 {
			t.Errorf("%s: %v allocations per message", tt.name, n)
		}
	}
}
