package format

import (
	"testing"

	"wsline/internal/wire"
	"wsline/session"
)

func TestPipePieces(t *testing.T) {
	for _, tt := range []struct {
		pipe Pipe
		want string
	}{
		{Pipe{End: "\n"}, "a\x00b\x01\n"},
		{Pipe{End: "\n", Binary: BinaryHex}, "61006201\n"},
	} {
		var got []byte
		for _, ev := range []session.Event{
			{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte("a\x00"), More: true},
			{Kind: session.KindIdle},
			{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte("b\x01")},
		} {
			got = tt.pipe.Event(got, &ev)
		}
		if string(got) != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
