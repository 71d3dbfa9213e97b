package session

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// stream makes what a server sends: messages of every kind and size, in one frame and in many,
// control frames between them, and an end, which may be a fault.
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
		s.frame(fin, make([]byte, limitOfTest+1)) // over the limit of the test
	default:
		s.out = append(s.out, wstest.CloseFrame(4321, "the end")...)
	}
}

// serve is a peer that sends the stream, cut at places that depend on cuts, and then ends.
func (s *stream) serve(cuts uint64) func(p *wstest.Peer) {
	return func(p *wstest.Peer) {
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
	}
}

const limitOfTest = 500_000

// play runs a session against the stream and returns what it told of messages, pings and pongs, and
// how it ended.
func play(t *testing.T, s *stream, cuts uint64, inPieces bool) (events []string, ended string) {
	return playAs(t, s, cuts, Config{Stream: inPieces})
}

func playAs(t *testing.T, s *stream, cuts uint64, cfg Config) (events []string, ended string) {
	synctest.Test(t, func(t *testing.T) {
		cfg.MaxMessage = limitOfTest
		cfg.Dial.Compress = s.deflate != nil
		var pieces []byte
		c := connect(t, cfg, func(ev *Event) {
			switch {
			case ev.Dir == Out || ev.Kind == KindFrame:
			case ev.Kind == KindMessages:
				for _, m := range ev.Messages {
					events = append(events, fmt.Sprintf("%v %x", m.Opcode, m.Payload))
				}
			case ev.More:
				pieces = append(pieces, ev.Payload...)
			case ev.Kind == KindMessage:
				events = append(events, fmt.Sprintf("%v %x", ev.Opcode, append(pieces, ev.Payload...)))
				pieces = pieces[:0]
			case ev.Kind == KindPing || ev.Kind == KindPong:
				events = append(events, fmt.Sprintf("%v %x", ev.Opcode, ev.Payload))
			}
		}, s.serve(cuts))
		end := *c.Wait()
		synctest.Wait()
		err := fmt.Sprint(end.Err)
		end.Err, end.Before = nil, Before{}
		ended = fmt.Sprintf("%+v %s", end, err)
	})
	return events, ended
}

// plainUpgrader is a transport over a connection with nothing between it and the library.
type plainUpgrader struct{ net.Conn }

func (u plainUpgrader) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Write(u.Conn); err != nil {
		return nil, err
	}
	br := bufio.NewReader(u.Conn)
	resp, err := http.ReadResponse(br, req)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.WriteCloser
	}{br, u.Conn}
	return resp, nil
}

// playLibrary is what the library alone tells of the stream.
func playLibrary(t *testing.T, s *stream, cuts uint64) (events []string) {
	synctest.Test(t, func(t *testing.T) {
		told := func(op wire.Opcode, p []byte) {
			events = append(events, fmt.Sprintf("%v %x", op, p))
		}
		opts := &websocket.DialOptions{
			HTTPClient: &http.Client{Transport: plainUpgrader{wstest.Pipe(t, s.serve(cuts))}},
			OnPingReceived: func(_ context.Context, p []byte) bool {
				told(wire.OpPing, p)
				return false
			},
			OnPongReceived: func(_ context.Context, p []byte) { told(wire.OpPong, p) },
		}
		if s.deflate != nil {
			opts.CompressionMode = websocket.CompressionContextTakeover
		}
		ws, _, err := websocket.Dial(context.Background(), "ws://test/", opts)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.CloseNow()
		ws.SetReadLimit(-1)
		for {
			typ, p, err := ws.Read(context.Background())
			if err != nil {
				return
			}
			told(wire.Opcode(typ), p)
		}
	})
	return events
}

// Whether messages come by the short lane or not, in pieces or whole, and however the stream is
// cut: the same is told of it, and that is what the library tells, which is laxer only with the
// faulty end.
func TestLaneTellsWhatTheLibraryTells(t *testing.T) {
	for seed := range uint64(100) {
		s := newStream(seed, seed%2 == 0)
		got, end := play(t, s, seed, false)
		again, endAgain := play(t, s, seed+1000, seed%3 == 0)
		if !slices.Equal(got, again) || end != endAgain {
			t.Fatalf("seed %d: cut otherwise, another story: %s, %s", seed, end, endAgain)
		}
		framed := Config{Stream: seed%5 == 0, Watch: true, Frames: seed%4 > 0}
		again, endAgain = playAs(t, s, seed+2000, framed)
		if !slices.Equal(got, again) || end != endAgain {
			t.Fatalf("seed %d: watched, another story: %s, %s", seed, end, endAgain)
		}
		want := playLibrary(t, s, seed)
		if len(want) > len(got)+1 || len(want) < len(got) || !slices.Equal(got, want[:len(got)]) {
			t.Fatalf("seed %d: %d events, the library tells %d; %s", seed, len(got), len(want), end)
		}
		if strings.Contains(end, "Code:4321") && len(want) != len(got) {
			t.Fatalf("seed %d: the library tells of more", seed)
		}
	}
}

// framesTold is what a session tells of the frames of a stream, and the stream as they have it
// together.
func framesTold(t *testing.T, s *stream, cuts uint64, cfg Config) (frames []string, all []byte) {
	synctest.Test(t, func(t *testing.T) {
		cfg.Watch, cfg.Frames, cfg.MaxMessage = true, true, limitOfTest
		cfg.Dial.Compress = s.deflate != nil
		c := connect(t, cfg, func(ev *Event) {
			if ev.Kind != KindFrame || ev.Dir == Out {
				return
			}
			f := ev.Frame
			all = append(append(all, f.Head...), make([]byte, f.Have)...)
			if f.Err == nil && f.Have == f.Header.Length { // what had come of others depends on the cuts
				frames = append(frames, describeFrame(f))
			}
		}, s.serve(cuts))
		c.Wait()
		synctest.Wait()
	})
	return frames, all
}

// The frames that are told are those of the stream, however it is cut.
func TestFramesToldAreTheStream(t *testing.T) {
	for seed := range uint64(40) {
		s := newStream(seed, seed%2 == 0)
		frames, all := framesTold(t, s, seed, Config{Stream: seed%3 == 0})
		again, _ := framesTold(t, s, seed+1000, Config{})
		if !slices.Equal(frames, again) {
			t.Fatalf("seed %d: cut otherwise, other frames", seed)
		}
		whole := 0
		for at := 0; at < len(s.out); {
			h, n, err := wire.ParseHeader(s.out[at:])
			if err != nil || n == 0 || at+n > len(all) {
				break
			}
			if !bytes.Equal(all[at:at+n], s.out[at:at+n]) {
				t.Fatalf("seed %d: other bytes at %d", seed, at)
			}
			at += n + int(h.Length)
			whole++
		}
		if whole < len(frames) || whole > len(frames)+1 {
			t.Fatalf("seed %d: %d frames, told %d", seed, whole, len(frames))
		}
	}
}

func FuzzLane(f *testing.F) {
	f.Add([]byte("\x81\x02hi\x88\x00"))
	f.Fuzz(func(t *testing.T, out []byte) {
		s := &stream{out: out}
		got, end := play(t, s, 1, false)
		again, endAgain := play(t, s, 2, true)
		if !slices.Equal(got, again) || end != endAgain {
			t.Fatalf("%q, %s; cut otherwise %q, %s", got, end, again, endAgain)
		}
		again, endAgain = playAs(t, s, 3, Config{Watch: true, Frames: true})
		if !slices.Equal(got, again) || end != endAgain {
			t.Fatalf("%q, %s; watched %q, %s", got, end, again, endAgain)
		}
	})
}
