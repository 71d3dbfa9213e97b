package session

import (
	"errors"
	"io"
	"net"
	"time"

	"wsline/internal/plural"
	"wsline/internal/wire"
)

const (
	firstRead    = 4 << 10  // bytes of the buffer for a message, doubled as it grows
	streamBuffer = 64 << 10 // bytes of the largest piece of a message that is told in pieces
	promised     = 32       // of that part of a message has come when there is room made for all
	keptBuffer   = 1 << 20  // a larger buffer is given back after its message
	maxRun       = 256      // messages that are told at once
	reserved     = 64 << 20 // of addresses for a larger message whose size is not known
)

// errPeerClosed ends the reading when the peer's Close frame has come: nothing may follow it.
var errPeerClosed = errors.New("the peer sent a Close frame")

// reader turns what comes into events. Its fields are owned by the reading goroutine, on which the tap
// calls it too.
type reader struct {
	s       *Session
	checker wire.Checker
	ev      Event          // of messages; its other fields stay empty
	lot     []wire.Message // those that are told together; room for one where each is told alone
	idle    Event
	buf     []byte
	held    int64 // bytes of buf that were taken from Config.Memory
	large   int64 // bytes of the last message whose buffer was given back

	messagesIn, bytesIn int64
	heardAt             int64  // the messages that had been sent when something came last
	lastIn, answeredAt  int64  // messagesIn, and the messages sent, when the reader waited last
	last                []byte // the beginning of the last message until then
	lastOpcode          wire.Opcode

	text       bool // the message being read is text
	compressed bool // it is compressed, so that its text can only be checked when it is not any more
	fin        bool // its last frame has begun
	size       int64
	partial    wire.UTF8 // of text that is read in pieces
	unmasked   int       // position in the key of the current frame, for partial
	scratch    []byte    // a piece of it without its mask
	inPieces   bool      // a message is being told in pieces
	body       body
	inflater   *inflater // with compression
	frames     framesIn

	code   wire.StatusCode // of the peer's Close frame
	reason string
}

func (r *reader) init(s *Session) {
	r.s = s
	r.checker = wire.Checker{FromClient: s.server, Deflate: s.conn.Handshake.Compressed}
	r.lot = make([]wire.Message, 0, 1)
	if s.cfg.Stream && s.cfg.Answer == nil && !s.looks {
		r.lot = make([]wire.Message, 0, maxRun)
	}
	r.idle.Kind = KindIdle
	r.body.r, r.frames.r = r, r
	if !s.conn.Handshake.Compressed {
		return
	}
	agreed := s.conn.Handshake.Deflate()
	r.inflater = &inflater{keep: !agreed.ServerForgets}
	if s.server {
		r.inflater.keep = !agreed.ClientForgets
	}
}

// run is the reading goroutine. What it waits in needs little of a stack, so that one which waits
// has the smallest that there is: hence end and long are functions of their own.
func (r *reader) run() {
	r.end(r.messages())
	r.s.finished()
}

// end is all that follows the reading, which err ended.
func (r *reader) end(err error) {
	r.frames.end(err) // a frame that was cut off
	r.beforeWaiting()
	r.s.end = r.s.finish(err, r)
	r.drop()
	r.emit(Event{Kind: KindEnd, End: r.s.end})
	if r.s.teller != nil {
		<-r.s.teller.done
	}
}

// messages reads until something ends the reading, and returns that. Messages that are one frame, not
// compressed and in the tap's buffer are taken from there, unless frames are told; all else is read
// through the tap. What was read ahead is not told any more when the connection is given up.
func (r *reader) messages() error {
	if err := r.first(); err != nil {
		return err
	}
	for {
		if err := r.s.tap.Await(); err != nil {
			return err
		}
		if r.s.gone.Load() {
			return net.ErrClosed
		}
		if framed := r.s.framesOn.Load(); !framed || !r.s.server { // the lane loses a frame's mask
			if ok, err := r.lane(framed); err != nil {
				return err
			} else if ok {
				continue
			}
		}
		if err := r.long(); err != nil {
			return err
		}
	}
}

// long takes what comes next through the tap, up to the end of a message.
func (r *reader) long() error {
	r.keepLast()
	h, err := r.body.next()
	if err != nil {
		return err
	}
	var body io.Reader = &r.body
	if h.RSV1 {
		r.inflater.begin(body)
		body = r.inflater
	}
	return r.message(h.Opcode, body)
}

