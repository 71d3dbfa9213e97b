package session

import (
	"context"
	"io"

	"github.com/coder/websocket"

	"wsline/internal/wire"
)

// A Writer sends one message in pieces, so that it need not be held whole. Each Write is a fragment (RFC
// 6455 §5.4), but with permessage-deflate in use, where the compressor decides. Other messages wait until
// Close ends this one; pings, pongs and a Close frame do not. A Writer is for one goroutine, which must
// not Send before it has closed it.
type Writer struct {
	s          *Session
	op         wire.Opcode // of the next fragment
	text       bool
	utf8       wire.UTF8
	size       int64          // bytes written
	compressor io.WriteCloser // nil without compression
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
	if w.s.conn.Handshake.Compressed {
		return w.s.closedError(w.compress(p, fin))
	}
	h := wire.Header{Fin: fin, Opcode: w.op, Masked: !w.s.server}
	w.op = wire.OpContinuation
	return w.s.closedError(w.s.tap.WriteFrame(h, p))
}

func (w *Writer) compress(p []byte, fin bool) (err error) {
	packing := &w.s.packing
	if w.compressor == nil {
		if !packing.begin(w.s.over) {
			return ErrClosed
		}
		w.compressor, err = w.s.conn.WS.Writer(context.Background(), websocket.MessageType(w.op))
		if err != nil {
			packing.end()
			return err
		}
	}
	h := wire.Header{Fin: fin, Opcode: w.opcode()}
	if fin {
		defer packing.end()
		packing.add(w.size + int64(len(p)))
		return w.s.tap.Library(h, p, func() error {
			if len(p) > 0 {
				if _, err := w.compressor.Write(p); err != nil {
					return err
				}
			}
			return w.compressor.Close()
		})
	}
	return w.s.tap.Library(h, p, func() error {
		_, err := w.compressor.Write(p)
		return err
	})
}
