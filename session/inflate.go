package session

import (
	"bufio"
	"compress/flate"
	"io"
	"strings"

	"wsline/internal/wire"
)

const (
	deflateWindow = 32 << 10 // bytes that a later message may refer to (RFC 7692 §7.1.1)
	// deflateTail is what a compressed message lacks (RFC 7692 §7.2.2), and an empty last block, which
	// makes an end that is not a block's end an error.
	deflateTail = "\x00\x00\xff\xff" + "\x01\x00\x00\xff\xff"
)

// inflater decompresses messages (RFC 7692 §7.2.2). It is the reader's own because the library's takes
// a block with BFINAL for the message's end (§7.2.3.4 allows more to follow) and then loses its place.
type inflater struct {
	keep   bool   // the peer keeps its window from a message to the next
	window []byte // the last bytes of what came before, at most twice deflateWindow
	source tailed
	in     *bufio.Reader
	out    io.ReadCloser
}

// tailed is a message's compressed payload with deflateTail behind it.
type tailed struct {
	body io.Reader // nil behind its end
	tail strings.Reader
}

func (t *tailed) Read(p []byte) (int, error) {
	if t.body != nil {
		n, err := t.body.Read(p)
		if err != io.EOF {
			return n, err
		}
		if t.body = nil; n > 0 {
			return n, nil
		}
	}
	return t.tail.Read(p)
}

// begin begins a message whose compressed payload is body.
func (f *inflater) begin(body io.Reader) {
	if f.in == nil {
		f.in = bufio.NewReader(nil)
		f.out = flate.NewReader(f.in)
	}
	if !f.keep {
		f.window = f.window[:0]
	}
	f.source.body = body
	f.source.tail.Reset(deflateTail)
	f.in.Reset(&f.source)
	f.restart()
}

func (f *inflater) restart() {
	_ = f.out.(flate.Resetter).Reset(f.in, f.dict()) // is never an error
}

func (f *inflater) dict() []byte { return f.window[max(0, len(f.window)-deflateWindow):] }

// Read is io.EOF at the end of the message.
func (f *inflater) Read(p []byte) (int, error) {
	n, err := f.out.Read(p)
	f.remember(p[:n])
	if err == io.EOF {
		if _, more := f.in.Peek(1); more != nil {
			return n, more // io.EOF, or what ended the connection
		}
		f.restart() // after a last block another one begins at a byte boundary
		err = nil
	}
	_, bad := err.(flate.CorruptInputError)
	if bad || err == io.ErrUnexpectedEOF && f.source.tail.Len() == 0 {
		err = &wire.Error{Code: wire.StatusInvalidFramePayloadData, Section: "RFC 7692 §7.2.2",
			Text: "compressed data that is not DEFLATE"}
	}
	return n, err
}

func (f *inflater) remember(p []byte) {
	p = p[max(0, len(p)-deflateWindow):]
	if len(f.window)+len(p) > 2*deflateWindow {
		f.window = append(f.window[:0], f.dict()...)
	}
	f.window = append(f.window, p...)
}
