package format

import (
	"wsline/session"
)

// HARWriter writes events as an HTTP Archive that is complete after each of them. A connection is an
// entry of the archive; a message that comes in pieces is made whole, up to 64 MiB of it. Frames and notices
// are not part of it. A HARWriter is not to be used concurrently.
//
// Of one connection only the last bytes of the file are written anew for each event. When several are
// open at once, what stands behind the entry of the older ones is moved each time.
type HARWriter struct {
	Secrets bool // show what HideField and HideURL would hide

	journal journal
	entries []*harEntry // those of open connections, in the file's order
	number  int
}

// maxControls is how many bytes of control frames are kept between two messages.
const maxControls = 256 << 10

type harEntry struct {
	conn     string
	end      int64 // where the next message goes
	messages int
	tail     []byte // what stands there: control frames and the entry's end
	controls []byte
	leftOut  int
	over     []byte // what tells how the connection ended
	joiner   joiner
}

// NewHARWriter begins an archive. Program is "wsline 1.2.3".
func NewHARWriter(file RecordFile, program string) (*HARWriter, error) {
	w := &HARWriter{journal: journal{file: file}}
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	return w, w.journal.replace(0, append(harHead(program), harFoot...), nil)
}

// Event writes one event of a connection, whose name is "" for the only one. When it fails, the archive
// is what it was before.
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
			return w.message(e, whole, length)
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
	piece := []byte("\n")
	if w.number > 0 {
		piece = []byte(",\n")
	}
	e := &harEntry{conn: conn}
	piece = appendEntry(piece, conn, w.number+1, ev.Time, ev.Handshake, w.Secrets)
	e.tail = e.newTail()
	at := w.journal.size - int64(len(harFoot))
	e.end = at + int64(len(piece))
	if err := w.journal.replace(at, append(append(piece, e.tail...), harFoot...),
		[]byte(harFoot)); err != nil {
		return err
	}
	w.number++
	w.entries = append(w.entries, e)
	return nil
}

// newTail is what stands behind an entry's messages now.
func (e *harEntry) newTail() []byte {
	dst := append([]byte(`],"_controlFrames":[`), e.controls...)
	dst = append(dst, ']')
	if e.leftOut > 0 {
		dst = appendInt(dst, "_controlFramesLeftOut", int64(e.leftOut))
	}
	return append(append(dst, e.over...), '}')
}

func (w *HARWriter) message(e *harEntry, ev *session.Event, length int64) error {
	piece := []byte("\n")
	if e.messages > 0 {
		piece = []byte(",\n")
	}
	piece = appendHARMessage(piece, ev, length)
	if len(e.controls) > 0 {
		piece = append(append(piece, `,"_controlFrames":[`...), e.controls...)
		piece = append(piece, ']')
	}
	if e.leftOut > 0 {
		piece = appendInt(piece, "_controlFramesLeftOut", int64(e.leftOut))
	}
	next := *e
	next.controls, next.leftOut = e.controls[:0], 0
	next.messages++
	return w.put(e, &next, append(piece, '}'))
}

func (w *HARWriter) control(e *harEntry, ev *session.Event) error {
	next := *e
	frame := appendHARControl(nil, ev)
	switch {
	case len(e.controls)+len(frame) > maxControls:
		next.leftOut++
	case len(e.controls) > 0:
		next.controls = append(append(e.controls, ','), frame...)
	default:
		next.controls = append(e.controls, frame...)
	}
	return w.put(e, &next, nil)
}

func (w *HARWriter) end(e *harEntry, ev *session.Event) error {
	next := *e
	next.over = appendEpoch([]byte(`,"_end":{"time":`), ev.Time)
	if end := ev.End; end != nil {
		next.over = appendEnd(next.over, end)
	}
	next.over = append(next.over, '}')
	if err := w.put(e, &next, nil); err != nil {
		return err
	}
	w.forget(e)
	return nil
}

// put writes a piece behind an entry's messages, and what stands behind it anew; e becomes next.
func (w *HARWriter) put(e, next *harEntry, piece []byte) error {
	next.tail = next.newTail()
	rest, err := w.behind(e)
	if err != nil {
		return err
	}
	p := append(append(piece, next.tail...), rest...)
	old := append(append([]byte(nil), e.tail...), rest...)
	if err := w.journal.replace(e.end, p, old); err != nil {
		return err
	}
	moved := int64(len(p) - len(old))
	next.end = e.end + moved - int64(len(next.tail)-len(e.tail))
	for _, other := range w.entries {
		if other.end > e.end {
			other.end += moved
		}
	}
	*e = *next
	return nil
}

// behind is what stands behind an entry.
func (w *HARWriter) behind(e *harEntry) ([]byte, error) {
	at := e.end + int64(len(e.tail))
	if w.journal.size-at == int64(len(harFoot)) {
		return []byte(harFoot), nil
	}
	rest := make([]byte, w.journal.size-at)
	n, err := w.journal.file.ReadAt(rest, at)
	if n == len(rest) {
		err = nil
	}
	return rest, err
}
