package deflate

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	syncTail = "\x00\x00\xff\xff"     // what a message lacks (RFC 7692 §7.2.2)
	lastTail = "\x01\x00\x00\xff\xff" // an empty last block
)

// inflate decompresses a message with the bytes that came before.
func inflate(t testing.TB, window, message []byte) []byte {
	t.Helper()
	all := io.MultiReader(bytes.NewReader(message), strings.NewReader(syncTail+lastTail))
	got, err := io.ReadAll(flate.NewReaderDict(all, window))
	if err != nil {
		t.Fatalf("%v in % .60x", err, message)
	}
	return got
}

// sequence is what is sent one after the other: alike or not, of many sizes.
func sequence(rng *rand.Rand) (all [][]byte) {
	for range 1 + rng.IntN(30) {
		size := 1 + rng.IntN(1<<rng.IntN(18))
		b := make([]byte, 0, size+64)
		switch rng.IntN(5) {
		case 0: // noise
			for len(b) < size {
				b = append(b, byte(rng.Uint32()))
			}
		case 1: // one byte
			b = bytes.Repeat([]byte{byte(rng.Uint32())}, size)
		case 2: // what came before, with something else in it
			for len(b) < size && len(all) > 0 {
				m := all[rng.IntN(len(all))]
				m = m[rng.IntN(len(m)):]
				b = append(b, m[:min(len(m), rng.IntN(2000), size)]...)
				b = append(b, byte(rng.Uint32()))
			}
		case 3: // few symbols, of which some are rare
			for len(b) < size {
				b = append(b, byte(rng.ExpFloat64()*3))
			}
		case 4:
			for len(b) < size {
				b = fmt.Appendf(b, `{"id":%d,"name":"user %d"},`, rng.IntN(1e6), rng.IntN(50))
			}
		}
		all = append(all, append(b, 'x')[:max(1, min(size, len(b)))])
	}
	return all
}

// TestRoundTrip has an inflater that keeps no byte more than was agreed read it all.
func TestRoundTrip(t *testing.T) {
	for bits := MinBits; bits <= MaxBits; bits++ {
		for _, keep := range []bool{true, false} {
			t.Run(fmt.Sprintf("%d keep %v", bits, keep), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(bits), 7))
				for range 6 {
					w := NewWriter(bits)
					var window []byte
					for i, message := range sequence(rng) {
						packed := w.pack(message, 1+rng.IntN(len(message)))
						if got := inflate(t, window, packed); !bytes.Equal(got, message) {
							t.Fatalf("message %d of %d bytes came back different", i, len(message))
						}
						if far := farthest(t, packed, len(window)); far > 1<<bits {
							t.Fatalf("it refers back %d bytes", far)
						}
						window = append(window, message...)
						window = window[max(0, len(window)-1<<bits):]
						if !keep {
							w.Reset()
							window = nil
						}
					}
				}
			})
		}
	}
}

// pack compresses a message in pieces of so many bytes.
func (w *Writer) pack(message []byte, piece int) (packed []byte) {
	for len(message) > 0 {
		n := min(piece, len(message))
		packed = w.Append(packed, message[:n])
		message = message[n:]
	}
	return w.Flush(packed)
}

func TestFlushAlone(t *testing.T) {
	if got := NewWriter(MaxBits).Flush(nil); string(got) != "\x00" {
		t.Errorf("an empty message is % x", got) // RFC 7692 §7.2.3.6
	}
}

// The examples of RFC 7692 §7.2.3.1 and §7.2.3.2; of the second the RFC's encoder finds four bytes of five.
func TestExamples(t *testing.T) {
	w := NewWriter(MaxBits)
	if got := w.pack([]byte("Hello"), 5); string(got) != "\xf2\x48\xcd\xc9\xc9\x07\x00" {
		t.Errorf("Hello is % x", got)
	}
	if got := w.pack([]byte("Hello"), 5); string(got) != "\x02\x13\x00\x00" {
		t.Errorf("Hello again is % x", got)
	}
	w.Reset()
	if got := w.pack([]byte("Hello"), 5); string(got) != "\xf2\x48\xcd\xc9\xc9\x07\x00" {
		t.Errorf("Hello after a reset is % x", got)
	}
}

func TestPositionsComeRound(t *testing.T) {
	w := NewWriter(MaxBits)
	w.base = maxBase - 100
	var window []byte
	for i := range 200 {
		message := bytes.Repeat([]byte(fmt.Sprint("message ", i)), 100)
		if got := inflate(t, window, w.pack(message, 1<<20)); !bytes.Equal(got, message) {
			t.Fatalf("message %d came back different", i)
		}
		window = append(window, message...)
		window = window[max(0, len(window)-1<<15):]
	}
	if w.base > maxBase/2 {
		t.Error("positions did not begin anew")
	}
}

// FuzzRoundTrip sends what it is given twice, within any window.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("Hello"), uint8(15), uint8(2))
	f.Add([]byte(""), uint8(8), uint8(1))
	f.Add(bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), 60), uint8(9), uint8(100))
	f.Fuzz(func(t *testing.T, message []byte, bits, piece uint8) {
		w := NewWriter(MinBits + int(bits)%(MaxBits-MinBits+1))
		for range 2 {
			window := bytes.Clone(w.buf[max(0, len(w.buf)-w.window):])
			packed := w.pack(message, 1+100*int(piece))
			if got := inflate(t, window, packed); !bytes.Equal(got, message) {
				t.Fatalf("% .40x came back as % .40x", message, got)
			}
		}
	})
}
