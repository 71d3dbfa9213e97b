package listen

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t testing.TB, name string) *Endpoint {
	t.Helper()
	e, err := Start(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func connect(t testing.TB, e *Endpoint, opts *websocket.DialOptions) *websocket.Conn {
	t.Helper()
	ws, _, err := websocket.Dial(context.Background(), e.URL().String(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.CloseNow() })
	ws.SetReadLimit(-1)
	return ws
}

func roundTrip(t *testing.T, ws *websocket.Conn, typ websocket.MessageType, s string) string {
	t.Helper()
	if err := ws.Write(context.Background(), typ, []byte(s)); err != nil {
		t.Fatal(err)
	}
	got, b, err := ws.Read(context.Background())
	if got != typ || err != nil {
		t.Fatalf("type %v, want %v, error %v", got, typ, err)
	}
	return string(b)
}

func TestStartUnknown(t *testing.T) {
	for _, name := range []string{"", "echo", "Echo:", "chat:"} {
		if e, err := Start(name); err == nil {
			e.Close()
			t.Errorf("Start(%q) started", name)
		}
	}
}

func TestURL(t *testing.T) {
	u := start(t, "echo:").URL()
	if u.Scheme != "ws" || u.Hostname() != "127.0.0.1" || u.Port() == "0" || u.Path != "/" {
		t.Errorf("URL %v", u)
	}
}

func TestEcho(t *testing.T) {
	modes := map[string]websocket.CompressionMode{
		"plain":                websocket.CompressionDisabled,
		"compressed":           websocket.CompressionContextTakeover,
		"compressed, no state": websocket.CompressionNoContextTakeover,
	}
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			ws := connect(t, start(t, "echo:"), &websocket.DialOptions{CompressionMode: mode})
			for _, size := range []int{0, 1, 125, 126, 65535, 65536, 65537, 200000, 3 << 20} {
				want := strings.Repeat("0123456789abcde\xff", size/16+1)[:size]
				if got := roundTrip(t, ws, websocket.MessageBinary, want); got != want {
					t.Errorf("binary of %d bytes: %d came", size, len(got))
				}
				want = strings.Repeat("ä", size/2)
				if got := roundTrip(t, ws, websocket.MessageText, want); got != want {
					t.Errorf("text of %d bytes: %d came", len(want), len(got))
				}
			}
			if err := ws.Close(4000, "bye"); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

func TestNegotiation(t *testing.T) {
	e := start(t, "echo:")
	tests := []struct {
		name                  string
		header                http.Header
		protocol, compression string
	}{
		{"nothing asked", nil, "", ""},
		{"subprotocols in two fields", http.Header{"Sec-Websocket-Protocol": {"b, a", "c"}},
			"b", ""},
		{"compression", http.Header{"Sec-Websocket-Extensions": {"permessage-deflate"}}, "",
			"permessage-deflate"},
		{"an unknown extension", http.Header{"Sec-Websocket-Extensions": {"x-y"}}, "", ""},
		{"a foreign origin", http.Header{"Origin": {"https://elsewhere.example"}}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := upgradeRequest(e, tt.header)
			nc, err := net.Dial("tcp", e.URL().Host)
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			r.Write(nc)
			resp, err := http.ReadResponse(bufio.NewReader(nc), r)
			if err != nil {
				t.Fatal(err)
			}
			protocol := resp.Header.Get("Sec-WebSocket-Protocol")
			compression := resp.Header.Get("Sec-WebSocket-Extensions")
			if resp.StatusCode != 101 || protocol != tt.protocol || compression != tt.compression {
				t.Errorf("%d %q %q", resp.StatusCode, protocol, compression)
			}
		})
	}
}

func upgradeRequest(e *Endpoint, extra http.Header) *http.Request {
	r, _ := http.NewRequest("GET", "http://"+e.URL().Host+"/", nil)
	r.Header = http.Header{
		"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}
	for name, values := range extra {
		r.Header[name] = values
	}
	return r
}

// Frames that come with the request are not lost, a ping is answered in its turn, and a Close
// frame with its own payload.
func TestWire(t *testing.T) {
	e := start(t, "echo:")
	nc, err := net.Dial("tcp", e.URL().Host)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	var request strings.Builder
	upgradeRequest(e, nil).Write(&request)
	const key = "\x00\x00\x00\x00"
	io.WriteString(nc, request.String()+"\x81\x82"+key+"hi"+"\x89\x81"+key+"p"+
		"\x02\x81"+key+"a"+"\x80\x81"+key+"b"+"\x88\x85"+key+"\x0f\xa0bye")
	got, err := io.ReadAll(nc)
	_, frames, _ := strings.Cut(string(got), "\r\n\r\n")
	if want := "\x81\x02hi\x8a\x01p\x82\x02ab\x88\x05\x0f\xa0bye"; frames != want || err != nil {
		t.Errorf("got %q, %v, want %q", frames, err, want)
	}
}

func TestNotAWebSocketRequest(t *testing.T) {
	e := start(t, "demo:")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + e.URL().Host)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("status %s", resp.Status)
	}
}

func TestDemo(t *testing.T) {
	ws := connect(t, start(t, "demo:"), nil)
	_, welcome, err := ws.Read(context.Background())
	want := `{"type":"welcome","message":"Connected to the demo server"}`
	if string(welcome) != want || err != nil {
		t.Errorf("welcome %q, %v", welcome, err)
	}
	before := time.Now().Truncate(time.Millisecond)
	got := roundTrip(t, ws, websocket.MessageText, `{"text":"hello"}`)
	stamp, ok := strings.CutPrefix(got,
		`{"type":"echo","message":"Server echo: HELLO","timestamp":"`)
	at, err := time.Parse("2006-01-02T15:04:05.000Z", strings.TrimSuffix(stamp, `"}`))
	if !ok || err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("echo %s (%v)", got, err)
	}
	got = roundTrip(t, ws, websocket.MessageText, "nope")
	if want := `{"type":"error","message":"Invalid JSON format"}`; got != want {
		t.Errorf("error %s", got)
	}
	if err := ws.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestDemoAnswer(t *testing.T) {
	now := time.Date(2026, 2, 3, 4, 5, 6, 7_800_000, time.FixedZone("", 3600))
	echo := func(text string) string {
		return `{"type":"echo","message":"Server echo: ` + text +
			`","timestamp":"2026-02-03T03:05:06.007Z"}`
	}
	const invalid = `{"type":"error","message":"Invalid JSON format"}`
	tests := []struct{ message, want string }{
		{`{"text":"hello, server!"}`, echo("HELLO, SERVER!")},
		{` {"a":[1],"text":"x"} `, echo("X")},
		{`{"text":""}`, echo("")},
		{`{"text":"<ä&\"\n>"}`, echo(`<Ä&\"\n>`)},
		{`{"text":"a","text":"b"}`, echo("B")},
		{`{"TEXT":"x"}`, invalid},
		{`{"text":1}`, invalid},
		{`{"text":null}`, invalid},
		{`{"text":{"text":"x"}}`, invalid},
		{`{}`, invalid},
		{`[{"text":"x"}]`, invalid},
		{`"text"`, invalid},
		{`null`, invalid},
		{`{"text":"x"} x`, invalid},
		{`{"text":"x"`, invalid},
		{"", invalid},
		{"\xff\x00", invalid},
	}
	for _, tt := range tests {
		answer := demoAnswer([]byte(tt.message), now)
		if got := string(answer.encode()); got != tt.want {
			t.Errorf("%q\ngot  %s\nwant %s", tt.message, got, tt.want)
		}
	}
}

func TestCloseEndsConnections(t *testing.T) {
	e := start(t, "demo:")
	ws := connect(t, e, nil)
	nc, err := net.Dial("tcp", e.URL().Host) // and one that says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, _, err := ws.Read(context.Background()); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if _, _, err := ws.Read(context.Background()); err == nil {
		t.Error("the connection is still open")
	}
	if n, err := nc.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("the silent connection is still open")
	}
	if nc, err := net.Dial("tcp", e.URL().Host); err == nil {
		nc.Close()
		t.Error("the port is still open")
	}
	e.Close()
}

