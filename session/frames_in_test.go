package session

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

var framed = Config{Watch: true, Frames: true}

// framesOf is what is told of the frames that come from a peer, and of nothing else.
func framesOf(t *testing.T, cfg Config, peer func(p *wstest.Peer)) (frames []string, end *End) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, cfg, func(ev *Event) {
			if ev.Kind == KindFrame && ev.Dir == In {
				frames = append(frames, describe(ev))
			}
		}, peer)
		end = c.Wait()
		synctest.Wait()
	})
	return frames, end
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFramesComeBeforeWhatTheyCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, framed, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Text("")
			p.WriteFrame(wire.Header{Opcode: wire.OpText}, []byte("frag"))
			p.Ping("p")
			p.ReadFrame()
			p.WriteFrame(wire.Header{Opcode: wire.OpContinuation}, nil)
			p.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpContinuation}, []byte("ment"))
			p.Binary(bytes.Repeat([]byte("b"), 400_000))
			p.Close(0, "")
			expectClose(p, 1005)
		})
		c.want(End{Cause: CauseClosed, Received: true, Code: 1005},
			`frame text fin ""`, `text ""`, `frame #1 text "frag"`,
			`frame ping fin "p"`, `ping "p"`, `out pong "p" answers=false`, `out frame pong fin masked "p"`,
			`frame #2 continuation ""`, `frame #3 continuation fin "ment"`, `text "fragment"`,
			`frame binary fin "bbbbbbbbbb...(4096)"`, `binary "bbbbbbbbbb...(400000)"`,
			`frame close fin ""`, `close 1005 ""`, `out close 1005 ""`, `out frame close fin masked ""`)
	})
}

func TestFramesOfCompressedMessages(t *testing.T) {
	for _, stream := range []bool{false, true} {
		cfg := framed
		cfg.Dial, cfg.Stream = compressed, stream
		s := newStream(1, true)
		s.out = nil
		packed := s.compress(bytes.Repeat([]byte("a"), 1000))
		frames, _ := framesOf(t, cfg, func(p *wstest.Peer) {
			p.Accept(wstest.Extensions("permessage-deflate"))
			p.WriteFrame(wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText}, packed)
			packed := s.compress(bytes.Repeat([]byte("b"), 500))
			p.WriteFrame(wire.Header{RSV1: true, Opcode: wire.OpText}, packed[:3])
			p.Pong("x")
			p.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpContinuation}, packed[3:])
			p.Text("plain")
			p.WriteFrame(wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText}, []byte("\xff\xff"))
			expectClose(p, 1007)
		})
		wantLines(t, frames, fmt.Sprintf(`frame text fin rsv1 %d for 1000`, len(packed)),
			frames[1], `frame pong fin "x"`, frames[3], `frame text fin "plain"`,
			`frame text fin rsv1 "\xff\xff" breaks compressed data that is not DEFLATE (RFC 7692 §7.2.2)`)
		if !strings.HasPrefix(frames[1], `frame #1 text rsv1 "`) || !strings.HasSuffix(frames[3], " for 500") {
			t.Errorf("%q", frames)
		}
	}
}

