package tap

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"wsline/internal/wire"
)

const (
	writeBuffer   = 256 << 10 // bytes that may gather while a write is under way
	controlBuffer = 64 << 10  // bytes of control frames that may gather beyond that
)

// Errors of the writing methods.
var (
	// ErrCloseSent is returned for what comes after our Close frame: it does not leave.
	ErrCloseSent = errors.New("a Close frame was sent")
	// ErrFlushTimeout is returned by FlushWithin when the peer did not take everything in time.
	ErrFlushTimeout = errors.New("the peer does not read")
	// ErrControlFull is returned for a control frame when too many wait to be sent.
	ErrControlFull = errors.New("too many control frames wait to be sent")
)

// writer is the outgoing half: frames gather in out, whole or in pieces but never mixed, and a
// goroutine writes what has gathered, while there is something.
type writer struct {
	conn    *Conn
	mu      sync.Mutex
	changed sync.Cond // any of the fields below changed

	// Guarded by mu.
	out     []byte      // gathered, not yet being written; nil for nothing
	spare   []byte      // to be out next, while there is a writing goroutine
	rest    []byte      // of a batch that was written in part
	whole   []byte      // that batch, whose buffer is wanted again
	writing bool        // what has gathered is being written, or about to be
	trying  bool        // by tryNow; the writing goroutine waits
	running bool        // there is a writing goroutine
	used    bool        // it has written since retire looked
	retired bool        // it is to end when it has nothing to write
	look    *time.Timer // calls retire while it is running
	busy    bool        // the beginning of a frame is in out and its end is not
	open    bool        // a fragmented message was begun and not ended
	control []byte      // whole control frames that wait for the end of that frame
	closed  bool        // our Close frame is in out or control, or gone: nothing may follow
	werr    error       // ends all writing
	goodbye int         // bytes of that Close frame
	lost    error       // why a batch did not leave, if more than our Close frame did not
	passed  int64       // bytes that have been taken from out
	begun   int64       // see Begun
	keys    *rand.ChaCha8
	onWrite func(batch []byte, more bool)
	onBegin func(h wire.Header, payload []byte, mark byte)
}

func (w *writer) init(c *Conn) {
	w.conn = c
	w.begun = -1
	w.changed.L = &w.mu
}

// WriteFrame sends one data frame from its header and payload, masked with a fresh key when h.Masked (RFC
// 6455 §5.3). Its length is that of the payload. It blocks while the outgoing buffer is full, does not
// keep payload, and returns when the last byte is in the buffer. A frame that begins a message waits for
// the end of a fragmented one. After a Close frame it is ErrCloseSent.
func (w *writer) WriteFrame(h wire.Header, payload []byte) error {
	return w.WritePacked(h, payload, payload)
}

// WritePacked is WriteFrame for a payload that is a compressed one, which OnBegin's function is told of.
func (w *writer) WritePacked(h wire.Header, payload, plain []byte) error {
	return w.WriteAside(h, payload, plain, 0)
}

// WriteAside is WritePacked with a mark that OnBegin's function is told. One that is not 0 is for a
// message beside those that others send, which Begun passes over.
func (w *writer) WriteAside(h wire.Header, payload, plain []byte, mark byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.kick()
	return w.writeFrame(h, payload, plain, mark)
}

// WriteAnswer is WriteFrame for the reader, which waits for more when it has handed on what has
// come: then is soon enough, and it writes itself what can be written at once.
func (c *Conn) WriteAnswer(h wire.Header, payload []byte) error {
	if c.r < c.w || c.now == nil {
		return c.WriteFrame(h, payload)
	}
	c.owed = true
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.writeFrame(h, payload, payload, 0)
}

// writeFrame is WriteFrame but for the start of the writing; the caller holds mu.
func (w *writer) writeFrame(h wire.Header, payload, plain []byte, mark byte) error {
	if err := w.begin(h, 1); err != nil {
		return err
	}
	if mark == 0 && isMessage(h) {
		w.begun = w.place()
	}
	w.tell(h, plain, mark)
	w.hold(wire.MaxHeaderSize + len(payload))
	defer w.end()
	if h.Masked {
		h.Key = w.newKey()
	}
	h.Length = int64(len(payload))
	w.out = h.Append(w.out)
	if len(payload) > writeBuffer-len(w.out) {
		return w.appendPieces(h, payload)
	}
	if h.Masked {
		w.out = wire.AppendMasked(w.out, payload, h.Key)
	} else {
		w.out = append(w.out, payload...)
	}
	return nil
}

// appendPieces appends a payload that does not fit at once; the caller holds mu and has begun the frame.
func (w *writer) appendPieces(h wire.Header, payload []byte) error {
	pos := 0
	for len(payload) > 0 {
		n, err := w.room(len(payload))
		if err != nil {
			return err
		}
		w.hold(n)
		at := len(w.out)
		w.out = append(w.out, payload[:n]...)
		if h.Masked {
			pos = wire.Mask(w.out[at:], h.Key, pos)
		}
		payload = payload[n:]
		w.kick()
	}
	return nil
}

// WriteFrames sends whole data frames that are each a whole message, as they stand in b, as WriteFrame
// would one after the other, with nothing between them. It waits for room for all of b, which is at
// most a buffer's, writes itself what can be written at once, and does not keep b.
func (c *Conn) WriteFrames(b []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.begin(wire.Header{Fin: true, Opcode: wire.OpBinary}, len(b)); err != nil {
		return err
	}
	c.begun = c.place()
	c.hold(len(b))
	c.out = append(c.out, b...)
	c.end()
	if c.now == nil {
		c.kick()
	} else {
		c.tryNow()
	}
	return nil
}

