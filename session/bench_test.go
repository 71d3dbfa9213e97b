package session

import (
	"bytes"
	"compress/flate"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"wsline/internal/tap"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// endless is a connection that is the one below until it is on. From then on its peer sends the
// same frames for ever, or nothing, and takes all there is.
type endless struct {
	net.Conn
	on     bool
	frames []byte
	at     int

	once   sync.Once
	closed chan struct{}
}

func (e *endless) Read(p []byte) (int, error) {
	if !e.on {
		return e.Conn.Read(p)
	}
	if len(e.frames) == 0 {
		<-e.closed
	}
	select {
	case <-e.closed:
		return 0, net.ErrClosed
	default:
	}
	n := copy(p, e.frames[e.at:])
	e.at = (e.at + n) % len(e.frames)
	return n, nil
}

func (e *endless) Write(p []byte) (int, error) {
	if !e.on {
		return e.Conn.Write(p)
	}
	return len(p), nil
}

func (e *endless) Close() error {
	e.once.Do(func() { close(e.closed) })
	return e.Conn.Close()
}

// flood starts a session to a peer that sends frames for ever, or takes all there is when there
// are none, until the test ends.
func flood(tb testing.TB, frames []byte, compressed bool, handle func(*Event)) *Session {
	tb.Helper()
	return floodAs(tb, frames, compressed, &Config{}, handle)
}

func floodAs(
	tb testing.TB, frames []byte, compressed bool, cfg *Config, handle func(*Event),
) *Session {
	tb.Helper()
	nc := &endless{frames: frames, closed: make(chan struct{})}
	nc.Conn = wstest.Pipe(tb, func(p *wstest.Peer) { p.Accept() })
	conn := handshake(tb, tap.New(nc), "")
	nc.on = true
	conn.Handshake.Compressed = compressed
	s := start(conn, cfg, handle)
	tb.Cleanup(func() {
		s.Drop()
		s.Wait()
	})
	return s
}

// batches returns a handler that hands over a token each size messages, until stop is closed.
func batches(size int) (handle func(*Event), batch, stop chan struct{}) {
	batch, stop = make(chan struct{}), make(chan struct{})
	n := 0
	return func(ev *Event) {
		switch ev.Kind {
		case KindMessage:
			n++
		case KindMessages:
			n += len(ev.Messages)
		}
		if n >= size {
			n -= size
			select {
			case batch <- struct{}{}:
			case <-stop:
			}
		}
	}, batch, stop
}

func textFrames(size int) []byte {
	h := wire.Header{Fin: true, Opcode: wire.OpText}
	return bytes.Repeat(wstest.FrameBytes(h, bytes.Repeat([]byte("x"), size)), 1+1<<20/size)
}

// packed are compressed messages, each without what came before it.
func packed(size int) []byte {
	text := strings.Repeat(`{"price":123.45,"symbol":"ABC","volume":1000}`, 1+size/45)[:size]
	var deflate bytes.Buffer
	w, _ := flate.NewWriter(&deflate, flate.BestSpeed)
	w.Write([]byte(text))
	w.Flush()
	payload := bytes.TrimSuffix(deflate.Bytes(), []byte("\x00\x00\xff\xff"))
	h := wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText}
	return bytes.Repeat(wstest.FrameBytes(h, payload), 100)
}

func benchmarkReceive(b *testing.B, frames []byte, compressed bool, size int) {
	const each = 64
	handle, batch, stop := batches(each)
	flood(b, frames, compressed, handle)
	b.Cleanup(func() { close(stop) })
	<-batch
	b.ReportAllocs()
	b.SetBytes(int64(size))
	b.ResetTimer()
	for n := 0; n < b.N; n += each {
		<-batch
	}
}

func BenchmarkReceive(b *testing.B) {
	for _, size := range []int{59, 1 << 10, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			benchmarkReceive(b, textFrames(size), false, size)
		})
	}
}

func BenchmarkReceiveCompressed(b *testing.B) {
	for _, size := range []int{59, 1 << 10, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			benchmarkReceive(b, packed(size), true, size)
		})
	}
}

func BenchmarkSend(b *testing.B) {
	for _, size := range []int{59, 1 << 10, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := flood(b, nil, false, func(*Event) {})
			payload := bytes.Repeat([]byte("x"), size)
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := s.Send(wire.OpText, payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The pipe's way: small messages in batches.
func BenchmarkBatch(b *testing.B) {
	s := flood(b, nil, false, func(*Event) {})
	batch := s.NewBatch()
	payload := bytes.Repeat([]byte("x"), 59)
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if err := batch.Send(wire.OpText, payload); err != nil {
			b.Fatal(err)
		}
	}
	if err := batch.Flush(); err != nil {
		b.Fatal(err)
	}
}

// What telling of what is sent, and of frames, costs: 59 bytes a message.
func BenchmarkWatched(b *testing.B) {
	for _, frames := range []bool{false, true} {
		cfg := Config{Watch: true, Frames: frames}
		b.Run(fmt.Sprintf("send/frames=%v", frames), func(b *testing.B) {
			s := floodAs(b, nil, false, &cfg, func(*Event) {})
			payload := bytes.Repeat([]byte("x"), 59)
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Send(wire.OpText, payload); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("receive/frames=%v", frames), func(b *testing.B) {
			const each = 64
			handle, batch, stop := batches(each)
			floodAs(b, textFrames(59), false, &cfg, handle)
			b.Cleanup(func() { close(stop) })
			b.ReportAllocs()
			for n := 0; n < b.N; n += each {
				<-batch
			}
		})
	}
}
