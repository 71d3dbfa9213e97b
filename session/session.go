// Package session is one connection's life as a stream of events: what comes, in wire order, and how it
// ends; what is sent is text, binary, pings, pongs and the Close frame.
//
// It is strict where its library is not: text that is not UTF-8, masked frames and broken closing frames
// end the connection with the code that RFC 6455 gives for them. It prints nothing and decides no exit code.
//
// Each session has its reader, the tap's writer while that has something to write, and others that
// ping, delay pongs, send what is sent aside (heartbeats, answers) or, with Config.Watch, tell what is
// sent; all have ended when Done is closed. While the closing handshake is under way one more watches
// the time.
package session

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

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

// Config is what a Session needs to know. It may be that of many, and is not changed while one of
// them lives.
type Config struct {
	Dial       dial.Config
	MaxMessage int64 // bytes of the largest message taken; 0: no limit
	// Memory bounds what the messages take up that are coming on all sessions which share it; nil: no
	// bound. One for which there is no room ends the connection: CauseTooBig, *MemoryError, with 1013,
	// or with 1009 when it would be too large alone. It does not go with Stream, which holds none.
	Memory *Budget
	// CloseTimeout is how long the peer may stay silent after our Close frame; 0: 5 s. One that goes
	// on sending has sixty times as long.
	CloseTimeout time.Duration
	Echo         bool // send every message back, same type, after its event
	// Answer is called for each message that comes, or piece of one, when the handler has returned from
	// that event, by the session's reader: it is where to send answers, and waits as long as the peer does
	// not take them. Nil: nobody answers. It does not go with Echo.
	Answer func(s *Session, ev *Event)
	// AnswerReason answers the peer's Close frame with its reason too, and not with its code alone.
	AnswerReason bool
	// LineEnd ends each text message that is sent, for peers that want lines; "" for nothing. It becomes
	// part of the message, which is told with it.
	LineEnd string
	// Stream tells of messages as the network brings them: of those that are large, or fragmented,
	// in pieces of at most 64 KiB as they come, so that no message must be held whole, and of small
	// ones that have come together as KindMessages, unless they are to be answered. It does not go
	// with Echo.
	Stream bool

	// Watch tells of what we send too, with the direction Out: messages and pieces of them, pings,
	// pongs, the Close frame, also what a Batch, a Writer, Answer or the answer to a ping sends. It
	// is told in the order in which it leaves, when it is about to be written and before anything
	// that came later; while the peer takes nothing, up to 64 KiB of events may wait for that. The
	// handler is then called by the reader and by a goroutine of its own, still never concurrently,
	// and a KindIdle follows what the reader did not tell. While it is being called, up to 1 MiB of
	// events, and the frames of what waits to leave, wait for it; then who sends waits too, but for
	// Close and Drop. So the handler must not send, as it would wait for itself: Answer is the place
	// to send from. Watch also keeps the distributions of Stats, and lets SetFrames work.
	Watch  bool
	Frames bool // tell of frames from the beginning; needs Watch

	NoPong    bool          // pings are not answered (RFC 6455 §5.5.2 wants them to be)
	PongDelay time.Duration // after which a ping is answered

	// PingInterval is how often a ping is sent; 0: never. A pong that has not come within PingTimeout,
	// while the reader waited for the peer, ends the connection: CauseTimeout, ErrPongTimeout. 0: it may
	// take any time. When the machine has slept, a ping is sent at once, whose pong may take 5 s at most.
	PingInterval, PingTimeout time.Duration

	Heartbeat Heartbeat
	// Respond says what answers a message that came, as a whole; not ok: nothing does. The reader calls
	// it before the message is told, which is told as Auto then. The answer is sent when that has been
	// told, by a goroutine of its own, so that the reader goes on while the peer takes nothing; of
	// those that must wait for that 1024 do, in 1 MiB, and no more are sent, which a KindNotice tells
	// once. A message that Stream tells in pieces is not looked at, nor by Heartbeat.Answers.
	Respond func(op wire.Opcode, payload []byte) (answer wire.Message, ok bool)

	clocks func() (mono, wall time.Time) // nil: the system's
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

// A Session is one connection. All methods may be called concurrently; from the handler only those
// that wait for nothing: Close, Drop, Typed, Stats, Stall, SetFrames, and what never changes. The
// others would wait there for what only the handler's return can bring.
type Session struct {
	cfg    *Config
	answer func(s *Session, ev *Event) // to messages, nil for nobody
	conn   *dial.Conn
	server bool // our side is the server: what comes is masked, what we send is not
	tap    *tap.Conn
	handle func(*Event)
	since  time.Time
	done   chan struct{}
	end    *End // written before done is closed

	reader   reader // owned by the reader
	deflater deflater

	looks  bool    // at each message that comes: somebody may answer, or be answered
	asides *asides // nil while nothing is sent aside; set under mu

	teller  *teller     // nil without Config.Watch; with it handle is the teller's
	sending wire.Opcode // of the last data frame that was no continuation, owned by the tap's lock

	framesOn atomic.Bool
	gone     atomic.Bool    // abort was called
	helpers  sync.WaitGroup // what runs beside the reader
	over     chan struct{}  // closed when the reading has ended
	pongs    delayedPongs

	distMu sync.Mutex
	dist   *distributions // with Config.Watch, guarded by distMu

	messagesIn, messagesOut    atomic.Int64
	bytesIn, bytesOut          atomic.Int64
	binaryOut                  atomic.Int64 // of messagesOut
	leaving                    atomic.Int64 // messages that are being handed over
	pingsIn, pongsIn, pingsOut atomic.Int64
	rtt                        atomic.Int64

	pingMu sync.Mutex // guards pings; the tap's lock may be held before it, and mu before both
	pings  []sentPing // not answered yet, oldest first

	mu      sync.Mutex
	sent    *wire.StatusCode
	byUs    bool  // our Close frame was the first
	late    error // which time limit ran out: ErrCloseTimeout, ErrPongTimeout, ErrHeartbeatTimeout
	dropped bool
	heard   bool     // the peer's Close frame came
	after   []func() // what AfterDone was told
}

// Open connects and returns when the connection is open. The handler is called for every event, in
// wire order, never concurrently: KindOpen before Open returns, the others from the session's reader
// (but see Config.Watch), KindEnd last. A slow handler slows the peer. A failed dial is a *dial.Error
// and no event. The context bounds the dial only.
func Open(ctx context.Context, cfg *Config, handle func(*Event)) (*Session, error) {
	conn, err := dial.Dial(ctx, &cfg.Dial)
	if err != nil {
		return nil, err
	}
	kept := *cfg
	kept.Dial = dial.Config{Hide: cfg.Dial.Hide} // the rest only the dial needs
	return start(conn, &kept, handle), nil
}

// Accept is Open for the side of the server, whose opening handshake has been completed: it masks
// nothing, and demands masked frames (RFC 6455 §5.1). Of cfg.Dial nothing is used.
func Accept(conn *dial.Conn, cfg *Config, handle func(*Event)) *Session {
	conn.Tap.FromClient()
	return startAs(conn, cfg, handle, true)
}

// start makes a session of an open connection, ours being the client's side.
func start(conn *dial.Conn, cfg *Config, handle func(*Event)) *Session {
	return startAs(conn, cfg, handle, false)
}

func startAs(conn *dial.Conn, cfg *Config, handle func(*Event), server bool) *Session {
	s := &Session{
		cfg: cfg, answer: cfg.Answer, conn: conn, tap: conn.Tap, handle: handle, server: server,
		since: time.Now(), done: make(chan struct{}), over: make(chan struct{}),
	}
	if conn.Handshake.Compressed {
		s.deflater.init(&conn.Handshake, server)
	}
	s.looks = s.cfg.looks()
	if s.cfg.Echo {
		s.answer = echo
	}
	if s.cfg.Watch {
		s.watch()
	}
	s.reader.init(s)
	s.tap.Watch(&s.reader)
	s.tap.OnWait(s.reader.beforeWaiting)
	s.tap.OnRead(func() { s.reader.heardAt = s.messagesOut.Load() })
	s.handle(&Event{Kind: KindOpen, Time: s.since, Handshake: &conn.Handshake})
	s.startHelpers()
	go s.reader.run()
	return s
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
	s.gone.Store(true)
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

// AfterDone has f called when Done is closed, on the reader's goroutine, which then does nothing
// else, or now when it is closed already. Several are called in turn, the last one first, as with
// defer.
func (s *Session) AfterDone(f func()) {
	s.mu.Lock()
	select {
	case <-s.done:
		s.mu.Unlock()
		f()
	default:
		s.after = append(s.after, f)
		s.mu.Unlock()
	}
}

// finished closes Done, and does what was to follow.
func (s *Session) finished() {
	s.mu.Lock()
	close(s.done)
	after := s.after
	s.mu.Unlock()
	for _, f := range slices.Backward(after) {
		f()
	}
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

// IsServer says whether our side is the server, whose frames are not masked.
func (s *Session) IsServer() bool { return s.server }

// Handshake is how the connection was opened. It is not changed.
func (s *Session) Handshake() *dial.Handshake { return &s.conn.Handshake }
