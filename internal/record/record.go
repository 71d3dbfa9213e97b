// Package record writes a conversation to a file as it happens: the form that the file's name
// says, what is done when a write fails, and how the recording ends. What stands in the file is
// format's and script's.
package record

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/exit"
	"wsline/internal/version"
	"wsline/script/transcript"
	"wsline/session"
)

// A File is where a conversation is to be recorded to. A nil one is nowhere.
type File struct {
	Path    string
	Form    format.Form
	Secrets bool
	Exact   bool               // a script without wildcards
	Opening transcript.Opening // of the first connection; zero: in a script the URL that it has
}

// NewFile is the file of a path that was given with a flag, nil for no path. Errors are
// *exit.UsageError.
func NewFile(flag, path string, secrets bool) (*File, error) {
	if path == "" {
		return nil, nil
	}
	form, err := format.FormOf(path)
	if err != nil {
		return nil, exit.Usagef("", "%s: %v", flag, err)
	}
	return &File{Path: path, Form: form, Secrets: secrets}, nil
}

// KeepsFrames tells whether frames are recorded.
func (f *File) KeepsFrames() bool { return f != nil && f.Form == format.FormJSON }

const (
	// gathered is how many bytes of events wait for each other, and flushTime how long at most, so
	// that a flood takes few writes: who kills the program loses no more than that. When there is
	// nothing more to tell they do not wait.
	gathered  = 64 << 10
	flushTime = 10 * time.Millisecond
)

// A Recorder writes what happens to a file. The zero of it, nil, does not. A write that fails ends
// the recording and not the conversation: it is said at once, and the exit code tells it. It may be
// used concurrently. Finish ends its goroutine.
type Recorder struct {
	path string
	rec  *format.Recorder
	wst  *transcript.Writer // nil unless a script is written

	waits    atomic.Bool   // flusher knows that something has gathered
	wake     chan struct{} // tells it
	finish   chan struct{} // closed to end it
	finished chan struct{} // closed when it has ended

	mu     sync.Mutex
	opened bool // a connection was
	failed error
	told   bool
}

// Start opens the file and begins the recording; what the file held is gone. The Recorder of a nil
// File is nil.
func (f *File) Start() (*Recorder, error) {
	if f == nil {
		return nil, nil
	}
	if info, err := os.Stat(f.Path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q cannot be written: it is not a regular file", f.Path)
	}
	file, err := os.OpenFile(f.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be written: %w", f.Path, exit.Cause(err))
	}
	opts := format.RecordOptions{
		Program: version.Program(), Start: time.Now(), Secrets: f.Secrets, Connect: f.Opening.Words,
		Gather: gathered,
	}
	var wst *transcript.Writer
	if f.Form == format.FormConversation {
		wst = &transcript.Writer{Exact: f.Exact, Secrets: f.Secrets}
		wst.Open("", f.Opening)
		opts.Line = wst.Line
	}
	rec, err := format.NewRecorder(file, f.Form, opts)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%q cannot be written: %w", f.Path, exit.Cause(err))
	}
	return newRecorder(f.Path, rec, wst), nil
}

func newRecorder(path string, rec *format.Recorder, wst *transcript.Writer) *Recorder {
	r := &Recorder{
		path: path, rec: rec, wst: wst, wake: make(chan struct{}, 1),
		finish: make(chan struct{}), finished: make(chan struct{}),
	}
	go r.flusher()
	return r
}

// flusher writes what has gathered when that is old enough, whatever the handler of the events
// waits for meanwhile.
func (r *Recorder) flusher() {
	defer close(r.finished)
	due := time.NewTimer(flushTime)
	defer due.Stop()
	for {
		select {
		case <-r.wake:
		case <-r.finish:
			return
		}
		due.Reset(flushTime)
		select {
		case <-due.C:
		case <-r.finish:
			return
		}
		r.waits.Store(false) // what gathers from now on wakes it again
		r.note(r.rec.Flush())
	}
}

// noted has flusher write, in time, what an event has added.
func (r *Recorder) noted(err error) {
	r.note(err)
	if !r.waits.Load() && r.waits.CompareAndSwap(false, true) {
		r.wake <- struct{}{} // there is room: it has taken the one before
	}
}

