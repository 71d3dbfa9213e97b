package session

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/dial"
	"wsline/internal/tap"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// What is sent refers back as far as was agreed on, and not across messages where that was. The same
// thousand bytes of noise, sent twice, show it.
func TestWindows(t *testing.T) {
	noise := make([]byte, 1000)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	tests := []struct {
		ext            string
		client, server bool // refers back to the message before
	}{
		{"permessage-deflate", true, true},
		{"permessage-deflate; client_max_window_bits=8", false, true},
		{"permessage-deflate; client_max_window_bits=9; server_max_window_bits=15", false, true},
		{"permessage-deflate; client_max_window_bits=10", true, true},
		{"permessage-deflate; server_max_window_bits=9", true, false},
		{"permessage-deflate; server_max_window_bits=10; client_no_context_takeover", false, true},
		{"permessage-deflate; server_no_context_takeover; client_max_window_bits=15", true, false},
		{"permessage-deflate; server_no_context_takeover; client_no_context_takeover", false, false},
	}
	for _, tt := range tests {
		for _, server := range []bool{false, true} {
			want := tt.client
			if server {
				want = tt.server
			}
			sent := sentTwice(t, tt.ext, server, noise)
			if len(sent) != 2 || !sent[0].RSV1 || !sent[0].Fin || sent[0].Length < 1000 ||
				(sent[1].Length < 100) != want {
				t.Errorf("%s: server %v sent %+v", tt.ext, server, sent)
			}
		}
	}
}

// sentTwice are the frames of a side that sends the same message two times.
func sentTwice(t *testing.T, ext string, server bool, message []byte) (sent []wire.Header) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		conn := &dial.Conn{Tap: tap.New(ours)}
		conn.Handshake.Extensions, conn.Handshake.Compressed = ext, true
		conn.Handshake.OfferedExtensions = "permessage-deflate; client_max_window_bits"
		conn.Tap.Frames()
		go func() {
			b, _ := io.ReadAll(theirs)
			for len(b) > 0 {
				h, n, _ := wire.ParseHeader(b)
				sent = append(sent, h)
				b = b[n+int(h.Length):]
			}
		}()
		s := startAs(conn, &Config{}, func(*Event) {}, server)
		for range 2 {
			if err := s.Send(wire.OpBinary, message); err != nil {
				t.Error(err)
			}
		}
		s.Flush()
		s.Drop()
		s.Wait()
		synctest.Wait()
		if s.deflater.w != nil != s.deflater.keep {
			t.Errorf("%s: holds a compressor without need, or none: keep %v", ext, s.deflater.keep)
		}
	})
	return sent
}

// Each piece of a message is a frame, and all of them are one message.
func TestPackedPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pieces := [][]byte{[]byte("one one one "), nil, bytes.Repeat([]byte("two "), 1000), []byte("three")}
		c := connect(t, Config{Dial: compressed, Watch: true, Frames: true}, nil,
			func(p *wstest.Peer) {
				p.Accept(wstest.Extensions("permessage-deflate"))
				for {
					h, payload, err := p.ReadFrame()
					if err != nil {
						return
					}
					h.Masked = false
					p.WriteFrame(h, payload)
					if h.Opcode == wire.OpClose {
						return
					}
				}
			})
		w := c.NewWriter(wire.OpText)
		for _, p := range pieces[:3] {
			if _, err := w.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Last(pieces[3]); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		c.Close(1000, "")
		c.Wait()
		synctest.Wait()
		var told, frames []string
		for _, line := range c.log {
			switch {
			case strings.HasPrefix(line, "out text"), strings.HasPrefix(line, "text"):
				told = append(told, line)
			case strings.HasPrefix(line, "out frame") && !strings.Contains(line, "close"):
				frames = append(frames, line[:strings.LastIndex(line, " masked")])
			}
		}
		wantLines(t, told, `out text "one one one " ...`, `out text "" ...`, `out text "two two tw...(4000)" ...`,
			`out text "three"`, `text "one one on...(4017)"`)
		wantLines(t, frames, "out frame #1 text rsv1", "out frame #2 continuation",
			"out frame #3 continuation", "out frame #4 continuation fin")
	})
}
