// Package session is one connection's life as a stream of events: what comes, in wire order, and how it
// ends; what is sent is text, binary, pings, pongs and the Close frame.
//
// It is strict where its library is not: text that is not UTF-8, masked frames and broken closing frames
// end the connection with the code that RFC 6455 gives for them. It prints nothing and decides no exit code.
//
// Each session has two goroutines, its reader and the tap's writer, and others that ping or delay pongs
// when it is told to; all have ended when Done is closed. While the closing handshake is under way one more
// watches the time.
package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"wsline/internal/dial"
	"wsline/internal/tap"
	"wsline/internal/wire"
)

const (
	defaultCloseTimeout = 5 * time.Second
	maxReason           = wire.MaxControlPayload - 2
)

// Errors of what is sent. Nothing left when one of them is returned.
var (
	// ErrClosed is returned for what cannot leave any more: our Close frame has been sent, or the
	// connection is over.
	ErrClosed = errors.New("the connection is closed")
	// ErrNotUTF8 is text that is not UTF-8 (RFC 6455 §5.6).
	ErrNotUTF8 = errors.New("text is not valid UTF-8")
	// ErrControlTooLong is a ping, a pong or a Close frame over 125 bytes (RFC 6455 §5.5).
	ErrControlTooLong = errors.New("a control frame carries at most 125 bytes")
)

// Config is what a Session needs to know. It is not changed.
type Config struct {
	Dial       dial.Config
	MaxMessage int64 // bytes of the largest message taken; 0: no limit
	// CloseTimeout is how long the peer may stay silent after our Close frame; 0: 5 s. One that goes
	// on sending has sixty times as long.
	CloseTimeout time.Duration
	Echo         bool // send every message back, same type, after its event
	// Stream tells of messages that are large, or fragmented, in pieces of at most 64 KiB as they
	// come, so that no message must be held whole. It does not go with Echo.
	Stream bool

	// Watch tells of what we send too, with the direction Out, just before it is handed over to be sent:
	// messages and pieces of them, pings, pongs, the Close frame, also what a Batch, a Writer, Echo or the
	// answer to a ping sends. What two goroutines send at the same moment may be told in either order. The
	// handler is then called from several goroutines, still never concurrently, and a KindIdle follows
	// what the reader did not tell. A handler may go on sending, but what it sends during one call must be
	// less than 256 KiB, as it may be called by the goroutine that writes. While it is being called, up to
	// 1 MiB of events waits for it; then who sends waits too, but for Close, pongs and Drop. It also
	// keeps the distributions of Stats, and lets SetFrames work.
	Watch  bool
	Frames bool // tell of frames from the beginning; needs Watch

	NoPong    bool          // pings are not answered (RFC 6455 §5.5.2 wants them to be)
	PongDelay time.Duration // after which a ping is answered

	// PingInterval is how often a ping is sent; 0: never. A pong that has not come within PingTimeout,
	// while the reader waited for the peer, ends the connection: CauseTimeout, ErrPongTimeout. 0: it may
	// take any time.
	PingInterval, PingTimeout time.Duration
}

// Stats are counters of a connection, both ways.
type Stats struct {
	Since                      time.Time
	MessagesIn, MessagesOut    int64
	BytesIn, BytesOut          int64 // payload bytes of messages
	PingsIn, PongsIn, PingsOut int64
	RTT                        time.Duration // of the last answered ping, 0 when none

	// With Config.Watch: bytes on the wire after the handshake, sizes of messages in bytes, round trips
	// in nanoseconds.
	WireIn, WireOut   int64
	SizesIn, SizesOut Distribution
	RoundTrips        Distribution
}

// A Session is one connection. All methods may be called concurrently, also from the handler, except
// Wait, which would wait for itself there.
type Session struct {
	cfg    Config
	conn   *dial.Conn
	tap    *tap.Conn
	handle func(*Event)
	since  time.Time
	done   chan struct{}
	end    *End // written before done is closed

	reader reader // owned by the reader

	teller  *teller // nil without Config.Watch; then handle is its
	packing packing // with Config.Watch and compression

	framesOn atomic.Bool
	helpers  sync.WaitGroup // what runs beside the reader
	over     chan struct{}  // closed when the reading has ended
	pongs    delayedPongs

	distMu sync.Mutex
	dist   distributions // with Config.Watch, guarded by distMu

	echoing atomic.Bool // the reader, or whoever sends as it does, waits for room

	messagesIn, messagesOut    atomic.Int64
	bytesIn, bytesOut          atomic.Int64
	pingsIn, pongsIn, pingsOut atomic.Int64
	rtt                        atomic.Int64

	mu      sync.Mutex
	pings   []sentPing // not answered yet, oldest first
	sent    *wire.StatusCode
	byUs    bool  // our Close frame was the first
	late    error // which time limit ran out: ErrCloseTimeout, ErrPongTimeout
	dropped bool
	heard   bool // the peer's Close frame came
}

