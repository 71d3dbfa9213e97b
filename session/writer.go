package session

import "wsline/internal/wire"

// A Writer sends one message in pieces, so that it need not be held whole. Each Write is a fragment (RFC
// 6455 §5.4). Other messages wait until Close ends this one; pings, pongs and a Close frame do not. A
// Writer is for one goroutine, which must not Send before it has closed it.
type Writer struct {
	s    *Session
	op   wire.Opcode // of the next fragment
	text bool
	utf8 wire.UTF8
	size int64 // bytes written
}

// NewWriter begins a text (wire.OpText) or binary (wire.OpBinary) message. Nothing is sent before the
// first Write or Close.
func (s *Session) NewWriter(op wire.Opcode) *Writer {
	return &Writer{s: s, op: op, text: op == wire.OpText}
}

// Write sends a piece and does not keep it. Errors: ErrClosed; ErrNotUTF8 for text that cannot become
// valid any more, of which nothing is sent: then the message can only be ended by the connection's end.
func (w *Writer) Write(p []byte) (int, error) {
	if w.text && !w.utf8.Write(p) {
		return 0, ErrNotUTF8
	}
	if err := w.write(p, false); err != nil {
		return 0, err
	}
	w.size += int64(len(p))
	w.s.bytesOut.Add(int64(len(p)))
	return len(p), nil
}

// Close ends the message with an empty fragment, for who does not know which piece is the last. Errors:
// those of Last.
func (w *Writer) Close() error { return w.Last(nil) }

// Last sends the last piece, which ends the message, and does not keep it. Errors: ErrClosed; ErrNotUTF8
// for text that is not valid, or ends within a character, in which case the message is not ended.
func (w *Writer) Last(p []byte) error {
	if w.text && !(w.utf8.Write(p) && w.utf8.Done()) {
		return ErrNotUTF8
	}
	p = w.s.ended(w.opcode(), p)
	if err := w.write(p, true); err != nil {
		return err
	}
	w.size += int64(len(p))
	w.s.bytesOut.Add(int64(len(p)))
	w.s.messagesOut.Add(1)
	if !w.text {
		w.s.binaryOut.Add(1)
	}
	w.s.count(sizesOut, w.size)
	return nil
}

// opcode is the message's.
func (w *Writer) opcode() wire.Opcode {
	if w.text {
		return wire.OpText
	}
	return wire.OpBinary
}

func (w *Writer) write(p []byte, fin bool) error {
	w.s.room()
	h := wire.Header{Fin: fin, Opcode: w.op, Masked: !w.s.server}
	if w.s.deflater.on {
		return w.s.closedError(w.writePacked(h, p))
	}
	w.op = wire.OpContinuation
	return w.s.closedError(w.s.tap.WriteFrame(h, p))
}

func (w *Writer) writePacked(h wire.Header, p []byte) error {
	d := &w.s.deflater
	if w.op != wire.OpContinuation {
		if !d.begin(w.s.over) {
			return ErrClosed
		}
		h.RSV1 = true // RFC 7692 §6.1: of the first fragment alone
		w.op = wire.OpContinuation
	}
	if h.Fin {
		defer d.end()
	}
	return w.s.tap.WritePacked(h, d.piece(p, h.Fin, w.size+int64(len(p))), p)
}
