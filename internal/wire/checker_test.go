package wire_test

import (
	"math"
	"testing"

	"wsline/internal/wire"
)

const (
	fin  = 0x80
	rsv1 = 0x40
	rsv2 = 0x20
	rsv3 = 0x10
)

// frame returns the header whose first byte is b0.
func frame(b0 byte, length int64) wire.Header {
	return wire.Header{
		Fin: b0&fin != 0, RSV1: b0&rsv1 != 0, RSV2: b0&rsv2 != 0, RSV3: b0&rsv3 != 0,
		Opcode: wire.Opcode(b0 & 0xf), Length: length,
	}
}

func rule(section, text string) wire.Error {
	return wire.Error{Code: wire.StatusProtocolError, Section: section, Text: text}
}

func TestChecker(t *testing.T) {
	type frames []wire.Header
	tests := []struct {
		name    string
		deflate bool
		frames  frames     // all but the last must pass
		err     wire.Error // of the last frame, zero for none
	}{
		{"text", false, frames{frame(0x81, 5)}, wire.Error{}},
		{"binary", false, frames{frame(0x82, math.MaxInt64)}, wire.Error{}},
		{"several messages", false,
			frames{frame(0x81, 0), frame(0x82, 1), frame(0x81, 2)}, wire.Error{}},
		{"fragments", false, frames{frame(0x01, 3), frame(0x00, 0), frame(0x80, 2),
			frame(0x02, 0), frame(0x80, 0), frame(0x81, 1)}, wire.Error{}},
		{"control frames", false,
			frames{frame(0x89, 125), frame(0x8a, 0), frame(0x88, 2)}, wire.Error{}},
		{"control frames between fragments", false, frames{frame(0x01, 3), frame(0x89, 0),
			frame(0x00, 3), frame(0x8a, 125), frame(0x80, 2)}, wire.Error{}},
		{"close between fragments", false, frames{frame(0x01, 3), frame(0x88, 0)}, wire.Error{}},
		{"compressed", true, frames{frame(0xc1, 5), frame(0x81, 5), frame(0xc2, 5)}, wire.Error{}},
		{"compressed fragments", true, frames{frame(0x41, 5), frame(0x89, 0), frame(0x00, 5),
			frame(0x80, 5), frame(0xc1, 0)}, wire.Error{}},

		{"RSV1", false, frames{frame(0xc1, 0)},
			rule("RFC 6455 §5.2", "reserved bit RSV1 set without an extension")},
		{"RSV2", false, frames{frame(0xa1, 0)},
			rule("RFC 6455 §5.2", "reserved bit RSV2 set")},
		{"RSV3", false, frames{frame(0x91, 0)},
			rule("RFC 6455 §5.2", "reserved bit RSV3 set")},
		{"RSV2 beside compression", true, frames{frame(0xe1, 0)},
			rule("RFC 6455 §5.2", "reserved bit RSV2 set")},
		{"RSV3 beside compression", true, frames{frame(0xd1, 0)},
			rule("RFC 6455 §5.2", "reserved bit RSV3 set")},
		{"RSV1 on a ping", false, frames{frame(0xc9, 0)},
			rule("RFC 6455 §5.2", "reserved bit RSV1 set without an extension")},
		{"compressed ping", true, frames{frame(0xc9, 0)},
			rule("RFC 7692 §6", "compression bit RSV1 set on a ping frame")},
		{"compressed close", true, frames{frame(0xc8, 0)},
			rule("RFC 7692 §6", "compression bit RSV1 set on a close frame")},
		{"compressed continuation", true, frames{frame(0x41, 0), frame(0xc0, 0)},
			rule("RFC 7692 §6", "compression bit RSV1 set on a continuation frame")},

		{"fragmented ping", false, frames{frame(0x09, 0)},
			rule("RFC 6455 §5.5", "fragmented ping frame")},
		{"fragmented pong", false, frames{frame(0x0a, 0)},
			rule("RFC 6455 §5.5", "fragmented pong frame")},
		{"fragmented close", false, frames{frame(0x08, 0)},
			rule("RFC 6455 §5.5", "fragmented close frame")},
		{"long ping", false, frames{frame(0x89, 126)},
			rule("RFC 6455 §5.5", "ping frame with 126 bytes of payload, more than 125")},
		{"long pong", false, frames{frame(0x8a, 65536)},
			rule("RFC 6455 §5.5", "pong frame with 65536 bytes of payload, more than 125")},
		{"long close", false, frames{frame(0x88, 126)},
			rule("RFC 6455 §5.5", "close frame with 126 bytes of payload, more than 125")},

		{"continuation of nothing", false, frames{frame(0x80, 0)},
			rule("RFC 6455 §5.4", "continuation frame without a message to continue")},
		{"continuation of a whole message", false, frames{frame(0x81, 0), frame(0x00, 0)},
			rule("RFC 6455 §5.4", "continuation frame without a message to continue")},
		{"continuation after the last one", false,
			frames{frame(0x01, 0), frame(0x80, 0), frame(0x80, 0)},
			rule("RFC 6455 §5.4", "continuation frame without a message to continue")},
		{"continuation of a ping", false, frames{frame(0x89, 0), frame(0x80, 0)},
			rule("RFC 6455 §5.4", "continuation frame without a message to continue")},
		{"text inside a message", false, frames{frame(0x01, 0), frame(0x81, 0)},
			rule("RFC 6455 §5.4", "text frame before the end of a fragmented message")},
		{"binary inside a message", false, frames{frame(0x01, 0), frame(0x00, 0), frame(0x02, 0)},
			rule("RFC 6455 §5.4", "binary frame before the end of a fragmented message")},
		{"text inside a message after a ping", false,
			frames{frame(0x01, 0), frame(0x89, 0), frame(0x81, 0)},
			rule("RFC 6455 §5.4", "text frame before the end of a fragmented message")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, fromClient := range []bool{false, true} {
				c := wire.Checker{FromClient: fromClient, Deflate: tt.deflate}
				last := len(tt.frames) - 1
				for i, h := range tt.frames {
					h.Masked = fromClient
					err := c.Header(h, h.Size())
					switch {
					case i == last && tt.err != (wire.Error{}):
						wantError(t, err, tt.err)
					case err != nil:
						t.Errorf("frame %d: %v", i, err)
					}
				}
			}
		})
	}
}

