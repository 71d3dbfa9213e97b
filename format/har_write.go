package format

import (
	"net/http"
	"time"

	"wsline/format/har"
	"wsline/internal/dial"
	"wsline/session"
)

// HARWriter writes events as an HTTP Archive that is complete after each of them. A connection is
// an entry of the archive; a message that comes in pieces is made whole, up to 64 MiB of it. Frames
// and notices are not part of it. A HARWriter is not to be used concurrently.
//
// Of one connection only the last bytes of the file are written anew for each event. When several
// are open at once, what stands behind the entry of the older ones is moved each time.
type HARWriter struct {
	Secrets bool   // show what hide.Field and hide.URL would hide
	Connect string // of the connections that are opened next: see JSON

	journal journal
	pass    Pass
	entries []*harEntry // those of open connections, in the file's order
	number  int
}

// maxControls is how many bytes of control frames are kept between two messages.
const maxControls = 256 << 10

type harEntry struct {
	conn     string
	end      int64 // where the next message goes
	messages int
	controls []byte // those since the last message; they stand behind it
	leftOut  int
	over     []byte // what tells how the connection ended
	joiner   joiner
}

// NewHARWriter begins an archive. Program is "wsline 1.2.3".
func NewHARWriter(file RecordFile, program string) (*HARWriter, error) {
	w := &HARWriter{journal: journal{file: file}}
	w.pass = func(dst []byte) []byte {
		w.journal.add(dst)
		return dst[:0]
	}
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	return w, w.journal.end(append(harHead(program), harFoot...))
}

// Event writes one event of a connection, whose name is "" for the only one. When it fails, the
// archive is what it was before.
func (w *HARWriter) Event(conn string, ev *session.Event) error {
	if ev.Kind == session.KindOpen {
		return w.open(conn, ev)
	}
	e := w.entry(conn)
	if e == nil {
		return nil
	}
	switch ev.Kind {
	case session.KindMessage:
		if whole, length := e.joiner.add(ev); whole != nil {
			return w.message(e, func(dst []byte) []byte {
				return appendHARMessage(dst, whole, length, w.pass)
			})
		}
	case session.KindPing, session.KindPong, session.KindClose:
		return w.control(e, ev)
	case session.KindEnd:
		return w.end(e, ev)
	}
	return nil
}

func (w *HARWriter) entry(conn string) *harEntry {
	for _, e := range w.entries {
		if e.conn == conn {
			return e
		}
	}
	return nil
}

// forget takes out an entry that nothing is added to any more.
func (w *HARWriter) forget(e *harEntry) {
	for i := range w.entries {
		if w.entries[i] == e {
			w.entries = append(w.entries[:i], w.entries[i+1:]...)
			return
		}
	}
}

func (w *HARWriter) open(conn string, ev *session.Event) error {
	if before := w.entry(conn); before != nil {
		w.forget(before)
	}
	h := &dial.Handshake{Status: http.StatusSwitchingProtocols}
	if ev.Handshake != nil {
		h = ev.Handshake
	}
	e := &harEntry{conn: conn}
	if err := w.begin(e, harEntryOf(ev.Time, h, w.Secrets)); err != nil {
		return err
	}
	w.entries = append(w.entries, e)
	return nil
}

// Failure writes that a connection could not be opened, if that is what failed.
func (w *HARWriter) Failure(conn string, at time.Time, f *Failure) error {
	if f.Handshake == nil {
		return nil
	}
	e := &harEntry{conn: conn}
	if err := w.begin(e, harFailureOf(at, f, w.Secrets)); err != nil || f.Cause == "" {
		return err
	}
	return w.failed(e, at, f.Cause)
}

// begin adds an entry at the end.
func (w *HARWriter) begin(e *harEntry, head *har.Entry) error {
	piece := []byte("\n")
	if w.number > 0 {
		piece = []byte(",\n")
	}
	head.Name, head.Connect = har.Text(e.conn), har.Text(w.Connect)
	piece = EscapeJSON(piece, head.AppendHead(nil))
	at := w.journal.size() - int64(len(harFoot))
	e.end = at + int64(len(piece))
	if err := w.journal.cut(at); err != nil {
		return err
	}
	if err := w.journal.end(append(append(piece, e.tail()...), harFoot...)); err != nil {
		return err
	}
	w.number++
	return nil
}

