package session

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"wsline/internal/dial"
	"wsline/internal/tap"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// handshake opens a connection over t, offering these extensions, and returns it when frames begin.
func handshake(t testing.TB, tc *tap.Conn, offer string) *dial.Conn {
	t.Helper()
	head := "GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	if offer != "" {
		head += "Sec-WebSocket-Extensions: " + offer + "\r\n"
	}
	if _, err := tc.Write([]byte(head + "\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := tc.ReadHead(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		t.Fatal(err)
	}
	tc.Frames()
	conn := &dial.Conn{Tap: tc}
	conn.Handshake.OfferedExtensions = offer
	conn.Handshake.Extensions = resp.Header.Get("Sec-WebSocket-Extensions")
	conn.Handshake.Compressed = conn.Handshake.Extensions != ""
	return conn
}

// client is a session under test and what it told.
type client struct {
	*Session
	t testing.TB

	mu  sync.Mutex
	log []string
	on  func(*Event) // called for every event after it was logged
}

// connect opens a session to a peer over an in-memory connection; it works in synctest bubbles.
func connect(t testing.TB, cfg Config, on func(*Event), peer func(p *wstest.Peer)) *client {
	t.Helper()
	offer := ""
	if cfg.Dial.Compress {
		offer = "permessage-deflate; client_max_window_bits"
	}
	conn := handshake(t, tap.New(wstest.Pipe(t, peer)), offer)
	c := &client{t: t, on: on}
	c.Session = start(conn, &cfg, c.event)
	return c
}

func (c *client) event(ev *Event) {
	if ev.Kind == KindIdle {
		return
	}
	line := describe(ev)
	c.mu.Lock()
	c.log = append(c.log, line)
	c.mu.Unlock()
	if c.on != nil {
		c.on(ev)
	}
}

func describe(ev *Event) string {
	if ev.Dir == Out {
		in := *ev
		in.Dir = In
		return "out " + describe(&in)
	}
	payload := string(ev.Payload)
	if len(payload) > 40 {
		payload = fmt.Sprintf("%s...(%d)", payload[:10], len(payload))
	}
	switch ev.Kind {
	case KindOpen:
		return "open"
	case KindFrame:
		return describeFrame(ev.Frame)
	case KindMessage:
		if ev.More {
			return fmt.Sprintf("%v %q ...", ev.Opcode, payload)
		}
		return fmt.Sprintf("%v %q", ev.Opcode, payload)
	case KindPing:
		return fmt.Sprintf("ping %q", payload)
	case KindPong:
		return fmt.Sprintf("pong %q answers=%v", payload, ev.RTT > 0)
	case KindClose:
		return fmt.Sprintf("close %d %q", ev.Code, ev.Reason)
	case KindEnd:
		return "end"
	}
	return fmt.Sprintf("kind %d", ev.Kind)
}

// describeFrame says all of a frame but its key and its length, which are checked.
func describeFrame(f *Frame) string {
	h := f.Header
	line := "frame"
	if f.Number > 0 {
		line += fmt.Sprintf(" #%d", f.Number)
	}
	line += " " + h.Opcode.String()
	if h.Fin {
		line += " fin"
	}
	if h.RSV1 {
		line += " rsv1"
	}
	if h.Masked {
		line += " masked"
	}
	payload := string(f.Payload)
	if len(payload) > 40 {
		payload = fmt.Sprintf("%s...(%d)", payload[:10], len(payload))
	}
	if f.Size > 0 {
		line += fmt.Sprintf(" %d for %d", f.Packed, f.Size)
	} else {
		line += fmt.Sprintf(" %q", payload)
	}
	if f.Have != h.Length {
		line += fmt.Sprintf(" %d of %d", f.Have, h.Length)
	}
	if f.Err != nil {
		line += " breaks " + f.Err.Error()
	}
	if again, n, err := wire.ParseHeader(f.Head); n > 0 && (n != len(f.Head) || err != nil || again != h) {
		line += fmt.Sprintf(" with the head %x", f.Head)
	}
	return line
}

// want checks everything that was told, after the end.
func (c *client) want(end End, lines ...string) {
	c.t.Helper()
	got := c.Wait()
	synctest.Wait() // the peer has read what it will, before the test's end closes its connection
	c.mu.Lock()
	defer c.mu.Unlock()
	lines = append(append([]string{"open"}, lines...), "end")
	if strings.Join(c.log, "\n") != strings.Join(lines, "\n") {
		c.t.Errorf("events:\n%s\nwant:\n%s", strings.Join(c.log, "\n"), strings.Join(lines, "\n"))
	}
	gotErr, wantErr := fmt.Sprint(got.Err), fmt.Sprint(end.Err)
	g, w := *got, end
	g.Err, w.Err, g.Before = nil, nil, Before{}
	if g != w || gotErr != wantErr {
		c.t.Errorf("end %+v %s\nwant %+v %s", g, gotErr, w, wantErr)
	}
}

var compressed = dial.Config{Compress: true}
