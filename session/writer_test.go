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

// frames writes down the client's frames and answers its Close frame.
func frames(list *[]string) func(p *wstest.Peer) {
	return func(p *wstest.Peer) {
		p.Accept()
		for {
			h, payload, err := p.ReadFrame()
			if err != nil {
				return
			}
			if h.Opcode == wire.OpClose {
				p.Close(1000, "")
				return
			}
			*list = append(*list, fmt.Sprintf("%v fin=%v %q", h.Opcode, h.Fin, payload))
		}
	}
}

func TestWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		c := connect(t, Config{}, nil, frames(&got))
		w := c.NewWriter(wire.OpText)
		w.Write([]byte("one \xe2"))
		sent := make(chan error, 1)
		go func() { sent <- c.Send(wire.OpText, []byte("waits")) }()
		synctest.Wait()
		c.Ping([]byte("p"))
		w.Write([]byte("\x82\xac"))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		if err := c.NewWriter(wire.OpBinary).Close(); err != nil {
			t.Fatal(err)
		}
		if st := c.Stats(); st.MessagesOut != 3 || st.BytesOut != 12 {
			t.Errorf("%+v", st)
		}
		c.Close(1000, "")
		c.Wait()
		synctest.Wait()
		want := []string{`text fin=false "one \xe2"`, `ping fin=true "p"`, `continuation fin=false "\x82\xac"`,
			`continuation fin=true ""`, `text fin=true "waits"`, `binary fin=true ""`}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

// The last piece that is known as such ends the message.
func TestWriterLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		c := connect(t, Config{}, nil, frames(&got))
		w := c.NewWriter(wire.OpText)
		w.Write([]byte("one \xe2"))
		if err := w.Last([]byte("\x82\xac")); err != nil {
			t.Fatal(err)
		}
		if err := c.NewWriter(wire.OpBinary).Last([]byte("two")); err != nil {
			t.Fatal(err)
		}
		if err := c.NewWriter(wire.OpText).Last([]byte("\xe2")); err != ErrNotUTF8 {
			t.Errorf("half a character: %v", err)
		}
		if st := c.Stats(); st.MessagesOut != 2 || st.BytesOut != 10 {
			t.Errorf("%+v", st)
		}
		c.Close(1000, "")
		c.Wait()
		synctest.Wait()
		want := []string{`text fin=false "one \xe2"`, `continuation fin=true "\x82\xac"`, `binary fin=true "two"`}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

func TestWriterRefusesWhatIsNotUTF8(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		c := connect(t, Config{}, nil, frames(&got))
		w := c.NewWriter(wire.OpText)
		w.Write([]byte("a\xe2"))
		if err := w.Close(); err != ErrNotUTF8 {
			t.Errorf("ended within a character: %v", err)
		}
		if n, err := w.Write([]byte("b")); n != 0 || err != ErrNotUTF8 {
			t.Errorf("%d, %v", n, err)
		}
		blocked := make(chan error, 1)
		go func() { blocked <- c.Send(wire.OpText, nil) }()
		synctest.Wait()
		c.Close(1000, "") // ends the connection within the message
		if err := <-blocked; err != ErrClosed {
			t.Errorf("a message behind one that never ends: %v", err)
		}
		if _, err := w.Write(nil); err == nil {
			t.Error("a piece left after Close")
		}
		c.Wait()
		synctest.Wait()
		if want := `[text fin=false "a\xe2"]`; fmt.Sprint(got) != want {
			t.Errorf("got %q", got)
		}
	})
}

func TestWriterCompresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		payload := []byte(strings.Repeat("hello ", 100_000))
		size := 0
		c := connect(t, Config{Dial: compressed, Stream: true}, nil, func(p *wstest.Peer) {
			p.Accept(wstest.Extensions("permessage-deflate"))
			for {
				h, b, err := p.ReadFrame()
				if err != nil {
					return
				}
				size += len(b)
				h.Masked = false
				p.WriteFrame(h, b)
				if h.Opcode == wire.OpClose {
					return
				}
			}
		})
		var back bytes.Buffer
		c.on = func(ev *Event) { back.Write(ev.Payload) }
		w := c.NewWriter(wire.OpBinary)
		for rest := payload; len(rest) > 0; {
			n := min(len(rest), 64<<10)
			send := func(p []byte) error { _, err := w.Write(p); return err }
			if n == len(rest) {
				send = w.Last
			}
			if err := send(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		c.Close(1000, "")
		c.Wait()
		if !bytes.Equal(back.Bytes(), payload) || size > 20_000 {
			t.Errorf("%d bytes came back, %d went over the wire", back.Len(), size)
		}
	})
}

// What comes of a large message is told before the rest is there; a small one is told whole or not at all.
func TestStreamTellsAsItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		next := make(chan bool)
		c := connect(t, Config{Stream: true}, func(ev *Event) {
			if ev.Kind == KindMessage {
				told = append(told, fmt.Sprintf("%d more=%v", len(ev.Payload), ev.More))
			}
		}, func(p *wstest.Peer) {
			p.Accept()
			p.Write(wire.Header{Fin: true, Opcode: wire.OpBinary, Length: 1 << 40}.Append(nil))
			p.Write(make([]byte, streamBuffer-1))
			<-next
			p.Write(make([]byte, 1))
			<-next
			p.Write(make([]byte, 1000))
			<-p.Done()
		})
		for _, want := range []string{"[]", "[65536 more=true]", "[65536 more=true 1000 more=true]"} {
			synctest.Wait()
			if fmt.Sprint(told) != want {
				t.Errorf("%q, want %s", told, want)
			}
			if len(told) < 2 {
				next <- true
			}
		}
		c.Drop()
		c.Wait()
	})
}