// controlsOpen stands between an entry's messages and its control frames.
const controlsOpen = `],"_controlFrames":[`

// tail is what stands behind an entry's messages.
func (e *harEntry) tail() []byte {
	return append(append([]byte(controlsOpen), e.controls...), e.closer()...)
}

// closer is what stands behind an entry's control frames.
func (e *harEntry) closer() []byte {
	dst := []byte{']'}
	if e.leftOut > 0 {
		dst = appendInt(dst, "_controlFramesLeftOut", int64(e.leftOut))
	}
	return append(append(dst, e.over...), '}')
}

// controlsEnd is where the next control frame goes.
func (e *harEntry) controlsEnd() int64 {
	return e.end + int64(len(controlsOpen)+len(e.controls))
}

// before is what stands before the next message.
func (e *harEntry) before() []byte {
	if e.messages > 0 {
		return []byte(",\n")
	}
	return []byte("\n")
}

// message adds a message: body appends it, up to the brace that ends it.
func (w *HARWriter) message(e *harEntry, body func(dst []byte) []byte) error {
	return w.put(e, e.end, e.tail(), func(next *harEntry) []byte {
		piece := body(e.before())
		if len(e.controls) > 0 {
			piece = append(append(piece, `,"_controlFrames":[`...), e.controls...)
			piece = append(piece, ']')
		}
		if e.leftOut > 0 {
			piece = appendInt(piece, "_controlFramesLeftOut", int64(e.leftOut))
		}
		piece = append(piece, '}')
		next.controls, next.leftOut = e.controls[:0], 0
		next.messages++
		next.end = w.journal.size() + int64(len(piece))
		return append(piece, next.tail()...)
	})
}

// failed adds what went wrong, for the developer tools.
func (w *HARWriter) failed(e *harEntry, at time.Time, text string) error {
	return w.message(e, func(dst []byte) []byte { return appendHARError(dst, at, text) })
}

func (w *HARWriter) control(e *harEntry, ev *session.Event) error {
	return w.put(e, e.controlsEnd(), e.closer(), func(next *harEntry) []byte {
		var piece []byte
		if len(e.controls) > 0 {
			piece = append(piece, ',')
		}
		piece = appendHARControl(piece, ev)
		if len(e.controls)+len(piece) > maxControls {
			piece = nil
			next.leftOut++
		}
		next.controls = append(e.controls, piece...)
		return append(piece, next.closer()...)
	})
}

// end writes how a connection ended, and for the developer tools what went wrong.
func (w *HARWriter) end(e *harEntry, ev *session.Event) error {
	if ev.End != nil && ev.End.Err != nil {
		if err := w.failed(e, ev.Time, ev.End.Err.Error()); err != nil {
			return err
		}
	}
	err := w.put(e, e.controlsEnd(), e.closer(), func(next *harEntry) []byte {
		next.over = appendEpoch([]byte(`,"_end":{"time":`), ev.Time)
		if end := ev.End; end != nil {
			next.over = appendEnd(next.over, end)
		}
		next.over = append(next.over, '}')
		return next.closer()
	})
	if err != nil {
		return err
	}
	w.forget(e)
	return nil
}

// put makes what add appends stand at the place at, where old stood up to the entry's end. The
// entry becomes next then.
func (w *HARWriter) put(e *harEntry, at int64, old []byte, add func(next *harEntry) []byte) error {
	behind := at + int64(len(old))
	size := w.journal.size()
	rest := []byte(harFoot)
	var err error
	if size-behind > int64(len(harFoot)) {
		if rest, err = w.journal.behind(behind); err != nil {
			return err
		}
	}
	if err := w.journal.cut(at); err != nil {
		return err
	}
	next := *e
	if err := w.journal.end(append(add(&next), rest...)); err != nil {
		return err
	}
	for _, other := range w.entries {
		if other.end > e.end {
			other.end += w.journal.size() - size
		}
	}
	*e = next
	return nil
}
