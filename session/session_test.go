package session

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// expectClose reads on until the client's Close frame and checks its code.
func expectClose(p *wstest.Peer, code wire.StatusCode) {
	for {
		h, payload, err := p.ReadFrame()
		if err != nil {
			p.T.Errorf("no Close frame: %v", err)
			return
		}
		if h.Opcode == wire.OpClose {
			if got, _, _ := wire.ParseClose(payload); got != code {
				p.T.Errorf("closed with %d, want %d", got, code)
			}
			return
		}
	}
}

func TestConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		said := make(chan string, 10)
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Text("welcome")
			for {
				op, payload, err := p.ReadMessage()
				if err != nil {
					return
				}
				said <- fmt.Sprintf("%v %q", op, payload)
				if op == wire.OpClose {
					p.Close(1000, "bye")
					return
				}
				p.WriteFrame(wire.Header{Fin: true, Opcode: op}, append([]byte("got "), payload...))
			}
		})
		for _, m := range []struct {
			op wire.Opcode
			s  string
		}{{wire.OpText, "hi"}, {wire.OpBinary, "\x00\xff"}, {wire.OpText, ""}} {
			if err := c.Send(m.op, []byte(m.s)); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Send(wire.OpText, []byte("\xff")); err != ErrNotUTF8 {
			t.Errorf("bad text: %v", err)
		}
		synctest.Wait()
		if err := c.Close(1000, "done"); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(1000, "again"); err != ErrClosed {
			t.Errorf("second Close: %v", err)
		}
		if err := c.Send(wire.OpText, []byte("late")); err != ErrClosed {
			t.Errorf("Send after Close: %v", err)
		}
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 1000, Received: true, Code: 1000, Reason: "bye"},
			`text "welcome"`, `text "got hi"`, `binary "got \x00\xff"`, `text "got "`, `close 1000 "bye"`)
		for _, want := range []string{`text "hi"`, `binary "\x00\xff"`, `text ""`, `close "\x03\xe8done"`} {
			if got := <-said; got != want {
				t.Errorf("the peer got %s, want %s", got, want)
			}
		}
		st := c.Stats()
		if st.MessagesIn != 4 || st.MessagesOut != 3 || st.BytesIn != 23 || st.BytesOut != 4 {
			t.Errorf("%+v", st)
		}
	})
}

func TestEventsAreInWireOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept(wstest.Glued(wstest.Frame(wire.OpText, "first"), wstest.Frame(wire.OpPing, "p1")))
			p.WriteFrame(wire.Header{Opcode: wire.OpText}, []byte("frag"))
			p.Ping("p2")
			p.WriteFrame(wire.Header{Opcode: wire.OpContinuation}, []byte("men"))
			p.Pong("unasked")
			p.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpContinuation}, []byte("ted"))
			p.Binary(bytes.Repeat([]byte{'b'}, 300_000))
			p.Text("last")
			p.Close(4000, "enough")
			expectClose(p, 4000)
		})
		c.want(End{Cause: CauseClosed, Sent: 4000, Received: true, Code: 4000, Reason: "enough"},
			`text "first"`, `ping "p1"`, `ping "p2"`, `pong "unasked" answers=false`, `text "fragmented"`,
			`binary "bbbbbbbbbb...(300000)"`, `text "last"`, `close 4000 "enough"`)
	})
}

func TestPingsAreAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("x", 125)
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			for _, data := range []string{"", "a", long} {
				p.Ping(data)
				h, payload, err := p.ReadFrame()
				if err != nil || h.Opcode != wire.OpPong || string(payload) != data || !h.Masked {
					t.Errorf("ping %q was answered by %v %q %v", data, h, payload, err)
				}
			}
			p.Close(0, "")
			expectClose(p, 1005)
		})
		c.want(End{Cause: CauseClosed, Received: true, Code: 1005},
			`ping ""`, `ping "a"`, `ping "xxxxxxxxxx...(125)"`, `close 1005 ""`)
	})
}

func TestRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rtts []time.Duration
		c := connect(t, Config{}, func(ev *Event) {
			if ev.Kind == KindPong {
				rtts = append(rtts, ev.RTT)
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			for range 3 {
				p.ReadFrame()
			}
			time.Sleep(20 * time.Millisecond)
			p.Pong("two") // answers the first as well
			time.Sleep(10 * time.Millisecond)
			p.Pong("three")
			p.Pong("two")
			p.Echo()
		})
		for _, data := range []string{"one", "two", "three"} {
			if err := c.Ping([]byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Ping(make([]byte, 126)); err != ErrControlTooLong {
			t.Errorf("a ping of 126 bytes: %v", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		want := []time.Duration{20 * time.Millisecond, 30 * time.Millisecond, 0}
		if fmt.Sprint(rtts) != fmt.Sprint(want) || c.Stats().RTT != want[1] {
			t.Errorf("round trips %v, want %v", rtts, want)
		}
		c.Close(1000, "")
		c.Wait()
	})
}

func TestAPingThatDoesNotLeaveIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			expectClose(p, 1000)
			time.Sleep(time.Millisecond) // until the ping has been refused
			p.Pong("late")
			p.Close(1000, "")
		})
		c.Close(1000, "")
		if err := c.Ping([]byte("late")); err != ErrClosed {
			t.Errorf("ping: %v", err)
		}
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 1000, Received: true, Code: 1000},
			`pong "late" answers=false`, `close 1000 ""`)
	})
}

func TestWhatComesAfterOurCloseIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			expectClose(p, 1000)
			p.Text("one")
			p.Ping("p")
			p.Fragments(wire.OpText, "t", "w", "o")
			p.Close(1000, "")
			if h, _, err := p.ReadFrame(); err == nil {
				t.Errorf("%v left after our Close frame", h.Opcode)
			}
		})
		c.Close(1000, "")
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 1000, Received: true, Code: 1000},
			`text "one"`, `ping "p"`, `text "two"`, `close 1000 ""`)
	})
}

func TestAnyCloseCode(t *testing.T) {
	for _, code := range []wire.StatusCode{1, 999, 1000, 1005, 1006, 1015, 2999, 4000, 65535} {
		synctest.Test(t, func(t *testing.T) {
			got := make(chan string, 1)
			c := connect(t, Config{}, nil, func(p *wstest.Peer) {
				p.Accept()
				_, payload, _ := p.ReadFrame()
				got <- string(payload)
				p.Close(1002, "")
			})
			c.Close(code, "r")
			c.Wait()
			if want := string([]byte{byte(code >> 8), byte(code), 'r'}); <-got != want {
				t.Errorf("code %d was not sent as it is", code)
			}
		})
	}
}

