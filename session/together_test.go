package session

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// What has come together is told together, up to what is no whole message; that is told alone.
func TestStreamTellsMessagesTogether(t *testing.T) {
	text := func(s string) []byte {
		return wstest.FrameBytes(wire.Header{Fin: true, Opcode: wire.OpText}, []byte(s))
	}
	frame := func(fin bool, op wire.Opcode, s string) []byte {
		return wstest.FrameBytes(wire.Header{Fin: fin, Opcode: op}, []byte(s))
	}
	for _, tt := range []struct {
		name string
		sent [][]byte
		cfg  Config
		want []string
	}{
		{"a run", [][]byte{text("a"), frame(true, wire.OpBinary, "\xff"), text("c")},
			Config{Stream: true}, []string{"[text a binary \xff text c]"}},
		{"one", [][]byte{text("a")}, Config{Stream: true}, []string{"text a"}},
		{"a ping between", [][]byte{text("a"), text("b"), frame(true, wire.OpPing, "p"), text("c")},
			Config{Stream: true}, []string{"[text a text b]", "ping p", "text c"}},
		{"fragments between",
			[][]byte{text("a"), text("b"), frame(false, wire.OpText, "c"),
				frame(true, wire.OpContinuation, "d"), text("e"), text("f")},
			Config{Stream: true}, []string{"[text a text b]", "text cd", "[text e text f]"}},
		{"a fault behind", [][]byte{text("a"), text("b"), text("\xff"), text("c")},
			Config{Stream: true}, []string{"[text a text b]"}},
		{"one too large behind", [][]byte{text("a"), text("b"), text("too large"), text("c")},
			Config{Stream: true, MaxMessage: 8}, []string{"[text a text b]"}},
		{"watched", [][]byte{text("a"), text("b")}, Config{Stream: true, Watch: true},
			[]string{"[text a text b]"}},
		{"frames", [][]byte{text("a"), text("b")}, Config{Stream: true, Watch: true, Frames: true},
			[]string{"text a", "text b"}},
		{"without Stream", [][]byte{text("a"), text("b")}, Config{}, []string{"text a", "text b"}},
		{"answered", [][]byte{text("a"), text("b")},
			Config{Stream: true, Answer: func(*Session, *Event) {}}, []string{"text a", "text b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told []string
				var before Before
				s := connect(t, tt.cfg, func(ev *Event) {
					switch {
					case ev.Dir == Out:
					case ev.Kind == KindMessage, ev.Kind == KindPing:
						op := ev.Opcode
						if ev.Kind == KindPing {
							op = wire.OpPing
						}
						told = append(told, fmt.Sprintf("%v %s", op, ev.Payload))
					case ev.Kind == KindMessages:
						var all []string
						for _, m := range ev.Messages {
							all = append(all, fmt.Sprintf("%v %s", m.Opcode, m.Payload))
						}
						told = append(told, fmt.Sprint(all))
					case ev.Kind == KindEnd:
						before = ev.End.Before
					}
				}, func(p *wstest.Peer) {
					p.Accept()
					p.Write(bytes.Join(tt.sent, nil))
				})
				s.Wait()
				synctest.Wait()
				if !slices.Equal(told, tt.want) {
					t.Errorf("told %q, want %q", told, tt.want)
				}
				last := strings.TrimSuffix(tt.want[len(tt.want)-1], "]")
				if before.Last == "" || !strings.HasSuffix(last, before.Last) {
					t.Errorf("the last is %q, told %q", last, before.Last)
				}
			})
		})
	}
}

// A session that waits keeps nothing of the tap's buffer, which is another's by then.
func TestTheLotIsEmptyWhileTheReaderWaits(t *testing.T) {
	for _, stream := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			leave := make(chan struct{})
			s := connect(t, Config{Stream: stream}, nil, func(p *wstest.Peer) {
				p.Accept()
				m := wstest.FrameBytes(wire.Header{Fin: true, Opcode: wire.OpText}, []byte("a"))
				p.Write(bytes.Repeat(m, 3))
				<-leave
			})
			synctest.Wait()
			if n := s.Stats().MessagesIn; n != 3 {
				t.Errorf("%d messages came", n)
			}
			for i, m := range s.reader.lot[:cap(s.reader.lot)] {
				if m.Payload != nil {
					t.Errorf("Stream %v: message %d is still held", stream, i)
				}
			}
			close(leave)
			s.Wait()
		})
	}
}
