// Package session is one connection's life as a stream of events.
package session

import (
	"context"
	"errors"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
)

// ErrClosed is returned for what cannot leave any more: our Close frame has been sent, or the connection is over.
var ErrClosed = errors.New("the connection is closed")

// Config is what a Session needs to know. It is not changed.
type Config struct {
	Dial         dial.Config
	MaxMessage   int64         // bytes of the largest message taken; 0: no limit
	CloseTimeout time.Duration // how long the peer has to answer our Close frame; 0: 5 s
	Echo         bool          // send every message back, same type
}

// Stats are counters of a connection, both ways.
type Stats struct {
	Since                      time.Time
	MessagesIn, MessagesOut    int64
	BytesIn, BytesOut          int64 // payload bytes of messages
	PingsIn, PongsIn, PingsOut int64
	RTT                        time.Duration // of the last answered ping, 0 when none
}

// A Session is one connection. All methods may be called concurrently, also from the handler,
// except Wait.
type Session struct{}

// Open connects and returns when the connection is open. The handler is called for every event, in wire
// order, never concurrently: KindOpen before Open returns, the others from the session's reader, KindEnd last.
// A slow handler slows the peer. A failed dial is a *dial.Error and no event.
func Open(ctx context.Context, cfg *Config, handle func(*Event)) (*Session, error) { panic("soon") }

// Send sends one text (wire.OpText) or binary (wire.OpBinary) message. It blocks while the outgoing buffer
// is full and does not keep payload. Text must be valid UTF-8.
func (s *Session) Send(op wire.Opcode, payload []byte) error { panic("soon") }

// Ping sends a ping with a payload of at most 125 bytes. The pong's event has the round trip.
func (s *Session) Ping(payload []byte) error { panic("soon") }

// Pong sends an unasked pong with a payload of at most 125 bytes.
func (s *Session) Pong(payload []byte) error { panic("soon") }

// Close begins the closing handshake and returns at once: nothing of ours leaves after it, what comes before
// the peer's Close frame is still delivered. Code 0 sends no code. Any code may be sent; the reason has at
// most 123 bytes. It is ErrClosed after the first.
func (s *Session) Close(code wire.StatusCode, reason string) error { panic("soon") }

// Drop ends the connection at once, without a Close frame.
func (s *Session) Drop() { panic("soon") }

// Done is closed when the connection is over and the handler has returned from KindEnd.
func (s *Session) Done() <-chan struct{} { panic("soon") }

// Wait waits for Done and returns how the connection ended.
func (s *Session) Wait() *End { panic("soon") }

// Stats returns the counters now.
func (s *Session) Stats() Stats { panic("soon") }

// Handshake is how the connection was opened. It is not changed.
func (s *Session) Handshake() *dial.Handshake { panic("soon") }