func TestEnds(t *testing.T) {
	tests := []struct {
		name   string
		cfg    Config
		peer   func(p *wstest.Peer)
		end    End
		events []string
	}{
		{"no Close frame", Config{}, func(p *wstest.Peer) {
			p.Text("hi")
			p.HalfClose()
		}, End{Cause: CauseBroken, Code: 1006, Err: ErrNoClose}, []string{`text "hi"`}},
		{"within a header", Config{}, func(p *wstest.Peer) {
			p.Text("hi")
			p.Write([]byte{0x81})
			p.HalfClose()
		}, End{Cause: CauseBroken, Code: 1006, Err: ErrMidMessage}, []string{`text "hi"`}},
		{"within a payload", Config{}, func(p *wstest.Peer) {
			p.Write([]byte{0x81, 10, 'h', 'a'})
			p.HalfClose()
		}, End{Cause: CauseBroken, Code: 1006, Err: ErrMidMessage}, nil},
		{"between fragments", Config{}, func(p *wstest.Peer) {
			p.WriteFrame(wire.Header{Opcode: wire.OpText}, []byte("half"))
			p.HalfClose()
		}, End{Cause: CauseBroken, Code: 1006, Err: ErrMidMessage}, nil},
		{"a masked frame", Config{}, func(p *wstest.Peer) {
			p.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpText, Masked: true}, []byte("x"))
			expectClose(p, 1002)
		}, End{Cause: CauseProtocol, ByUs: true, Sent: 1002, Code: 1006,
			Err: errors.New("masked frame from a server (RFC 6455 §5.1)")}, nil},
		{"an unknown opcode", Config{}, func(p *wstest.Peer) {
			p.WriteFrame(wire.Header{Fin: true, Opcode: 3}, nil)
			expectClose(p, 1002)
		}, End{Cause: CauseProtocol, ByUs: true, Sent: 1002, Code: 1006,
			Err: errors.New("reserved opcode 0x3 (RFC 6455 §5.2)")}, nil},
		{"text that is not UTF-8", Config{}, func(p *wstest.Peer) {
			p.Text("a\xffb")
			expectClose(p, 1007)
		}, End{Cause: CauseProtocol, ByUs: true, Sent: 1007, Code: 1006,
			Err: errors.New("text that is not UTF-8 (RFC 6455 §8.1)")}, nil},
		{"text that ends early", Config{}, func(p *wstest.Peer) {
			p.Text("a\xe2\x82")
			expectClose(p, 1007)
		}, End{Cause: CauseProtocol, ByUs: true, Sent: 1007, Code: 1006,
			Err: errors.New("text that ends within a UTF-8 character (RFC 6455 §8.1)")}, nil},
		{"text found bad before it is whole", Config{}, func(p *wstest.Peer) {
			p.Write([]byte{0x01, 100, 'a', 0xff})
			expectClose(p, 1007)
		}, End{Cause: CauseProtocol, ByUs: true, Sent: 1007, Code: 1006,
			Err: errors.New("text that is not UTF-8 (RFC 6455 §8.1)")}, nil},
		{"a reason that is not UTF-8", Config{}, func(p *wstest.Peer) {
			p.Close(1000, "\xff")
			expectClose(p, 1007)
		}, End{Cause: CauseProtocol, ByUs: true, Sent: 1007, Code: 1006,
			Err: errors.New("close reason that is not UTF-8 (RFC 6455 §8.1)")}, nil},
		{"a code that may not be sent", Config{}, func(p *wstest.Peer) {
			p.Close(1005, "")
			expectClose(p, 1002)
		}, End{Cause: CauseProtocol, ByUs: true, Sent: 1002, Code: 1006,
			Err: errors.New("close frame with the code 1005 (RFC 6455 §7.4)")}, nil},
		{"a message over the limit", Config{MaxMessage: 1000}, func(p *wstest.Peer) {
			p.Text(strings.Repeat("a", 1000))
			p.Text(strings.Repeat("a", 1001))
			expectClose(p, 1009)
		}, End{Cause: CauseTooBig, ByUs: true, Sent: 1009, Code: 1006, Err: &TooBigError{1000}},
			[]string{`text "aaaaaaaaaa...(1000)"`}},
		{"fragments over the limit", Config{MaxMessage: 1000}, func(p *wstest.Peer) {
			p.WriteFrame(wire.Header{Opcode: wire.OpBinary}, make([]byte, 400))
			p.WriteFrame(wire.Header{Opcode: wire.OpContinuation}, make([]byte, 601))
			expectClose(p, 1009)
		}, End{Cause: CauseTooBig, ByUs: true, Sent: 1009, Code: 1006, Err: &TooBigError{1000}}, nil},
		{"a header over the limit", Config{MaxMessage: 1000}, func(p *wstest.Peer) {
			p.WriteFrame(wire.Header{Fin: true, Opcode: wire.OpBinary, Length: 1 << 62}, nil)
			expectClose(p, 1009)
		}, End{Cause: CauseTooBig, ByUs: true, Sent: 1009, Code: 1006, Err: &TooBigError{1000}}, nil},
		{"what follows a Close frame", Config{}, func(p *wstest.Peer) {
			p.Close(1001, "")
			p.Text("late")
			expectClose(p, 1001)
		}, End{Cause: CauseClosed, Sent: 1001, Received: true, Code: 1001}, []string{`close 1001 ""`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, tt.cfg, nil, func(p *wstest.Peer) {
					p.Accept()
					tt.peer(p)
				})
				c.t = t
				c.want(tt.end, tt.events...)
			})
		})
	}
}

func TestNoCloseInAnswerToOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{CloseTimeout: 3 * time.Second}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Text("hi")
			<-p.Done()
		})
		synctest.Wait()
		start := time.Now()
		c.Close(1000, "")
		c.want(End{Cause: CauseTimeout, ByUs: true, Sent: 1000, Code: 1006, Err: ErrCloseTimeout}, `text "hi"`)
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAPeerThatIgnoresOurClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			for p.Text("tick") == nil {
				// Never at the moment in which the session looks at its reader.
				time.Sleep(time.Second + 700*time.Microsecond)
			}
		})
		synctest.Wait()
		start := time.Now()
		if err := c.Close(1000, ""); err != nil {
			t.Fatal(err)
		}
		end, took := c.Wait(), time.Since(start)
		limit := closingPatience * defaultCloseTimeout
		if end.Cause != CauseTimeout || took != limit {
			t.Errorf("%+v after %v", end, took)
		}
	})
}

func TestASlowAnswerIsNotCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{CloseTimeout: 3 * time.Second}, nil, func(p *wstest.Peer) {
			p.Accept()
			expectClose(p, 1000)
			for range 4 {
				time.Sleep(2 * time.Second)
				p.Text("slow")
			}
			p.Close(1000, "")
		})
		c.Close(1000, "")
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 1000, Received: true, Code: 1000},
			`text "slow"`, `text "slow"`, `text "slow"`, `text "slow"`, `close 1000 ""`)
	})
}

func TestASlowHandlerIsNotThePeersSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{CloseTimeout: time.Second}, func(ev *Event) {
			if ev.Kind == KindMessage {
				time.Sleep(time.Minute)
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			expectClose(p, 1000)
			p.Text("one")
			p.Text("two")
			p.Close(1000, "")
		})
		c.Close(1000, "")
		c.want(End{Cause: CauseClosed, ByUs: true, Sent: 1000, Received: true, Code: 1000},
			`text "one"`, `text "two"`, `close 1000 ""`)
	})
}

func TestAPeerThatDoesNotReadOurAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{CloseTimeout: time.Second}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Close(1000, "")
			<-p.Done()
		})
		for c.Send(wire.OpBinary, make([]byte, 1000)) == nil {
		}
		end := c.Wait()
		if end.Cause != CauseClosed || end.Code != 1000 {
			t.Errorf("%+v", end)
		}
	})
}

func TestDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{}, nil, func(p *wstest.Peer) {
			p.Accept()
			<-p.Done()
		})
		sent := make(chan error, 1)
		go func() { sent <- c.Send(wire.OpBinary, make([]byte, 10<<20)) }()
		synctest.Wait()
		c.Drop()
		c.Drop()
		if err := <-sent; err != ErrClosed {
			t.Errorf("the waiting Send: %v", err)
		}
		c.want(End{Cause: CauseDropped, Code: 1006})
	})
}

func TestCompression(t *testing.T) {
	for _, ext := range []string{"permessage-deflate",
		"permessage-deflate; server_no_context_takeover; client_no_context_takeover"} {
		synctest.Test(t, func(t *testing.T) {
			long := strings.Repeat("hello ", 1000)
			var sizes []int64
			c := connect(t, Config{Dial: compressed}, nil, func(p *wstest.Peer) {
				p.Accept(wstest.Extensions(ext))
				for {
					h, payload, err := p.ReadFrame()
					if err != nil {
						return
					}
					sizes = append(sizes, int64(len(payload)))
					h.Masked = false
					p.WriteFrame(h, payload)
					if h.Opcode == wire.OpClose {
						return
					}
				}
			})
			for _, s := range []string{long, "short", long} {
				if err := c.Send(wire.OpText, []byte(s)); err != nil {
					t.Fatal(err)
				}
			}
			c.Close(1000, "")
			c.want(End{Cause: CauseClosed, ByUs: true, Sent: 1000, Received: true, Code: 1000},
				`text "hello hell...(6000)"`, `text "short"`, `text "hello hell...(6000)"`, `close 1000 ""`)
			if sizes[0] > 200 {
				t.Errorf("6000 bytes went as %d", sizes[0])
			}
		})
	}
}

