package session

import (
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
)

// Kind says what an Event tells.
type Kind uint8

const (
	KindOpen    Kind = iota + 1 // the connection is open; Handshake
	KindMessage                 // a text or binary message, or a piece of one; Opcode, Payload, More
	KindPing                    // a ping came; Payload. It has been answered.
	KindPong                    // a pong came; Payload, RTT when it answers a ping of ours
	KindClose                   // a Close frame came; Code (1005 for none), Reason
	KindNotice                  // something a person should know; Text
	KindIdle                    // the reader is about to wait for the peer: what a handler has gathered is due
	KindEnd                     // the connection is over, always the last event; End
)

// Direction says which way a frame or message went.
type Direction uint8

const (
	In  Direction = iota // from the peer
	Out                  // to the peer
)

// Event is one thing that happened on a connection. It is flat: a Kind says which fields count.
type Event struct {
	Kind    Kind
	Dir     Direction
	Time    time.Time
	Opcode  wire.Opcode
	Payload []byte // valid only during the call of the handler
	More    bool   // of a message in pieces: this is not the last one (Config.Stream)
	RTT     time.Duration
	Code    wire.StatusCode
	Reason  string
	Text    string

	Handshake *dial.Handshake
	End       *End
}

// End is how a connection ended.
type End struct {
	Cause    Cause
	ByUs     bool            // our Close frame left before the peer's came
	Sent     wire.StatusCode // code of our Close frame, 0 when none was sent
	Received bool            // a Close frame came
	Code     wire.StatusCode // of the peer's Close frame: 1005 for one without a code; 1006 when none came
	Reason   string          // of the peer's Close frame
	Err      error           // what broke, for every Cause but CauseClosed
}

// Cause is why a connection ended.
type Cause uint8

const (
	CauseClosed   Cause = iota + 1 // the closing handshake was completed
	CauseBroken                    // the connection ended without a Close frame from the peer
	CauseProtocol                  // the peer broke the protocol; Err is a *wire.Error
	CauseTooBig                    // a message was over the limit
	CauseTimeout                   // a time limit passed: no Close frame in answer to ours
	CauseDropped                   // we ended it at once, without a closing handshake
)