// Begun is where in all that leaves the text or binary message begins that was begun last, in bytes
// from the first frame on, or the first of those of WriteFrames; -1 before there is one, and those of
// WriteAside are none. Once the connection is over, it has left in part at least if that is below what
// Progress says was sent.
func (w *writer) Begun() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begun
}

// IsOpen says that a fragmented message is under way, which other messages wait for.
func (w *writer) IsOpen() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

// WriteControl sends a control frame with a payload of at most 125 bytes, masked when h.Masked. It does
// not wait for room: it goes behind what has gathered, or behind the frame that is being written in
// pieces. A Close frame is the last that leaves.
func (w *writer) WriteControl(h wire.Header, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.controlErr(h.Opcode); err != nil {
		return err
	}
	w.tell(h, payload, 0)
	if h.Opcode == wire.OpClose {
		w.closed = true
	}
	if h.Masked {
		h.Key = w.newKey()
	}
	h.Length = int64(len(payload))
	to := w.forControl()
	from := len(*to)
	*to = h.Append(*to)
	at := len(*to)
	*to = append(*to, payload...)
	if h.Masked {
		wire.Mask((*to)[at:], h.Key, 0)
	}
	if h.Opcode == wire.OpClose {
		w.goodbye = len(*to) - from
	}
	w.kick()
	return nil
}

// controlErr says why a control frame cannot leave; the caller holds mu.
func (w *writer) controlErr(op wire.Opcode) error {
	switch {
	case w.werr != nil:
		return w.werr
	case w.closed:
		return ErrCloseSent
	case op == wire.OpClose:
	case len(w.control) >= controlBuffer || len(w.out) >= writeBuffer+controlBuffer:
		return ErrControlFull
	}
	return nil
}

// WriteRaw sends bytes as they are behind the frame that is being written, also after a Close frame. They
// stay together, and a fragmented message that is open stays so. It blocks while the outgoing buffer is
// full and does not keep b.
func (w *writer) WriteRaw(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.werr == nil && (w.busy || len(w.out) >= writeBuffer) {
		w.await()
	}
	if w.werr != nil {
		return w.werr
	}
	w.busy = true
	w.hold(len(b))
	defer w.kick()
	defer w.end()
	return w.appendPieces(wire.Header{}, b)
}

// WriteRawClose is WriteControl for the bytes of a Close frame, which has that payload.
func (w *writer) WriteRawClose(b, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.controlErr(wire.OpClose); err != nil {
		return err
	}
	w.tell(wire.Header{Fin: true, Opcode: wire.OpClose}, payload, 0)
	w.closed = true
	to := w.forControl()
	*to = append(*to, b...)
	w.kick()
	return nil
}

// tell tells OnBegin's function; the caller holds mu.
func (w *writer) tell(h wire.Header, payload []byte, mark byte) {
	if w.onBegin != nil {
		w.onBegin(h, payload, mark)
	}
}

// place is where in all that leaves the next byte stands; the caller holds mu.
func (w *writer) place() int64 { return w.passed + int64(len(w.out)) }

// forControl is where a control frame goes: behind the frame that is being written.
func (w *writer) forControl() *[]byte {
	if w.busy {
		return &w.control
	}
	w.hold(0)
	return &w.out
}

// begin waits for the frame boundary and for room for n bytes, and begins a frame; the caller holds mu.
func (w *writer) begin(h wire.Header, n int) error {
	ok, err := w.mayBegin(h, n)
	if !ok {
		w.conn.peer.block(1)
		for !ok {
			w.await()
			ok, err = w.mayBegin(h, n)
		}
		w.conn.peer.block(-1)
	}
	if err != nil {
		return err
	}
	w.busy = true
	if !h.Opcode.IsControl() {
		w.open = !h.Fin
	}
	return nil
}

// mayBegin says whether a frame can begin now, or never, which is an error; the caller holds mu.
func (w *writer) mayBegin(h wire.Header, n int) (ok bool, err error) {
	switch {
	case w.werr != nil:
		return true, w.werr
	case w.closed:
		return true, ErrCloseSent
	case w.busy || len(w.out) > 0 && len(w.out)+n > writeBuffer:
		return false, nil
	}
	return !w.open || !isMessage(h), nil
}

// isMessage says that a frame begins a message.
func isMessage(h wire.Header) bool { return h.Opcode == wire.OpText || h.Opcode == wire.OpBinary }

// room waits until some of n bytes fit and says how many; the caller holds mu and has begun a frame.
func (w *writer) room(n int) (int, error) {
	if w.werr == nil && len(w.out) >= writeBuffer {
		w.conn.peer.block(1)
		defer w.conn.peer.block(-1)
	}
	for w.werr == nil && len(w.out) >= writeBuffer {
		w.await()
	}
	w.hold(n)
	return min(n, writeBuffer-len(w.out)), w.werr
}

// hold has out be memory for n bytes that are about to gather; the caller holds mu. It is small for
// one small answer: many connections may be in the middle of that at once.
func (w *writer) hold(n int) {
	switch {
	case w.out != nil:
	case w.spare != nil:
		w.out, w.spare = w.spare, nil
	case !w.running && n <= smallBuffer:
		w.out = takeSmall()[:0]
	default:
		w.out = takeOut()
	}
}

// end ends the frame that begin began: the control frames that waited for it follow.
func (w *writer) end() {
	w.busy = false
	w.out = append(w.out, w.control...)
	w.control = w.control[:0]
	w.changed.Broadcast()
}

// newKey is a masking key from a strong source (RFC 6455 §10.3); the caller holds mu.
func (w *writer) newKey() (key [4]byte) {
	if w.keys == nil {
		w.keys = keySources.Get().(*rand.ChaCha8)
	}
	binary.LittleEndian.PutUint32(key[:], uint32(w.keys.Uint64()))
	return key
}
