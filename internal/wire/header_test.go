package wire_test

import (
	"bytes"
	"math"
	"testing"

	"wsline/internal/wire"
)

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d} // the one of the examples in RFC 6455 §5.7

var headers = []struct {
	name string
	h    wire.Header
	b    string
}{
	// RFC 6455 §5.7
	{"text", wire.Header{Fin: true, Opcode: wire.OpText, Length: 5}, "\x81\x05"},
	{"masked text", wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Key: key, Length: 5},
		"\x81\x85\x37\xfa\x21\x3d"},
	{"first fragment", wire.Header{Opcode: wire.OpText, Length: 3}, "\x01\x03"},
	{"last fragment", wire.Header{Fin: true, Length: 2}, "\x80\x02"},
	{"ping", wire.Header{Fin: true, Opcode: wire.OpPing, Length: 5}, "\x89\x05"},
	{"masked pong", wire.Header{Fin: true, Opcode: wire.OpPong, Masked: true, Key: key, Length: 5},
		"\x8a\x85\x37\xfa\x21\x3d"},
	{"256 bytes", wire.Header{Fin: true, Opcode: wire.OpBinary, Length: 256}, "\x82\x7e\x01\x00"},
	{"64 KiB", wire.Header{Fin: true, Opcode: wire.OpBinary, Length: 65536},
		"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},

	{"all zero", wire.Header{}, "\x00\x00"},
	{"RSV1", wire.Header{RSV1: true, Opcode: wire.OpText}, "\x41\x00"},
	{"RSV2", wire.Header{RSV2: true, Opcode: wire.OpText}, "\x21\x00"},
	{"RSV3", wire.Header{RSV3: true, Opcode: wire.OpText}, "\x11\x00"},
	{"all bits", wire.Header{Fin: true, RSV1: true, RSV2: true, RSV3: true, Opcode: 0xf,
		Masked: true, Key: [4]byte{255, 255, 255, 255}, Length: math.MaxInt64},
		"\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"},

	{"length 1", wire.Header{Length: 1}, "\x00\x01"},
	{"length 125", wire.Header{Length: 125}, "\x00\x7d"},
	{"length 126", wire.Header{Length: 126}, "\x00\x7e\x00\x7e"},
	{"length 127", wire.Header{Length: 127}, "\x00\x7e\x00\x7f"},
	{"length 65535", wire.Header{Length: 65535}, "\x00\x7e\xff\xff"},
	{"length 65536", wire.Header{Length: 65536}, "\x00\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
	{"length 65537", wire.Header{Length: 65537}, "\x00\x7f\x00\x00\x00\x00\x00\x01\x00\x01"},
	{"length 2^63-1", wire.Header{Length: math.MaxInt64},
		"\x00\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"},
	{"masked length 126", wire.Header{Masked: true, Key: key, Length: 126},
		"\x00\xfe\x00\x7e\x37\xfa\x21\x3d"},
	{"masked length 65536", wire.Header{Masked: true, Key: key, Length: 65536},
		"\x00\xff\x00\x00\x00\x00\x00\x01\x00\x00\x37\xfa\x21\x3d"},
}

func TestHeader(t *testing.T) {
	for _, tt := range headers {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.h.Append([]byte("before")); string(got) != "before"+tt.b {
				t.Errorf("Append: % x, want % x after 6 bytes", got, tt.b)
			}
			if got := tt.h.Size(); got != len(tt.b) {
				t.Errorf("Size: %d, want %d", got, len(tt.b))
			}
			h, n, err := wire.ParseHeader([]byte(tt.b + "payload"))
			if h != tt.h || n != len(tt.b) || err != nil {
				t.Errorf("ParseHeader: %+v, %d, %v, want %+v, %d", h, n, err, tt.h, len(tt.b))
			}
			for i := range len(tt.b) {
				h, n, err := wire.ParseHeader([]byte(tt.b[:i]))
				if h != (wire.Header{}) || n != 0 || err != nil {
					t.Errorf("ParseHeader of %d bytes: %+v, %d, %v", i, h, n, err)
				}
			}
		})
	}
}

