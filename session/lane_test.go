package session

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// stream makes what a server sends: messages of every kind and size, in one frame and in many, control
// frames between them, and an end, which may be a fault.
type stream struct {
	*rand.Rand
	deflate *flate.Writer // nil: nothing is compressed
	packed  bytes.Buffer
	out     []byte
}

func newStream(seed uint64, compressed bool) *stream {
	s := &stream{Rand: rand.New(rand.NewPCG(seed, 1))}
	if compressed {
		s.deflate, _ = flate.NewWriter(&s.packed, flate.BestSpeed)
	}
	for range 1 + s.IntN(40) {
		s.message()
	}
	s.end()
	return s
}

func (s *stream) frame(h wire.Header, payload []byte) {
	s.out = append(s.out, wstest.FrameBytes(h, payload)...)
}

func (s *stream) control() {
	op := []wire.Opcode{wire.OpPing, wire.OpPong}[s.IntN(2)]
	s.frame(wire.Header{Fin: true, Opcode: op}, []byte(strings.Repeat("c", s.IntN(126))))
}

func (s *stream) message() {
	if s.IntN(4) == 0 {
		s.control()
	}
	h := wire.Header{Opcode: []wire.Opcode{wire.OpText, wire.OpBinary}[s.IntN(2)]}
	payload := s.payload()
	if s.deflate != nil && s.IntN(2) == 0 {
		h.RSV1 = true
		payload = s.compress(payload)
	}
	for s.IntN(4) == 0 {
		n := s.IntN(len(payload) + 1)
		s.frame(h, payload[:n])
		payload = payload[n:]
		h = wire.Header{Opcode: wire.OpContinuation}
		if s.IntN(3) == 0 {
			s.control()
		}
	}
	h.Fin = true
	s.frame(h, payload)
}

// payload is valid text, with characters of every length.
func (s *stream) payload() []byte {
	sizes := []int{0, 1, 10, 125, 126, 127, 1000, 65535, 65536, 70_000, 300_000}
	n := sizes[s.IntN(len(sizes)-s.IntN(len(sizes)))]
	var b []byte
	for len(b) < n {
		b = append(b, []string{"a", "é", "€", "😀", "hello "}[s.IntN(5)]...)
	}
	return b
}

func (s *stream) compress(p []byte) []byte {
	s.packed.Reset()
	s.deflate.Write(p)
	s.deflate.Flush()
	return bytes.Clone(bytes.TrimSuffix(s.packed.Bytes(), []byte("\x00\x00\xff\xff")))
}

func (s *stream) end() {
	fin := wire.Header{Fin: true, Opcode: wire.OpText}
	switch s.IntN(9) {
	case 0:
		s.frame(fin, []byte("bad \xff text"))
	case 1:
		s.frame(fin, []byte("cut \xe2\x82"))
	case 2:
		s.frame(wire.Header{Fin: true, Opcode: wire.OpText, Masked: true}, []byte("masked"))
	case 3:
		s.frame(wire.Header{Fin: true, RSV2: true, Opcode: wire.OpText}, []byte("rsv"))
	case 4:
		s.frame(wire.Header{Fin: true, Opcode: wire.OpContinuation}, []byte("lost"))
	case 5:
		s.out = append(s.out, 0x81, 126, 0, 5, 'h', 'e', 'l', 'l', 'o') // not the shortest length
	case 6:
		s.frame(fin, []byte("whole"))
		s.out = s.out[:len(s.out)-1-s.IntN(6)]
	case 7:
		s.frame(fin, make([]byte, 500_001)) // over the limit of the test
	default:
		s.out = append(s.out, wstest.CloseFrame(4321, "the end")...)
	}
}

// play runs a session against the stream, cut at places that depend on cuts, and returns all it told.
func play(t *testing.T, s *stream, cuts uint64, noLane bool) string {
	var told string
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{MaxMessage: 500_000}
		cfg.Dial.Compress = s.deflate != nil
		var log []string
		c := connectWith(t, cfg, noLane, func(ev *Event) {
			log = append(log, fmt.Sprintf("%d %v %d %q %x", ev.Kind, ev.Opcode, ev.Code, ev.Reason, ev.Payload))
		}, func(p *wstest.Peer) {
			var opts []wstest.AcceptOption
			if s.deflate != nil {
				opts = append(opts, wstest.Extensions("permessage-deflate"))
			}
			p.Accept(opts...)
			go io.Copy(io.Discard, p.Conn)
			r := rand.New(rand.NewPCG(cuts, 2))
			for rest := s.out; len(rest) > 0; {
				n := min(len(rest), 1+r.IntN([]int{1, 10, 1000, 100_000}[r.IntN(4)]))
				if p.Write(rest[:n]) != nil {
					return
				}
				rest = rest[n:]
			}
			p.HalfClose()
		})
		end := *c.Wait()
		synctest.Wait()
		err := fmt.Sprint(end.Err)
		end.Err = nil
		told = strings.Join(log, "\n") + fmt.Sprintf("\n%+v %s %+v", end, err, c.Stats())
	})
	return told
}

// The short lane and the library tell the same of every stream.
func TestLaneAndLibraryTellTheSame(t *testing.T) {
	for seed := range uint64(150) {
		s := newStream(seed, seed%2 == 0)
		lane, library := play(t, s, seed, false), play(t, s, seed+1000, true)
		if lane != library {
			t.Fatalf("seed %d: the lane told\n%.2000s\n\nthe library\n%.2000s", seed, lane, library)
		}
	}
}

func FuzzLane(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(newStream(seed, false).out[:100])
	}
	f.Fuzz(func(t *testing.T, out []byte) {
		s := &stream{out: out}
		if lane, library := play(t, s, 1, false), play(t, s, 2, true); lane != library {
			t.Fatalf("the lane told\n%.2000s\n\nthe library\n%.2000s", lane, library)
		}
	})
}
