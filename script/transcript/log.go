package transcript

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"

	"wsline/format"
	"wsline/script/wst"
	"wsline/session"
)

const (
	// maxLog is how many bytes of a talk are kept in memory to be saved.
	maxLog = 16 << 20
	// loggedSize is what an event takes besides its payload, about.
	loggedSize = 256
)

// ErrTooLong is a talk of which not all was kept.
var ErrTooLong = errors.New("the conversation is longer than the 16 MiB that are kept of one")

// A Log keeps what happens in a talk, up to 16 MiB, so that it can be saved as a script at any time.
// It may be used concurrently. The zero value is ready.
type Log struct {
	mu      sync.Mutex
	entries []logged
	size    int
	tooLong bool
	opening map[string]Opening // of connections, by their names
	vars    *wst.Vars          // whose secrets are hidden
}

// logged is an event, or one of the others.
type logged struct {
	ev      session.Event
	opening *Opening // of a KindOpen
	note    string   // a command that was typed
	typed   *typedSource
}

// Event is told what happens.
func (l *Log) Event(ev *session.Event) {
	switch ev.Kind {
	case session.KindIdle, session.KindFrame, session.KindNotice:
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e := logged{ev: *ev}
	e.ev.Handshake = nil
	if ev.Kind == session.KindOpen {
		opening := l.opening[ev.Conn]
		e.opening = &opening
	}
	if l.add(len(ev.Payload)+len(ev.Reason), e) {
		last := &l.entries[len(l.entries)-1]
		last.ev.Payload = bytes.Clone(ev.Payload)
	}
}

// Open is as that of Writer, and so are Note and Typed.
func (l *Log) Open(name string, o Opening) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opening == nil {
		l.opening = map[string]Opening{}
	}
	l.opening[name] = o
}

// Note adds a command that was typed.
func (l *Log) Note(at time.Time, name, command string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(len(command), logged{ev: session.Event{Time: at, Conn: name}, note: command})
}

// Typed says how the next text message was typed, if it is this.
func (l *Log) Typed(name, message, source string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(len(message)+len(source), logged{ev: session.Event{Conn: name}, typed: &typedSource{message, source}})
}

// add is false when there is no room, and then all that was kept is let go.
func (l *Log) add(size int, e logged) bool {
	if l.size += size + loggedSize; l.tooLong || l.size > maxLog {
		l.tooLong, l.entries = true, nil
		return false
	}
	l.entries = append(l.entries, e)
	return true
}

// Bytes are the talk as a script, as a Writer writes it. The error is ErrTooLong.
func (l *Log) Bytes(exact bool) ([]byte, error) {
	l.mu.Lock()
	entries, tooLong, vars := l.entries, l.tooLong, l.vars
	l.mu.Unlock()
	if tooLong {
		return nil, ErrTooLong
	}
	t := &Writer{Exact: exact}
	t.Hide(vars)
	m := &memory{}
	r, err := format.NewRecorder(m, format.FormConversation, format.RecordOptions{Line: t.Line})
	for i := range entries {
		if err != nil {
			return nil, err
		}
		e := &entries[i]
		switch {
		case e.note != "":
			t.Note(e.ev.Time, e.ev.Conn, e.note)
			continue
		case e.typed != nil:
			t.Typed(e.ev.Conn, e.typed.message, e.typed.source)
			continue
		case e.opening != nil:
			t.Open(e.ev.Conn, *e.opening)
		}
		err = r.EventOf(e.ev.Conn, &e.ev)
	}
	return t.Rest(m.p), err
}

// memory is a file that grows at its end.
type memory struct{ p []byte }

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	m.p = append(m.p[:at], p...)
	return len(p), nil
}

func (m *memory) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(m.p)) {
		return 0, io.EOF
	}
	n := copy(p, m.p[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memory) Truncate(size int64) error {
	m.p = m.p[:size]
	return nil
}