func TestHeaderOpcodes(t *testing.T) {
	for op := range wire.Opcode(16) {
		h := wire.Header{Fin: true, Opcode: op}
		b := h.Append(nil)
		if want := []byte{0x80 | byte(op), 0}; !bytes.Equal(b, want) {
			t.Errorf("%v: % x, want % x", op, b, want)
		}
		if got, n, err := wire.ParseHeader(b); got != h || n != 2 || err != nil {
			t.Errorf("%v: %+v, %d, %v", op, got, n, err)
		}
	}
}

// A longer encoding than is needed can be read; that it is wrong is for the Checker to say.
func TestParseHeaderNotMinimal(t *testing.T) {
	tests := []struct {
		b      string
		length int64
	}{
		{"\x81\x7e\x00\x00", 0},
		{"\x81\x7e\x00\x7d", 125},
		{"\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x00", 0},
		{"\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 65535},
	}
	for _, tt := range tests {
		h, n, err := wire.ParseHeader([]byte(tt.b))
		want := wire.Header{Fin: true, Opcode: wire.OpText, Length: tt.length}
		if h != want || n != len(tt.b) || err != nil {
			t.Errorf("% x: %+v, %d, %v", tt.b, h, n, err)
		}
	}
}

func TestParseHeaderTooLong(t *testing.T) {
	want := wire.Error{Code: 1002, Section: "RFC 6455 §5.2",
		Text: "payload length of 2^63 bytes or more"}
	b := wire.Header{Fin: true, Opcode: wire.OpBinary, Masked: true, Length: -1}.Append(nil)
	for i := range len(b) + 1 {
		h, n, err := wire.ParseHeader(b[:i])
		if n != 0 {
			t.Errorf("%d bytes: n = %d", i, n)
		}
		if i < 3 { // the bit is in the third byte
			if err != nil {
				t.Errorf("%d bytes: %v", i, err)
			}
			continue
		}
		wantError(t, err, want)
		if !h.Fin || h.Opcode != wire.OpBinary || !h.Masked || h.Length != 0 {
			t.Errorf("%d bytes: %+v", i, h)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, tt := range headers {
		f.Add([]byte(tt.b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := wire.ParseHeader(b)
		if err != nil || n == 0 {
			if n != 0 {
				t.Fatalf("n = %d with %v", n, err)
			}
			return
		}
		if h.Length < 0 || n < h.Size() || n > wire.MaxHeaderSize {
			t.Fatalf("% x: %+v, size %d", b, h, n)
		}
		for i := range n {
			if h, n, err := wire.ParseHeader(b[:i]); h != (wire.Header{}) || n != 0 || err != nil {
				t.Fatalf("% x: %+v, %d, %v", b[:i], h, n, err)
			}
		}
		out := h.Append(nil)
		if len(out) != h.Size() || n == h.Size() && !bytes.Equal(out, b[:n]) {
			t.Fatalf("% x came out as % x", b[:n], out)
		}
		if h2, n2, err := wire.ParseHeader(out); h2 != h || n2 != len(out) || err != nil {
			t.Fatalf("%+v came back as %+v, %d, %v", h, h2, n2, err)
		}
	})
}

func BenchmarkHeaderAppend(b *testing.B) {
	h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Key: key, Length: 59}
	buf := make([]byte, 0, wire.MaxHeaderSize)
	b.ReportAllocs()
	for b.Loop() {
		buf = h.Append(buf[:0])
	}
}

func BenchmarkParseHeader(b *testing.B) {
	for _, tt := range headers {
		if tt.name != "text" && tt.name != "masked length 65536" {
			continue
		}
		p := []byte(tt.b)
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, n, err := wire.ParseHeader(p); n != len(p) || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}