func TestBadCompressedData(t *testing.T) {
	tests := []struct {
		name  string
		limit int64
		peer  func(p *wstest.Peer)
		end   End
	}{
		{"not DEFLATE", 0, func(p *wstest.Peer) {
			p.WriteFrame(deflated, []byte("\xff\xff\xff\xff"))
		}, End{Cause: CauseProtocol, Sent: 1007,
			Err: errors.New("compressed data that is not DEFLATE (RFC 7692 §7.2.2)")}},
		{"not UTF-8", 0, func(p *wstest.Peer) {
			p.WriteFrame(deflated, packedText("a\xffb"))
		}, End{Cause: CauseProtocol, Sent: 1007, Err: errors.New("text that is not UTF-8 (RFC 6455 §8.1)")}},
		{"a small frame that grows", 100_000, func(p *wstest.Peer) {
			p.WriteFrame(deflated, packedText(strings.Repeat("a", 100_001)))
		}, End{Cause: CauseTooBig, Sent: 1009, Err: &TooBigError{100_000}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, Config{Dial: compressed, MaxMessage: tt.limit}, nil, func(p *wstest.Peer) {
					p.Accept(wstest.Extensions("permessage-deflate"))
					tt.peer(p)
					expectClose(p, tt.end.Sent)
				})
				tt.end.ByUs, tt.end.Code = true, 1006
				c.want(tt.end)
			})
		})
	}
}

// A connection that ends within a compressed message does not make it whole.
func TestEndWithinACompressedMessage(t *testing.T) {
	whole := wstest.FrameBytes(deflated, packedText(strings.Repeat("hello ", 50)))
	for _, cut := range []int{1, 2, 3, len(whole) - 1} {
		synctest.Test(t, func(t *testing.T) {
			c := connect(t, Config{Dial: compressed}, nil, func(p *wstest.Peer) {
				p.Accept(wstest.Extensions("permessage-deflate"))
				p.Write(whole[:cut])
				p.HalfClose()
			})
			c.want(End{Cause: CauseBroken, Code: 1006, Err: ErrMidMessage})
		})
	}
}

var deflated = wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText}

// deflate compresses a message as RFC 7692 §7.2.1 says.
func packedText(s string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	io.WriteString(w, s)
	w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte("\x00\x00\xff\xff"))
}

func TestEcho(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{Echo: true}, nil, func(p *wstest.Peer) {
			p.Accept()
			for _, m := range []string{"one", "", "three"} {
				p.Text(m)
				if op, payload, err := p.ReadMessage(); op != wire.OpText || string(payload) != m || err != nil {
					t.Errorf("%q came back as %v %q, %v", m, op, payload, err)
				}
			}
			p.Close(1000, "")
			expectClose(p, 1000)
		})
		c.want(End{Cause: CauseClosed, Sent: 1000, Received: true, Code: 1000},
			`text "one"`, `text ""`, `text "three"`, `close 1000 ""`)
	})
}

func TestEchoToAPeerThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, Config{Echo: true}, nil, func(p *wstest.Peer) {
			p.Accept()
			p.Flood(1000, strings.Repeat("x", 10_000))
			p.Stall(nil)
		})
		synctest.Wait()
		start := time.Now()
		if err := c.Close(1001, ""); err != nil {
			t.Fatal(err)
		}
		if end := c.Wait(); end.Cause != CauseTimeout || time.Since(start) != defaultCloseTimeout {
			t.Errorf("%+v after %v", end, time.Since(start))
		}
	})
}

// A handler that takes its time for each message need not take it for those that were read before
// the connection was given up.
func TestDropEndsWhatWasReadAhead(t *testing.T) {
	for _, cfg := range []Config{{}, framed} {
		synctest.Test(t, func(t *testing.T) {
			var c *client
			c = connect(t, cfg, func(ev *Event) {
				if ev.Kind == KindMessage {
					synctest.Wait() // what was sent has been read
					c.Drop()
				}
			}, func(p *wstest.Peer) {
				p.Accept()
				p.Write([]byte("\x81\x01a\x81\x01b\x81\x01c"))
				p.ReadFrame()
			})
			if c.Wait().Cause != CauseDropped {
				t.Errorf("%+v", c.Wait())
			}
			if log := strings.Join(c.log, ", "); strings.Contains(log, "b") {
				t.Error(log)
			}
		})
	}
}
