//go:build !race

package tap

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"wsline/internal/wire"
)

// endless is a connection whose peer sends the same frames for ever and takes all there is.
type endless struct {
	net.Conn
	frames []byte
	at     int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.frames[e.at:])
	e.at = (e.at + n) % len(e.frames)
	return n, nil
}

func (e *endless) Write(p []byte) (int, error) { return len(p), nil }
func (e *endless) Close() error                { return nil }

// flood returns a tap on which messages of size bytes come without end.
func flood(tb testing.TB, size int) *Conn {
	c := New(&endless{frames: bytes.Repeat(text(strings.Repeat("x", size)), 1+1<<20/(size+14))})
	c.Frames()
	tb.Cleanup(func() { c.Close() })
	return c
}

var one [1]wire.Message

// take takes one message through the lane, or what the lane leaves, as the library would.
func take(c *Conn) (lane bool, err error) {
	if err := c.Await(); err != nil {
		return false, err
	}
	if len(c.Messages(one[:0])) == 1 {
		return true, nil
	}
	var p [4096]byte
	for {
		if _, err := c.Read(p[:]); err != nil {
			return false, err
		}
		if c.in.head == 0 && c.in.left == 0 {
			return false, nil
		}
	}
}

func TestTheLaneAllocatesNothing(t *testing.T) {
	c := flood(t, 59)
	taken := 0
	n := testing.AllocsPerRun(20_000, func() {
		lane, err := take(c)
		if err != nil {
			t.Fatal(err)
		}
		if lane {
			taken++
		}
	})
	if n != 0 || taken < 19_000 {
		t.Errorf("%v allocations per message, %d of 20001 in the lane", n, taken)
	}
}

func TestWriteFrameAllocatesNothing(t *testing.T) {
	c := flood(t, 59)
	payload := []byte(strings.Repeat("x", 59))
	for range 50_000 { // the buffers grow to their size
		c.WriteFrame(textHeader, payload)
	}
	n := testing.AllocsPerRun(20_000, func() {
		if err := c.WriteFrame(textHeader, payload); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations per message", n)
	}
}

func BenchmarkLane(b *testing.B) {
	for _, bm := range []struct {
		name string
		size int
	}{{"59B", 59}, {"1KiB", 1 << 10}, {"64KiB", 64 << 10}} {
		b.Run(bm.name, func(b *testing.B) {
			c := flood(b, bm.size)
			b.ReportAllocs()
			b.SetBytes(int64(bm.size))
			for b.Loop() {
				if _, err := take(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
