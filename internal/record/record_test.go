package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/session"
)

// fullDisk takes so many writes.
type fullDisk struct {
	*os.File
	left int
}

func (d *fullDisk) WriteAt(p []byte, at int64) (int, error) {
	if d.left--; d.left < 0 {
		return 0, &os.PathError{Op: "write", Path: d.Name(), Err: syscall.ENOSPC}
	}
	return d.File.WriteAt(p, at)
}

func recordingTo(t *testing.T, writes int) *Recorder {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "talk.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := format.NewRecorder(&fullDisk{f, writes}, format.FormJSON, format.RecordOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return &Recorder{path: "talk.jsonl", rec: rec}
}

func TestRecorderFails(t *testing.T) {
	const text = `the recording "talk.jsonl" is not complete: no space left on device`
	message := &session.Event{
		Kind: session.KindMessage, Time: time.Now(), Opcode: wire.OpText, Payload: []byte("hi"),
	}

	r := recordingTo(t, 1)
	r.Event(message)
	if got := r.Trouble(); got != "" {
		t.Errorf("nothing failed, but %q", got)
	}
	r.Event(message)
	r.Event(message)
	if got := r.Trouble(); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
	if got := r.Trouble(); got != "" {
		t.Errorf("said twice: %q", got)
	}
	if err := r.Finish(nil); !errors.Is(err, errIncomplete) {
		t.Errorf("got %v", err)
	}
	if f := exit.FaultOf(errIncomplete); f.Code != exit.Own || f.Message != "" {
		t.Errorf("got %+v, want the code 1 and no words", f)
	}

	r = recordingTo(t, 0)
	r.Event(message)
	if err := r.Finish(nil); err == nil || err.Error() != text {
		t.Errorf("what was not said is %v, want %s", err, text)
	}
	r = recordingTo(t, 0)
	r.Event(message)
	if err := r.Finish(exit.ErrInterrupted); !errors.Is(err, exit.ErrInterrupted) {
		t.Errorf("got %v, want the error that ended the conversation", err)
	}
}

func TestNoRecorder(t *testing.T) {
	var r *Recorder
	r.Event(&session.Event{})
	given := exit.ErrInterrupted
	if r.Trouble() != "" || r.Finish(nil) != nil || !errors.Is(r.Finish(given), given) {
		t.Error("a recorder that is nil does something")
	}
}

// What a recording has written must be there to be changed: a pipe does not do.
func TestRecordingToNoFile(t *testing.T) {
	_, err := (&File{Path: os.DevNull}).Start()
	want := fmt.Sprintf("%q cannot be written: it is not a regular file", os.DevNull)
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
