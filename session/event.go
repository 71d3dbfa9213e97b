package session

import (
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
)

// Kind says what an Event tells.
type Kind uint8

const (
	KindOpen     Kind = iota + 1 // the connection is open; Handshake
	KindMessage                  // a text or binary message, or a piece of one; Opcode, Payload, More
	KindPing                     // a ping came; Payload. It is answered as Config says.
	KindPong                     // a pong came; Payload, RTT when it answers a ping of ours
	KindClose                    // a Close frame came; Code (1005 for none), Reason
	KindNotice                   // something a person should know; Text
	KindIdle                     // nothing more is to be told at once: what a handler has gathered is due
	KindFrame                    // a frame, as it stood on the wire, before the event that it causes; Frame
	KindEnd                      // the connection is over, always the last event; End
	KindTyped                    // what Session.Typed was told, Dir is Out; Text, Payload, Opcode
	KindMessages                 // whole messages that came together, only with Config.Stream; Messages
	KindGap                      // a connection takes the place of one that ended, told before its KindOpen; Gap
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
	// Messages and their payloads are valid only during the call of the handler.
	Messages []wire.Message
	RTT      time.Duration
	Alive    bool // a ping of Config.PingInterval, a Heartbeat, or what answers one
	Auto     bool // a message that Config.Respond answers, its answer, or one of Session.Repeat
	Code     wire.StatusCode
	Reason   string
	Text     string
	Conn     string // the name of the connection where there are several; the session leaves it empty

	Handshake *dial.Handshake
	Frame     *Frame // valid only during the call of the handler
	End       *End
	Gap       *Gap
}

// Gap is what lay between the end of a connection and the opening of the one in its place, or before
// the opening of the first where that took more than one try. A session tells none.
type Gap struct {
	Cause string        // why the one before ended, in words
	Tries int           // to connect, with the one that did
	Down  time.Duration // from the end to the opening
	// Unheard is how many messages were sent since the peer was heard of last, as that of an End; where
	// they are lines of an input, From and To are the first and the last of those instead, 0 for none.
	Unheard  int64
	From, To int64
	Resent   bool // these are sent again
}

// FramePayload is how many bytes of a frame's payload an Event of KindFrame has at most.
const FramePayload = 4 << 10

// Frame is a frame as its bytes were on the wire.
type Frame struct {
	Header wire.Header
	Head   []byte // the header's bytes
	// Payload is the payload's beginning, unmasked: at most FramePayload bytes, and less where less had
	// come or gone when it was told of.
	Payload []byte
	// Have is how many of the payload's bytes had come when the frame was told of; it is less than the
	// header's Length for a frame that the connection's end, or an error, cut off, and for one of ours
	// whose header promises more than was there to leave.
	Have int64
	// Number counts the frames of a fragmented message from 1; it is 0 for control frames, and for a
	// message that is one frame.
	Number int
	// Packed and Size are the sizes in bytes of a compressed message before and after it was
	// decompressed. They are known with its last frame, and 0 otherwise.
	Packed, Size int64
	Err          *wire.Error // the rule that it breaks, nil for none
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
	// Unheard is, for CauseTimeout and CauseBroken, how many messages were sent since the peer was last
	// heard of: it may have got them or not. One whose Send had not returned then is among them.
	Unheard int64

	Before // what happened before, which may say why
}

// Before is what is known of a connection's life when it ends.
type Before struct {
	Handshake  *dial.Handshake
	Life       time.Duration // since it was opened
	Idle       time.Duration // how long nothing had gone either way
	MessagesIn int64
	// MessagesOut are those that were sent, Binary how many of them were binary, and Unanswered how many
	// since the last message came.
	MessagesOut, Binary, Unanswered int64
	// Last is the beginning of the last message that came, or of its last piece, at most LastPayload bytes.
	Last       string
	LastOpcode wire.Opcode
	Ignored    bool // pings came, and Config.NoPong left them unanswered
}

// LastPayload is how many bytes of the last message a Before has at most.
const LastPayload = 256

// Cause is why a connection ended.
type Cause uint8

const (
	CauseClosed   Cause = iota + 1 // the closing handshake was completed
	CauseBroken                    // the connection ended without a Close frame from the peer
	CauseProtocol                  // the peer broke the protocol; Err is a *wire.Error or an *HTTPError
	CauseTooBig                    // a message was over the limit
	CauseTimeout                   // a time limit passed: no Close frame in answer to ours, or no pong
	CauseDropped                   // we ended it at once, without a closing handshake
)
