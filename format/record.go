package format

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"wsline/session"
)

// Form is what a recording is written as.
type Form uint8

const (
	FormJSON         Form = iota // .jsonl: every event, as JSON prints it
	FormHAR                      // .har: an HTTP Archive, see HARWriter
	FormConversation             // .wst: what was said, as Conversation writes it
)

// FormOf is the form that a file's name asks for.
func FormOf(path string) (Form, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jsonl":
		return FormJSON, nil
	case ".har":
		return FormHAR, nil
	case ".wst":
		return FormConversation, nil
	}
	return 0, fmt.Errorf("%q does not end with .jsonl, .har or .wst", path)
}

// RecordOptions are what a recording tells of itself.
type RecordOptions struct {
	Program string    // "wsline 1.2.3"
	Start   time.Time // when the program began; zero: with the first event
	Secrets bool      // write what hide.Field and hide.URL would hide
	Gather  int       // bytes of events that may wait in memory, see Recorder; 0: none
	// Connect is what follows "/connect " in a conversation: URL and flags, without secrets. When
	// it is "", the URL that was connected to is written there.
	Connect string
	// Line appends what stands in a conversation for an event of the connection with that name, of
	// KindOpen the /connect too; nil: what Conversation writes. Messages are
	// whole, and what answers by itself, a pong or a Close frame, is left out.
	Line func(dst []byte, conn string, ev *session.Event) []byte
}

// A Recorder writes each event to a file when it happens, so that a crash or a full disk loses at
// most the last one. With RecordOptions.Gather what is short waits for more, at the longest until a
// KindIdle, Flush or Close; those lose at most what waits then. It may be used concurrently.
type Recorder struct {
	mu      sync.Mutex
	file    RecordFile
	form    Form
	opts    RecordOptions
	json    JSON
	har     *HARWriter
	wst     map[string]*conversation
	connect map[string]string // RecordOptions.Connect of connections, by their names
	journal *journal
	buf     []byte
	ended   bool // a write failed, or it was closed
}

// NewRecorder begins a recording; what the file held is gone.
func NewRecorder(file RecordFile, form Form, opts RecordOptions) (*Recorder, error) {
	r := &Recorder{file: file, form: form, opts: opts}
	r.json = JSON{
		Program: opts.Program, Start: opts.Start, Secrets: opts.Secrets, Connect: opts.Connect,
		Pass: r.pass,
	}
	r.wst, r.connect = make(map[string]*conversation), map[string]string{"": opts.Connect}
	if form != FormHAR {
		r.journal = &journal{file: file, gather: opts.Gather}
		return r, file.Truncate(0)
	}
	var err error
	if r.har, err = NewHARWriter(file, opts.Program); err != nil {
		return nil, err
	}
	r.har.Secrets = opts.Secrets
	r.journal = &r.har.journal
	r.journal.gather = opts.Gather
	return r, nil
}

// Event records an event of the only connection.
func (r *Recorder) Event(ev *session.Event) error { return r.EventOf("", ev) }

// EventOf records an event of the connection with a name. The first error is returned, and ends the
// recording with the event before; what is called later does nothing.
func (r *Recorder) EventOf(conn string, ev *session.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || ev.Kind == session.KindTyped {
		return nil
	}
	if ev.Kind == session.KindIdle {
		return r.done(r.journal.flush())
	}
	switch r.form {
	case FormHAR:
		r.har.Connect = r.connect[conn]
		return r.done(r.har.Event(conn, ev))
	case FormConversation:
		r.buf = r.conversation(conn).event(r.buf[:0], ev)
	default:
		r.json.Conn, r.json.Connect = conn, r.connect[conn]
		r.buf = r.json.Event(r.buf[:0], ev)
	}
	return r.append()
}

// Open says RecordOptions.Connect of the connection with that name when it is opened from now on.
func (r *Recorder) Open(conn, connect string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connect[conn] = connect
}

// Failure records an error, of the connection with that name or of the program, where the form has
// a place for it: an archive has one for a connection that could not be opened.
func (r *Recorder) Failure(conn string, at time.Time, f *Failure) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.ended || r.form == FormConversation:
		return nil
	case r.form == FormHAR:
		r.har.Connect = r.connect[conn]
		return r.done(r.har.Failure(conn, at, f))
	}
	r.json.Conn, r.json.Connect = conn, r.connect[conn]
	r.json.Now = func() time.Time { return at }
	r.buf = r.json.Failure(r.buf[:0], f)
	return r.append()
}

// Flush writes what has gathered.
func (r *Recorder) Flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil
	}
	return r.done(r.journal.flush())
}

// Close ends the recording with what has gathered, and closes the file if it is an io.Closer.
func (r *Recorder) Close() error {
	err := r.Flush()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	if c, ok := r.file.(io.Closer); ok {
		return cmp.Or(err, c.Close())
	}
	return err
}

func (r *Recorder) pass(dst []byte) []byte {
	r.journal.add(dst)
	return dst[:0]
}

func (r *Recorder) append() error {
	if len(r.buf) == 0 {
		return nil
	}
	err := r.journal.end(r.buf)
	if cap(r.buf) > 1<<20 {
		r.buf = nil
	}
	return r.done(err)
}

func (r *Recorder) done(err error) error {
	r.ended = err != nil
	return err
}

func (r *Recorder) conversation(conn string) *conversation {
	c := r.wst[conn]
	if c == nil {
		c = &conversation{opts: &r.opts}
		name := ScriptName(conn)
		c.talk = Talk{saved: true, name: name, style: Style{Pretty: PrettyNever, Name: name}}
		r.wst[conn] = c
	}
	return c
}
