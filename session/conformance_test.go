package session_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"
	"unicode/utf8"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/session"
)

// conformance is a case in the spirit of the Autobahn test suite's client cases: what a server
// sends, and what a client that echoes must answer.
type conformance struct {
	id   string          // the suite's number of the case, or of the group it belongs to
	send [][]byte        // what the server writes, each in a write of its own
	want []answer        // messages and control frames that come back, in order
	code wire.StatusCode // of the client's Close frame, 1005 for one without; 0: the server closes
	as   session.Cause   // how the session must end; 0: what goes with code
	ext  string          // extensions that the server grants
	in   *inflater       // reads the client's compressed messages
}

// answer is a message, whole and uncompressed, or a control frame.
type answer struct {
	op      wire.Opcode
	payload string
}

func (a answer) String() string {
	if len(a.payload) > 64 {
		return fmt.Sprintf("%v %.48q… of %d bytes", a.op, a.payload, len(a.payload))
	}
	return fmt.Sprintf("%v %q", a.op, a.payload)
}

// outcome is what the server saw of a client.
type outcome struct {
	answers []answer
	code    wire.StatusCode // of the client's Close frame, 0 when none came
	err     error           // a rule that the client broke, or why there is no Close frame
}

// patience is how long a case may take; it is only waited for when a client fails.
const patience = 30 * time.Second

func runAll(t *testing.T, cases []conformance) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.id, func(t *testing.T) { run(t, c) })
	}
}

func run(t *testing.T, c conformance) {
	t.Helper()
	outcomes := make(chan outcome, 1)
	server := wstest.Serve(t, func(p *wstest.Peer) {
		defer close(outcomes)
		var opts []wstest.AcceptOption
		if c.ext != "" {
			opts = append(opts, wstest.Extensions(c.ext))
		}
		if err := p.Accept(opts...); err != nil {
			t.Errorf("handshake: %v", err)
			return
		}
		outcomes <- play(p, c)
	})
	end := echo(t, server.URL(), c.ext != "")
	got := <-outcomes
	compare(t, got.answers, c.want)
	if c.code == 0 {
		c.code, c.as = wire.StatusNormalClosure, session.CauseClosed
	}
	if got.code != c.code {
		t.Errorf("close code %d, want %d", got.code, c.code)
	}
	if got.err != nil {
		t.Error(got.err)
	}
	if c.as == 0 {
		c.as = session.CauseProtocol
	}
	if end.Cause != c.as {
		t.Errorf("ended with cause %d (%v), want %d", end.Cause, end.Err, c.as)
	}
}

// echo connects, sends every message back, and returns how the connection ended.
func echo(t *testing.T, address string, compress bool) *session.End {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cfg := &session.Config{Echo: true,
		Dial: dial.Config{URL: u, Compress: compress, ClientWindowBits: dial.AnyWindowBits}}
	s, err := session.Open(ctx, cfg, func(*session.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	return s.Wait()
}

// play sends what the case says and reads until the client's last frame.
func play(p *wstest.Peer, c conformance) (got outcome) {
	p.Conn.SetDeadline(time.Now().Add(patience))
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for _, b := range c.send {
			if p.Write(b) != nil {
				return // the client has gone, as it must after a wrong frame
			}
		}
	}()
	defer func() { <-sent }()
	client := &frames{p: p, rules: wire.Checker{FromClient: true, Deflate: c.in != nil}, in: c.in}
	for closed := false; ; {
		if c.code == 0 && len(got.answers) >= len(c.want) && !closed {
			<-sent
			p.Close(wire.StatusNormalClosure, "")
			closed = true
		}
		a, err := client.next()
		if err != nil {
			got.err = fmt.Errorf("no Close frame from the client: %w", err)
			return got
		}
		if a.op == wire.OpClose {
			got.code, _, got.err = wire.ParseClose([]byte(a.payload))
			break
		}
		got.answers = append(got.answers, a)
	}
	if a, err := client.next(); err == nil {
		got.err = fmt.Errorf("after its Close frame the client sent %v", a)
	}
	return got
}

// frames reads what a client sends and checks it against the rules.
type frames struct {
	p     *wstest.Peer
	rules wire.Checker
	in    *inflater

	first wire.Header // of the message that has begun
	body  []byte
}

// next returns the next control frame or whole message.
func (f *frames) next() (answer, error) {
	for {
		h, payload, err := f.p.ReadFrame()
		if err != nil {
			return answer{}, err
		}
		if err := f.rules.Header(h, h.Size()); err != nil {
			return answer{}, err
		}
		if h.Opcode.IsControl() {
			return answer{h.Opcode, string(payload)}, f.rules.Control(h, payload)
		}
		if h.Opcode != wire.OpContinuation {
			f.first, f.body = h, nil
		}
		f.body = append(f.body, payload...)
		if h.Fin {
			return f.message()
		}
	}
}

func (f *frames) message() (answer, error) {
	body := f.body
	if f.first.RSV1 {
		var err error
		if body, err = f.in.message(body); err != nil {
			return answer{}, err
		}
	}
	if f.first.Opcode == wire.OpText && !utf8.Valid(body) {
		return answer{}, fmt.Errorf("the client sent text that is not UTF-8: %.60q", body)
	}
	return answer{f.first.Opcode, string(body)}, nil
}

func compare(t *testing.T, got, want []answer) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(want):
			t.Errorf("answer %d: %v, want no more", i, got[i])
		case i >= len(got):
			t.Errorf("answer %d: none, want %v", i, want[i])
		case got[i] != want[i]:
			t.Errorf("answer %d: %v, want %v", i, got[i], want[i])
		default:
			continue
		}
		return // the others are likely to follow from the first
	}
}