// first waits until something comes, and returns an *HTTPError when that is HTTP.
func (r *reader) first() error {
	if err := r.s.tap.Await(); err != nil {
		return err
	}
	if r.s.server {
		return nil
	}
	return httpError(r.s.tap.Buffered())
}

// lane takes the messages from the tap's buffer that all of is there: as many at once as are told
// at once, and one behind its frame where frames are told.
func (r *reader) lane(framed bool) (ok bool, err error) {
	lot := r.lot[:0]
	if framed {
		lot = lot[:0:1]
	}
	run := r.s.tap.Messages(lot)
	if len(run) == 0 {
		return false, nil
	}
	limit := r.s.cfg.MaxMessage
	for i := range run {
		m := &run[i]
		if limit > 0 && int64(len(m.Payload)) > limit {
			err = &TooBigError{Limit: limit}
		} else if m.Opcode == wire.OpText && !wire.ValidUTF8(m.Payload) {
			err = r.notUTF8(m.Payload)
		}
		if framed {
			r.frames.whole(m, err)
		}
		if err != nil {
			run = run[:i]
			break
		}
	}
	if len(run) > 0 {
		r.deliverRun(run)
		clear(run) // it would keep a buffer that is not ours any more
	}
	return true, err
}

// notUTF8 says what is wrong with text that is not valid.
func (r *reader) notUTF8(text []byte) error {
	r.partial.Reset()
	if r.partial.Write(text) {
		return errCutUTF8()
	}
	return errNotUTF8()
}

// deliverRun tells of messages that came together.
func (r *reader) deliverRun(run []wire.Message) {
	if r.s.teller != nil {
		for i := range run {
			r.s.count(sizesIn, int64(len(run[i].Payload)))
		}
	}
	last := run[len(run)-1]
	if len(run) == 1 {
		r.deliver(last.Opcode, last.Payload)
		return
	}
	for i := range run {
		r.bytesIn += int64(len(run[i].Payload))
	}
	r.messagesIn += int64(len(run))
	r.ev.Kind, r.ev.Messages, r.ev.Time = KindMessages, run, r.s.tap.ReadAt()
	r.s.handle(&r.ev)
	r.ev.Messages, r.ev.Opcode, r.ev.Payload = nil, last.Opcode, last.Payload
}

// deliver tells of a message, or of the last piece of one.
func (r *reader) deliver(op wire.Opcode, payload []byte) {
	r.messagesIn++
	r.tell(op, payload, false)
}

// tell tells of a message, or of a piece of one that more pieces of follow, and has it answered.
func (r *reader) tell(op wire.Opcode, payload []byte, more bool) {
	r.bytesIn += int64(len(payload))
	r.ev.Kind, r.ev.Opcode, r.ev.Payload, r.ev.More = KindMessage, op, payload, more
	r.ev.Time = r.s.tap.ReadAt()
	var aside wire.Message
	if r.s.looks {
		aside = r.look()
	}
	r.s.handle(&r.ev)
	if r.ev.Auto {
		r.s.asides.answer(aside)
	}
	if r.s.answer != nil {
		r.s.tap.Answering(true)
		r.s.answer(r.s, &r.ev)
		r.s.tap.Answering(false)
	}
}

// look looks whether the message answers a heartbeat, or is to be answered itself.
func (r *reader) look() (answer wire.Message) {
	s, ev := r.s, &r.ev
	ev.Alive, ev.Auto = false, false
	isPart := ev.More || r.inPieces
	if r.inPieces = ev.More; isPart {
		return answer
	}
	if h := s.cfg.Heartbeat.Answers; h != nil && h(ev.Opcode, ev.Payload) {
		ev.Alive = true
		s.asides.answered()
	} else if s.cfg.Respond != nil {
		answer, ev.Auto = s.cfg.Respond(ev.Opcode, ev.Payload)
	}
	return answer
}

// echo is the Answer of Config.Echo.
func echo(s *Session, ev *Event) { _ = s.Reply(ev.Opcode, ev.Payload) } // ErrClosed: it ends

// message takes a message that is read in pieces.
func (r *reader) message(op wire.Opcode, body io.Reader) error {
	if r.s.cfg.Stream {
		return r.stream(op, body)
	}
	payload, err := r.readAll(body)
	if err != nil {
		return err
	}
	if r.text && !r.partial.Done() {
		return errCutUTF8()
	}
	r.whole(int64(len(payload)))
	r.deliver(op, payload)
	r.shrink(len(payload))
	return nil
}