// Each rule that a frame can break, and the frame that is marked with it.
func TestFramesThatBreakARule(t *testing.T) {
	fin := func(op wire.Opcode) wire.Header { return wire.Header{Fin: true, Opcode: op} }
	with := func(h wire.Header, set func(*wire.Header)) wire.Header {
		set(&h)
		return h
	}
	begun := wstest.FrameBytes(wire.Header{Opcode: wire.OpText}, []byte("a"))
	begun = begun[:len(begun):len(begun)]
	for _, tt := range []struct {
		name, want string
		send       []byte
		before     []string
	}{
		{name: "opcode", send: wstest.Frame(0x3, "abc"),
			want: `frame reserved 0x3 fin "abc" breaks reserved opcode 0x3 (RFC 6455 §5.2)`},
		{name: "RSV1",
			send: wstest.FrameBytes(with(fin(1), func(h *wire.Header) { h.RSV1 = true }), []byte("a")),
			want: `frame text fin rsv1 "a" breaks ` +
				`reserved bit RSV1 set without an extension (RFC 6455 §5.2)`},
		{name: "RSV2",
			send: wstest.FrameBytes(with(fin(1), func(h *wire.Header) { h.RSV2 = true }), nil),
			want: `frame text fin "" breaks reserved bit RSV2 set (RFC 6455 §5.2)`},
		{name: "RSV3",
			send: wstest.FrameBytes(with(fin(9), func(h *wire.Header) { h.RSV3 = true }), nil),
			want: `frame ping fin "" breaks reserved bit RSV3 set (RFC 6455 §5.2)`},
		{name: "mask", send: masked(fin(wire.OpText), "masked"),
			want: `frame text fin masked "masked" breaks masked frame from a server (RFC 6455 §5.1)`},
		{name: "fragmented ping", send: wstest.FrameBytes(wire.Header{Opcode: wire.OpPing}, []byte("x")),
			want: `frame ping "x" breaks fragmented ping frame (RFC 6455 §5.5)`},
		{name: "long ping", send: wstest.Frame(wire.OpPing, strings.Repeat("p", 126)),
			want: `frame ping fin "pppppppppp...(126)" breaks ` +
				`ping frame with 126 bytes of payload, more than 125 (RFC 6455 §5.5)`},
		{name: "long form", send: []byte{0x81, 126, 0, 2, 'h', 'i'},
			want: `frame text fin "hi" breaks length of 2 not in the fewest bytes (RFC 6455 §5.2)`},
		{name: "2^63", send: []byte{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0},
			want: `frame binary fin "" breaks payload length of 2^63 bytes or more (RFC 6455 §5.2)`},
		{name: "lost continuation", send: wstest.Frame(wire.OpContinuation, "c"),
			want: `frame continuation fin "c" breaks ` +
				`continuation frame without a message to continue (RFC 6455 §5.4)`},
		{name: "begun again", send: append(begun, wstest.Frame(wire.OpBinary, "b")...),
			before: []string{`frame #1 text "a"`},
			want: `frame binary fin "b" breaks ` +
				`binary frame before the end of a fragmented message (RFC 6455 §5.4)`},
		{name: "UTF-8", send: append(begun, wstest.Frame(wire.OpContinuation, "\xffz")...),
			before: []string{`frame #1 text "a"`},
			want:   `frame #2 continuation fin "\xffz" breaks text that is not UTF-8 (RFC 6455 §8.1)`},
		{name: "cut UTF-8", send: wstest.Frame(wire.OpText, "\xe2\x82"),
			want: `frame text fin "\xe2\x82" breaks text that ends within a UTF-8 character (RFC 6455 §8.1)`},
		{name: "half a code", send: wstest.Frame(wire.OpClose, "\x03"),
			want: `frame close fin "\x03" breaks close frame with 1 byte of payload (RFC 6455 §5.5.1)`},
		{name: "code", send: wstest.CloseFrame(1005, "x"),
			want: `frame close fin "\x03\xedx" breaks close frame with the code 1005 (RFC 6455 §7.4)`},
		{name: "reason", send: wstest.CloseFrame(1000, "\xff"),
			want: `frame close fin "\x03\xe8\xff" breaks close reason that is not UTF-8 (RFC 6455 §8.1)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			frames, end := framesOf(t, framed, func(p *wstest.Peer) {
				p.Accept()
				p.Write(tt.send)
				p.ReadFrame()
			})
			wantLines(t, frames, append(tt.before, tt.want)...)
			if end.Cause != CauseProtocol {
				t.Errorf("%+v", end)
			}
		})
	}
}

func TestFramesThatAreCutOff(t *testing.T) {
	for _, tt := range []struct {
		send []byte
		want []string
	}{
		{wstest.FrameBytes(wire.Header{Fin: true, Opcode: wire.OpText, Length: 10}, []byte("abc")),
			[]string{`frame text fin "abc" 3 of 10`}},
		{wstest.FrameBytes(wire.Header{Fin: true, Opcode: wire.OpPing, Length: 10}, []byte("abc")),
			[]string{`frame ping fin "abc" 3 of 10`}},
		{wstest.FrameBytes(wire.Header{Opcode: wire.OpBinary, Length: 90_000}, make([]byte, 80_000)),
			[]string{`frame #1 binary "` + strings.Repeat(`\x00`, 10) + `...(4096)" 80000 of 90000`}},
		{wstest.FrameBytes(wire.Header{Fin: true, Opcode: wire.OpText, Length: 10}, nil),
			[]string{`frame text fin "" 0 of 10`}},
		{[]byte{0x81}, nil},
	} {
		frames, end := framesOf(t, framed, func(p *wstest.Peer) {
			p.Accept()
			p.Write(tt.send)
		})
		wantLines(t, frames, tt.want...)
		if end.Err != ErrMidMessage {
			t.Errorf("%+v", end)
		}
	}
}

func TestAFrameOverTheLimitIsTold(t *testing.T) {
	cfg := framed
	cfg.MaxMessage = 5
	frames, end := framesOf(t, cfg, func(p *wstest.Peer) {
		p.Accept()
		p.Text("123456")
		expectClose(p, 1009)
	})
	wantLines(t, frames, `frame text fin "123456"`)
	if end.Cause != CauseTooBig {
		t.Errorf("%+v", end)
	}
}

func TestFramesAreSwitched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c *client
		ready := make(chan struct{})
		c = connect(t, watched, func(ev *Event) {
			if ev.Kind == KindMessage && ev.Dir == In {
				<-ready
				c.SetFrames(string(ev.Payload) == "on")
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			for _, text := range []string{"off", "on", "off", "again"} {
				p.Text(text)
				if _, _, err := p.ReadFrame(); err != nil {
					t.Error(err)
				}
			}
			p.Close(1000, "")
			expectClose(p, 1000)
		})
		close(ready)
		for range 4 {
			synctest.Wait()
			c.Send(wire.OpText, []byte("next"))
		}
		c.want(End{Cause: CauseClosed, Sent: 1000, Received: true, Code: 1000},
			`text "off"`, `out text "next"`, `text "on"`, `out text "next"`, `out frame text fin masked "next"`,
			`frame text fin "off"`, `text "off"`, `out text "next"`, `text "again"`, `out text "next"`,
			`close 1000 ""`, `out close 1000 ""`)
	})
}

// The reader waits for a message, and has decided how to read it, when frames are asked for.
func TestFramesAreToldFromTheNextOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		next := make(chan struct{})
		c := connect(t, watched, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Text("one")
			for _, text := range []string{"two", "three"} {
				<-next
				p.Text(text)
			}
			p.Close(1000, "")
			expectClose(p, 1000)
		})
		synctest.Wait()
		c.SetFrames(true)
		next <- struct{}{}
		synctest.Wait()
		c.SetFrames(false)
		next <- struct{}{}
		c.want(End{Cause: CauseClosed, Sent: 1000, Received: true, Code: 1000},
			`text "one"`, `frame text fin "two"`, `text "two"`, `text "three"`,
			`close 1000 ""`, `out close 1000 ""`)
	})
}
