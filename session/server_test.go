package session

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/dial"
	"wsline/internal/tap"
	"wsline/internal/wire"
)

// accept makes a session of the server's side of a pipe whose other end is played by client, which
// returns all that came.
func accept(t *testing.T, cfg Config, on func(*Event), play func(nc net.Conn)) *client {
	t.Helper()
	ours, theirs := net.Pipe()
	c := &client{t: t, on: on}
	conn := &dial.Conn{Tap: tap.New(ours)}
	conn.Tap.Frames()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer theirs.Close()
		play(theirs)
	}()
	t.Cleanup(func() { <-done })
	c.Session = Accept(conn, &cfg, c.event)
	return c
}

// fromClient is a client's frame, with a key that is not zero.
func fromClient(first byte, payload string) string {
	b := []byte{first, 0x80 | byte(len(payload)), 1, 2, 3, 4}
	return string(wire.AppendMasked(b, []byte(payload), [4]byte{1, 2, 3, 4}))
}

// converse writes what a client sends and returns all that it got.
func converse(nc net.Conn, send string) string {
	got := make(chan string)
	go func() {
		b, _ := io.ReadAll(nc)
		got <- string(b)
	}()
	io.WriteString(nc, send)
	return <-got
}

func TestServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got string
		c := accept(t, Config{Echo: true}, nil, func(nc net.Conn) {
			got = converse(nc, fromClient(0x81, "hé")+fromClient(0x89, "are you")+fromClient(0x01, "h\xc3")+
				fromClient(0x8a, "unasked")+fromClient(0x80, "\xa9")+
				fromClient(0x82, "")+fromClient(0x88, "\x0f\xa0bye"))
		})
		c.want(End{Cause: CauseClosed, Sent: 4000, Received: true, Code: 4000, Reason: "bye"},
			`text "hé"`, `ping "are you"`, `pong "unasked" answers=false`, `text "hé"`, `binary ""`,
			`close 4000 "bye"`)
		want := "\x81\x03hé\x8a\x07are you\x81\x03hé\x82\x00\x88\x02\x0f\xa0"
		if got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
		if !c.IsServer() {
			t.Error("not the server")
		}
	})
}

func TestServerProtocol(t *testing.T) {
	tests := []struct {
		name, send, want string
		code             wire.StatusCode
	}{
		{"a message that is not masked", "\x81\x02hi", "unmasked frame from a client (RFC 6455 §5.1)", 1002},
		{"a ping that is not masked", "\x89\x00", "unmasked frame from a client (RFC 6455 §5.1)", 1002},
		{"text that is not UTF-8", fromClient(0x81, "a\xffb"), "text that is not UTF-8 (RFC 6455 §8.1)", 1007},
		{"the same in a fragment", fromClient(0x01, "a\xffb"), "text that is not UTF-8 (RFC 6455 §8.1)", 1007},
		{"text cut within a character", fromClient(0x01, "a") + fromClient(0x80, "\xc3"),
			"text that ends within a UTF-8 character (RFC 6455 §8.1)", 1007},
		{"a reserved opcode", fromClient(0x83, ""), "reserved opcode 0x3 (RFC 6455 §5.2)", 1002},
		{"a Close frame with half a code", fromClient(0x88, "\x03"), "", 1002},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got string
				c := accept(t, Config{}, nil, func(nc net.Conn) { got = converse(nc, tt.send) })
				end := c.Wait()
				synctest.Wait()
				if end.Cause != CauseProtocol || end.Sent != tt.code {
					t.Errorf("end %+v", end)
				}
				if end.Err == nil || tt.want != "" && end.Err.Error() != tt.want {
					t.Errorf("error %v, want %s", end.Err, tt.want)
				}
				if !strings.HasPrefix(got, "\x88") || len(got) < 4 || got[1]&0x80 != 0 ||
					wire.StatusCode(got[2])<<8|wire.StatusCode(got[3]) != tt.code {
					t.Errorf("sent %q", got)
				}
			})
		})
	}
}

// All that sends frames leaves them unmasked, and what is watched says so.
func TestServerSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got string
		c := accept(t, Config{Watch: true, Frames: true}, nil, func(nc net.Conn) {
			b, _ := io.ReadAll(nc)
			got = string(b)
		})
		b := c.NewBatch()
		w := c.NewWriter(wire.OpText)
		for _, send := range []func() error{
			func() error { return c.Send(wire.OpText, []byte("a")) },
			func() error { return b.Send(wire.OpText, []byte("b")) },
			b.Flush,
			func() error { _, err := w.Write([]byte("c")); return err },
			w.Close,
			func() error { return c.Ping([]byte("p")) },
			func() error {
				return c.SendFrame(&RawFrame{Fin: true, Opcode: wire.OpText, Masked: true, Key: new([4]byte),
					Length: -1, Payload: []byte("d")})
			},
			func() error {
				return c.SendFrame(&RawFrame{Fin: true, Opcode: wire.OpClose, Length: -1,
					Payload: []byte("\x0f\xa0")})
			},
		} {
			if err := send(); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Send(wire.OpText, nil); err != ErrClosed {
			t.Errorf("after the Close frame: %v", err)
		}
		c.Drop()
		c.Wait()
		synctest.Wait()
		want := "\x81\x01a\x81\x01b\x01\x01c\x80\x00\x89\x01p\x81\x81\x00\x00\x00\x00d\x88\x02\x0f\xa0"
		if got != want && !strings.HasPrefix(want, got) {
			t.Errorf("sent %q, want %q", got, want)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		wrong := `out frame text fin masked "d" breaks masked frame from a server (RFC 6455 §5.1)`
		if n := strings.Count(strings.Join(c.log, "\n"), "breaks"); n > 1 ||
			n == 1 && !strings.Contains(strings.Join(c.log, "\n"), wrong) {
			t.Errorf("events:\n%s", strings.Join(c.log, "\n"))
		}
	})
}

// Messages of any size come unmasked, however they are cut.
func TestServerSizes(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 4095, 4096, 4097, 65535, 65536, 300_000, 1 << 20} {
		synctest.Test(t, func(t *testing.T) {
			want := bytes.Repeat([]byte("0123456789é"), size/12+1)[:size/12*12]
			key := [4]byte{9, 8, 7, 6}
			h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Key: key, Length: int64(len(want))}
			var got []byte
			c := accept(t, Config{}, func(ev *Event) {
				if ev.Kind == KindMessage {
					got = bytes.Clone(ev.Payload)
				}
			}, func(nc net.Conn) {
				frame := wire.AppendMasked(h.Append(nil), want, key)
				for len(frame) > 0 { // in pieces of an odd size
					n := min(len(frame), 10_007)
					nc.Write(frame[:n])
					frame = frame[n:]
				}
				converse(nc, fromClient(0x88, ""))
			})
			if end := c.Wait(); end.Cause != CauseClosed || !bytes.Equal(got, want) {
				t.Errorf("%d bytes: %d came, end %+v", len(want), len(got), end)
			}
		})
	}
}

// A Close frame is answered with its reason where that is wanted.
func TestAnswerReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got string
		c := accept(t, Config{AnswerReason: true}, nil, func(nc net.Conn) {
			got = converse(nc, fromClient(0x88, "\x0f\xa0bye"))
		})
		c.want(End{Cause: CauseClosed, Sent: 4000, Received: true, Code: 4000, Reason: "bye"},
			`close 4000 "bye"`)
		if got != "\x88\x05\x0f\xa0bye" {
			t.Errorf("sent %q", got)
		}
	})
}