// whole notes the size of a message that has come to its end.
func (r *reader) whole(size int64) {
	r.s.count(sizesIn, size)
	r.frames.unpacked(size)
}

// stream tells of a message in pieces. The first is as large as can be, so that a message that fits in it
// is told whole or not at all; the others are what comes.
func (r *reader) stream(op wire.Opcode, body io.Reader) error {
	if len(r.buf) < streamBuffer {
		r.buf = make([]byte, streamBuffer)
	}
	var size int64
	held, told := 0, false
	for {
		n, err := body.Read(r.buf[held:streamBuffer])
		size += int64(n)
		if err := r.checkPiece(r.buf[held:held+n], size); err != nil {
			return err
		}
		held += n
		switch {
		case err == io.EOF && r.text && !r.partial.Done():
			return errCutUTF8()
		case err == io.EOF:
			r.whole(size)
			r.deliver(op, r.buf[:held])
			return nil
		case err != nil:
			return err
		case told || held == streamBuffer:
			r.tell(op, r.buf[:held], true)
			held, told = 0, true
		}
	}
}

// checkPiece checks what could not be checked before it was decompressed, and the size so far.
func (r *reader) checkPiece(piece []byte, size int64) error {
	if r.text && r.compressed && !r.partial.Write(piece) {
		return errNotUTF8()
	}
	if limit := r.s.cfg.MaxMessage; limit > 0 && size > limit {
		return &TooBigError{Limit: limit}
	}
	return nil
}

// readAll reads a message into the reader's buffer, checking its text and its size as it grows.
func (r *reader) readAll(body io.Reader) ([]byte, error) {
	n := 0
	for {
		if n == len(r.buf) {
			if err := r.grow(); err != nil {
				return nil, err
			}
		}
		k, err := body.Read(r.buf[n:])
		if err := r.checkPiece(r.buf[n:n+k], int64(n+k)); err != nil {
			return nil, err
		}
		n += k
		if err == io.EOF {
			return r.buf[:n], nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// emit tells of anything but a message.
func (r *reader) emit(ev Event) {
	ev.Time = time.Now()
	r.s.handle(&ev)
}

// beforeWaiting makes what was read visible to others before the reader waits for more.
func (r *reader) beforeWaiting() {
	r.s.messagesIn.Store(r.messagesIn)
	r.s.bytesIn.Store(r.bytesIn)
	r.keepLast()
	r.ev.Payload = nil // it is not ours any more
	r.s.handle(&r.idle)
}

// keepLast keeps the beginning of the last message while the buffer still has it: not of each message,
// but of the last one before the reader waits, or reads one in pieces.
func (r *reader) keepLast() {
	if r.messagesIn == r.lastIn {
		return
	}
	r.lastIn, r.answeredAt = r.messagesIn, r.s.messagesOut.Load()
	r.last = append(r.last[:0], r.ev.Payload[:min(len(r.ev.Payload), LastPayload)]...)
	r.lastOpcode = r.ev.Opcode
}

// before is what happened until the end.
func (r *reader) before() Before {
	s := r.s
	b := Before{
		Handshake: s.Handshake(), Life: time.Since(s.since), Idle: s.tap.Quiet(),
		MessagesIn: r.messagesIn, MessagesOut: s.messagesOut.Load() + s.leaving.Load(), Binary: s.binaryOut.Load(),
		Last: string(r.last), LastOpcode: r.lastOpcode,
		Ignored: s.cfg.NoPong && s.pingsIn.Load() > 0,
	}
	b.Unanswered = b.MessagesOut - r.answeredAt
	if r.messagesIn > 0 && r.ev.Time.Equal(s.tap.ReadAt()) {
		b.Idle = 0 // a message came with the end
	}
	return b
}

// TooBigError is a message over the limit.
type TooBigError struct{ Limit int64 } // bytes

func (e *TooBigError) Error() string {
	return "a message is larger than the limit of " + plural.Of(e.Limit, "byte")
}

func errCutUTF8() error {
	return &wire.Error{Code: wire.StatusInvalidFramePayloadData, Section: "RFC 6455 §8.1",
		Text: "text that ends within a UTF-8 character"}
}

func errNotUTF8() error {
	return &wire.Error{Code: wire.StatusInvalidFramePayloadData, Section: "RFC 6455 §8.1",
		Text: "text that is not UTF-8"}
}
