package session

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"wsline/internal/dial"
	"wsline/internal/tap"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// upgrader is a transport over one in-memory connection.
type upgrader struct{ tap *tap.Conn }

func (u upgrader) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Write(u.tap); err != nil {
		return nil, err
	}
	head, err := u.tap.ReadHead(1 << 16)
	if err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(head)), req)
	if err != nil {
		return nil, err
	}
	u.tap.Frames()
	resp.Body = u.tap
	return resp, nil
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
	u := upgrader{tap.New(wstest.Pipe(t, peer))}
	opts := &websocket.DialOptions{
		HTTPClient:     &http.Client{Transport: u},
		OnPingReceived: func(context.Context, []byte) bool { return false },
	}
	if cfg.Dial.Compress {
		opts.CompressionMode, opts.CompressionThreshold = websocket.CompressionContextTakeover, 1
	}
	ws, resp, err := websocket.Dial(t.Context(), "ws://test/", opts)
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(-1)
	c := &client{t: t, on: on}
	conn := &dial.Conn{WS: ws, Tap: u.tap}
	conn.Handshake.Compressed = resp.Header.Get("Sec-WebSocket-Extensions") != ""
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