func TestCheckerReservedOpcodes(t *testing.T) {
	for _, op := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		var c wire.Checker
		h := frame(fin|op, 0)
		wantError(t, c.Header(h, h.Size()),
			rule("RFC 6455 §5.2", "reserved opcode 0x"+string("0123456789abcdef"[op])))
	}
}

func TestCheckerMasking(t *testing.T) {
	for op := range wire.Opcode(16) {
		if op.IsReserved() {
			continue
		}
		h := wire.Header{Fin: true, Opcode: op, Masked: true, Key: key}
		var fromServer wire.Checker
		wantError(t, fromServer.Header(h, h.Size()),
			rule("RFC 6455 §5.1", "masked frame from a server"))
		h.Masked, h.Key = false, [4]byte{}
		fromClient := wire.Checker{FromClient: true}
		wantError(t, fromClient.Header(h, h.Size()),
			rule("RFC 6455 §5.1", "unmasked frame from a client"))
	}
}

func TestCheckerNotMinimal(t *testing.T) {
	tests := []struct {
		head, text string
	}{
		{"\x81\x7e\x00\x00", "length of 0 not in the fewest bytes"},
		{"\x82\x7e\x00\x7d", "length of 125 not in the fewest bytes"},
		{"\x89\x7e\x00\x05", "length of 5 not in the fewest bytes"},
		{"\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x05", "length of 5 not in the fewest bytes"},
		{"\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", "length of 65535 not in the fewest bytes"},
	}
	for _, tt := range tests {
		h, n, err := wire.ParseHeader([]byte(tt.head))
		if n != len(tt.head) || err != nil {
			t.Fatalf("% x: %d, %v", tt.head, n, err)
		}
		var c wire.Checker
		wantError(t, c.Header(h, n), rule("RFC 6455 §5.2", tt.text))
	}
	masked := "\x81\xfe\x00\x05\x00\x00\x00\x00"
	h, n, _ := wire.ParseHeader([]byte(masked))
	c := wire.Checker{FromClient: true}
	wantError(t, c.Header(h, n), rule("RFC 6455 §5.2", "length of 5 not in the fewest bytes"))
}

func TestCheckerInMessage(t *testing.T) {
	var c wire.Checker
	for i, step := range []struct {
		b0   byte
		open bool
	}{
		{0x81, false}, {0x01, true}, {0x89, true}, {0x00, true}, {0x8a, true}, {0x80, false},
		{0x89, false}, {0x02, true}, {0x80, false},
	} {
		h := frame(step.b0, 0)
		if err := c.Header(h, 2); err != nil || c.InMessage() != step.open {
			t.Errorf("frame %d: %v, in a message: %v", i, err, c.InMessage())
		}
	}
}

