package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/script/transcript"
	"wsline/session"
)

// A recording is a file that a conversation is to be recorded to.
type recording struct {
	path    string
	form    format.Form
	secrets bool
	exact   bool               // a script without wildcards
	opening transcript.Opening // of the first connection in a script; zero: the URL that it has
}

func recordingOf(t *typed) (*recording, error) {
	if t.record == "" {
		return nil, nil
	}
	form, err := format.FormOf(t.record)
	if err != nil {
		return nil, usagef("", "--record: %v", err)
	}
	return &recording{path: t.record, form: form, secrets: t.showSecrets, exact: t.exact}, nil
}

// A recorder writes what happens to a file. The zero of it, nil, does not. A write that fails ends
// the recording and not the conversation: it is said at once, and the exit code tells it. It may be
// used concurrently.
type recorder struct {
	path string
	rec  *format.Recorder
	wst  *transcript.Writer // nil unless a script is written

	mu     sync.Mutex
	opened bool // a connection was
	failed error
	told   bool
}

// start opens the file.
func (r *recording) start() (*recorder, error) {
	if r == nil {
		return nil, nil
	}
	f, err := os.OpenFile(r.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be written: %w", r.path, cause(err))
	}
	opts := format.RecordOptions{
		Program: "wsline " + version(), Start: time.Now(), Secrets: r.secrets,
	}
	var wst *transcript.Writer
	if r.form == format.FormConversation {
		wst = &transcript.Writer{Exact: r.exact, Secrets: r.secrets}
		wst.Open(r.opening)
		opts.Line = wst.Line
	}
	rec, err := format.NewRecorder(f, r.form, opts)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%q cannot be written: %w", r.path, cause(err))
	}
	return &recorder{path: r.path, rec: rec, wst: wst}, nil
}

// event records one event.
func (r *recorder) event(ev *session.Event) {
	if r == nil {
		return
	}
	if ev.Kind == session.KindOpen {
		r.mu.Lock()
		r.opened = true
		r.mu.Unlock()
	}
	r.note(r.rec.Event(ev))
}

// script is what writes the script, nil when none is written.
func (r *recorder) script() *transcript.Writer {
	if r == nil {
		return nil
	}
	return r.wst
}

// open changes how connections that are opened from now on are typed.
func (r *recorder) open(o transcript.Opening) {
	if t := r.script(); t != nil {
		t.Open(o)
	}
}

func (r *recorder) note(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
}

// trouble is what has to be said of a write that failed, once; "" for nothing.
func (r *recorder) trouble() string {
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

func (r *recorder) text() string {
	return fmt.Sprintf("the recording %q is not complete: %v", r.path, cause(r.failed))
}

// finish records how the program ends, and returns the error that it ends with.
func (r *recorder) finish(err error) error {
	if r == nil {
		return err
	}
	if err != nil {
		r.refused(err)
		if f := describe(err); f.message != "" {
			r.note(r.rec.Failure(time.Now(), f.code, f.text(), f.hint))
		}
	}
	r.note(r.rec.Close())
	if r.failed == nil || err != nil {
		return err
	}
	if r.told {
		return errRecording
	}
	return errors.New(r.text())
}

// refused has a script expect that the first connection cannot be opened.
func (r *recorder) refused(err error) {
	var dialed *dial.Error
	r.mu.Lock()
	opened := r.opened
	r.mu.Unlock()
	if opened || r.wst == nil || !errors.As(err, &dialed) {
		return
	}
	now := time.Now()
	r.wst.Refused(now, dialed.Status, describe(err).message)
	r.note(r.rec.Event(&session.Event{Kind: session.KindEnd, Time: now}))
}

// errRecording is a recording that failed, which has been said.
var errRecording = errors.New("the recording is not complete")

// A givenFlag is a connecting flag with its argument, as it was typed.
type givenFlag struct {
	flag *flagRow
	arg  string
}

// secret tells whether a flag says what must not stand in a recording.
func (g givenFlag) secret() bool {
	switch g.flag.name {
	case "auth", "bearer", "cookie", "passphrase":
		return true
	case "header", "raw-header":
		name, value, found := strings.Cut(g.arg, ":")
		value = strings.TrimSpace(value)
		return !found || format.HideField(strings.TrimSpace(name), value) != value
	case "subprotocol":
		return format.HideField("Sec-WebSocket-Protocol", g.arg) != g.arg
	case "proxy":
		return dial.WithoutPassword(g.arg) != g.arg
	}
	return false
}

// withoutSecrets is an address as it may be shown; an endpoint's name stays what it is.
func withoutSecrets(address string) string {
	u, _, err := dial.ParseURL(address)
	if err != nil || format.HideURL(u) == u.String() {
		return address
	}
	return format.HideURL(u)
}
