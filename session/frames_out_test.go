package session

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// decode is what framesOut tells of a stream that is cut where cut says.
func decode(stream []byte, cut func(rest int) int) (lines []string) {
	sizes := int64(0)
	f := &framesOut{on: func() bool { return true }, size: func() int64 { sizes++; return 1000 * sizes }}
	f.checker = wire.Checker{FromClient: true, Deflate: true}
	f.tell = func(frame *Frame) {
		lines = append(lines, fmt.Sprintf("%s %x %d", describeFrame(frame), frame.Head, len(frame.Payload)))
	}
	for len(stream) > 0 {
		n := cut(len(stream))
		f.write(stream[:n])
		stream = stream[n:]
	}
	f.flush()
	return lines
}

func whole(rest int) int { return rest }

func masked(h wire.Header, payload string) []byte {
	h.Masked, h.Key = true, [4]byte{0xde, 0xad, 0xbe, 0xef}
	return wstest.FrameBytes(h, []byte(payload))
}

// outgoing is a stream of right and wrong frames.
func outgoing() []byte {
	fin := func(op wire.Opcode) wire.Header { return wire.Header{Fin: true, Opcode: op} }
	return bytes.Join([][]byte{
		masked(fin(wire.OpText), "hello"),
		masked(fin(wire.OpBinary), ""),
		masked(wire.Header{Opcode: wire.OpText}, "fr"),
		masked(fin(wire.OpPing), strings.Repeat("p", 125)),
		masked(wire.Header{Opcode: wire.OpContinuation}, strings.Repeat("a", 300)),
		masked(fin(wire.OpContinuation), strings.Repeat("g", 70_000)),
		masked(wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText}, "packed"),
		masked(wire.Header{RSV1: true, Opcode: wire.OpBinary}, "pac"),
		masked(fin(wire.OpContinuation), "ked"),
		wstest.Frame(wire.OpText, "unmasked"),
		masked(fin(wire.OpText), "\xff"),
		masked(fin(wire.OpClose), "\x03\xed"),
		masked(fin(0xb), "x"),
		masked(fin(wire.OpClose), "\x03\xe8bye"),
	}, nil)
}

func TestOutgoingFrames(t *testing.T) {
	got := decode(outgoing(), whole)
	for i, line := range got {
		got[i] = line[:strings.LastIndex(line[:strings.LastIndex(line, " ")], " ")]
	}
	wantLines(t, got, `frame text fin masked "hello"`, `frame binary fin masked ""`,
		`frame #1 text masked "fr"`, `frame ping fin masked "pppppppppp...(125)"`,
		`frame #2 continuation masked "aaaaaaaaaa...(300)"`,
		`frame #3 continuation fin masked "gggggggggg...(4096)"`,
		`frame text fin rsv1 masked 6 for 1000`, `frame #1 binary rsv1 masked "pac"`,
		`frame #2 continuation fin masked 6 for 2000`,
		`frame text fin "unmasked" breaks unmasked frame from a client (RFC 6455 §5.1)`,
		`frame text fin masked "\xff" breaks text that is not UTF-8 (RFC 6455 §8.1)`,
		`frame close fin masked "\x03\xed" breaks close frame with the code 1005 (RFC 6455 §7.4)`,
		`frame reserved 0xb fin masked "x" breaks reserved opcode 0xb (RFC 6455 §5.2)`,
		`frame close fin masked "\x03\xe8bye"`)
}

func TestOutgoingFramesInEveryChunking(t *testing.T) {
	stream := outgoing()
	want := decode(stream, whole)
	for n := 1; n < 40; n++ {
		if got := decode(stream, func(rest int) int { return min(n, rest) }); !slices.Equal(got, want) {
			t.Fatalf("%d bytes at a time: %q", n, got)
		}
	}
	for at := range 1000 {
		first := true
		got := decode(stream, func(rest int) int {
			if first {
				first = false
				return max(at, 1)
			}
			return rest
		})
		if !slices.Equal(got, want) {
			t.Fatalf("cut at %d: %q", at, got)
		}
	}
}

func TestOutgoingJunk(t *testing.T) {
	lies := masked(wire.Header{Fin: true, Opcode: wire.OpText, Length: 200}, "short")
	got := decode(append(lies, masked(wire.Header{Fin: true, Opcode: wire.OpText}, "swallowed")...), whole)
	if len(got) != 1 || !strings.HasPrefix(got[0], `frame text fin masked "short`) ||
		!strings.Contains(got[0], " 20 of 200 ") {
		t.Errorf("%q", got)
	}
	got = decode([]byte("\x82\xff\x80and all that follows\x81\x01a"), whole)
	wantLines(t, got, `frame binary fin masked "" breaks payload length of 2^63 bytes or more (RFC 6455 §5.2) 82ff80 0`)
	if got := decode([]byte{0x81}, whole); got != nil {
		t.Errorf("half a header: %q", got)
	}
}

// However the bytes are cut, the frames are the same.
func FuzzOutgoingFrames(f *testing.F) {
	f.Add(outgoing()[:1000], uint64(1))
	f.Add([]byte("\x82\xff\x80and all that follows"), uint64(2))
	f.Add([]byte("\x01\xff\x7f\xff\xff\xff\xff\xff\xff\xff1234abc"), uint64(3))
	f.Fuzz(func(t *testing.T, stream []byte, seed uint64) {
		want := decode(stream, whole)
		r := rand.New(rand.NewPCG(seed, 4))
		got := decode(stream, func(rest int) int { return min(rest, 1+r.IntN(20)) })
		if !slices.Equal(got, want) {
			t.Fatalf("%q, and cut otherwise %q", want, got)
		}
	})
}

// The frames of what the library compresses, alone and in pieces, have both sizes.
func TestOutgoingCompressedFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := framed
		cfg.Dial = compressed
		var frames []string
		c := connect(t, cfg, func(ev *Event) {
			if ev.Kind == KindFrame && ev.Dir == Out && ev.Opcode < wire.OpClose && ev.Frame.Header.Fin {
				frames = append(frames, describe(ev))
			}
		}, func(p *wstest.Peer) {
			p.Accept(wstest.Extensions("permessage-deflate"))
			expectClose(p, 1000)
			p.Close(1000, "")
		})
		c.Send(wire.OpText, bytes.Repeat([]byte("a"), 1000))
		w := c.NewWriter(wire.OpBinary)
		r := rand.New(rand.NewPCG(1, 5))
		for range 10 {
			piece := make([]byte, 20_000)
			for i := range piece {
				piece[i] = byte(r.Uint32())
			}
			w.Write(piece)
		}
		go c.Send(wire.OpText, bytes.Repeat([]byte("b"), 2000)) // waits for the writer
		synctest.Wait()
		w.Close()
		synctest.Wait()
		c.Send(wire.OpText, nil)
		c.Close(1000, "")
		c.Wait()
		synctest.Wait()
		if len(frames) != 4 || !strings.HasSuffix(frames[0], " for 1000") ||
			!strings.HasSuffix(frames[1], " for 200000") || !strings.HasSuffix(frames[2], " for 2000") ||
			frames[3] != `out frame text fin masked ""` {
			t.Errorf("%q", frames)
		}
		if st := c.Stats(); st.SizesOut.Count != 4 || st.SizesOut.Max != 200_000 {
			t.Errorf("%d sizes up to %d", st.SizesOut.Count, st.SizesOut.Max)
		}
	})
}