// Open connects and returns when the connection is open. The handler is called for every event, in wire
// order, never concurrently: KindOpen before Open returns, the others from the session's reader, KindEnd
// last. A slow handler slows the peer. A failed dial is a *dial.Error and no event. The context bounds
// the dial only.
func Open(ctx context.Context, cfg *Config, handle func(*Event)) (*Session, error) {
	conn, err := dial.Dial(ctx, &cfg.Dial)
	if err != nil {
		return nil, err
	}
	return start(conn, cfg, handle), nil
}

// start makes a session of an open connection.
func start(conn *dial.Conn, cfg *Config, handle func(*Event)) *Session {
	s := &Session{
		cfg: *cfg, conn: conn, tap: conn.Tap, handle: handle,
		since: time.Now(), done: make(chan struct{}), over: make(chan struct{}),
	}
	if s.cfg.CloseTimeout <= 0 {
		s.cfg.CloseTimeout = defaultCloseTimeout
	}
	if s.cfg.Watch {
		s.watch()
	}
	s.reader.init(s)
	s.tap.Watch(&s.reader)
	s.tap.OnWait(s.reader.beforeWaiting)
	s.handle(&Event{Kind: KindOpen, Time: s.since, Handshake: &conn.Handshake})
	s.startHelpers()
	go s.reader.run()
	return s
}

// Send sends one text (wire.OpText) or binary (wire.OpBinary) message. It blocks while the outgoing buffer
// is full and does not keep payload. Errors: ErrNotUTF8, ErrClosed.
func (s *Session) Send(op wire.Opcode, payload []byte) error {
	if op == wire.OpText && !utf8.Valid(payload) {
		return ErrNotUTF8
	}
	if s.cfg.Echo {
		s.echoing.Store(true)
		defer s.echoing.Store(false)
	}
	if s.teller != nil {
		if err := s.tellMessage(op, payload, false); err != nil {
			return err
		}
	}
	if err := s.sendMessage(op, payload); err != nil {
		return s.closedError(err)
	}
	s.messagesOut.Add(1)
	s.bytesOut.Add(int64(len(payload)))
	if s.teller != nil {
		s.count(sizesOut, int64(len(payload)))
	}
	return nil
}

// sendMessage frames a message itself; only compression is the library's.
func (s *Session) sendMessage(op wire.Opcode, payload []byte) error {
	if s.conn.Handshake.Compressed && len(payload) >= dial.MinCompressed {
		if s.teller != nil {
			if !s.packing.begin(s.over) {
				return ErrClosed
			}
			defer s.packing.end()
			s.packing.add(int64(len(payload)))
		}
		return s.conn.WS.Write(context.Background(), websocket.MessageType(op), payload)
	}
	return s.tap.WriteFrame(wire.Header{Fin: true, Opcode: op, Masked: true}, payload)
}

// Flush waits until everything sent has been handed to the network, as long as the peer takes it.
// It is ErrClosed when the connection ends before.
func (s *Session) Flush() error { return s.closedError(s.tap.Flush()) }

// Ping sends a ping with a payload of at most 125 bytes. The pong's event has the round trip.
func (s *Session) Ping(payload []byte) error {
	if len(payload) > wire.MaxControlPayload {
		return ErrControlTooLong
	}
	return s.ping(payload, false)
}

// ping sends a ping; alive says that it is one of Config.PingInterval.
func (s *Session) ping(payload []byte, alive bool) error {
	if err := s.tellControl(wire.OpPing, payload); err != nil {
		return err
	}
	s.notePing(payload, alive)
	if err := s.control(wire.OpPing, payload); err != nil {
		s.forgetPing(payload)
		return err
	}
	s.pingsOut.Add(1)
	return nil
}

