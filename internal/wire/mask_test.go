package wire_test

import (
	"bytes"
	"fmt"
	"testing"

	"wsline/internal/wire"
)

// masked is the rule of RFC 6455 §5.3, byte by byte.
func masked(p []byte, key [4]byte, pos int) []byte {
	out := make([]byte, len(p))
	for i, b := range p {
		out[i] = b ^ key[(pos+i)%4]
	}
	return out
}

// counting returns n bytes, no two neighbours alike.
func counting(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i*7 + i>>8)
	}
	return p
}

func TestMaskExample(t *testing.T) {
	// RFC 6455 §5.7
	const plain, onWire = "Hello", "\x7f\x9f\x4d\x51\x58"
	if got := wire.AppendMasked([]byte("> "), []byte(plain), key); string(got) != "> "+onWire {
		t.Errorf("AppendMasked: % x", got)
	}
	p := []byte(onWire)
	if pos := wire.Mask(p, key, 0); string(p) != plain || pos != 1 {
		t.Errorf("Mask: %q, %d", p, pos)
	}
}

func TestMask(t *testing.T) {
	const edge = "edge"
	for n := range 300 {
		src := counting(n)
		for pos := range 4 {
			for off := range 9 { // where in a word the payload begins
				b := append(make([]byte, off), src...)
				b = append(b, edge...)
				next := wire.Mask(b[off:off+n:off+n], key, pos)
				want := masked(src, key, pos)
				if !bytes.Equal(b[off:off+n], want) || next != (pos+n)%4 {
					t.Fatalf("%d bytes from %d: % x, %d, want % x", n, pos, b[off:], next, want)
				}
				if string(b[off+n:]) != edge || !bytes.Equal(b[:off], make([]byte, off)) {
					t.Fatalf("%d bytes from %d: wrote outside", n, pos)
				}
			}
		}
	}
}

func TestMaskInPieces(t *testing.T) {
	src := counting(40)
	want := masked(src, key, 0)
	for i := range len(src) + 1 {
		for j := i; j <= len(src); j++ {
			p := bytes.Clone(src)
			pos := wire.Mask(p[:i], key, 0)
			pos = wire.Mask(p[i:j], key, pos)
			pos = wire.Mask(p[j:], key, pos)
			if !bytes.Equal(p, want) || pos != 0 {
				t.Fatalf("cut at %d and %d: % x, %d", i, j, p, pos)
			}
		}
	}
}

func TestAppendMasked(t *testing.T) {
	for n := range 300 {
		src := counting(n)
		for room := range 3 { // no, too little and enough capacity
			dst := make([]byte, 3, 3+room*n/2)
			copy(dst, "abc")
			got := wire.AppendMasked(dst, src, key)
			if string(got[:3]) != "abc" || !bytes.Equal(got[3:], masked(src, key, 0)) {
				t.Fatalf("%d bytes: % x", n, got)
			}
			if !bytes.Equal(src, counting(n)) {
				t.Fatalf("%d bytes: changed its source", n)
			}
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add([]byte("Hello"), uint32(0x37fa213d), 0, 2)
	f.Add(counting(200), uint32(0x01020304), 3, 67)
	f.Fuzz(func(t *testing.T, src []byte, k uint32, pos, cut int) {
		key := [4]byte{byte(k >> 24), byte(k >> 16), byte(k >> 8), byte(k)}
		pos &= 3
		cut = min(max(cut, 0), len(src))
		p := bytes.Clone(src)
		next := wire.Mask(p[cut:], key, wire.Mask(p[:cut], key, pos))
		if want := masked(src, key, pos); !bytes.Equal(p, want) || next != (pos+len(p))&3 {
			t.Fatalf("% x, %d, want % x", p, next, want)
		}
		if got := wire.AppendMasked(nil, src, key); !bytes.Equal(got, masked(src, key, 0)) {
			t.Fatalf("AppendMasked: % x", got)
		}
		wire.Mask(p, key, pos)
		if !bytes.Equal(p, src) {
			t.Fatalf("masked twice: % x, want % x", p, src)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	for _, n := range []int{5, 59, 125, 1024, 65536, 1 << 20} {
		p := counting(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				wire.Mask(p, key, 1)
			}
		})
	}
}

func BenchmarkAppendMasked(b *testing.B) {
	for _, n := range []int{5, 59, 125, 1024, 65536, 1 << 20} {
		p, dst := counting(n), make([]byte, 0, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				wire.AppendMasked(dst, p, key)
			}
		})
	}
}

func TestAppendMessage(t *testing.T) {
	for n := range 300 {
		for _, masks := range []bool{true, false} {
			for at := -1; at < n; at++ { // of a byte that is not ASCII
				p := bytes.Repeat([]byte("a"), n)
				if at >= 0 {
					p[at] = 0x80
				}
				h := wire.Header{Fin: true, Opcode: wire.OpText, Length: int64(n), Masked: masks}
				want := []byte("before")
				if masks {
					h.Key = [4]byte{1, 2, 3, 4}
					want = append(h.Append(want), masked(p, h.Key, 0)...)
				} else {
					want = append(h.Append(want), p...)
				}
				got, plain := wire.AppendMessage([]byte("before"), wire.OpText, p, masks, 0x04030201)
				if !bytes.Equal(got, want) || plain && at >= 0 || !plain && at < 0 && masks && n < 126 {
					t.Fatalf("%d bytes, masked %v, %d: plain %v, % x, want % x", n, masks, at, plain, got, want)
				}
			}
		}
	}
}