func TestCheckerControl(t *testing.T) {
	tests := []struct {
		b0      byte
		payload string
		err     wire.Error
	}{
		{0x88, "", wire.Error{}},
		{0x88, "\x03\xe8bye", wire.Error{}},
		{0x89, "\xff", wire.Error{}},
		{0x8a, "\x03", wire.Error{}},
		{0x88, "\x03", rule("RFC 6455 §5.5.1", "close frame with 1 byte of payload")},
		{0x88, "\x03\xee", rule("RFC 6455 §7.4", "close frame with the code 1006")},
		{0x88, "\x03\xe8\xff", wire.Error{Code: wire.StatusInvalidFramePayloadData,
			Section: "RFC 6455 §8.1", Text: "close reason that is not UTF-8"}},
	}
	for _, tt := range tests {
		var c wire.Checker
		err := c.Control(frame(tt.b0, int64(len(tt.payload))), []byte(tt.payload))
		if tt.err != (wire.Error{}) {
			wantError(t, err, tt.err)
		} else if err != nil {
			t.Errorf("%x %q: %v", tt.b0, tt.payload, err)
		}
	}
}

func TestCheckerAllocations(t *testing.T) {
	c := wire.Checker{Deflate: true}
	heads := []byte("\x41\x05\x89\x7d\x00\x7e\x01\x00\x80\x00\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00")
	n := testing.AllocsPerRun(100, func() {
		for b := heads; len(b) > 0; {
			h, n, err := wire.ParseHeader(b)
			if err != nil || n == 0 {
				t.Fatal(n, err)
			}
			if err := c.Header(h, n); err != nil {
				t.Fatal(err)
			}
			b = b[n:]
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The frames of one stream keep, once checked, what everything behind the Checker relies on.
func FuzzChecker(f *testing.F) {
	for _, s := range []string{
		"\x81\x05Hello", "\x01\x03Hel\x89\x02hi\x80\x02lo", "\x88\x02\x03\xe8", "\xc1\x02\x00\x00",
		"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "\x80\x00", "\x09\x00", "\x8b\x00",
		"\x81\x7e\x00\x05Hello", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff",
	} {
		for mode := range byte(4) {
			f.Add([]byte(s), mode)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, mode byte) {
		c := wire.Checker{FromClient: mode&1 != 0, Deflate: mode&2 != 0}
		for {
			h, n, err := wire.ParseHeader(b)
			if err != nil || n == 0 {
				return
			}
			before := c.InMessage()
			if err := c.Header(h, n); err != nil {
				e, ok := err.(*wire.Error)
				if !ok || e.Code != wire.StatusProtocolError || e.Section == "" || e.Text == "" {
					t.Fatalf("% x: %#v", b[:n], err)
				}
				return
			}
			checkPassed(t, c, h, before)
			b = b[n:]
			payload := b[:min(h.Length, int64(len(b)))]
			b = b[len(payload):]
			if h.Masked {
				wire.Mask(payload, h.Key, 0)
			}
			if h.Opcode.IsControl() && c.Control(h, payload) != nil {
				return
			}
		}
	})
}

// checkPassed fails the test for a header that no Checker may let pass.
func checkPassed(t *testing.T, c wire.Checker, h wire.Header, inMessage bool) {
	t.Helper()
	var wrong bool
	switch h.Opcode {
	case wire.OpContinuation:
		wrong = !inMessage || h.RSV1 || c.InMessage() == h.Fin
	case wire.OpText, wire.OpBinary:
		wrong = inMessage || h.RSV1 && !c.Deflate || c.InMessage() == h.Fin
	case wire.OpClose, wire.OpPing, wire.OpPong:
		wrong = !h.Fin || h.RSV1 || h.Length > 125 || c.InMessage() != inMessage
	default:
		wrong = true
	}
	if wrong || h.RSV2 || h.RSV3 || h.Masked != c.FromClient || h.Length < 0 {
		t.Fatalf("passed: %+v", h)
	}
}

func BenchmarkChecker(b *testing.B) {
	heads := []byte("\x81\x3b")
	var c wire.Checker
	b.ReportAllocs()
	for b.Loop() {
		h, n, _ := wire.ParseHeader(heads)
		if err := c.Header(h, n); err != nil {
			b.Fatal(err)
		}
	}
}