// Pong sends an unasked pong with a payload of at most 125 bytes.
func (s *Session) Pong(payload []byte) error {
	if len(payload) > wire.MaxControlPayload {
		return ErrControlTooLong
	}
	if err := s.tellControl(wire.OpPong, payload); err != nil {
		return err
	}
	return s.control(wire.OpPong, payload)
}

func (s *Session) control(op wire.Opcode, payload []byte) error {
	err := s.tap.WriteControl(wire.Header{Fin: true, Opcode: op, Masked: true}, payload)
	return s.closedError(err)
}

// Close begins the closing handshake and returns at once: nothing of ours leaves after it, what comes
// before the peer's Close frame is still delivered. Code 0 sends no code (and no reason). Any other code
// may be sent; the reason is UTF-8 of at most 123 bytes. It is ErrClosed after the first.
func (s *Session) Close(code wire.StatusCode, reason string) error {
	switch {
	case len(reason) > maxReason:
		return ErrControlTooLong
	case !utf8.ValidString(reason):
		return ErrNotUTF8
	}
	return s.sendClose(code, reason, true)
}

// sendClose sends our Close frame if none was sent; first says that it does not answer the peer's.
func (s *Session) sendClose(code wire.StatusCode, reason string, first bool) error {
	return s.sendCloseFrame(code, reason, first, nil)
}

// sendCloseFrame is sendClose with the bytes of the frame, nil for the usual ones.
func (s *Session) sendCloseFrame(code wire.StatusCode, reason string, first bool, raw []byte) error {
	if s.teller != nil {
		defer s.teller.settle() // after the lock is given back
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent != nil || s.tap.ControlErr(wire.OpClose) != nil {
		return ErrClosed
	}
	if s.teller != nil {
		s.teller.put(closeEvent(code, reason))
	}
	if err := s.writeClose(code, reason, raw); err != nil {
		return s.closedError(err)
	}
	s.sent, s.byUs = &code, first && !s.heard
	s.tap.Stall(false)
	go s.watchClosing()
	return nil
}

func (s *Session) writeClose(code wire.StatusCode, reason string, raw []byte) error {
	if raw != nil {
		return s.tap.WriteRawClose(raw)
	}
	h := wire.Header{Fin: true, Opcode: wire.OpClose, Masked: true}
	return s.tap.WriteControl(h, wire.AppendClose(nil, code, reason))
}

// closeEvent tells of our Close frame.
func closeEvent(code wire.StatusCode, reason string) *Event {
	if code == 0 {
		code, reason = wire.StatusNoStatusRcvd, ""
	}
	return &Event{Kind: KindClose, Dir: Out, Time: time.Now(), Opcode: wire.OpClose, Code: code, Reason: reason}
}

// Drop ends the connection at once, without a Close frame, and does not wait for its end.
func (s *Session) Drop() {
	s.mu.Lock()
	s.dropped = true
	s.mu.Unlock()
	s.abort()
}

// abort ends the connection below, and everything that waits for it.
func (s *Session) abort() {
	if s.teller != nil {
		s.teller.release()
	}
	s.tap.Abort()
}

// Done is closed when the connection is over and the handler has returned from KindEnd.
func (s *Session) Done() <-chan struct{} { return s.done }

// Wait waits for Done and returns how the connection ended.
func (s *Session) Wait() *End {
	<-s.done
	return s.end
}

// Stats returns the counters now.
func (s *Session) Stats() Stats {
	st := Stats{
		Since:      s.since,
		MessagesIn: s.messagesIn.Load(), MessagesOut: s.messagesOut.Load(),
		BytesIn: s.bytesIn.Load(), BytesOut: s.bytesOut.Load(),
		PingsIn: s.pingsIn.Load(), PongsIn: s.pongsIn.Load(), PingsOut: s.pingsOut.Load(),
		RTT: time.Duration(s.rtt.Load()),
	}
	if s.teller != nil {
		s.watched(&st)
	}
	return st
}

// Handshake is how the connection was opened. It is not changed.
func (s *Session) Handshake() *dial.Handshake { return &s.conn.Handshake }

// closedError makes any error of the tap or the library's writer the plain ErrClosed, but for a full
// buffer of control frames, after which the connection goes on.
func (s *Session) closedError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tap.ErrControlFull):
		return fmt.Errorf("%w: the peer does not read", tap.ErrControlFull)
	}
	return ErrClosed
}