// Event records an event of the connection that it names.
func (r *Recorder) Event(ev *session.Event) { r.EventOf(ev.Conn, ev) }

// EventOf records an event of the connection with that name.
func (r *Recorder) EventOf(conn string, ev *session.Event) {
	if r == nil {
		return
	}
	if ev.Kind == session.KindOpen {
		r.mu.Lock()
		r.opened = true
		r.mu.Unlock()
	}
	r.noted(r.rec.EventOf(conn, ev))
}

// Failure records an error, of the connection with that name or of the program. A script expects a
// connection that could not be opened.
func (r *Recorder) Failure(conn string, at time.Time, f *format.Failure) {
	if r.wst == nil {
		r.noted(r.rec.Failure(conn, at, f))
		return
	}
	if f.Handshake == nil {
		return
	}
	r.wst.Refused(transcript.Refusal{
		Name: format.ScriptName(conn), At: at, Status: f.Handshake.Status, Text: f.Cause,
		Foreign: f.Foreign, Handshake: f.Handshake,
	})
	// Its lines stand before those of the next event.
	r.noted(r.rec.EventOf(conn, &session.Event{Kind: session.KindEnd, Time: at}))
}

// Begin has the recording begin at another time; see format.Recorder.
func (r *Recorder) Begin(start time.Time) { r.rec.Begin(start) }

// Script is what writes the script, nil when none is written.
func (r *Recorder) Script() *transcript.Writer {
	if r == nil {
		return nil
	}
	return r.wst
}

// Open says how the connection with that name is opened from now on, in a script too.
func (r *Recorder) Open(conn string, o transcript.Opening) {
	if r != nil {
		r.rec.Open(conn, o.Words)
	}
	if t := r.Script(); t != nil {
		t.Open(conn, o)
	}
}

func (r *Recorder) note(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
}

// Trouble is what has to be said of a write that failed, once; "" for nothing.
func (r *Recorder) Trouble() string {
	if r == nil {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil || r.told {
		return ""
	}
	r.told = true
	return r.text()
}

func (r *Recorder) text() string {
	return fmt.Sprintf("the recording %q is not complete: %v", r.path, exit.Cause(r.failed))
}

// Finish records how the program ends, and returns the error that it ends with.
func (r *Recorder) Finish(err error) error {
	if r == nil {
		return err
	}
	if f := r.failure(err); f != nil && f.Message != "" {
		r.Failure("", time.Now(), f)
	}
	close(r.finish)
	<-r.finished
	r.note(r.rec.Close())
	if r.failed == nil || err != nil {
		return err
	}
	if r.told {
		return errIncomplete
	}
	return errors.New(r.text())
}

// failure is an error that the program ends with, nil for none. It is that of a connection when
// none was opened before.
func (r *Recorder) failure(err error) *format.Failure {
	if err == nil {
		return nil
	}
	f := FailureOf(err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.opened {
		return &format.Failure{Code: f.Code, Message: f.Message, Hint: f.Hint}
	}
	return f
}

// FailureOf is an error as it is recorded: of a connection that could not be opened with what there
// was of it.
func FailureOf(err error) *format.Failure {
	fault := exit.FaultOf(err)
	f := &format.Failure{Code: fault.Code, Message: fault.Text(), Hint: fault.Hint}
	var dialed *dial.Error
	if !errors.As(err, &dialed) {
		return f
	}
	f.Body = dialed.Body
	if dialed.Reason != dial.ReasonStatus {
		f.Cause = fault.Message
	}
	h := dial.Handshake{URL: dialed.URL}
	if dialed.Handshake != nil {
		h = *dialed.Handshake
	}
	h.Status = dialed.Status
	f.Handshake = &h
	return f
}

// errIncomplete is a recording that failed, which has been said.
var errIncomplete error = &incomplete{}

type incomplete struct{}

func (*incomplete) Error() string     { return "the recording is not complete" }
func (*incomplete) Fault() exit.Fault { return exit.Fault{Code: exit.Own} }
