package tap

import (
	crand "crypto/rand"
	"math/rand/v2"

	"wsline/internal/wire"
)

// libFrame is where in its own stream the library stands, which writes frames in pieces of its choosing.
type libFrame struct {
	head [wire.MaxHeaderSize]byte // of the header that is not whole yet
	n    int
	left int64 // bytes of the payload still to come
	drop bool  // the frame comes after our Close frame and does not leave

	header  wire.Header // of what is told when the last frame of a message begins
	payload []byte      // of it
	untold  bool        // that is still to be done
	dropped bool        // a frame was dropped since Library began
}

// Library calls write, in which the library writes the frames of a message, or of the piece of one
// that the header and the payload are. Those OnBegin's function is told of: of a piece that is not
// the last at once, since the library may keep it for later. It is ErrCloseSent when not all of the
// frames leave, which the library is not told. One at a time may call it.
func (w *writer) Library(h wire.Header, payload []byte, write func() error) error {
	if err := w.beginLibrary(h, payload); err != nil {
		return err
	}
	err := write()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lib.payload, w.lib.untold = nil, false
	if err == nil && w.lib.dropped {
		err = ErrCloseSent
	}
	return err
}

func (w *writer) needLibrary() {
	if w.lib == nil {
		w.lib = new(libFrame)
	}
}

func (w *writer) beginLibrary(h wire.Header, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.needLibrary()
	w.lib.header, w.lib.payload, w.lib.untold, w.lib.dropped = h, payload, h.Fin, false
	switch {
	case w.werr != nil:
		return w.werr
	case w.closed:
		return ErrCloseSent
	case !h.Fin:
		w.tell(h, payload)
	}
	return nil
}

// Write is the library's way out: bytes of frames, masked already, cut anywhere. A frame of its joins the
// stream as a whole; one that comes after our Close frame is taken and does not leave. Before Frames it
// writes straight to the connection.
func (c *Conn) Write(p []byte) (int, error) {
	if !c.framed {
		return c.nc.Write(p)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.needLibrary()
	total := len(p)
	for len(p) > 0 {
		n, err := c.writePiece(p)
		if err != nil {
			return total - len(p), err
		}
		p = p[n:]
	}
	return total, nil
}

// writePiece takes a header's bytes or a piece of a payload, and says how many bytes it took.
func (w *writer) writePiece(p []byte) (int, error) {
	if w.lib.left == 0 {
		return w.libHeader(p)
	}
	n := len(p)
	if int64(n) > w.lib.left {
		n = int(w.lib.left)
	}
	if !w.lib.drop {
		var err error
		if n, err = w.room(n); err != nil {
			return 0, err
		}
		w.out = append(w.out, p[:n]...)
		w.kick()
	}
	w.lib.left -= int64(n)
	if w.lib.left == 0 && !w.lib.drop {
		w.end()
		w.kick()
	}
	return n, nil
}

func (w *writer) libHeader(p []byte) (int, error) {
	l := w.lib
	had := l.n
	l.n += copy(l.head[l.n:], p)
	h, size, err := wire.ParseHeader(l.head[:l.n])
	if err != nil {
		return 0, err
	}
	if size == 0 {
		return l.n - had, nil
	}
	l.n = 0
	switch err := w.begin(h); err {
	case nil:
		if l.drop = false; h.Fin && l.untold {
			l.untold = false
			w.tell(l.header, l.payload)
		}
		w.closed = h.Opcode == wire.OpClose
		w.out = append(w.out, l.head[:size]...)
	case ErrCloseSent:
		l.drop, l.dropped = true, true
	default:
		return 0, err
	}
	l.left = h.Length
	if l.left == 0 && !l.drop {
		w.end()
		w.kick()
	}
	return size - had, nil
}

func newKeys() *rand.ChaCha8 {
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	return rand.NewChaCha8(seed)
}
