package session

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestRawFrames(t *testing.T) {
	key := &[4]byte{1, 2, 3, 4}
	for _, tt := range []struct {
		frame RawFrame
		want  string
	}{
		{RawFrame{Fin: true, Opcode: wire.OpText, Length: -1, Payload: []byte("hi")}, "81026869"},
		{RawFrame{Opcode: wire.OpText, Masked: true, Key: key, Length: -1, Payload: []byte("hi")}, "018201020304696b"},
		{RawFrame{Fin: true, RSV: 7, Opcode: 0xf, Length: -1}, "ff00"},
		{RawFrame{RSV: 4, Opcode: wire.OpBinary, Length: 200, Payload: []byte{9}}, "427e00c809"},
		{RawFrame{RSV: 2, Length: 0, Payload: []byte{9}}, "200009"},
		{RawFrame{RSV: 1, Masked: true, Key: new([4]byte), Length: -1, Payload: []byte{9}}, "10810000000009"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var got []byte
			c := connect(t, Config{}, nil, func(p *wstest.Peer) {
				p.Accept()
				got, _ = io.ReadAll(p.Conn)
			})
			if err := c.SendFrame(&tt.frame); err != nil {
				t.Error(err)
			}
			c.Flush()
			c.Drop()
			c.Wait()
			synctest.Wait()
			if fmt.Sprintf("%x", got) != tt.want {
				t.Errorf("%+v left as %x", tt.frame, got)
			}
			if err := c.SendFrame(&tt.frame); err != ErrClosed {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}

// A fresh key is another one each time.
func TestRawFramesHaveFreshKeys(t *testing.T) {
	f := &RawFrame{Masked: true, Length: -1, Payload: []byte("hello")}
	a, b := f.bytes(), f.bytes()
	if bytes.Equal(a[2:6], b[2:6]) {
		t.Errorf("twice the key %x", a[2:6])
	}
	h, n, _ := wire.ParseHeader(a)
	wire.Mask(a[n:], h.Key, 0)
	if string(a[n:]) != "hello" {
		t.Errorf("%q", a[n:])
	}
}

// What a peer makes of a wrong frame is still told.
func TestTheSessionGoesOnAfterARawFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, framed, nil, func(p *wstest.Peer) {
			p.Accept()
			p.ReadFrame()
			p.Text("I do not know that")
			p.Close(1002, "bad opcode")
			expectClose(p, 1002)
		})
		c.SendFrame(&RawFrame{Fin: true, Opcode: 0xb, Masked: true, Length: -1, Payload: []byte("x")})
		c.want(End{Cause: CauseClosed, Sent: 1002, Received: true, Code: 1002, Reason: "bad opcode"},
			`out frame reserved 0xb fin masked "x" breaks reserved opcode 0xb (RFC 6455 §5.2)`,
			`frame text fin "I do not know that"`, `text "I do not know that"`,
			`frame close fin "\x03\xeabad opcode"`, `close 1002 "bad opcode"`, `out close 1002 ""`,
			`out frame close fin masked "\x03\xea"`)
	})
}

func TestARawCloseFrameIsOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		raw := func(s *client, payload string, with func(*RawFrame)) {
			f := &RawFrame{Fin: true, Opcode: wire.OpClose, Masked: true, Length: -1, Payload: []byte(payload)}
			if with != nil {
				with(f)
			}
			if err := s.SendFrame(f); err != nil {
				t.Error(err)
			}
		}
		var got []string
		c := connect(t, watched, nil, func(p *wstest.Peer) {
			p.Accept()
			for {
				h, payload, err := p.ReadFrame()
				if err != nil {
					return
				}
				got = append(got, fmt.Sprintf("%v %q", h.Opcode, payload))
				if string(payload) == "after" {
					p.Close(1000, "")
				}
			}
		})
		raw(c, "\x03", nil)                                       // half a code
		raw(c, "\x03\xe8", func(f *RawFrame) { f.RSV = 4 })       // a reserved bit
		raw(c, "", func(f *RawFrame) { f.Masked = false })        // not masked
		raw(c, "\x03\xed", nil)                                   // a code that is not for the wire
		raw(c, "\x0f\xa0bye", func(f *RawFrame) { f.Length = 5 }) // by the rules
		if err := c.Send(wire.OpText, []byte("late")); err != ErrClosed {
			t.Error(err)
		}
		if err := c.Close(1000, ""); err != ErrClosed {
			t.Error(err)
		}
		raw(c, "\x03\xe8again", nil)
		c.SendRaw([]byte("\x81\x05after"))
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 4000, Received: true, Code: 1000},
			`out close 4000 "bye"`, `close 1000 ""`)
		wantLines(t, got, `close "\x03"`, `close "\x03\xe8"`, `close ""`, `close "\x03\xed"`,
			`close "\x0f\xa0bye"`, `close "\x03\xe8again"`, `text "after"`)
	})
}

// A raw frame that no buffer holds goes out in order, between messages that are sent at the same
// time.
func TestALargeRawFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sizes := map[int]int{}
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			for {
				_, payload, err := p.ReadFrame()
				if err != nil {
					return
				}
				sizes[len(payload)]++
			}
		})
		done := make(chan error)
		go func() {
			var err error
			for range 100 {
				err = c.Send(wire.OpBinary, make([]byte, 10_000))
			}
			done <- err
		}()
		err := c.SendFrame(&RawFrame{Fin: true, Opcode: wire.OpBinary, Masked: true, Length: -1,
			Payload: make([]byte, 3_000_000)})
		if other := <-done; err != nil || other != nil {
			t.Error(err, other)
		}
		c.Flush()
		synctest.Wait()
		if sizes[10_000] != 100 || sizes[3_000_000] != 1 {
			t.Errorf("%v", sizes)
		}
		c.Drop()
		c.Wait()
		synctest.Wait()
	})
}

func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var came []string
		c := connect(t, watched, func(ev *Event) {
			if ev.Kind == KindMessage && ev.Dir == In {
				came = append(came, string(ev.Payload))
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			for _, text := range []string{"one", "two", "three"} {
				p.Text(text)
				p.ReadFrame()
			}
			p.Close(1000, "") // the last that was read was our Close frame
		})
		expect := func(n int) {
			t.Helper()
			synctest.Wait()
			if len(came) != n {
				t.Errorf("%q came, want %d", came, n)
			}
		}
		expect(1)
		c.Stall(true)
		c.Send(wire.OpText, []byte("next"))
		expect(1) // the read that was under way brought it, but it is not handed on
		time.Sleep(time.Hour)
		expect(1)
		c.Stall(false)
		expect(2)
		c.Stall(true)
		c.Send(wire.OpText, []byte("next"))
		expect(2)
		c.Close(1000, "") // the closing handshake ends it
		c.Stall(true)     // and there is none after that
		expect(3)
		if end := c.Wait(); end.Cause != CauseClosed {
			t.Errorf("%+v", end)
		}
		synctest.Wait()
	})
}

func TestDropEndsAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Stall(nil)
		})
		c.Stall(true)
		synctest.Wait()
		c.Drop()
		c.want(End{Cause: CauseDropped, Code: 1006})
	})
}