// A client that sends and never reads stops the endpoint's reading too, and Close still ends it.
func TestCloseEndsABlockedEcho(t *testing.T) {
	e := start(t, "echo:")
	nc := upgraded(t, e)
	message := []byte("\x82\xff\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00" +
		strings.Repeat("x", 1<<20))
	var err error
	for err == nil {
		nc.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		_, err = nc.Write(message)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	e.Close()
}

// upgraded is a connection on which the handshake has been made.
func upgraded(t testing.TB, e *Endpoint) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", e.URL().Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	r := upgradeRequest(e, nil)
	r.Write(nc)
	if _, err := http.ReadResponse(bufio.NewReaderSize(nc, 16), r); err != nil {
		t.Fatal(err)
	}
	return nc
}

// The endpoint alone: the client's frames are made before, and the answers not looked at.
func BenchmarkEcho(b *testing.B) {
	nc := upgraded(b, start(b, "echo:"))
	const size = 59
	frame := "\x81\xbb\x01\x02\x03\x04" + strings.Repeat("x", size)
	frames := []byte(strings.Repeat(frame, 1000))
	b.SetBytes(size)
	b.ReportAllocs()
	b.ResetTimer()
	go func() {
		for n := b.N; n > 0; n -= 1000 {
			nc.Write(frames[:min(n, 1000)*len(frame)])
		}
	}()
	if _, err := io.CopyN(io.Discard, nc, int64(b.N*(2+size))); err != nil {
		b.Fatal(err)
	}
}
